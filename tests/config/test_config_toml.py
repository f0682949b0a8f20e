"""TOML files: the line of each key, and files that are ill-formed or hostile."""

from __future__ import annotations

import time

import pytest

from nnfs_cli.config import load


def test_line_of_a_key_is_told_among_strings_lists_and_comments(write) -> None:
    file = write(
        "# epochs = 1\n"
        'data = """\n'
        "epochs = 2\n"
        '"""\n'
        "hidden = [  # seed = 1\n"
        "  128,\n"
        "]\n"
        "output = 'it\\'\n"
        '"seed" = 3  # """\n'
        "  epochs=4\n"
        "init = '''he'''\n"
    )
    config = load(file)
    lines = {key: source for key, source in config.sources.items() if source != "default"}
    assert lines == {
        "data": "x.toml line 2",
        "hidden": "x.toml line 5",
        "output": "x.toml line 8",
        "seed": "x.toml line 9",
        "epochs": "x.toml line 10",
        "init": "x.toml line 11",
    }
    assert config.values.data == "epochs = 2\n"


def test_quotes_that_end_a_string_with_a_quote_do_not_hide_the_next_key(write) -> None:
    config = load(write('data = """a""""\nepochs = 3\noutput = """"b"""\nseed = 4\n'))
    assert (config.values.data, config.values.output) == ('a"', '"b')
    assert config.sources["epochs"] == "x.toml line 2"
    assert config.sources["seed"] == "x.toml line 4"


def test_one_hidden_layer_needs_no_brackets(write) -> None:
    assert load(write("hidden = 64")).values.hidden == (64,)


def test_windows_line_ends_are_read(write) -> None:
    assert load(write("# a\r\nepochs = 3\r\n")).sources["epochs"] == "x.toml line 2"


def test_key_with_an_escaped_spelling_has_no_line(write) -> None:
    assert load(write('"epo\\u0063hs" = 3')).sources["epochs"] == "x.toml"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (
            "seed = 1\noptimizer = adam",
            "x.toml line 2, column 13: not valid TOML: invalid value",
            'text needs quotes, a number digits before its point: optimizer = "adam"',
        ),
        (
            "epochs",
            "x.toml: not valid TOML: expected '=' after a key in a key/value pair"
            " at the end of the file",
            None,
        ),
        ("hidden = [1", "x.toml: not valid TOML: unclosed array at the end of the file", None),
        ("epochs = 1\n\nepochs = 2", "x.toml line 3: epochs is given twice, first on line 1", None),
        ('"seed" = 1\nseed = 2\nx', "x.toml line 2: seed is given twice, first on line 1", None),
        ('seed = 1\n"\\u0073eed" = 2', "x.toml: a key is given twice", None),
        ("seed = " + "9" * 5000, "x.toml: not valid TOML: a number has too many digits", None),
        ("seed = 1\nepoch = 3", "x.toml line 2: unknown key 'epoch'", "did you mean 'epochs'?"),
        (
            "[qqqq]\nepochs = 3",
            "x.toml line 1: unknown key 'qqqq'",
            "all keys are at the top level: write them without a table around them",
        ),
        (
            "[epochs]\na = 3",
            "x.toml line 1: epochs must be a whole number, got a group of keys",
            None,
        ),
        ("epochs.a = 3", "x.toml line 1: epochs must be a whole number, got a group of keys", None),
        ("hidden = '128,64'", "x.toml line 1: hidden must be a list of whole numbers, got '128,64'",
         "write hidden = [128, 64], or --set hidden=128,64"),
        ("hidden = true", "x.toml line 1: hidden must be a list of whole numbers, got true",
         "write hidden = [128, 64], or --set hidden=128,64"),
        ("output = 3", "x.toml line 1: output must be text, got 3",
         'put it in quotes: output = "..."'),
    ],
)  # fmt: skip
def test_file_is_refused(text: str, message: str, hint: str | None, write, refusal) -> None:
    error = refusal(write(text))
    assert error.message == message
    assert error.hint == hint


@pytest.mark.parametrize(
    "text",
    [
        "hidden = " + "[" * 60_000,
        "hidden = " + "[\n" * 30_000,
        "data = " + "{a=" * 20_000,
        "[" + "a." * 32_000 + "a]",  # 1.3 s in Python 3.11's parser
        "data = {" + "a." * 32_000 + "a=1}",
        "a." * 30_000 + "a=1",
        "[a]\n" * 16_000,
    ],
    ids=lambda text: text[:12],
)
def test_deep_nesting_is_refused_at_once(text: str, write, refusal) -> None:
    start = time.perf_counter()
    error = refusal(write(text))
    assert time.perf_counter() - start < 0.1
    assert "nested too deep for a config" in error.message


def test_dots_and_brackets_in_comments_are_not_nesting(write) -> None:
    assert load(write("# " + "." * 300 + "[" * 300 + "\nepochs = 3")).values.epochs == 3
