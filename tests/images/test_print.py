"""Print: boxes, bars, words, colours and canvases around a digit are no part of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from alike import clean, likeness
from PIL import Image, ImageDraw, ImageFont
from sheets import drawn

from nnfs_cli.images import normalise

PAPER, INK, BLACK, BLUE = (246, 246, 243), (25, 30, 90), (20, 20, 20), (30, 60, 130)
SWATCHES = ("black", "grey", "red", "orange", "yellow", "green", "blue", "purple", "white")


def page(width: int, height: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("RGB", (width, height), PAPER)
    return picture, ImageDraw.Draw(picture)


def write(picture: Image.Image, digit: str, at: tuple[int, int], *, height: int = 130,
          ink: Any = INK) -> None:  # fmt: skip
    """Write a digit, its middle at a place."""
    mask = drawn(digit, height)
    picture.paste(ink, (at[0] - mask.width // 2, at[1] - mask.height // 2), mask)


def alone(digit: str) -> Image.Image:
    picture, _ = page(300, 300)
    write(picture, digit, (150, 150))
    return picture


def words(pen: ImageDraw.ImageDraw, text: str, at: tuple[int, int], *, size: int = 24,
          fill: Any = BLACK) -> None:  # fmt: skip
    pen.text(at, text, fill=fill, font=ImageFont.load_default(size), anchor="mm")


def field_with_a_head(digit: str, *, colour: Any = BLUE, bar: int = 40) -> Image.Image:
    picture, pen = page(320, 360)
    pen.rectangle((60, 50, 260, 320), outline=colour, width=4)
    pen.rectangle((60, 50, 260, 50 + bar), fill=colour)
    words(pen, "MONTH", (160, 50 + bar // 2), fill=(255, 255, 255))
    write(picture, digit, (160, 205))
    return picture


def boxes_in_a_row(digit: str, *, place: int = 1, line: int = 3) -> Image.Image:
    picture, pen = page(800, 220)
    for k in range(5):
        left = 30 + 150 * k
        # lines of print are now a pixel thicker, now thinner
        pen.rectangle((left, 30, left + 125, 190), outline=BLACK, width=line + k % 2)
    write(picture, digit, (92 + 150 * place, 110), height=105)
    return picture


def between_words(digit: str) -> Image.Image:
    picture, pen = page(420, 420)
    words(pen, "VISIT AGAIN", (210, 50))
    words(pen, "THANK YOU", (200, 90))
    for left in range(60, 350, 20):
        pen.line((left, 118, left + 12, 118), fill=(90, 90, 90), width=3)
    write(picture, digit, (210, 210), height=160)
    words(pen, "CASHIER", (215, 330))
    words(pen, "MARKET", (220, 368))
    return picture


def in_corner_marks(digit: str) -> Image.Image:
    picture, pen = page(360, 360)
    for x, inwards in ((80, 50), (280, -40)):  # drawn by hand, no two alike
        for y, down in ((70, 50), (290, -38)):
            pen.line((x + inwards, y, x, y, x, y + down), fill=BLACK, width=4)
    write(picture, digit, (180, 180), height=170)
    return picture


def above_colours(digit: str) -> Image.Image:
    picture, pen = page(400, 460)
    pen.rectangle((0, 418, 400, 460), fill=(228, 228, 228))
    for k, colour in enumerate(SWATCHES):
        pen.rectangle((20 + 40 * k, 424, 50 + 40 * k, 454), fill=colour, outline=(120, 120, 120))
    write(picture, digit, (230, 230), height=200)
    return picture


def beside_a_scale(digit: str) -> Image.Image:
    """Return a figure as a plotting library makes it, with the scale of its colours beside it."""
    picture, pen = page(460, 360)
    canvas = Image.new("RGB", (270, 270), (68, 1, 84))
    write(canvas, digit, (135, 135), height=190, ink=(253, 231, 37))
    picture.paste(canvas, (50, 40))
    for y in range(270):
        shade = (68 + 185 * y // 269, 1 + 230 * y // 269, 84 - 47 * y // 269)
        pen.line((350, 309 - y, 366, 309 - y), fill=shade)
    for k in range(6):
        words(pen, str(50 * k), (388, 305 - 52 * k), size=14)
        words(pen, str(5 * k), (60 + 48 * k, 322), size=14)
        words(pen, str(5 * k), (36, 50 + 48 * k), size=14)
    return picture


def at_the_edge_of_a_canvas(digit: str) -> Image.Image:
    picture = Image.new("RGB", (400, 400), (255, 255, 255))
    canvas = Image.new("RGB", (270, 270))
    mask = drawn(digit, 150)
    canvas.paste((255, 255, 255), (268 - mask.width, 90), mask)
    picture.paste(canvas, (65, 65))
    return picture


def beside_empty_boxes(digit: str) -> Image.Image:
    """Return a row of boxes of which the last, with the digit, has only its lower side left."""
    picture, pen = page(548, 250)
    for left in (38, 202):
        pen.rectangle((left, 43, left + 141, 206), outline=BLACK, width=3)
    pen.line((366, 206, 507, 206), fill=BLACK, width=3)
    write(picture, digit, (436, 125), height=100)
    return picture


def among_sides_of_boxes(digit: str) -> Image.Image:
    """Return a row of boxes of which a weak scan has kept the upright lines."""
    picture, pen = page(700, 220)
    for left in (30, 180, 330, 480):
        for side in (left, left + 130):
            pen.line((side, 40, side, 180), fill=BLACK, width=4)
    write(picture, digit, (545, 110), height=100)
    return picture


def above_dark_colours(digit: str) -> Image.Image:
    picture, pen = page(400, 460)
    for k, colour in enumerate(("black", "navy", "maroon", "black", "purple", "darkgreen") * 2):
        pen.rectangle((14 + 38 * k, 420, 44 + 38 * k, 450), fill=colour)
    write(picture, digit, (200, 285), height=200)
    return picture


def in_coloured_boxes(digit: str) -> Image.Image:
    """Return a row of boxes in a strong colour, with a pale pencil in the last."""
    picture = Image.new("RGB", (710, 290), (190, 186, 180))
    pen = ImageDraw.Draw(picture)
    for k in range(4):
        pen.rectangle((30 + 171 * k, 60, 167 + 171 * k, 227), outline=(220, 60, 45), width=5)
    write(picture, digit, (611, 145), height=100, ink=(135, 135, 135))
    return picture


def pale_in_a_strong_box(digit: str) -> Image.Image:
    picture, pen = page(320, 320)
    pen.rectangle((50, 40, 270, 280), outline=BLACK, width=8)
    write(picture, digit, (160, 160), ink=(196, 190, 190))
    return picture


PRINT: dict[str, Callable[[str], Image.Image]] = {
    "a field with a head": field_with_a_head,
    "a field with a high black head": lambda d: field_with_a_head(d, colour=BLACK, bar=60),
    "the first of five boxes": lambda d: boxes_in_a_row(d, place=0),
    "the last of five boxes": lambda d: boxes_in_a_row(d, place=4, line=1),
    "beside empty boxes": beside_empty_boxes,
    "among the sides of boxes": among_sides_of_boxes,
    "in one of four coloured boxes": in_coloured_boxes,
    "pale in a strong box": pale_in_a_strong_box,
    "above a row of dark colours": above_dark_colours,
    "between lines of words": between_words,
    "between the marks of corners": in_corner_marks,
    "above a row of colours": above_colours,
    "beside the scale of its colours": beside_a_scale,
    "at the edge of a canvas": at_the_edge_of_a_canvas,
}


@pytest.mark.parametrize("name", PRINT)
@pytest.mark.parametrize("digit", ["2", "4", "7", "8"])
def test_what_is_printed_around_a_digit_is_no_part_of_it(name: str, digit: str) -> None:
    assert likeness(normalise(PRINT[name](digit)).pixels, clean(alone(digit))) > 0.85


def test_the_loose_bar_of_a_7_is_part_of_it() -> None:
    picture, pen = page(300, 300)
    pen.line((70, 70, 230, 70), fill=INK, width=18)
    pen.line((205, 95, 130, 235), fill=INK, width=18)
    whole, pen = page(300, 300)
    pen.line((70, 70, 230, 70), fill=INK, width=18)
    pen.line((218, 70, 130, 235), fill=INK, width=18)
    assert likeness(normalise(picture).pixels, clean(whole)) > 0.85


def test_a_square_0_is_no_empty_box_for_there_is_no_other() -> None:
    picture, pen = page(300, 300)
    pen.rounded_rectangle((90, 50, 210, 250), 25, outline=INK, width=16)
    done = normalise(picture)
    assert done.box == pytest.approx((90, 50, 211, 251), abs=3)
    assert done.pixels[14, 14] == 0
    assert done.pixels[14].max() > 200


def test_a_nought_on_squared_paper_is_not_taken_for_its_box() -> None:
    picture, pen = page(300, 300)
    for place in range(15, 300, 30):
        pen.line((place, 0, place, 300), fill=(205, 215, 235), width=1)
        pen.line((0, place, 300, place), fill=(205, 215, 235), width=1)
    write(picture, "0", (150, 150), height=190)
    assert likeness(normalise(picture).pixels, clean(alone("0"))) > 0.85
