"""`nnfs show`: digits as text, with captions, in a style that the output can take."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from running import Refused, Run, digits

from nnfs_cli.cli.options import Style
from nnfs_cli.cli.show import caption, lay_out, row_number
from nnfs_cli.workflows.predict import Prediction
from nnfs_cli.workflows.show import Shown

PIXELS = np.zeros((28, 28), np.uint8)


def test_the_row_that_is_asked_for_is_drawn_with_label_and_guess(run: Run, here: Path) -> None:
    result = run("show", "0")
    lines = result.out.splitlines()
    assert (result.code, result.err, len(lines)) == (0, "", 29)
    assert re.fullmatch(r"mnist test 0   label 7   guess 7 \d+ %", lines[0])
    pixels = np.asarray(digits().x[0]).reshape(28, 28)
    for line, row in zip(lines[1:], pixels, strict=True):
        assert [line.ljust(56)[2 * i] != " " for i in range(28)] == [v > 14 for v in row]


def test_without_any_model_there_is_no_guess(
    run: Run, empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nnfs_cli.workflows.models.packaged", lambda name: None)
    result = run("show", "0")
    assert result.code == 0
    assert result.out.startswith("mnist test 0   label 7\n")


def test_a_model_that_is_named_and_missing_is_an_error(refused: Refused, empty: Path) -> None:
    assert "no model at nope.npz" in refused("show", "0", "--model", "nope.npz", code=1)


def test_the_training_split_has_rows_of_its_own(run: Run, small: Path, empty: Path) -> None:
    assert run("show", "0", "--data", small, "--split", "train").out.startswith(
        "small train 0   label 5   guess 5"
    )


def test_a_row_and_a_count_are_that_row_and_the_next(run: Run, here: Path) -> None:
    out = run("show", "3", "--count", "4", "--style", "braille").out
    assert out.splitlines()[0].split() == ["3", "4", "5", "6"]
    assert len(run("show", "9999", "--count", "5").out.splitlines()) == 29


def test_a_digit_is_chosen_at_random_among_its_kind(run: Run, empty: Path) -> None:
    out = run("show", "--digit", "5", "--count", "8", "--style", "braille").out
    assert re.findall(r"label (\d)", out) == ["5"] * 8
    rows = [line.split() for line in out.splitlines() if re.fullmatch(r"[\d ]+", line)]
    assert len({index for row in rows for index in row}) == 8
    assert out != run("show", "--digit", "5", "--count", "8", "--style", "braille").out


def test_more_than_there_are_is_all_there_are(run: Run, small: Path, empty: Path) -> None:
    out = run("show", "--data", small, "--digit", "8", "--count", "1000", "--style", "braille").out
    labels = digits(data=small).labels
    assert out.count("label 8") == int((labels == 8).sum())


@pytest.mark.parametrize(
    ("style", "glyphs", "columns", "rows"),
    [
        ("ascii", " .:-=+*#%@", 56, 28),
        ("blocks", " \u2580\u2584\u2588", 28, 14),
        ("braille", "".join(map(chr, range(0x2800, 0x2900))), 14, 7),
    ],
)
def test_each_style_has_its_characters_and_its_size(
    style: str, glyphs: str, columns: int, rows: int, run: Run, empty: Path
) -> None:
    lines = run("show", "0", "--style", style).out.splitlines()
    picture = lines[-rows:]
    assert set("".join(picture)) <= set(glyphs)
    assert max(map(len, picture)) <= columns


def test_a_picture_of_one_s_own_is_shown_as_the_network_sees_it(
    run: Run, here: Path, seven: bytes
) -> None:
    name = "a rather long name of a photo, with blanks in it.png"
    Path(name).write_bytes(seven)
    lines = run("show", name, "--style", "blocks").out.splitlines()
    assert lines[0] == "…hoto, with blanks in it.png  as the network sees it"
    assert lines[1].strip().startswith("guess 7 ")
    assert any("\u2588" in line for line in lines[2:])
    assert lines[-1].endswith("cropped and centred")


def test_a_picture_is_shown_without_a_model_too(run: Run, empty: Path, seven: bytes) -> None:
    Path("7.png").write_bytes(seven)
    assert run("show", "7.png").out.split()[:2] == ["7.png", "as"]


def test_a_narrow_terminal_gets_a_denser_style(
    on_terminal: Callable[..., str], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = on_terminal("show", "0", columns=40)
    assert "\u2588" in shown
    assert capsys.readouterr().err == "the terminal is too narrow for ascii: using blocks\n"
    assert "\u2800" in on_terminal("show", "0", columns=20)
    assert "@@" in on_terminal("show", "0", columns=40, encoding="ascii")


def shown(label: str | None, guess: str | None, *, name: str = "mnist test 3462") -> Shown:
    prediction = None
    if guess is not None:
        other = "1" if guess == "0" else "0"
        prediction = Prediction(name, PIXELS, (guess, other), (0.8, 0.2))
    return Shown(name, PIXELS, label, prediction)


def test_a_caption_is_one_line_where_there_is_room() -> None:
    (line,) = caption(shown("5", "5"), 56)
    assert line.plain == "mnist test 3462   label 5   guess 5 80 %"
    (line,) = caption(shown("5", "8"), 56)
    assert line.plain == "mnist test 3462   label 5   wrong 8 80 %"
    assert [span.style for span in line.spans if span.style] == ["bold red"]


def test_a_caption_over_a_small_picture_is_short_lines() -> None:
    for guess, word in (("5", "guess"), ("8", "wrong")):
        lines = [line.plain for line in caption(shown("5", guess), 14)]
        assert lines == ["3462", "label 5", f"{word} {guess} 80 %"]
        assert max(map(len, lines)) <= 14


def test_of_a_name_too_long_for_its_picture_the_end_is_shown() -> None:
    (line,) = caption(shown(None, None, name="a/long/path/to/seven.png"), 14)
    assert line.plain == "…/to/seven.png"
    (line,) = caption(shown(None, None, name="七" * 20), 14)
    assert line.plain == "…" + "七" * 6


def test_a_caption_names_a_picture_and_escapes_it() -> None:
    lines = [line.plain for line in caption(shown(None, "7", name="my [b]\x1b.png"), 14)]
    assert lines == ["my [b]\\x1b.png", "guess 7 80 %"]
    assert [line.plain for line in caption(shown(None, None, name="x.png"), 14)] == ["x.png"]


def test_pictures_stand_beside_each_other_as_far_as_they_fit() -> None:
    three = [shown("5", "5")] * 3
    assert len(lay_out(three, Style.braille, 14 * 3 + 2 * 2)) == 10
    assert len(lay_out(three, Style.braille, 14 * 3 + 2 * 2 - 1)) == 10 + 1 + 10
    assert len(lay_out(three, Style.braille, 1)) == 3 * 10 + 2


def test_pictures_in_a_row_begin_on_the_same_line() -> None:
    mixed = [shown("5", None), shown("5", "5")]
    lines = [line.plain for line in lay_out(mixed, Style.braille, 80)]
    assert [set(line) <= {"\u2800", " "} for line in lines] == [False] * 3 + [True] * 7


@pytest.mark.parametrize(
    ("what", "number"),
    [("0", 0), ("-3", -3), ("007", 7), ("7.png", None), ("\u0667", None), ("", None)],
)
def test_a_row_is_a_whole_number_in_ascii(what: str, number: int | None) -> None:
    assert row_number(what) == number
