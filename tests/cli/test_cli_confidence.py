"""Answers that are not sure: a warning, and a gate that the user may set."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from running import Refused, Run

from nnfs_cli.engine import Network
from nnfs_cli.workflows.confidence import UNSURE, doubt, share
from nnfs_cli.workflows.predict import Prediction

DIGITS = tuple("0123456789")


def probabilities(**shares: float) -> list[float]:
    """Return probabilities of ten digits: `d4=0.5` is that of the 4; the others share the rest."""
    given = {int(name[1:]): value for name, value in shares.items()}
    rest = (1 - sum(given.values())) / (10 - len(given))
    return [given.get(digit, rest) for digit in range(10)]


def prediction(**shares: float) -> Prediction:
    pixels = np.zeros((28, 28), np.uint8)
    return Prediction("x.png", pixels, DIGITS, tuple(probabilities(**shares)))


@pytest.fixture
def saying(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let every network give the same answer to every picture."""

    def saying(**shares: float) -> None:
        answer = np.array(probabilities(**shares))
        monkeypatch.setattr(Network, "predict_proba", lambda self, x: np.tile(answer, (len(x), 1)))

    return saying


@pytest.fixture
def picture(here: Path, seven: bytes) -> Path:
    path = Path("photo.png")
    path.write_bytes(seven)
    return path


def test_a_doubtful_answer_is_given_with_a_warning(
    run: Run, picture: Path, saying: Callable[..., None]
) -> None:
    saying(d4=0.52, d9=0.41)
    result = run("predict", picture)
    assert (result.code, result.out) == (0, "4\n")
    assert result.err == "warning: not sure about photo.png: 4 (52 %) or 9 (41 %)\n"


def test_quiet_and_json_say_nothing_of_doubts(
    run: Run, picture: Path, saying: Callable[..., None]
) -> None:
    saying(d4=0.52, d9=0.41)
    assert run("predict", picture, "--quiet").err == ""
    assert run("predict", picture, "--json").err == ""


def test_a_sure_answer_has_no_warning(run: Run, picture: Path, saying: Callable[..., None]) -> None:
    saying(d4=0.95)
    assert run("predict", picture).err == ""


def test_the_warning_names_a_rival_that_has_a_chance() -> None:
    assert doubt(prediction(d4=0.52, d9=0.41)) == "4 (52 %) or 9 (41 %)"
    assert doubt(prediction(d4=UNSURE - 0.01)) == "4 (69 %)"
    assert doubt(prediction(d4=UNSURE)) == ""


def test_an_answer_under_the_gate_is_not_given(
    run: Run, refused: Refused, picture: Path, saying: Callable[..., None]
) -> None:
    saying(d4=0.62)
    line = refused("predict", picture, "--min-confidence", "0.9", code=3)
    assert line == "error: photo.png: not sure enough: 4 at 62 %, --min-confidence is 90 %"
    assert run("predict", picture, "--min-confidence", "0.6").out == "4\n"
    assert run("predict", picture, "--min-confidence", "0").code == 0


def test_of_several_pictures_each_has_its_line(
    run: Run, picture: Path, saying: Callable[..., None]
) -> None:
    saying(d4=0.62)
    result = run("predict", picture, picture, "--min-confidence", "0.9")
    assert result.code == 3
    assert result.out == "photo.png\t?\t0.6200\n" * 2
    assert result.err.count("error: photo.png: not sure enough") == 2


def test_json_has_the_guess_instead_of_the_digit(
    run: Run, picture: Path, saying: Callable[..., None]
) -> None:
    saying(d4=0.62)
    result = run("predict", picture, "--min-confidence", "0.9", "--json")
    line = json.loads(result.out)
    assert (result.code, result.err) == (3, "")
    assert (line["digit"], line["guess"]) == (None, 4)
    assert line["confidence"] == pytest.approx(0.62)
    assert len(line["probabilities"]) == 10


def test_a_picture_that_cannot_be_read_weighs_more_than_the_gate(
    run: Run, picture: Path, saying: Callable[..., None]
) -> None:
    saying(d4=0.62)
    for names in (["nope.png", picture], [picture, "nope.png"]):
        assert run("predict", *names, "--min-confidence", "0.9").code == 1


def test_a_terminal_gets_no_drawing_of_an_answer_under_the_gate(
    on_terminal: Callable[..., str], picture: Path, saying: Callable[..., None]
) -> None:
    saying(d4=0.62)
    assert on_terminal("predict", picture, "--min-confidence", "0.9") == ""


@pytest.mark.parametrize("value", ["1.1", "-0.1", "nan", "inf", "90%", "much"])
def test_a_gate_is_a_share(value: str, refused: Refused, picture: Path) -> None:
    line = refused("predict", picture, f"--min-confidence={value}", code=2)
    assert "--min-confidence" in line


@pytest.mark.parametrize(
    ("value", "gate", "text"),
    [
        (0.62, 0.9, "62 %"),
        (0.8996, 0.9, "89.96 %"),
        (0.9, 0.9, "90 %"),
        (0.995, 0.995, "99.5 %"),
        (0.9949999, 0.995, "99 %"),
        (0.62, 0.6249, "62.0 %"),
    ],
)
def test_what_is_under_the_gate_never_looks_as_high(value: float, gate: float, text: str) -> None:
    assert share(value, gate) == text
    assert re.fullmatch(r"[\d.]+ %", text)
