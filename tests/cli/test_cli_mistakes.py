"""`nnfs evaluate --mistakes`: the wrong answers drawn, told and saved."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from running import Child, Refused, Run

from nnfs_cli.cli.mistakes import caption
from nnfs_cli.workflows.mistakes import Mistake

BLOCK = re.compile(r"row (\d+)")


def test_the_mistakes_of_the_json_are_the_surest_wrong_answers(
    run: Run, small: Path, here: Path
) -> None:
    result = run("evaluate", "--data", small, "--mistakes", "9999", "--json")
    assert (result.code, result.err) == (0, "")
    report = json.loads(result.out)
    mistakes = report.pop("mistakes")
    assert report == json.loads(run("evaluate", "--data", small, "--json").out)
    confusion = report["confusion"]
    assert len(mistakes) == report["rows"] - sum(confusion[i][i] for i in range(10))
    pairs = [(int(m["truth"]), int(m["guess"])) for m in mistakes]
    for i, row in enumerate(confusion):
        for j, count in enumerate(row):
            assert i == j or pairs.count((i, j)) == count
    sure = [m["confidence"] for m in mistakes]
    assert sure == sorted(sure, reverse=True)
    assert all(0 <= m["truth_probability"] <= m["confidence"] <= 1 for m in mistakes)
    few = json.loads(run("evaluate", "--data", small, "--mistakes", "3", "--json").out)["mistakes"]
    assert few == mistakes[:3]


def test_show_finds_the_row_and_says_the_same(run: Run, small: Path, here: Path) -> None:
    told = json.loads(run("evaluate", "--data", small, "--mistakes", "2", "--json").out)
    for mistake in told["mistakes"]:
        shown = run("show", mistake["row"], "--data", small).out.splitlines()[0]
        assert f"label {mistake['truth']} " in shown
        assert f"wrong {mistake['guess']} {mistake['confidence'] * 100:.0f} %" in shown


@pytest.mark.parametrize(("columns", "across"), [(80, 4), (40, 2), (20, 1), (200, 11)])
def test_as_many_are_beside_each_other_as_fit(
    columns: int, across: int, on_terminal: Callable[..., str], small: Path, here: Path
) -> None:
    shown = on_terminal("evaluate", "--data", small, "--mistakes", "12", columns=columns)
    shown = re.sub(r"\x1b\[[\d;]*m", "", shown).partition("mistakes, ")[2]
    lines = [line for line in shown.splitlines() if "nnfs show" not in line]  # stays whole
    assert max(map(len, lines)) <= columns
    rows = [len(BLOCK.findall(line)) for line in shown.splitlines() if BLOCK.search(line)]
    assert rows[0] == across
    assert sum(rows) == 12
    assert shown.count("read as") == shown.count("% sure") == 12


def test_the_text_names_what_the_json_names(run: Run, small: Path, here: Path) -> None:
    told = json.loads(run("evaluate", "--data", small, "--mistakes", "5", "--json").out)
    text = run("evaluate", "--data", small, "--mistakes", "5").out
    assert text.startswith(run("evaluate", "--data", small).out)
    wrong = told["rows"] - sum(told["confusion"][i][i] for i in range(10))
    command = f"nnfs show ROW --data {small}"
    assert f"mistakes, the surest first: 5 of {wrong} (in large: {command})" in text
    assert [int(row) for row in BLOCK.findall(text)] == [m["row"] for m in told["mistakes"]]
    first = told["mistakes"][0]
    assert f"{first['truth']} read as {first['guess']}" in text
    assert f"{first['confidence'] * 100:.1f} % sure" in text
    assert "\u28ff" in text or "\u2847" in text  # braille


def test_the_other_split_is_named_for_show(run: Run, small: Path, here: Path) -> None:
    words = ["evaluate", "--data", small, "--split", "train", "--mistakes", "1"]
    assert f"(in large: nnfs show ROW --data {small} --split train)\n" in run(*words).out


def test_the_command_for_show_is_typed_for_a_shell(run: Run, small: Path, here: Path) -> None:
    Path("a 'b'\x1b.npz").write_bytes(Path("model/model.npz").read_bytes())
    words = ["evaluate", "--model", "a 'b'\x1b.npz", "--data", small, "--mistakes", "1"]
    shown = run(*words).out
    assert """nnfs show ROW --model 'a '"'"'b'"'"'\\x1b.npz' --data""" in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_an_output_without_braille_gets_characters_of_its_own(
    encoding: str, child: Child, small: Path, here: Path
) -> None:
    words = ["evaluate", "--data", small, "--mistakes", "2"]
    shown = child(*words, PYTHONIOENCODING=encoding, NO_COLOR="1").out.decode(encoding)
    drawn = shown.partition("% sure")[2]
    assert "\\u" not in shown
    assert "@@" in drawn
    assert max(map(len, drawn.splitlines())) <= 80


def test_quiet_is_still_the_accuracy_alone(run: Run, small: Path, here: Path) -> None:
    words = ["evaluate", "--data", small, "--quiet"]
    assert run(*words, "--mistakes", "3") == run(*words)


def test_mistakes_are_saved_with_a_list(run: Run, small: Path, here: Path) -> None:
    result = run("evaluate", "--data", small, "--mistakes", "3", "--save-mistakes", "wrong")
    assert (result.code, result.err) == (0, "3 mistakes saved in wrong\n")
    assert "mistakes, the surest first: 3 of" in result.out
    with Path("wrong/index.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    names = sorted(path.name for path in Path("wrong").glob("*.png"))
    assert [line["file"] for line in lines] == names
    for line in lines:
        with Image.open(Path("wrong") / line["file"]) as image:
            assert image.size == (28, 28)
        assert f"_row-{line['row']}_is-{line['truth']}_read-as-{line['guess']}_" in line["file"]


def test_saving_alone_saves_24_and_draws_nothing(run: Run, small: Path, here: Path) -> None:
    words = ["evaluate", "--data", small]
    result = run(*words, "--save-mistakes", "wrong")
    assert result.out == run(*words).out
    assert len(list(Path("wrong").glob("*.png"))) == 24
    told = run(*words, "--save-mistakes", "again", "--json")
    assert len(json.loads(told.out)["mistakes"]) == 24
    assert run(*words, "--save-mistakes", "third", "--quiet").err == ""


def test_a_folder_is_never_written_into_twice(run: Run, refused: Refused, here: Path) -> None:
    Path("wrong").mkdir()
    Path("wrong/mine.txt").write_text("mine")
    line = refused("evaluate", "--save-mistakes", "wrong", code=1)
    assert line == "error: cannot save mistakes in wrong: it is not empty"
    assert [path.name for path in Path("wrong").iterdir()] == ["mine.txt"]


def test_a_bad_folder_is_found_before_the_work(
    refused: Refused, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(*arguments: object) -> None:
        raise AssertionError("the evaluation ran")

    monkeypatch.setattr("nnfs_cli.workflows.evaluate.evaluate_model", late)
    Path("file").touch()
    assert "is not a folder" in refused("evaluate", "--save-mistakes", "file", code=1)


@pytest.mark.parametrize("number", ["0", "-1", "x", "1e9"])
def test_a_number_of_mistakes_that_is_none_is_refused(
    number: str, refused: Refused, here: Path
) -> None:
    assert "--mistakes" in refused("evaluate", "--mistakes", number, code=2)


def test_rows_that_are_no_pictures_are_named_and_cannot_be_saved(
    run: Run, refused: Refused, empty: Path
) -> None:
    rows = [f"{i % 2},{i},{i * 7 % 5},3" for i in range(40)]
    Path("flat.csv").write_text("\n".join(rows) + "\n")
    words = ["--data", "flat.csv", "--set", "classes=2", "--epochs", "1", "--hidden", "3"]
    assert run("train", *words, "--threads", "1").code == 0
    shown = run("evaluate", "--mistakes", "2", "--split", "train")
    assert shown.code == 0
    assert shown.out.count("% sure") == 2
    line = refused("evaluate", "--save-mistakes", "w", "--split", "train", code=1)
    assert "are not pictures" in line
    assert list(Path("w").iterdir()) == []


def test_how_sure_each_mistake_was_is_told_with_one_digit() -> None:
    def sure(confidence: float) -> str:
        told = caption(Mistake(1, "4", "9", confidence, 0.1, None))
        return told[-1].plain

    assert [sure(share) for share in (0.998, 0.9904, 0.9, 0.5)] == [
        "99.8 % sure",
        "99.0 % sure",
        "90.0 % sure",
        "50.0 % sure",
    ]
