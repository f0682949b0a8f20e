"""Printed boxes, fields and labels: what was written in them is read, every stroke of it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from sheets import STROKES, drawn

from nnfs_cli.images import normalise
from nnfs_cli.images.boxes import boxes_of, without_strokes
from nnfs_cli.images.components import label
from nnfs_cli.images.digit import company, find_digit
from nnfs_cli.images.frames import holds
from nnfs_cli.images.line import Line
from nnfs_cli.images.printed import closing

SIDE = 240
DIGITS = sorted(STROKES)


def page(digit: str, *, height: int = 120, pen: float = 0.11) -> Image.Image:
    """Return a white sheet with a dark digit in its middle."""
    sheet = Image.new("L", (SIDE, SIDE), 255)
    ink = drawn(digit, height, pen=pen)
    sheet.paste(20, ((SIDE - ink.width) // 2, (SIDE - ink.height) // 2), ink)
    return sheet


def likeness(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Compare two pictures; where they were placed may differ by a pixel."""
    moved = (np.roll(one, (y, x), axis=(0, 1)) for y in (-1, 0, 1) for x in (-1, 0, 1))
    return max(float(np.corrcoef(m.ravel(), other.ravel())[0, 1]) for m in moved)


def assert_read(sheet: Image.Image, digit: str, *, height: int = 120, least: float = 0.95) -> None:
    """Check that a sheet gives what the digit alone does."""
    assert likeness(normalise(sheet).pixels, normalise(page(digit, height=height)).pixels) > least


def across(row: float, start: int, stop: int, *, down: bool = False) -> Line:
    """Return a line of three pixels."""
    return Line(down, start, stop, np.full(stop - start, row), 3.0, 1.0)


def down(column: float, start: int, stop: int) -> Line:
    return across(column, start, stop, down=True)


BOX = [across(20, 20, 101), across(100, 20, 101), down(20, 20, 101), down(100, 20, 101)]


def test_a_stroke_inside_a_box_is_no_divider_unless_it_goes_from_side_to_side() -> None:
    stem, bar, divider = down(60, 30, 96), across(50, 26, 60), down(70, 19, 102)
    overshoot = down(45, 12, 109)  # through both sides
    full = np.ones((120, 120), dtype=bool)
    assert without_strokes([*BOX, stem, bar, divider, overshoot], full) == [*BOX, divider]
    assert without_strokes([stem, bar], full) == [stem, bar]  # no box
    full[24:29] = False  # a gap below the top
    assert without_strokes([*BOX, divider], full) == BOX


def test_of_two_boxes_with_a_common_side_the_one_with_the_better_corners_is_meant() -> None:
    stroke = down(92, 28, 95)  # the right side of a 9, close to that of the box
    (box,) = boxes_of([*BOX, stroke])
    assert list(box) == BOX
    beside = [across(20, 120, 201), across(100, 120, 201), down(120, 20, 101), down(200, 20, 101)]
    assert len(boxes_of([*BOX, *beside])) == 2


@pytest.mark.parametrize("digit", DIGITS)
@pytest.mark.parametrize("room", [6, 12, 20])
def test_a_digit_keeps_the_strokes_that_come_near_to_its_box(digit: str, room: int) -> None:
    sheet = page(digit, pen=0.05)
    rows, columns = (np.asarray(sheet) < 128).nonzero()
    near = room + 6  # the box is as thick as the pen
    edges = (columns.min() - near, rows.min() - near, columns.max() + near, rows.max() + near)
    ImageDraw.Draw(sheet).rectangle(edges, outline=20, width=6)
    done = normalise(sheet)
    assert done.lines == 4 or done.dropped == 1
    assert likeness(done.pixels, normalise(page(digit, pen=0.05)).pixels) > 0.95


@pytest.mark.parametrize("digit", DIGITS)
@pytest.mark.parametrize("dash", [(14, 8), (5, 6)])
def test_a_dashed_box_is_left_out_dash_by_dash(digit: str, dash: tuple[int, int]) -> None:
    sheet = page(digit, height=100)
    pen = ImageDraw.Draw(sheet)
    for start in range(40, 196, sum(dash)):
        for edge in (40, 200):
            pen.line((start, edge, start + dash[0], edge), fill=20, width=4)
            pen.line((edge, start, edge, start + dash[0]), fill=20, width=4)
    done = normalise(sheet)
    assert_read(sheet, digit, height=100)
    assert done.parts <= 2


@pytest.mark.parametrize("digit", DIGITS)
@pytest.mark.parametrize("gap", [8, 0])
def test_a_digit_on_a_long_line_with_free_ends_is_read_without_it(digit: str, gap: int) -> None:
    sheet = Image.new("L", (480, SIDE), 255)
    ink = drawn(digit, 90)
    sheet.paste(20, (210, 60), ink)
    ImageDraw.Draw(sheet).rectangle((40, 150 + gap, 440, 153 + gap), fill=20)
    assert_read(sheet, digit, height=90, least=0.9 if gap else 0.85)


@pytest.mark.parametrize("digit", DIGITS)
def test_a_digit_in_a_comb_or_a_tray_is_read_without_it(digit: str) -> None:
    tray, comb = page(digit, height=90), page(digit, height=90)
    for sheet, ticks in ((tray, (70, 170)), (comb, (10, 70, 170, 230))):
        pen = ImageDraw.Draw(sheet)
        pen.line((ticks[0], 190, ticks[-1], 190), fill=20, width=4)
        for x in ticks:
            pen.line((x, 150, x, 190), fill=20, width=4)
        assert_read(sheet, digit, height=90)


def test_a_tray_has_two_ends_and_nothing_above_its_foot() -> None:
    for ends, is_tray in (((20, 180), True), ((20,), False), ((20, 100, 180), False)):
        mask = np.zeros((120, 200), dtype=bool)
        mask[100:104, 20:184] = True
        for x in ends:
            mask[60:104, x : x + 4] = True
        mask[20:90, 60:64] = True  # a 1 in it
        parts = label(mask)
        (number,) = np.flatnonzero(parts.bottom == 104)
        assert holds(parts, int(number)) == is_tray


@pytest.mark.parametrize("digit", DIGITS)
def test_the_letters_of_a_label_above_a_digit_are_none_of_it(digit: str) -> None:
    sheet = page(digit, height=110)
    pen = ImageDraw.Draw(sheet)
    for x in range(40, 190, 24):  # six letters
        pen.rectangle((x, 30, x + 12, 48), outline=20, width=3)
    assert_read(sheet, digit, height=110)


def test_broken_strokes_are_no_company_of_their_largest_piece() -> None:
    mask = np.zeros((200, 200), dtype=bool)
    mask[60:140, 95:105] = True  # the middle of a 1 whose ends fell apart
    for row in (20, 32, 44, 150, 162, 174):
        mask[row : row + 8, 95:105] = True
    parts = label(mask, mask.astype(np.float32))
    assert company(parts, int(parts.area.argmax())) == set()
    digit = find_digit(mask.astype(np.float32), mask)
    assert digit is not None
    assert digit.parts == 7


@pytest.mark.parametrize("digit", DIGITS)
@pytest.mark.parametrize("light", [False, True])
def test_strokes_that_nearly_reach_the_border_of_28x28_are_no_lines(
    digit: str, light: bool
) -> None:
    ink = np.asarray(drawn(digit, 26, pen=0.1))
    pixels = np.zeros((28, 28), dtype=np.uint8)
    left = (28 - ink.shape[1]) // 2
    pixels[1:27, left : left + ink.shape[1]] = ink[:26]
    done = normalise(Image.fromarray(pixels if light else 255 - pixels))
    assert not done.lines
    assert likeness(done.pixels, normalise(page(digit)).pixels) > 0.8


def test_a_stroke_that_ends_a_pixel_from_the_border_of_28x28_does_not_reach_it() -> None:
    stroke, line = down(15, 1, 27), down(15, 0, 28)
    assert [closing(end, stroke, [], (28, 28)) for end in stroke.ends] == ["", ""]
    assert [closing(end, line, [], (28, 28)) for end in line.ends] == ["border", "border"]


@pytest.mark.parametrize("side", [1080, 600])
@pytest.mark.parametrize("dark", [True, False])
def test_a_digit_of_few_pixels_on_a_large_page_is_seen(side: int, dark: bool) -> None:
    shades = np.full((side, side), 250 if dark else 5, dtype=np.uint8)
    page = Image.fromarray(shades)
    page.paste(10 if dark else 245, (side // 3, side // 2), drawn("7", 24))
    grain = np.random.default_rng(0).normal(0, 1.5, shades.shape)
    grainy = Image.fromarray(np.clip(np.asarray(page) + grain, 0, 255).astype(np.uint8))
    for picture in (page, grainy):
        done = normalise(picture)
        assert done.dark_ink is dark
        assert done.box[3] - done.box[1] == pytest.approx(24, abs=6)


def test_a_digit_with_parts_of_its_neighbours_at_the_border_is_dark_ink() -> None:
    sheet = Image.new("L", (130, 110), 250)
    sheet.paste(20, (-30, 5), drawn("3", 100, pen=0.08))
    sheet.paste(20, (40, 5), drawn("5", 100, pen=0.08))
    sheet.paste(20, (112, 5), drawn("2", 100, pen=0.08))
    done = normalise(sheet)
    assert done.dark_ink
    assert done.dropped == 3  # the 3 is cut in two
