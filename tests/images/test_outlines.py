"""A digit drawn as the outline of a thick stroke is read as that stroke; other rings are not."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter
from sheets import STROKES, drawn

from nnfs_cli.images import normalise
from nnfs_cli.images.outlines import between_outlines

DIGITS = sorted(STROKES)
SIDE = 300


def page(ink: Image.Image) -> Image.Image:
    """Return a white sheet with ink in its middle."""
    sheet = Image.new("L", (SIDE, SIDE), 255)
    sheet.paste(20, ((SIDE - ink.width) // 2, (SIDE - ink.height) // 2), ink)
    return sheet


def outline(digit: str, *, pen: int) -> Image.Image:
    """Return the outer `pen` pixels of a digit of 200 pixels drawn with a thick pen, as a mask."""
    solid = drawn(digit, 200, pen=0.13)
    padded = Image.new("L", (solid.width + 8, solid.height + 8))
    padded.paste(solid, (4, 4))
    return ImageChops.subtract(padded, padded.filter(ImageFilter.MinFilter(2 * pen + 1)))


def ring(digit: str, *, height: int = 120, across: int = 230, down: int = 230) -> Image.Image:
    """Return a sheet with a digit in an oval."""
    sheet = page(drawn(digit, height))
    middle, x, y = SIDE / 2, across / 2, down / 2
    edges = (middle - x, middle - y, middle + x, middle + y)
    ImageDraw.Draw(sheet).ellipse(edges, outline=20, width=6)
    return sheet


def filled(sheet: Image.Image) -> NDArray[np.bool_]:
    return between_outlines(np.asarray(sheet) < 128)


@pytest.mark.parametrize("pen", [2, 4])
@pytest.mark.parametrize("digit", DIGITS)
def test_an_outlined_digit_is_read_as_the_solid_one(digit: str, pen: int) -> None:
    done = normalise(page(outline(digit, pen=pen)))
    solid = normalise(page(drawn(digit, 200, pen=0.13)))
    assert done.box == pytest.approx(solid.box, abs=2)
    assert done.stroke == pytest.approx(solid.stroke, abs=0.15)
    assert done.dropped == 0
    assert (done.hollow, solid.hollow) == (True, False)
    assert done.ruling == ""  # no frame was removed
    assert ("outlines filled" in done.describe(), done.to_dict()["outlines_filled"]) == (True, True)


@pytest.mark.parametrize(("across", "down"), [(230, 230), (170, 200), (110, 150)])
@pytest.mark.parametrize("digit", [d for d in DIGITS if d != "0"])
def test_what_is_between_a_circle_and_its_digit_is_not_filled(
    digit: str, across: int, down: int
) -> None:
    assert not filled(ring(digit, across=across, down=down)).any()


@pytest.mark.parametrize("digit", DIGITS)
def test_the_holes_of_a_digit_are_not_filled(digit: str) -> None:
    for pen in (0.04, 0.1, 0.16):
        assert not filled(page(drawn(digit, 240, pen=pen))).any()
    narrow = drawn(digit, 240, pen=0.06)
    assert not filled(page(narrow.resize((narrow.width // 2, narrow.height)))).any()
