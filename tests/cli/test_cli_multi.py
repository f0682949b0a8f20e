"""`nnfs predict --multi`: the digits of a picture, for a pipe, for a program and for people."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from running import Child, Refused, Run

from nnfs_cli.engine import Network


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[\d;]*m", "", text)


@pytest.fixture
def number(here: Path, seven: bytes) -> Path:
    """Three sevens in a line and two below: 112 pixels each."""
    digit = np.asarray(Image.open(io.BytesIO(seven)))
    blank = np.zeros_like(digit)
    Image.fromarray(np.block([[digit, digit, digit], [digit, blank, digit]])).save("number.png")
    return Path("number.png")


@pytest.fixture
def line(here: Path, seven: bytes) -> Path:
    digit = np.asarray(Image.open(io.BytesIO(seven)))
    Image.fromarray(np.hstack([digit] * 5)).save("line.png")
    return Path("line.png")


def test_a_pipe_gets_a_line_of_text_for_each_line_of_digits(
    run: Run, number: Path, line: Path
) -> None:
    result = run("predict", number, "--multi")
    assert (result.code, result.out, result.err) == (0, "777\n77\n", "")
    assert run("predict", line, "--multi", "--quiet").out == "77777\n"


def test_several_pictures_get_path_and_text(run: Run, number: Path, line: Path) -> None:
    result = run("predict", number, line, "--multi")
    assert result.out == "number.png\t777 77\nline.png\t77777\n"


def test_json_has_the_digits_line_by_line_with_their_boxes(run: Run, number: Path) -> None:
    result = run("predict", number, "--multi", "--json")
    told = json.loads(result.out)
    assert list(told) == ["path", "text", "lines"]
    assert (told["path"], told["text"]) == ("number.png", "777\n77")
    assert [len(row) for row in told["lines"]] == [3, 2]
    first, second = told["lines"][0][:2]
    assert list(first) == ["digit", "confidence", "probabilities", "box"]
    assert first["digit"] == 7
    assert first["confidence"] == max(first["probabilities"])
    left, top, right, bottom = first["box"]
    assert 0 < left < right < 112
    assert 0 < top < bottom < 112
    assert second["box"] == [left + 112, top, right + 112, bottom]
    below = told["lines"][1][1]["box"]
    assert below == [left + 224, top + 112, right + 224, bottom + 112]


def test_a_single_digit_gives_the_same_answer_as_without(
    run: Run, here: Path, seven: bytes
) -> None:
    Path("7.png").write_bytes(seven)
    alone = json.loads(run("predict", "7.png", "--json").out)
    (digit,) = json.loads(run("predict", "7.png", "--multi", "--json").out)["lines"][0]
    assert digit["probabilities"] == pytest.approx(alone["probabilities"], abs=1e-6)


def test_a_terminal_sees_the_boxes_and_a_line_for_each_digit(
    on_terminal: Callable[..., str], number: Path
) -> None:
    shown = plain(on_terminal("predict", number, "--multi"))
    lines = shown.splitlines()
    assert lines[:2] == ["777", "77"]
    assert lines[2].startswith("number.png: 336x224, light ink on a dark ground; 5 digits in 2")
    assert max(map(len, lines)) <= 80
    assert [shown.count(corner) for corner in "┌┐└┘"] == [5, 5, 5, 5]
    assert re.findall(r"^ +(\d) +\d+\.\d %   .* \d+,\d+ to \d+,\d+$", shown, re.M) == ["7"] * 5


@pytest.mark.parametrize(("columns", "encoding"), [(80, "ascii"), (40, "cp1252"), (60, "utf-8")])
def test_the_drawing_fits_and_needs_no_glyphs(
    columns: int, encoding: str, on_terminal: Callable[..., str], line: Path
) -> None:
    lines = plain(on_terminal("predict", line, "--multi", columns=columns, encoding=encoding))
    drawing = lines.split("digit  ")[0].splitlines()
    assert max(map(len, drawing)) <= columns
    assert "\\u" not in lines
    assert ("+" in lines) == (encoding != "utf-8")


def test_many_pictures_get_a_line_each_on_a_terminal(
    on_terminal: Callable[..., str], line: Path
) -> None:
    shown = plain(on_terminal("predict", *[line] * 5, "--multi"))
    assert shown == "77777   line.png\n" * 5


def test_digits_under_the_gate_are_question_marks(
    run: Run, number: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsure_of_the_second(self: Network, x: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
        probs = np.full((len(x), 10), 0.002)
        probs[:, 7] = 0.982
        probs[1:2] = [0.01, 0.3, 0.01, 0.01, 0.01, 0.01, 0.01, 0.62, 0.01, 0.01]
        return probs

    monkeypatch.setattr(Network, "predict_proba", unsure_of_the_second)
    result = run("predict", number, "--multi", "--min-confidence", "0.9")
    assert (result.code, result.out) == (3, "7?7\n77\n")
    assert result.err.splitlines()[0] == (
        "error: number.png: not sure enough of 1 of 5 digits, --min-confidence is 90 %"
    )
    told = json.loads(run("predict", number, "--multi", "--min-confidence", "0.9", "--json").out)
    assert (told["text"], told["lines"][0][1]["digit"]) == ("7?7\n77", None)
    assert told["lines"][0][1]["guess"] == 7
    warned = run("predict", number, "--multi")
    assert (warned.code, warned.out) == (0, "777\n77\n")
    assert warned.err == (
        "warning: not sure about number.png, line 1, digit 2: 7 (62 %) or 1 (30 %)\n"
    )
    assert run("predict", number, "--multi", "--quiet").err == ""


def test_a_refused_picture_does_not_stop_the_others(run: Run, line: Path) -> None:
    Image.new("L", (90, 60), 255).save("blank.png")
    result = run("predict", "blank.png", line, "nope.png", "--multi")
    assert (result.code, result.out) == (1, "line.png\t77777\n")
    assert "no digit found in blank.png: the picture looks blank" in result.err
    assert "cannot read nope.png" in result.err
    told = [json.loads(row) for row in run("predict", "nope.png", line, "--multi", "--json").out
            .splitlines()]  # fmt: skip
    assert told[0] == {
        "path": "nope.png",
        "error": "cannot read nope.png: No such file or directory",
        "hint": "check the spelling of the path",
    }
    assert told[1]["text"] == "77777"


def test_there_is_no_random_number_to_read(refused: Refused, here: Path) -> None:
    assert "no picture named" in refused("predict", "--multi", code=2)


def test_multi_and_explain_exclude_each_other(refused: Refused, line: Path) -> None:
    assert "--explain and --multi" in refused("predict", line, "--multi", "--explain", code=2)


def test_standard_input_is_read_too(child: Child, line: Path) -> None:
    done = child("predict", "-", "--multi", stdin=line.read_bytes())
    assert (done.code, done.out, done.err) == (0, b"77777\n", b"")
