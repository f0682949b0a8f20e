"""Others: a number that is read as one digit is noticed; what belongs to a page or form is not."""

from __future__ import annotations

import numpy as np
import pytest
import sheets
from lines_of_digits import on_white, page
from PIL import Image, ImageDraw

from nnfs_cli.images import normalise


def several(image: Image.Image) -> bool:
    return normalise(image, name="x.png").several


@pytest.mark.parametrize("height", [24, 60, 200])
@pytest.mark.parametrize("text", ["17", "41", "90", "2017", "358", "90210", "8888"])
def test_digits_in_a_row_are_noticed_whatever_their_size(text: str, height: int) -> None:
    assert several(on_white(page(text, height=height)))


@pytest.mark.parametrize("gap", [0.15, 0.4, 1.0])
def test_digits_are_noticed_near_to_each_other_and_apart(gap: float) -> None:
    assert several(on_white(page("2463", gap=gap)))


@pytest.mark.parametrize("margin", [0.0, 0.05])
def test_digits_that_reach_the_border_are_noticed(margin: float) -> None:
    assert several(on_white(page("256", margin=margin)))


def test_a_number_in_a_large_picture_is_noticed_before_it_is_looked_at_closely() -> None:
    sheet = Image.new("L", (2400, 1800), 255)
    number = on_white(page("47", height=90))
    sheet.paste(number, (900, 700))
    assert several(sheet)


def test_a_number_in_a_box_that_is_taken_for_one_digit_is_noticed() -> None:
    sheet = on_white(page("2463", margin=1.2))
    ImageDraw.Draw(sheet).ellipse((4, 4, sheet.width - 5, sheet.height - 5), outline=0, width=5)
    assert several(sheet)


@pytest.mark.parametrize("digit", list("0123456789"))
def test_one_digit_is_one(digit: str) -> None:
    for height in (24, 60, 200):
        assert not several(on_white(page(digit, height=height)))


@pytest.mark.parametrize("digit", ["0", "1", "4", "7"])
def test_a_box_its_sides_alone_and_specks_are_no_digits(digit: str) -> None:
    clear = on_white(page(digit, margin=1.5))
    boxed, sides, specks = clear.copy(), clear.copy(), clear.copy()
    wide, high = clear.size
    ImageDraw.Draw(boxed).rectangle((20, 20, wide - 21, high - 21), outline=0, width=2)
    for x in (15, wide - 15):
        ImageDraw.Draw(sides).line((x, 60, x, high - 60), fill=0, width=2)
    draw = ImageDraw.Draw(specks)
    rng = np.random.default_rng(0)
    for x, y in rng.integers(0, min(clear.size) // 3, (12, 2)).tolist():
        draw.ellipse((x, y, x + 4, y + 4), fill=0)
    for sheet in (boxed, sides, specks):
        assert not several(sheet)


def test_small_print_beside_a_digit_is_no_number() -> None:
    sheet = on_white(page("5", height=120, margin=1.0))
    label = on_white(page("124", height=40, margin=0.1))
    sheet.paste(label, (2, 2))
    assert not several(sheet)


def test_empty_cells_beside_the_one_that_is_filled_in_are_no_digits() -> None:
    masks = [sheets.drawn("8", 60), *[Image.new("L", (40, 60))] * 4]
    form = sheets.form(masks, cell=110)
    assert not several(on_white(form))


def test_it_is_told_in_json() -> None:
    for text in ("7", "77"):
        told = normalise(on_white(page(text)), name="x.png").to_dict()
        assert told["several_digits"] is (text == "77")
