"""What is a digit at a second look: its strokes, not its box, its paper or the squares on it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from alike import clean, likeness
from PIL import Image, ImageDraw, ImageFilter
from sheets import STROKES, drawn

from nnfs_cli.images import normalise
from nnfs_cli.images.look import look_closely

DIGITS = sorted(STROKES)
WIDTH, HEIGHT = 420, 320


def page(digit: str, *, height: int = 90, ink: int = 25, pen: float = 0.09) -> Image.Image:
    """Return a light sheet with a dark digit in its middle."""
    sheet = Image.new("L", (WIDTH, HEIGHT), 245)
    mask = drawn(digit, height, pen=pen)
    sheet.paste(ink, ((WIDTH - mask.width) // 2, (HEIGHT - mask.height) // 2), mask)
    return sheet


def assert_read(sheet: Image.Image, alone: Image.Image, *, least: float = 0.95) -> None:
    assert likeness(normalise(sheet).pixels, clean(alone)) > least


def boxed(sheet: Image.Image, half: tuple[int, int], *, grey: int = 60) -> Image.Image:
    """Draw a box about the middle of a sheet, of which `half` its sides are given."""
    x, y = half
    edges = (WIDTH // 2 - x, HEIGHT // 2 - y, WIDTH // 2 + x, HEIGHT // 2 + y)
    ImageDraw.Draw(sheet).rectangle(edges, outline=grey, width=3)
    return sheet


@pytest.mark.parametrize("digit", [d for d in DIGITS if d not in "157"])  # those meet it at a bar
def test_the_small_box_that_a_digit_touches_goes(digit: str) -> None:
    done = normalise(boxed(page(digit), (58, 44)))
    assert done.box == pytest.approx(normalise(page(digit)).box, abs=7)  # the line takes some
    assert "a box removed" in done.describe()


@pytest.mark.parametrize("digit", DIGITS)
def test_pale_squares_that_bend_go(digit: str) -> None:
    sheet = Image.new("L", (WIDTH, HEIGHT), 245)
    draw = ImageDraw.Draw(sheet)
    for place in range(-40, 500, 32):  # as a lens bends them: too much to be found as lines
        bent = [(x, place + 20 * math.sin(x / 90)) for x in range(0, 440, 4)]
        draw.line(bent, fill=165, width=2)
        draw.line([(y, x) for x, y in bent], fill=165, width=2)
    mask = drawn(digit, 90, pen=0.09)
    sheet.paste(25, ((WIDTH - mask.width) // 2, (HEIGHT - mask.height) // 2), mask)
    assert_read(sheet, page(digit), least=0.93)


@pytest.mark.parametrize("digit", DIGITS)
def test_the_pale_strokes_of_a_pencil_stay(digit: str) -> None:
    strong, pale = page(digit), page(digit, ink=150)
    half = strong.crop((0, 0, WIDTH, HEIGHT // 2))  # pressed hard, and then less
    pale.paste(half)
    assert normalise(pale).box == normalise(strong).box


@pytest.mark.parametrize("digit", DIGITS)
def test_the_white_cell_of_a_crossword_is_no_digit(digit: str) -> None:
    sheet = page(digit, height=70).crop((126, 76, 294, 244))  # a cell and some of those around it
    draw = ImageDraw.Draw(sheet)
    for place in (32, 134):
        draw.line((place, 0, place, 168), fill=25, width=4)
        draw.line((0, place, 168, place), fill=25, width=4)
    draw.rectangle((0, 0, 134, 32), fill=25)
    assert look_closely(sheet, name="p").ink.dark
    assert_read(sheet, page(digit), least=0.93)


@pytest.mark.parametrize("pen", [0.2, 0.34])
@pytest.mark.parametrize("digit", DIGITS)
def test_the_holes_of_a_thick_digit_are_not_taken_for_one(digit: str, pen: float) -> None:
    dark = page(digit, pen=pen).crop((140, 90, 280, 230))
    for sheet in (dark, dark.point(lambda grey: 255 - grey)):
        look = look_closely(sheet, name="p")
        assert look.ink.dark == (sheet is dark)
        assert look.digit.side == pytest.approx(90, abs=4)


@pytest.mark.parametrize("digit", [d for d in DIGITS if d != "2"])
def test_an_underline_close_below_the_middle_of_a_digit_goes(digit: str) -> None:
    sheet = page(digit)
    bottom = (HEIGHT + 98) // 2  # four pixels below the ink
    ImageDraw.Draw(sheet).rectangle((178, bottom, 242, bottom + 4), fill=25)
    assert_read(sheet, page(digit), least=0.97)


def test_the_loose_foot_of_a_2_stays() -> None:
    whole = page("2")
    loose = whole.copy()
    draw = ImageDraw.Draw(loose)
    bottom = (HEIGHT + 90) // 2
    draw.rectangle((0, bottom - 12, WIDTH, bottom - 9), fill=245)
    assert_read(loose, whole, least=0.9)


def test_a_sheet_on_a_mottled_table_is_found_for_the_edge_of_a_table_is_no_ink() -> None:
    rng = np.random.default_rng(2)
    mottled = Image.fromarray(rng.integers(90, 150, (12, 16), dtype=np.uint8))
    table = mottled.resize((640, 480), Image.Resampling.BICUBIC)
    sheet = Image.linear_gradient("L").resize((400, 300)).point(lambda grey: 200 + grey // 8)
    sheet.paste(40, (180, 130), drawn("3", 44, pen=0.06))
    table.paste(sheet, (120, 90))
    shade = table.filter(ImageFilter.GaussianBlur(1))
    found = normalise(shade)
    assert found.sheet == pytest.approx((120, 90, 520, 390), abs=12)
    assert found.dark_ink
