"""YAML files: version 1.2, one flat mapping, and nothing that can grow or run."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from nnfs_cli.config import load
from nnfs_cli.config.scalars import plain


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001),
        ("1E3", 1000.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("-0.5", -0.5),
        ("010", 10),
        ("+5", 5),
        ("0o17", 15),
        ("0x1F", 31),
        ("no", "no"),
        ("on", "on"),
        ("1_000", "1_000"),
        ("0b11", "0b11"),
        ("12:30:45", "12:30:45"),
        ("2001-01-01", "2001-01-01"),
        ("true", True),
        ("FALSE", False),
        ("null", None),
        ("~", None),
        ("", None),
        (".inf", float("inf")),
        ("-.Inf", float("-inf")),
        ("0x", "0x"),
        ("08.5.1", "08.5.1"),
        ("١", "١"),  # a digit in Arabic script is text
        ("9" * 5000, "9" * 5000),
    ],
)
def test_plain_scalar_is_read_as_yaml_1_2_reads_it(text: str, value: object) -> None:
    read = plain(text)
    assert read == value
    assert type(read) is type(value)


def test_values_and_lines_are_told(write) -> None:
    file = write(
        "# a recipe\n"
        "hidden:\n"
        "  - 128\n"
        "  - 64\n"
        "learning_rate: 1e-3\n"
        'output: "010"  # epochs: 1\n'
        '"seed": 010\n'
        "data:\n",
        "x.yaml",
    )
    config = load(file)
    values = config.values
    assert values.hidden == (128, 64)
    assert (values.learning_rate, values.output, values.seed) == (0.001, "010", 10)
    assert values.data is None
    assert config.sources["hidden"] == "x.yaml line 2"
    assert config.sources["learning_rate"] == "x.yaml line 5"
    assert config.sources["output"] == "x.yaml line 6"
    assert config.sources["seed"] == "x.yaml line 7"
    assert config.sources["data"] == "x.yaml line 8"
    assert config.sources["epochs"] == "default"


def test_flow_style_and_document_marks_are_read(write) -> None:
    assert load(write("---\n{epochs: 3, hidden: []}\n...\n", "x.yml")).values.hidden == ()


ANCHORS = "anchors and aliases (& and *) are not supported"
TAG = "tag:yaml.org,2002:"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("epochs: &a 3", f" line 1, column 9: {ANCHORS}"),
        ("epochs: *a", f" line 1, column 9: {ANCHORS}"),
        ("&a epochs: 3", f" line 1, column 1: {ANCHORS}"),
        ("hidden: [1, *a]", f" line 1, column 13: {ANCHORS}"),
        ("<<: {epochs: 3}", " line 1, column 1: merge keys are not supported"),
        ("epochs: !!int 3", f" line 1, column 9: tags such as '{TAG}int' are not supported"),
        (
            "data: !!python/object:os.system [id]",
            f" line 1, column 7: tags such as '{TAG}python/object:os.system' are not supported",
        ),
        ("data: !x y", " line 1, column 7: tags such as '!x' are not supported"),
        ("%YAML 1.1\n---\nepochs: 3", ": directives such as %YAML are not supported"),
        (
            "epochs: 1\nseed: 2\nepochs: 3",
            " line 3, column 1: epochs is given twice, first on line 1",
        ),
        (
            "epochs: 3\n---\nepochs: 4",
            " line 2, column 1: a second document begins; a config is one document",
        ),
        ("- 1\n- 2", " line 1, column 1: a config is made of lines KEY: VALUE"),
        ("epochs", " line 1, column 1: a config is made of lines KEY: VALUE"),
        ("epochs = 3", " line 1, column 1: a config is made of lines KEY: VALUE"),
        ("? [a]\n: 3", " line 1, column 3: a key must be a word"),
    ],
)
def test_what_a_config_has_no_use_for_is_refused(text: str, problem: str, write, refusal) -> None:
    assert refusal(write(text, "x.yaml")).message == f"x.yaml{problem}"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("seed: 1\nepochs:\n", "line 2: epochs has no value"),
        ("epochs: ~", "line 1: epochs has no value"),
        ("epochs: yes", "line 1: epochs must be a whole number, got 'yes'"),
        ("epochs: '3'", "line 1: epochs must be a whole number, got '3'"),
        ("epochs: {a: 1}", "line 1: epochs must be a whole number, got a group of keys"),
        ("hidden: 128,64", "line 1: hidden must be a list of whole numbers, got '128,64'"),
        ("output: 010", "line 1: output must be text, got 10"),
        ('seed: "\\uD800"', r"line 1: seed must be a whole number, got '\ud800'"),
        ("3: 4", "line 1: unknown key '3'"),
        ("train:\n  epochs: 3", "line 1: unknown key 'train'"),
    ],
)
def test_unfit_value_is_refused_with_its_line(text: str, problem: str, write, refusal) -> None:
    assert refusal(write(text, "x.yaml")).message == f"x.yaml {problem}"


@pytest.mark.parametrize(
    ("text", "place", "problem"),
    [
        ("seed: 1 epochs: 3", "line 1, column 15", "mapping values are not allowed here"),
        ("epochs: [1", "line 1, column 11", "expected ',' or ']', but got '<stream end>'"),
        ("\tepochs: 3", "line 1, column 1", r"found character '\t' that cannot start any token"),
        ("# a\nepochs: \x07", "line 2", "special characters are not allowed"),
    ],
)
def test_ill_formed_file_is_refused(text: str, place: str, problem: str, write, refusal) -> None:
    error = refusal(write(text, "x.yaml"))
    assert error.message == f"x.yaml {place}: not valid YAML: {problem}"


def test_alias_bomb_is_refused_at_its_first_anchor(write, refusal) -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for i in range(1, 60):
        bomb += f"a{i}: &a{i} [" + ", ".join([f"*a{i - 1}"] * 9) + "]\n"
    load(write("seed: 1", "warm.yaml"))  # the parser is imported outside the clock
    start = time.perf_counter()
    error = refusal(write(bomb, "x.yaml"))
    assert time.perf_counter() - start < 0.1
    assert error.message == f"x.yaml line 1, column 5: {ANCHORS}"


@pytest.mark.parametrize(
    "text",
    [
        "hidden: " + "[" * 60_000,
        "hidden: " + "[\n" * 30_000,
        "hidden: " + "{a: " * 16_000,
        "hidden:\n  " + "- " * 30_000,
        "".join(" " * i + "a:\n" for i in range(350)),
        "? " * 30_000,
    ],
    ids=lambda text: text[:12],
)
def test_deep_nesting_is_refused_in_bounded_time(text: str, write, refusal) -> None:
    load(write("seed: 1", "warm.yaml"))
    start = time.perf_counter()
    error = refusal(write(text, "x.yaml"))
    assert time.perf_counter() - start < 0.5
    assert "nested too deep" in error.message or "a key must be a word" in error.message


def test_neither_yaml_nor_numpy_nor_typer_is_imported_with_the_package() -> None:
    code = (
        "import sys, nnfs_cli.config as config; config.load(assignments=['epochs=3']);"
        "loaded = {name.split('.')[0] for name in sys.modules};"
        "print(*loaded & {'ruamel', 'numpy', 'typer', 'rich', 'PIL'})"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""
