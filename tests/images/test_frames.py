"""What is drawn around a digit or under it goes; what a digit is made of stays."""

from __future__ import annotations

import numpy as np
import pytest
from alike import clean
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from sheets import STROKES, drawn

from nnfs_cli.images import normalise
from nnfs_cli.images.components import label
from nnfs_cli.images.frames import encloses, surrounds, underlines

SIDE = 300
DIGITS = sorted(STROKES)


def page(digit: str = "", *, height: int = 120) -> Image.Image:
    """Return a white sheet with a digit in its middle, dark, if there is to be one."""
    sheet = Image.new("L", (SIDE, SIDE), 255)
    if digit:
        ink = drawn(digit, height)
        sheet.paste(20, ((SIDE - ink.width) // 2, (SIDE - ink.height) // 2), ink)
    return sheet


def circle(sheet: Image.Image, *, across: int = 230, down: int = 230, width: int = 6) -> None:
    """Draw an oval about the middle."""
    x, y = across / 2, down / 2
    edges = (SIDE / 2 - x, SIDE / 2 - y, SIDE / 2 + x, SIDE / 2 + y)
    ImageDraw.Draw(sheet).ellipse(edges, outline=20, width=width)


def line(sheet: Image.Image, *, gap: int, width: int = 5, length: int = 200) -> None:
    """Draw a line `gap` pixels below the digit."""
    y = (SIDE + 120) // 2 + gap
    start = (SIDE - length) // 2
    ImageDraw.Draw(sheet).rectangle((start, y, start + length, y + width - 1), fill=20)


def pixels(sheet: Image.Image) -> NDArray[np.uint8]:
    return normalise(sheet).pixels


def assert_alike(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> None:
    """Compare to a shade: how strong full ink is was measured on all ink there is."""
    np.testing.assert_allclose(one.astype(int), other.astype(int), atol=2)


@pytest.mark.parametrize("width", [3, 6, 14])
@pytest.mark.parametrize("digit", DIGITS)
def test_a_digit_in_a_circle_is_read_without_it(digit: str, width: int) -> None:
    sheet = page(digit)
    circle(sheet, width=width)
    done = normalise(sheet)
    assert_alike(done.pixels, clean(page(digit)))
    assert (done.dropped, done.ruling) in ((1, ""), (0, "a frame"))


@pytest.mark.parametrize("gap", [6, 20, 40])
@pytest.mark.parametrize("digit", DIGITS)
def test_an_underlined_digit_is_read_without_the_line(digit: str, gap: int) -> None:
    sheet = page(digit)
    line(sheet, gap=gap)
    assert_alike(pixels(sheet), clean(page(digit)))


def test_a_digit_underlined_twice_is_read_without_the_lines() -> None:
    sheet = page("7")
    line(sheet, gap=15)
    line(sheet, gap=28)
    assert_alike(pixels(sheet), clean(page("7")))


def surrounding(sheet: Image.Image) -> NDArray[np.bool_]:
    """Return for each piece of ink on a sheet whether it surrounds another."""
    parts = label(np.asarray(sheet) < 128)
    return np.array([surrounds(parts, number) for number in range(len(parts))])


@pytest.mark.parametrize(("across", "down"), [(120, 200), (200, 200)])
def test_a_0_with_a_loose_slash_or_a_dot_in_it_is_a_0(across: int, down: int) -> None:
    for end in (40, 3):  # a slash, a dot
        sheet = page()
        circle(sheet, across=across, down=down, width=12)
        slash = (SIDE // 2 - end, SIDE // 2 + end, SIDE // 2 + end, SIDE // 2 - end)
        ImageDraw.Draw(sheet).line(slash, fill=20, width=10)
        assert not surrounding(sheet).any()


def test_an_upright_stroke_is_a_1_in_a_round_circle_and_no_1_in_a_narrow_0() -> None:
    for across, is_circle in ((200, True), (110, False)):
        sheet = page()
        circle(sheet, across=across, down=200, width=8)
        ImageDraw.Draw(sheet).line((145, 100, 152, 200), fill=20, width=10)
        assert surrounding(sheet).any() == is_circle


def test_a_blot_beside_the_stem_of_a_9_makes_no_circle_of_it() -> None:
    sheet = page("9", height=200)
    ImageDraw.Draw(sheet).ellipse((100, 180, 145, 225), fill=20)  # in its box, not in its loop
    assert not surrounding(sheet).any()


@pytest.mark.parametrize("digit", DIGITS)
def test_a_digit_paler_than_its_circle_is_read_without_it(digit: str) -> None:
    sheet = page(digit).point([min(255, grey + 80) for grey in range(256)])  # a red pen, say
    box = normalise(sheet).box
    circle(sheet)
    done = normalise(sheet)
    assert (done.dropped, done.ruling) in ((1, ""), (0, "a frame"))
    assert done.box == pytest.approx(box, abs=1)


def test_a_circle_that_somebody_did_not_quite_close_is_a_circle() -> None:
    sheet = page("3")
    ImageDraw.Draw(sheet).arc((35, 35, 265, 265), start=-60, end=285, fill=20, width=6)
    assert_alike(pixels(sheet), clean(page("3")))


def test_a_circle_that_is_seen_from_close_by_in_part_is_left_out_there_too() -> None:
    light = np.linspace(220, 160, 4000).astype(np.uint8) * np.ones((3000, 1), dtype=np.uint8)
    photo = Image.fromarray(light)
    canvas = ImageDraw.Draw(photo)
    canvas.line([(1700, 1000), (2300, 1000), (1900, 2000)], fill=30, width=60)
    canvas.ellipse((1300, 700, 2700, 2300), outline=30, width=30)
    assert normalise(photo).box == pytest.approx((1700, 972, 2330, 2012), abs=15)


def test_pale_squares_inside_a_0_make_no_circle_of_it() -> None:
    soft = np.zeros((SIDE, SIDE), dtype=np.float32)
    ring = page()
    circle(ring, width=12)
    soft[np.asarray(ring) < 128] = 1.0
    soft[110:190, 148:152] = soft[148:152, 110:190] = 0.5
    parts = label(soft > 0.2, soft)
    assert len(parts) == 2
    assert not any(encloses(parts, number) for number in range(2))


def test_the_loose_foot_of_a_2_the_hat_of_a_5_and_a_minus_are_no_underlines() -> None:
    foot = page()
    canvas = ImageDraw.Draw(foot)
    canvas.line([(110, 110), (150, 80), (180, 110), (110, 190)], fill=20, width=10, joint="curve")
    canvas.rectangle((105, 201, 195, 210), fill=20)  # a gap of 6 pixels
    hat = page()
    canvas = ImageDraw.Draw(hat)
    canvas.rectangle((110, 60, 190, 69), fill=20)
    canvas.line([(115, 80), (115, 130), (170, 140), (150, 200), (110, 200)], fill=20, width=10)
    minus = page("3")
    ImageDraw.Draw(minus).rectangle((20, 146, 70, 152), fill=20)
    for sheet in (foot, hat, minus):
        parts = label(np.asarray(sheet) < 128)
        assert len(parts) >= 2
        assert not any(underlines(parts, number) for number in range(len(parts)))
