"""Errors: one line that says what is wrong and one that says what to do, and the exit code."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from running import Refused, Run

from nnfs_cli.cli.app import in_our_words, main
from nnfs_cli.errors import NnfsError


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["trian"], "no such command 'trian'"),
        (["--frobnicate"], "no such option: --frobnicate"),
        (["predict", "--frobnicate"], "no such option: --frobnicate"),
        (["train", "now"], "error: too many arguments: now"),
        (["train", "now", "(then)"], "error: too many arguments: now (then)"),
        (["train", "--epoch", "3"], "error: no such option: --epoch"),
        (["train", "--epochs"], "'--epochs' requires an argument"),
        (["train", "--epochs", "x"], "'--epochs': 'x' is not a whole number"),
        (["train", "--epochs", "0"], "epochs must be a whole number of at least 1, got 0"),
        (["train", "--learning-rate", "fast"], "'--learning-rate': 'fast' is not a number"),
        (["train", "--activation", "sigmoit"], "unknown activation 'sigmoit'"),
        (["train", "--hidden", "12,x"], "each number in hidden must be a whole number"),
        (["train", "--set", "epochs"], "not of the form KEY=VALUE"),
        (["train", "--set", "epoch=3"], "unknown key 'epoch'"),
        (["train", "--config", "nope.toml"], "no config file nope.toml"),
        (["train", "--output", ""], "output is empty"),
        (["evaluate", "--split", "half"], "'--split'"),
        (
            ["evaluate", "--min-accuracy", "98"],
            "--min-accuracy must be between 0.0 and 1.0, not 98",
        ),
        (["evaluate", "--min-accuracy", "nan"], "nan is not a number"),
        (["evaluate", "--min-accuracy", "x"], "'x' is not a number"),
        (["predict", "a.png", "--top", "0"], "error: --top must be at least 1, not 0"),
        (["predict", "a.png", "--top", "many"], "'many' is not a whole number"),
        (["show", "--count", "0"], "error: --count must be between 1 and 1000, not 0"),
        (["show", "--style", "oil"], "'--style'"),
        (["show", "7", "--digit", "7"], "--digit chooses at random, and 7 is chosen already"),
        (["show", "a.png", "--count", "2"], "--count 2 of one picture: a.png"),
        (["show", "a.png", "--split", "train"], "--split train is about the rows of a data set"),
        (["show", "a.png", "--data", "x.csv"], "--data x.csv is about the rows of a data set"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_option_or_config_exits_2(
    arguments: list[str], said: str, refused: Refused, empty: Path
) -> None:
    assert said in refused(*arguments, code=2)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["predict", "nope.png"], "cannot read nope.png: No such file or directory"),
        (["predict", ""], "a picture has no name"),
        (["predict", "x" * 5000], "File name too long"),
        (["predict", "model"], "no pictures in model"),
        (["predict", "empty.png"], "cannot read empty.png: it is empty"),
        (["predict", "text.png"], "cannot read text.png"),
        (["predict", "/dev/null"], "cannot read /dev/null: it is not a regular file"),
        (["predict", "a.png", "--model", "nope.npz"], "no model at nope.npz"),
        (["predict", "a.png", "--model", "text.png"], "text.png"),
        (["predict", "a.png", "--model", "."], "cannot read .: it is a folder"),
        (["predict", "a.png", "--model", "x" * 5000], "File name too long"),
        (["evaluate", "--data", "nope"], "nope"),
        (["evaluate", "--data", "text.png"], "text.png"),
        (["evaluate", "--data", "."], "."),
        (["train", "--data", "nope", "--output", "x/m.npz"], "nope"),
        (["show", "nope.png"], "cannot read nope.png: No such file or directory"),
        (["show", ""], "a picture has no name"),
        (["show", "10000"], "no row 10000 in the test split of mnist: it has 10,000"),
        (["show", "9" * 30], "there is no row 999"),
        (["show", "9" * 5000], "File name too long"),
        (["show", "--", "-1"], "there is no row -1"),
        (["show", "--", "--7"], "cannot read --7"),
        (["show", "\u0667"], "cannot read \u0667"),  # a digit, but of another script
        (["show", "--digit", "eleven"], "there is no class 'eleven' in mnist"),
        (["show", "--digit", "10"], "there is no class '10' in mnist"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "",
)
def test_a_bad_picture_model_or_data_set_exits_1(
    arguments: list[str], said: str, refused: Refused, here: Path
) -> None:
    Path("empty.png").touch()
    Path("text.png").write_text("not a picture\n")
    assert said in refused(*arguments, code=1)


@pytest.mark.parametrize("command", ["evaluate", "predict"])
def test_without_any_model_the_hint_says_how_to_train_one(
    command: str, run: Run, empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nnfs_cli.workflows.models.packaged", lambda name: None)
    result = run(command)
    assert (result.code, result.out) == (1, "")
    assert result.err.splitlines()[0].startswith("error: no model: there is no model/model.npz")
    assert "nnfs train" in result.err.splitlines()[1]


class Failing:
    """Stands for a workflow in which something unforeseen happens."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def __call__(self, *arguments: object, **options: object) -> None:
        raise self.error


def fail_with(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnfs_cli.workflows.evaluate.evaluate_model", Failing(error))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "error: No space left on device"),
        (PermissionError(errno.EACCES, "Permission denied", "x"), "error: x: Permission denied"),
        (MemoryError("Unable to allocate 9 GiB"), "error: not enough memory: Unable to allocate"),
        (NnfsError("it is Monday"), "error: it is Monday"),
        (KeyError("w"), "error: nnfs has a bug: KeyError: 'w'"),
    ],
    ids=["disk", "permission", "memory", "ours", "bug"],
)
def test_what_nobody_foresaw_is_two_lines_too(
    error: Exception, said: str, refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_with(error, monkeypatch)
    assert refused("evaluate", code=1).startswith(said)


def test_debug_shows_the_traceback_and_then_the_two_lines(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_with(NnfsError("it is Monday"), monkeypatch)
    assert main(["evaluate", "--debug"]) == 1
    err = capsys.readouterr().err
    assert err.startswith("Traceback (most recent call last):")
    assert err.splitlines()[-2] == "error: it is Monday"


def test_ctrl_c_outside_a_training_exits_130(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_with(KeyboardInterrupt(), monkeypatch)
    result = run("evaluate")
    assert (result.code, result.out, result.err) == (130, "", "error: interrupted\n")


def test_a_reader_that_has_gone_is_no_error_worth_words(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_with(BrokenPipeError(errno.EPIPE, "Broken pipe"), monkeypatch)
    result = run("evaluate")
    assert (result.code, result.out, result.err) == (1, "", "")


def test_a_name_cannot_forge_a_second_error_line(refused: Refused, here: Path) -> None:
    line = refused("predict", "a\nerror: b\x1b[31m\u202e.png", code=1)
    assert line == (
        "error: cannot read a\\nerror: b\\x1b[31m\\u202e.png: No such file or directory"
    )


def test_absurd_weights_are_measured_without_a_warning(run: Run, here: Path) -> None:
    arrays: dict[str, Any] = {
        "W1": np.full((784, 2), 1e30),
        "b1": np.zeros(2),
        "W2": np.full((2, 10), 1e300),
    }
    np.savez("odd.npz", **arrays, b2=np.zeros(10))
    result = run("evaluate", "--model", "odd.npz")
    assert result.code == 0
    assert "Warning" not in result.err


def test_typer_s_messages_are_put_in_our_words() -> None:
    assert in_our_words("Invalid value: 'x' is not a valid integer range.") == (
        "invalid value: 'x' is not a whole number"
    )
    assert in_our_words("'x' is not a valid float") == "'x' is not a number"


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["train", "--epoch", "3"], "hint: did you mean --epochs?"),
        (["evaluate", "--min-acuracy", "1"], "hint: did you mean --min-accuracy?"),
        (["train", "--zzz"], "hint: see nnfs train --help"),
    ],
)
def test_a_misspelt_option_is_guessed_as_a_misspelt_key_is(
    arguments: list[str], hint: str, run: Run
) -> None:
    assert run(*arguments).err.splitlines()[1] == hint


def test_debug_may_come_before_the_command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_with(NnfsError("it is Monday"), monkeypatch)
    assert main(["--debug", "evaluate"]) == 1
    err = capsys.readouterr().err
    assert err.startswith("Traceback (most recent call last):")
    assert err.splitlines()[-2] == "error: it is Monday"


@pytest.mark.parametrize(
    "words",
    [
        ["evaluate", "--model", "secret/m.npz"],
        ["predict", "secret/m.png"],
        ["show", "--history", "secret/h.jsonl"],
        ["train", "--data", "secret"],
        ["evaluate", "--data", "secret/small.npz"],
        ["train", "--config", "secret/c.toml"],
    ],
    ids=" ".join,
)
def test_what_may_not_be_read_is_said_to_be_so(
    words: list[str], run: Run, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbid(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: object, *arguments: Any, **options: Any) -> Any:
            if str(path).startswith("secret"):  # root would be let in
                raise PermissionError(errno.EACCES, "Permission denied", str(path))
            return function(path, *arguments, **options)

        return call

    Path("secret").mkdir()
    for name in ("m.npz", "m.png", "h.jsonl", "small.npz", "c.toml"):
        Path("secret", name).write_bytes(b"x")
    for module, name in ((Path, "open"), (Path, "read_bytes"), (os, "open"), (os, "scandir")):
        monkeypatch.setattr(module, name, forbid(getattr(module, name)))
    monkeypatch.setattr(Path, "iterdir", forbid(Path.iterdir))
    monkeypatch.setattr(os, "access", lambda *_, **__: False)  # which Typer asks
    result = run(*words)
    assert result.code == (2 if "--config" in words else 1)
    error, hint = result.err.splitlines()[-2:]
    assert "secret" in error
    assert "permission denied" in error.lower()
    assert hint == "hint: check who may read it"


def test_a_folder_that_may_not_be_entered_is_not_called_a_wrong_path(
    run: Run, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.stat

    def stat(path: Path, **options: Any) -> os.stat_result:
        if path.parent.name == "priv":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path, **options)

    monkeypatch.setattr(Path, "stat", stat)
    for option in (["show", "--history"], ["evaluate", "--data"], ["evaluate", "--model"]):
        lines = run(*option, "priv/x.npz").err.splitlines()
        assert "ermission denied" in lines[0]
        assert lines[1] == "hint: check who may read it"


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["--json", "predict", "x.png"], "options come after the command: nnfs predict --json ..."),
        (["-q", "train"], "options come after the command: nnfs train -q ..."),
        (["--model=m.npz", "show"], "options come after the command: nnfs show --model ..."),
    ],
)
def test_an_option_before_its_command_is_told_where_it_belongs(
    words: list[str], hint: str, run: Run, empty: Path
) -> None:
    result = run(*words)
    assert (result.code, result.err.splitlines()[1]) == (2, f"hint: {hint}")
