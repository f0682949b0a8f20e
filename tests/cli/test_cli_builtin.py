"""Without a model of one's own, the one that comes with nnfs answers, and says so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from running import Run


@pytest.fixture
def picture(empty: Path, seven: bytes) -> str:
    Path("seven.png").write_bytes(seven)
    return "seven.png"


def test_a_picture_is_read_and_the_note_says_how_good_the_model_is(run: Run, picture: str) -> None:
    result = run("predict", picture)
    assert (result.code, result.out) == (0, "7\n")
    assert re.fullmatch(
        r"no model/model\.npz here: using the built-in one, 99\.\d % right on MNIST\n", result.err
    )


def test_quiet_means_no_note(run: Run, picture: str) -> None:
    assert run("predict", picture, "--quiet").err == ""


def test_to_name_it_needs_no_note(run: Run, picture: str) -> None:
    result = run("predict", picture, "--model", "builtin")
    assert (result.out, result.err) == ("7\n", "")


def test_a_model_of_one_s_own_comes_first(run: Run, here: Path, seven: bytes) -> None:
    Path("seven.png").write_bytes(seven)
    assert "built-in" not in run("predict", "seven.png").err
