"""Normalise: one digit, drawn in many ways, comes out as one and the same 28x28."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from sheets import drawn

from nnfs_cli.errors import ImageError
from nnfs_cli.images import Normalised, normalise, read_picture
from nnfs_cli.images.stroke import in_box

# the strokes of a two, in a square of side 1
TWO = [(0.2, 0.25), (0.35, 0.1), (0.6, 0.1), (0.75, 0.3), (0.6, 0.5), (0.2, 0.9), (0.8, 0.9)]


def draw(
    side: int = 200, *, ink: Any = 0, paper: Any = 255, mode: str = "L", size: float = 0.7,
    at: tuple[float, float] = (0.5, 0.5), width: float = 0.1,
) -> Image.Image:  # fmt: skip
    """Draw a two, `size` of the picture's side large, with its middle `at` a place."""
    fine = 4
    mask = Image.new("L", (side * fine, side * fine))
    points = [
        ((at[0] + (x - 0.5) * size) * side * fine, (at[1] + (y - 0.5) * size) * side * fine)
        for x, y in TWO
    ]
    stroke = width * size * side * fine
    pen = ImageDraw.Draw(mask)
    pen.line(points, fill=255, width=round(stroke), joint="curve")
    for x, y in points:
        pen.ellipse([x - stroke / 2, y - stroke / 2, x + stroke / 2, y + stroke / 2], fill=255)
    picture = Image.new(mode, (side, side), paper)
    picture.paste(ink, mask=mask.resize((side, side), Image.Resampling.BOX))
    return picture


def sixteen_bit(dark: bool) -> Image.Image:
    shades = np.asarray(draw()).astype(np.uint16) * 257
    return Image.fromarray(shades if dark else 65535 - shades)


def floating(low: float, high: float) -> Image.Image:
    return Image.fromarray(np.asarray(draw()).astype(np.float32) / 255 * (high - low) + low)


def transparent(ink: Any) -> Image.Image:
    return draw(ink=ink, paper=(*ink[:3], 0), mode="RGBA")


def erased(paper: Any) -> Image.Image:
    """Draw with an eraser on one colour: the two is where nothing is left of it."""
    return draw(ink=(0, 0, 0, 0), paper=(*paper, 255), mode="RGBA")


def dithered(*, ink: int, paper: int) -> Image.Image:
    """Draw large in two greys, of which a scanner makes black and white dots."""
    return draw(400, ink=ink, paper=paper).convert("1")


DRAWINGS: dict[str, Callable[[], Image.Image]] = {
    "dark on light": draw,
    "light on dark": lambda: draw(ink=255, paper=0),
    "grey on grey": lambda: draw(ink=90, paper=180),
    "black on colour": lambda: draw(ink=(0, 0, 0), paper=(250, 220, 80), mode="RGB"),
    "blue ink": lambda: draw(ink=(20, 30, 160), paper=(255, 255, 255), mode="RGB"),
    "chalk": lambda: draw(ink=(240, 240, 230), paper=(30, 60, 40), mode="RGB"),
    "black on transparency": lambda: transparent((0, 0, 0, 255)),
    "white on transparency": lambda: transparent((255, 255, 255, 255)),
    "erased from black": lambda: erased((0, 0, 0)),
    "erased from white": lambda: erased((255, 255, 255)),
    "erased from red": lambda: erased((180, 20, 20)),
    "grey and alpha": lambda: draw(ink=(0, 255), paper=(0, 0), mode="LA"),
    "palette": lambda: draw().quantize(16),
    "printer's colours": lambda: draw(mode="RGB", ink=(0, 0, 0), paper=(255,) * 3).convert("CMYK"),
    "16 bits, dark": lambda: sixteen_bit(True),
    "16 bits, light": lambda: sixteen_bit(False),
    "32 bits": lambda: Image.fromarray(np.asarray(draw()).astype(np.int32) * 1000),
    "floats": lambda: floating(0.0, 1.0),
    "floats below zero": lambda: floating(-3.0, 5.0),
    "a mask of zeros and ones": lambda: draw().point([0] * 128 + [1] * 128),
    "small": lambda: draw(56),
    "large": lambda: draw(1500),
    "small in a corner": lambda: draw(400, size=0.25, at=(0.2, 0.8)),
    "off centre": lambda: draw(at=(0.4, 0.6)),
    "filling the picture": lambda: draw(size=1.1, ink=255, paper=0),
}  # fmt: skip

REFERENCE = normalise(draw()).pixels.astype(int)


def centre_of_mass(pixels: NDArray[np.uint8]) -> tuple[float, float]:
    """Return row and column, a pixel's own middle being at a half."""
    mass = pixels / pixels.sum()
    places = np.arange(28) + 0.5
    return float((mass.sum(axis=1) * places).sum()), float((mass.sum(axis=0) * places).sum())


def looks_like_mnist(pixels: NDArray[np.uint8]) -> None:
    assert pixels.shape == (28, 28)
    assert pixels.dtype == np.uint8
    assert pixels.max() == 255
    rows, columns = np.nonzero(pixels > 20)
    sides = (np.ptp(rows) + 1, np.ptp(columns) + 1)
    assert 19 <= max(sides) <= 20
    for place in centre_of_mass(pixels):
        assert 13.95 < place < 15.05  # (14, 15] up to the rounding of the pixels


@pytest.mark.parametrize("name", DRAWINGS)
def test_however_it_is_drawn_it_comes_out_the_same(name: str) -> None:
    normalised = normalise(DRAWINGS[name]())
    looks_like_mnist(normalised.pixels)
    difference = np.abs(normalised.pixels.astype(int) - REFERENCE)
    assert difference.mean() < 8
    assert np.corrcoef(normalised.pixels.ravel(), REFERENCE.ravel())[0, 1] > 0.95


@pytest.mark.parametrize(("ink", "paper"), [(0, 190), (0, 128), (255, 70), (60, 200), (230, 90)])
def test_greys_that_a_scanner_made_dots_of_are_greys(ink: int, paper: int) -> None:
    normalised = normalise(dithered(ink=ink, paper=paper))
    looks_like_mnist(normalised.pixels)
    assert normalised.dark_ink == (ink < paper)
    assert np.corrcoef(normalised.pixels.ravel(), REFERENCE.ravel())[0, 1] > 0.9


def test_large_pictures_of_16_bits_are_read_too() -> None:
    shades = np.asarray(draw(1500)).astype(np.uint16) * 257
    difference = np.abs(normalise(Image.fromarray(shades)).pixels.astype(int) - REFERENCE)
    assert difference.mean() < 8


@pytest.mark.parametrize(("width", "height"), [(300, 60), (60, 300)])
def test_the_aspect_is_kept(width: int, height: int) -> None:
    picture = Image.new("L", (400, 400), 255)
    ImageDraw.Draw(picture).rectangle([50, 50, 50 + width - 1, 50 + height - 1], fill=0)
    pixels = normalise(picture).pixels
    looks_like_mnist(pixels)
    rows, columns = np.nonzero(pixels > 127)
    sides = (np.ptp(columns) + 1, np.ptp(rows) + 1)
    assert sides == ((20, 4) if width > height else (4, 20))


@pytest.mark.parametrize("corner", [(50, 50), (350, 50), (50, 350), (350, 350)])
def test_the_middle_is_that_of_the_ink_not_of_its_box(corner: tuple[int, int]) -> None:
    triangle = [(50, 350), (350, 50), corner]  # most of its ink lies on one side of its box
    if corner in ((350, 50), (50, 350)):
        triangle = [(50, 50), (350, 350), corner]
    picture = Image.new("L", (400, 400), 255)
    ImageDraw.Draw(picture).polygon(triangle, fill=0)
    looks_like_mnist(normalise(picture).pixels)


@pytest.mark.parametrize("digit", ["2", "4", "9"])
def test_the_network_sees_a_pen_that_it_knows_whatever_the_pen(digit: str) -> None:
    def seen(pen: float) -> tuple[Normalised, float]:
        page = Image.new("L", (500, 500), 255)
        mask = drawn(digit, 300, pen=pen)
        page.paste(0, (100, 100), mask)
        result = normalise(page)
        ink = result.pixels[result.pixels.any(axis=1)][:, result.pixels.any(axis=0)] / 255.0
        return result, in_box(ink.astype(np.float32))

    hairline, thin = seen(0.02)
    usual, middle = seen(0.12)
    felt_tip, thick = seen(0.28)
    assert [hairline.thickened, usual.thickened, felt_tip.thickened] == [True, False, False]
    assert [hairline.thinned, usual.thinned, felt_tip.thinned] == [False, False, True]
    assert hairline.stroke < 0.6
    assert 2.0 < thin < middle < thick < felt_tip.stroke - 0.3
    assert "thin strokes thickened" in hairline.describe()
    assert "thick strokes thinned" in felt_tip.describe()


def test_what_was_done_is_told() -> None:
    dark, light = normalise(draw()), normalise(draw(ink=255, paper=0))
    assert (dark.size, dark.dark_ink, light.dark_ink) == ((200, 200), True, False)
    left, top, right, bottom = dark.box
    assert (left, right) == pytest.approx((200 * 0.255, 200 * 0.745), abs=4)
    assert (top, bottom) == pytest.approx((200 * 0.185, 200 * 0.815), abs=4)
    assert "200x200" in dark.describe()


def test_a_png_file_gives_what_the_picture_gives() -> None:
    buffer = io.BytesIO()
    draw().save(buffer, "PNG")
    image = read_picture(buffer.getvalue(), name="x.png")
    np.testing.assert_array_equal(normalise(image).pixels, REFERENCE)


def test_the_digits_of_mnist_are_left_nearly_as_they_are() -> None:
    once = normalise(Image.fromarray(REFERENCE.astype(np.uint8))).pixels
    again = normalise(Image.fromarray(once)).pixels
    assert np.abs(again.astype(int) - once).mean() < 4


BLANK: dict[str, Callable[[], Image.Image]] = {
    "white": lambda: Image.new("L", (50, 50), 255),
    "black": lambda: Image.new("RGB", (50, 50)),
    "grey": lambda: Image.new("L", (50, 50), 128),
    "transparent": lambda: Image.new("RGBA", (50, 50), (0, 0, 0, 0)),
    "white and transparent": lambda: Image.new("RGBA", (50, 50), (255, 255, 255, 0)),
    "16 bits": lambda: Image.fromarray(np.full((50, 50), 40_000, np.uint16)),
    "floats": lambda: Image.fromarray(np.full((50, 50), 0.3, np.float32)),
    "one pixel": lambda: Image.new("L", (1, 1), 0),
    "one bit": lambda: Image.new("1", (50, 50), 1),
}


@pytest.mark.parametrize("name", BLANK)
def test_a_blank_picture_is_refused(name: str) -> None:
    with pytest.raises(ImageError) as caught:
        normalise(BLANK[name](), name="sheet.png")
    seen = "everything in it is transparent" if "transparent" in name else "the picture looks blank"
    assert caught.value.message == f"no digit found in sheet.png: {seen}"


@pytest.mark.parametrize("shape", [(1, 2), (2, 1), (3, 3), (1, 5000), (5000, 1), (28, 28)])
def test_noise_of_any_shape_is_a_picture_or_our_error(shape: tuple[int, int]) -> None:
    for seed in range(5):
        noise = np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)
        try:
            made = normalise(Image.fromarray(noise))
        except ImageError:
            continue
        assert isinstance(made, Normalised)
        assert made.pixels.shape == (28, 28)


def test_a_few_pixels_that_are_no_numbers_are_as_their_neighbours() -> None:
    shades = np.asarray(draw()).astype(np.float32)
    signalling = np.array([0x7F800001], dtype=np.uint32).view(np.float32)[0]
    expected = normalise(Image.fromarray(shades)).pixels
    for place, gap in {(0, 0): np.nan, (5, 5): np.nan, (6, 6): np.inf, (7, 9): signalling}.items():
        shades[place] = gap
    np.testing.assert_array_equal(normalise(Image.fromarray(shades)).pixels, expected)


def test_floats_that_are_all_no_numbers_are_our_error_too() -> None:
    with pytest.raises(ImageError):
        normalise(Image.fromarray(np.full((60, 60), np.nan, dtype=np.float32)))
