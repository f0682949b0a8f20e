"""`nnfs evaluate`: figures that agree with each other, tables that fit, and a gate."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from running import Refused, Run

KEYS = [
    "model",
    "data",
    "split",
    "rows",
    "accuracy",
    "interval",
    "loss",
    "calibration_error",
    "per_class",
    "confusion",
    "most_confused",
    "diagnoses",
]


@pytest.mark.parametrize("split", ["test", "train"])
def test_the_figures_agree_with_each_other(split: str, run: Run, small: Path, here: Path) -> None:
    result = run("evaluate", "--data", small, "--split", split, "--json")
    assert (result.code, result.err) == (0, "")
    report = json.loads(result.out)
    assert list(report) == KEYS
    assert (report["data"], report["split"]) == ("small", split)
    confusion = report["confusion"]
    assert report["rows"] == {"test": 500, "train": 2000}[split]
    assert sum(map(sum, confusion)) == report["rows"]
    right = sum(confusion[i][i] for i in range(10))
    assert report["accuracy"] == pytest.approx(right / report["rows"], abs=1e-12)
    low, high = report["interval"]
    assert 0 < low < report["accuracy"] < high < 1
    assert 0 <= report["calibration_error"] <= 1
    for i, score in enumerate(report["per_class"]):
        guessed = sum(row[i] for row in confusion)
        assert score["label"] == str(i)
        assert score["rows"] == sum(confusion[i])
        assert score["precision"] == pytest.approx(confusion[i][i] / guessed)
        assert score["recall"] == pytest.approx(confusion[i][i] / score["rows"])
        mean = 2 * score["precision"] * score["recall"] / (score["precision"] + score["recall"])
        assert score["f1"] == pytest.approx(mean)
    counts = [mixup["count"] for mixup in report["most_confused"]]
    mistakes = sorted(confusion[i][j] for i in range(10) for j in range(10) if i != j)
    assert counts == mistakes[: -len(counts) - 1 : -1]
    for mixup in report["most_confused"]:
        assert confusion[int(mixup["truth"])][int(mixup["guess"])] == mixup["count"]


def test_json_is_one_document_on_one_line(run: Run, small: Path, here: Path) -> None:
    assert run("evaluate", "--data", small, "--json").out.count("\n") == 1


def test_the_text_says_what_the_json_says(run: Run, small: Path, here: Path) -> None:
    report = json.loads(run("evaluate", "--data", small, "--json").out)
    text = run("evaluate", "--data", small).out
    assert text.splitlines()[0] == "model/model.npz on small, 500 test"
    low, high = report["interval"]
    accuracy = f"accuracy {report['accuracy'] * 100:.2f} % "
    assert accuracy + f"(95 % interval {low * 100:.2f}-{high * 100:.2f})" in text
    assert f"loss {report['loss']:.4f}" in text
    assert f"calibration error {report['calibration_error'] * 100:.2f} %" in text
    first = report["most_confused"][0]
    line = f"most confused: {first['truth']} as {first['guess']}: {first['count']} times"
    assert line in text
    sevens = report["per_class"][7]
    precision, recall, f1 = (f"{sevens[key] * 100:.1f} %" for key in ("precision", "recall", "f1"))
    assert re.search(rf"^ *7 +{precision} +{recall} +{f1} +{sevens['rows']}$", text, re.M)
    row = " +".join(str(count) if count else r"\." for count in report["confusion"][7])
    assert re.search(rf"^ *7 +{row}$", text, re.M)


def test_nothing_is_wider_than_a_terminal_of_80_columns(
    on_terminal: Callable[..., str], small: Path, here: Path
) -> None:
    shown = re.sub(r"\x1b\[[\d;]*m", "", on_terminal("evaluate", "--data", small))
    assert "truth \\ guess" in shown
    assert max(map(len, shown.splitlines())) <= 80


@pytest.mark.parametrize("columns", [40, 80])
def test_what_is_most_confused_is_told_item_by_item(
    columns: int, on_terminal: Callable[..., str], run: Run, small: Path, here: Path
) -> None:
    shown = on_terminal("evaluate", "--data", small, columns=columns)
    lines = shown.partition("most confused: ")[2].splitlines()
    items = [item for line in lines for item in line.rstrip(",").split(", ")]
    told = json.loads(run("evaluate", "--data", small, "--json").out)["most_confused"]
    assert items == [
        f"{pair['truth']} as {pair['guess']}: {pair['count']} time{'s' * (pair['count'] != 1)}"
        for pair in told
    ]
    assert len(lines) > 1
    assert max(map(len, lines)) <= columns


def test_a_narrow_terminal_gets_whole_tables_or_none(
    on_terminal: Callable[..., str], small: Path, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = on_terminal("evaluate", "--data", small, columns=40)
    assert max(len(line) for line in re.sub(r"\x1b\[[\d;]*m", "", shown).splitlines()) <= 40
    assert "\u2026" not in shown
    assert "truth \\ guess" not in shown
    assert "does not fit here: see --json" in capsys.readouterr().err


def test_a_pipe_gets_whole_tables_however_narrow_the_terminal(
    run: Run, small: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = run("evaluate", "--data", small)
    monkeypatch.setenv("COLUMNS", "30")
    assert run("evaluate", "--data", small) == wide


def test_the_confusion_matrix_is_coloured_on_a_terminal(
    on_terminal: Callable[..., str], small: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "\x1b[32m" in on_terminal("evaluate", "--data", small)  # what is right is green
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search(r"\x1b\[[\d;]*3\d", on_terminal("evaluate", "--data", small))


def test_only_digits_are_called_digits(run: Run, empty: Path) -> None:
    for row, letter in enumerate("ab" * 6):
        folder = Path("letters") / letter
        folder.mkdir(parents=True, exist_ok=True)
        picture = Image.new("L", (28, 28))
        picture.paste(255, (8, 4, 12, 24) if letter == "a" else (6, 10, 24, 16))
        picture.save(folder / f"{row}.png")
    assert run("train", "--data", "letters", "--hidden", "4", "--threads", "1").code == 0
    text = run("evaluate", "--split", "train").out
    assert re.search(r"^ *class +precision +recall", text, re.M)
    assert "digit" not in text


def test_quiet_is_the_accuracy_alone(run: Run, small: Path, here: Path) -> None:
    report = json.loads(run("evaluate", "--data", small, "--json").out)
    result = run("evaluate", "--data", small, "--quiet")
    assert (result.out, result.err) == (f"{report['accuracy']:.4f}\n", "")


@pytest.mark.parametrize("option", [[], ["--json"], ["--quiet"]])
def test_a_gate_that_fails_exits_3_and_says_so(
    option: list[str], run: Run, small: Path, here: Path
) -> None:
    result = run("evaluate", "--data", small, "--min-accuracy", "0.999", *option)
    assert result.code == 3
    assert result.out == run("evaluate", "--data", small, *option).out
    error, hint = result.err.splitlines()
    assert re.fullmatch(r"error: accuracy 0\.\d+ is under the 0\.999 that was asked for", error)
    assert hint.startswith("hint: lower the gate")
    assert run("evaluate", "--data", small, "--min-accuracy", "0.2", *option).code == 0


def test_a_gate_of_exactly_the_accuracy_passes(run: Run, small: Path, here: Path) -> None:
    report = json.loads(run("evaluate", "--data", small, "--json").out)
    assert run("evaluate", "--data", small, "--min-accuracy", repr(report["accuracy"])).code == 0


def test_a_model_is_measured_on_the_data_it_learned_from(
    run: Run, small: Path, empty: Path
) -> None:
    run("train", "--data", small, "--epochs", "1", "--hidden", "4", "--threads", "1")
    assert json.loads(run("evaluate", "--json").out)["data"] == "small"


def test_data_that_has_gone_is_named(run: Run, refused: Refused, small: Path, empty: Path) -> None:
    Path("own.npz").write_bytes(small.read_bytes())
    run("train", "--data", "own.npz", "--epochs", "1", "--hidden", "4", "--threads", "1")
    Path("own.npz").unlink()
    line = refused("evaluate", code=1)
    assert line == "error: the data that the model was trained on is not here: own.npz"
    assert "own.npz" in refused("predict", code=1)
    assert "own.npz" in refused("show", code=1)
    assert run("evaluate", "--data", small, "-q").code == 0


def test_a_model_whose_scores_overflow_is_measured_all_the_same(
    run: Run, small: Path, here: Path
) -> None:
    with np.load("model/model.npz") as model:
        arrays = {name: model[name] for name in ("W1", "b1", "W2", "b2")}
    huge = {name: array / abs(array).max() * np.float32(3e38) for name, array in arrays.items()}
    np.savez("huge.npz", **huge)
    words = ["evaluate", "--model", "huge.npz", "--data", small, "--mistakes", "9999"]
    result = run(*words, "--report", "huge.html", "--json")
    assert result.code == 0, result.err
    told = json.loads(result.out, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))
    assert told["loss"] is None
    assert len(told["mistakes"]) == 500 - sum(told["confusion"][i][i] for i in range(10))
    assert "nan" in run(*words).out


def test_pictures_that_could_not_be_used_are_named(run: Run, small: Path, here: Path) -> None:
    with np.load(small) as arrays:
        for row in range(12):
            folder = Path("drawn") / str(arrays["y_test"][row])
            folder.mkdir(parents=True, exist_ok=True)
            Image.fromarray(arrays["x_test"][row]).save(folder / f"{row}.png")
    (folder / "broken.png").write_bytes(b"no picture")
    result = run("evaluate", "--data", "drawn", "--json")
    assert json.loads(result.out)["rows"] == 12
    assert result.err.startswith("warning: ")
    assert "broken.png" in result.err
    assert run("evaluate", "--data", "drawn", "--quiet").err == ""
