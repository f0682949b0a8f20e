"""Shadows, circles, boxes and squares around a number are none of it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from alike import likeness
from lines_of_digits import alone, found, on_white, page
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from nnfs_cli.images.ink import Ink
from nnfs_cli.images.segments import find_segments
from nnfs_cli.images.several import Several, digits_in, without_pale, without_passing
from nnfs_cli.images.shadows import without_shadows

TEXT = "7584"


def number(size: tuple[int, int] = (480, 360)) -> Image.Image:
    """Return the ink of a number in the middle of a sheet, as a mask."""
    mask = page(TEXT, margin=0.1)
    sheet = Image.new("L", size)
    sheet.paste(mask, ((size[0] - mask.width) // 2, (size[1] - mask.height) // 2))
    return sheet


def assert_read(result: Several, *, least: float = 0.95) -> None:
    """Check that the digits of the number were found, to a pixel, and nothing else."""
    assert [len(line) for line in result.lines] == [len(TEXT)]
    for piece, digit in zip(result.pieces, TEXT, strict=True):
        assert likeness(piece.pixels, alone(digit)) > least, digit


def in_shadow(mask: Image.Image, *, angle: float, soft: float) -> Image.Image:
    """Return ink on paper, a third of which is in a shadow with a straight edge."""
    y, x = np.mgrid[0 : mask.height, 0 : mask.width] / max(mask.size)
    across = (x - 0.5) * np.cos(angle) + (y - 0.4) * np.sin(angle) - 0.15
    light = 1 - 0.45 / (1 + np.exp(-across / soft))
    ink = np.asarray(mask).astype(np.float32) / 255
    return Image.fromarray(np.rint(235 * light * (1 - 0.85 * ink)).astype(np.uint8))


@pytest.mark.parametrize("angle", np.arange(0.3, 6.2, 0.8).round(1).tolist())
@pytest.mark.parametrize("soft", [0.004, 0.03])
def test_the_corner_of_a_shadow_is_no_digit(angle: float, soft: float) -> None:
    assert_read(found(in_shadow(number(), angle=angle, soft=soft)))


@pytest.mark.parametrize("angle", [0.7, 2.2, 3.9, 5.3])
def test_a_small_number_on_photographed_squares_in_a_shadow_is_found(angle: float) -> None:
    sheet = Image.new("L", (1200, 900))
    sheet.paste(number().resize((400, 300), Image.Resampling.BOX), (480, 240))
    squares = ImageDraw.Draw(sheet)
    for x in range(-40, 1240, 52):
        squares.line([x, 0, x + 30, 900], fill=70, width=3)
        squares.line([0, x, 1200, x - 40], fill=70, width=3)
    written = number().resize((400, 300), Image.Resampling.BOX)
    sheet.paste(255, (480, 240), written)
    assert_read(found(in_shadow(sheet, angle=angle, soft=0.02)), least=0.8)


def test_only_thick_ink_that_reaches_the_border_is_a_shadow() -> None:
    soft = np.zeros((200, 300), np.float32)
    soft[60:140, 140:150] = 1  # a stroke
    soft[20:60, 200:240] = 1  # a blot
    soft[100:104, :] = 0.4  # a line from border to border
    drawn = soft.copy()
    soft[150:, :60] = 0.7  # a corner in a shadow
    np.testing.assert_array_equal(without_shadows(soft, low=0.25, pen=15), drawn)
    assert without_shadows(drawn, low=0.25, pen=15) is drawn


def circle(pen: ImageDraw.ImageDraw) -> None:
    pen.ellipse([60, 40, 420, 320], outline=20, width=5)


def box(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle([80, 80, 400, 280], outline=20, width=3)


def rounded_box(pen: ImageDraw.ImageDraw) -> None:
    pen.rounded_rectangle([80, 80, 400, 280], radius=40, outline=20, width=3)


def double_box(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle([80, 80, 400, 280], outline=20, width=3)
    pen.rectangle([92, 92, 388, 268], outline=20, width=3)


def underline(pen: ImageDraw.ImageDraw) -> None:
    pen.line([120, 240, 360, 236], fill=20, width=5)


def large_box(pen: ImageDraw.ImageDraw) -> None:
    pen.rounded_rectangle([20, 20, 460, 340], radius=60, outline=20, width=3)


@pytest.mark.parametrize("draw", [circle, box, rounded_box, double_box, large_box, underline])
def test_what_is_drawn_around_a_number_is_none_of_it(
    draw: Callable[[ImageDraw.ImageDraw], None],
) -> None:
    image = on_white(number())
    draw(ImageDraw.Draw(image))
    assert_read(found(image))


def test_a_number_in_a_box_that_is_small_in_a_photo_is_found() -> None:
    photo = Image.new("L", (1600, 1200), 236)
    form = on_white(number()).point([v * 236 // 255 for v in range(256)])
    box(ImageDraw.Draw(form))
    photo.paste(form.resize((320, 240), Image.Resampling.BOX), (900, 300))
    assert_read(found(photo), least=0.85)


def test_a_nought_with_a_slash_stays_a_nought_among_other_digits() -> None:
    image = on_white(page("301"))
    plain = found(image).pieces[1]
    left, top, right, bottom = plain.box
    pen = ImageDraw.Draw(image)
    pen.line([left + 15, bottom - 22, right - 15, top + 22], fill=30, width=4)
    result = found(image)
    assert [len(line) for line in result.lines] == [3]
    assert result.pieces[1].box == plain.box
    assert result.pieces[1].pixels[13:15, 13:15].max() > 150


def test_a_line_that_runs_out_at_the_border_is_no_digit() -> None:
    mask = np.zeros((120, 200), dtype=bool)
    mask[30:90, 60:70] = True  # a 1
    mask[40:95, 0:2] = True  # a ruled line that leans out of the picture
    mask[118:, 20:80] = True
    (digit,) = find_segments(mask.astype(np.float32), mask, name="x.png")
    assert (digit.left, digit.top, digit.width, digit.height) == (60, 30, 10, 60)


def far(soft: NDArray[np.float32]) -> Ink:
    """Return ink as it is seen in a picture that was made small."""
    return Ink(soft, 0, 0, 3, True, "", 0.6, 0.0, 0.0)


def test_from_afar_digits_are_told_from_the_pale_squares_that_they_touch() -> None:
    soft = np.zeros((60, 160), np.float32)
    for x in (40, 70, 100):
        soft[20:38, x : x + 3] = 1
    soft[28:30] = np.maximum(soft[28:30], 0.35)
    soft[28, ::7] = 0.1  # a faint line has gaps, and is not seen to be one
    boxes = [
        sorted((s.left, s.width) for s in digits_in(far(soft), name="x", pen=None, firm=firm)[2])
        for firm in (True, False)
    ]
    assert boxes[0] == [(40, 3), (70, 3), (100, 3)]
    assert boxes[1] != boxes[0]


def test_pale_ink_that_goes_on_beyond_a_closer_view_is_none_of_it() -> None:
    soft = np.zeros((60, 100), np.float32)
    soft[20:40, 30:34] = 1  # a digit ...
    soft[40:, 31:33] = 0.4  # ... that touches a pale line
    soft[5:10, 60:] = 0.4  # a shadow
    soft[50:, 80:84] = 0.9  # ink at the border is strong enough to stay
    picture = Image.new("L", (900, 900))
    inside = without_passing(far(soft), (300, 300, 600, 480), picture)
    np.testing.assert_array_equal(inside[20:40, 30:34], soft[20:40, 30:34])
    assert not inside[42:, 30:34].any()  # it keeps a soft edge of two pixels
    assert not inside[5:10, 60:].any()
    assert (inside[50:, 80:84] == 0.9).all()
    whole = without_passing(far(soft), (0, 0, 900, 900), picture)
    np.testing.assert_array_equal(whole, soft)


def test_pale_lines_that_hang_on_a_digit_go_and_pale_digits_stay() -> None:
    soft = np.zeros((300, 200), np.float32)
    soft[100:170, 40:50] = 1
    soft[:, 44] = np.maximum(soft[:, 44], 0.4)  # a line of the paper through a stroke
    soft[100:170, 120:130] = 0.4
    soft[130:140, 120:130] = 0.6  # a pencil
    mask: NDArray[np.bool_] = soft > 0.25
    left = without_pale(mask, soft)
    assert not left[:98].any()  # but for a fringe of two pixels
    assert left[100:170, 40:50].all()
    assert left[100:170, 120:130].all()
