"""Finding the digit: whatever it is written on, what comes out is what clean paper gives."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter
from sheets import drawn

from nnfs_cli.errors import ImageError
from nnfs_cli.images import Normalised, normalise, read_picture
from nnfs_cli.images.components import label

# strokes in a square of side 1
STROKES = {
    2: [[(0.2, 0.25), (0.35, 0.1), (0.6, 0.1), (0.75, 0.3), (0.6, 0.5), (0.2, 0.9), (0.8, 0.9)]],
    4: [[(0.6, 0.05), (0.15, 0.6), (0.85, 0.6)], [(0.65, 0.35), (0.65, 0.95)]],
    7: [[(0.2, 0.1), (0.8, 0.1), (0.4, 0.95)], [(0.35, 0.5), (0.7, 0.5)]],
}
SIDE = 240


def mask(
    digit: int = 2, *, pen: float = 0.1, size: float = 0.5,
    at: tuple[float, float] = (0.5, 0.5), side: tuple[int, int] = (SIDE, SIDE),
) -> Image.Image:  # fmt: skip
    """Return the ink of a digit, `size` of the shorter side large."""
    fine, unit = 3, size * min(side) * 3
    image = Image.new("L", (side[0] * fine, side[1] * fine))
    draw = ImageDraw.Draw(image)
    radius = pen * unit / 2
    for stroke in STROKES[digit]:
        points = [
            (at[0] * image.width + (x - 0.5) * unit, at[1] * image.height + (y - 0.5) * unit)
            for x, y in stroke
        ]
        draw.line(points, fill=255, width=round(2 * radius), joint="curve")
        for x, y in points:
            draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=255)
    return image.resize(side, Image.Resampling.BOX)


def on(
    paper: Image.Image, ink: Image.Image | None = None, colour: Any = (20, 20, 60)
) -> Image.Image:
    paper = paper.convert("RGB")
    paper.paste(colour, mask=ink or mask(side=paper.size))
    return paper


def paper(colour: Any = (245, 245, 240), side: tuple[int, int] = (SIDE, SIDE)) -> Image.Image:
    return Image.new("RGB", side, colour)


def noisy(image: Image.Image, sigma: float) -> Image.Image:
    values = np.asarray(image) + np.random.default_rng(0).normal(0, sigma, np.shape(image))
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def under(light: Callable[[Any, Any], Any]) -> Image.Image:
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    values = np.asarray(on(paper())) * light(x, y)[..., None]
    return noisy(Image.fromarray(np.clip(values, 0, 255).astype(np.uint8)), 3)


def band(place: Any, left: float, right: float, *, soft: float = 0.02) -> Any:
    """Return the light with a shadow from `left` to `right`, whose edges are `soft`."""
    edges = [1 / (1 + np.exp(-(place - edge) / soft)) for edge in (left, right)]
    return 1 - 0.45 * (edges[0] - edges[1])


def notebook() -> Image.Image:
    """Return a page with holes along its edge, and darker behind it."""
    page = on(paper())
    draw = ImageDraw.Draw(page)
    draw.rectangle([0, 0, SIDE, 40], fill=(130, 100, 75))
    for left in range(4, SIDE, 30):
        draw.rectangle([left, 34, left + 12, 50], fill=(70, 60, 55))
    return page


def ruled(across: list[float], down: list[float], *, width: int = 2, colour: Any = (90, 110, 160),
          lean: float = 0.0) -> Image.Image:  # fmt: skip
    sheet = paper()
    draw = ImageDraw.Draw(sheet)
    for place in across:
        draw.line([(0, place), (SIDE, place + lean)], fill=colour, width=width)
    for place in down:
        draw.line([(place, 0), (place - lean, SIDE)], fill=colour, width=width)
    return sheet


def boxed(box: tuple[int, int, int, int] = (45, 40, 195, 200), *, width: int = 3, radius: int = 0,
          colour: Any = (20, 20, 20), lean: float = 0.0) -> Image.Image:  # fmt: skip
    frame = Image.new("L", (SIDE, SIDE))
    ImageDraw.Draw(frame).rounded_rectangle(box, radius, outline=255, width=width)
    return on(paper(), frame.rotate(lean, Image.Resampling.BICUBIC), colour)


def encoded(image: Image.Image, kind: str, **options: Any) -> Image.Image:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return read_picture(buffer.getvalue(), name="p")


def wide_numbers(scale: float, offset: float, kind: str) -> Image.Image:
    shades = np.asarray(on(paper(), colour=(0, 0, 0)).convert("L")) / 255
    return Image.fromarray((shades * scale + offset).astype(kind))


def pen_alone(colour: tuple[int, int, int]) -> Image.Image:
    drawing = Image.new("RGBA", (SIDE, SIDE), (*colour, 0))
    drawing.putalpha(mask())
    return drawing


def in_a_margin() -> Image.Image:
    whole = Image.new("RGBA", (SIDE + 90, SIDE + 60))
    whole.paste(on(paper()).convert("RGBA"), (60, 20))
    return whole


def peppered() -> Image.Image:
    values = np.asarray(on(paper((255, 255, 255)), colour=(0, 0, 0)).convert("L")).copy()
    which = np.random.default_rng(1).random(values.shape)
    values[which < 0.03], values[which > 0.97] = 0, 255
    return Image.fromarray(values)


def specked() -> Image.Image:
    sheet = on(paper())
    rng = np.random.default_rng(2)
    for x, y in rng.integers(3, SIDE - 3, (25, 2)):
        sheet.putpixel((int(x), int(y)), (0, 0, 0))
        sheet.putpixel((int(x) + 1, int(y)), (0, 0, 0))
    return sheet


PICTURES: dict[str, Callable[[], Image.Image]] = {
    "1 bit": lambda: on(paper(), colour=(0, 0, 0)).convert("1"),
    "a palette": lambda: on(paper()).quantize(8),
    "grey and alpha": lambda: on(paper()).convert("LA"),
    "cmyk": lambda: on(paper()).convert("CMYK"),
    "ycbcr": lambda: on(paper()).convert("YCbCr"),
    "hsv": lambda: on(paper()).convert("HSV"),
    "12 bits in 16": lambda: wide_numbers(4095, 0, "u2"),
    "16 bits, far up": lambda: wide_numbers(5000, 30_000, "u2"),
    "32 bits, negative": lambda: wide_numbers(20_000, -10_000, "i4"),
    "floats to 1": lambda: wide_numbers(1, 0, "f4"),
    "floats to 65535": lambda: wide_numbers(65535, 0, "f4"),
    "very small floats": lambda: wide_numbers(1e-4, 0, "f4"),
    "a black pen on nothing": lambda: pen_alone((0, 0, 0)),
    "a white pen on nothing": lambda: pen_alone((255, 255, 255)),
    "a blue pen on nothing": lambda: pen_alone((30, 60, 220)),
    "a transparent margin": in_a_margin,
    "white is transparent": lambda: encoded(
        on(paper((255, 255, 255))), "PNG", transparency=(255, 255, 255)
    ),
    "jpeg of quality 5": lambda: encoded(on(paper()), "JPEG", quality=5),
    "a progressive jpeg": lambda: encoded(on(paper()), "JPEG", progressive=True),
    "a fax": lambda: encoded(on(paper()).convert("1"), "TIFF", compression="group4"),
    "lossy webp": lambda: encoded(on(paper()), "WEBP", quality=20),
    "tga": lambda: encoded(on(paper()), "TGA"),
    "pcx": lambda: encoded(on(paper()), "PCX"),
    "qoi": lambda: encoded(on(paper()), "QOI"),
    "faint and dark": lambda: noisy(on(paper((230, 230, 228)), colour=(200, 200, 200)), 1.5),
    "faint and light": lambda: noisy(on(paper((40, 40, 40)), colour=(70, 70, 70)), 1.5),
    "yellow paper": lambda: noisy(on(paper((240, 220, 90))), 4),
    "a chalkboard": lambda: noisy(on(paper((40, 75, 60)), colour=(220, 225, 220)), 8),
    "equal luminance": lambda: on(paper((220, 60, 60)), colour=(30, 130, 170)),
    "light from the left": lambda: under(lambda x, y: 1.1 - 0.7 * x),
    "a shadow": lambda: under(lambda x, y: np.where(x + 0.4 * y > 0.75, 0.55, 1.0)),
    "more shadow than light": lambda: under(lambda x, y: np.where(x + 0.2 * y > 0.3, 0.55, 1.0)),
    "a vignette": lambda: under(lambda x, y: 1 - ((x - 0.5) ** 2 + (y - 0.5) ** 2)),
    "the shadow of a phone": lambda: under(lambda x, y: band(x + 0.3 * y, 0.35, 0.7)),
    "the shadow of a finger": lambda: under(lambda x, y: band(x, 0.42, 0.57)),
    "the edge of a notebook": notebook,
    "squared paper": lambda: on(ruled(*[[k * 37.0 + 9 for k in range(7)]] * 2, lean=3)),
    "ruled paper": lambda: on(ruled([40, 95, 150, 205], [], lean=4)),
    "one dark line": lambda: on(ruled([172], [], colour=(20, 20, 60))),
    "a margin line": lambda: on(ruled([], [40], colour=(200, 60, 60))),
    "a box": lambda: on(boxed()),
    "a box around a tall digit": lambda: on(boxed((60, 61, 180, 179))),
    "a box that is crossed": lambda: on(boxed((40, 30, 200, 150), width=2)),
    "a thick box": lambda: on(boxed(width=7)),
    "a rounded box": lambda: on(boxed(radius=25)),
    "a coloured box": lambda: on(boxed(colour=(220, 90, 60))),
    "a leaning box": lambda: on(boxed(lean=4)),
    "a box in a box": lambda: on(ImageChops.darker(
        boxed(width=2), boxed((38, 33, 202, 207), width=2))),
    "a box cut off": lambda: on(boxed()).crop((55, 20, 230, 190)),
    "a box along the edge": lambda: on(boxed()).crop((45, 40, 196, 201)),
    "salt and pepper": peppered,
    "specks": specked,
    "noise": lambda: noisy(on(paper((200, 200, 200)), colour=(60, 60, 60)), 35),
    "a blur": lambda: on(paper()).filter(ImageFilter.GaussianBlur(3)),
    "a corner of a large picture": lambda: on(
        paper(side=(1500, 1100)), mask(size=0.07, at=(0.9, 0.9), side=(1500, 1100))
    ),
    "a wide canvas": lambda: on(
        paper(side=(2400, 90)), mask(size=0.8, at=(0.8, 0.5), side=(2400, 90))
    ),
    "a tall canvas": lambda: on(
        paper(side=(90, 2400)), mask(size=0.8, at=(0.5, 0.2), side=(90, 2400))
    ),
}  # fmt: skip


def clean(digit: int = 2) -> NDArray[np.uint8]:
    return normalise(on(paper((255, 255, 255)), mask(digit, size=0.7), (0, 0, 0))).pixels


def likeness(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


@pytest.mark.parametrize("name", PICTURES)
def test_the_digit_is_found_on_anything(name: str) -> None:
    assert likeness(normalise(PICTURES[name]()).pixels, clean()) > 0.85


@pytest.mark.parametrize("digit", STROKES)
@pytest.mark.parametrize("side", [8, 14, 20, 28, 60])
def test_small_drawings_are_read_too(digit: int, side: int) -> None:
    drawing = on(
        paper((255, 255, 255), (side, side)), mask(digit, size=0.9, pen=0.13, side=(side, side))
    )
    assert likeness(normalise(drawing).pixels, clean(digit)) > (0.55 if side < 20 else 0.8)


@pytest.mark.parametrize("digit", STROKES)
@pytest.mark.parametrize("dark", [True, False])
def test_a_picture_cut_to_the_digit_loses_no_stroke(digit: int, dark: bool) -> None:
    ink = mask(digit, size=0.9, pen=0.14)
    tight = on(paper(), ink, (0, 0, 0)).crop(ink.getbbox())
    done = normalise(tight if dark else ImageChops.invert(tight))
    assert done.dark_ink is dark
    assert done.lines == 0
    assert likeness(done.pixels, clean(digit)) > 0.9


def test_the_upright_of_a_1_is_no_ruled_line() -> None:
    for box in (paper(), boxed((50, 20, 190, 220))):
        ink = Image.new("L", (SIDE, SIDE))
        ImageDraw.Draw(ink).line([(118, 60), (122, 180)], fill=255, width=9)
        rows, columns = np.nonzero(normalise(on(box, ink)).pixels > 100)
        assert (np.ptp(rows) + 1, np.ptp(columns) + 1) >= (19, 2)
        assert np.ptp(columns) < 6


@pytest.mark.parametrize("digit", STROKES)
@pytest.mark.parametrize("width", [2, 3])
def test_a_double_box_leaves_nothing_behind(digit: int, width: int) -> None:
    page = paper()
    for inset in (0, 4 + width):
        corners = (40 + inset, 40 + inset, 200 - inset, 200 - inset)
        ImageDraw.Draw(page).rectangle(corners, outline=(30, 30, 30), width=width)
    done = normalise(on(page, mask(digit)))
    assert done.parts == 1
    assert likeness(done.pixels, clean(digit)) > 0.9


def test_a_square_0_is_no_frame() -> None:
    ink = Image.new("L", (SIDE, SIDE))
    ImageDraw.Draw(ink).rectangle((80, 60, 160, 180), outline=255, width=12)
    pixels = normalise(on(paper(), ink)).pixels
    assert pixels[14, 14] == 0
    assert (pixels > 200).sum() > 80


def test_a_28x28_that_is_like_mnist_already_stays_as_it_is() -> None:
    once = clean()
    again = normalise(Image.fromarray(once)).pixels
    assert np.abs(again.astype(int) - once).mean() < 3


def test_a_closer_look_gives_the_box_in_the_original() -> None:
    ink = mask(size=0.07, at=(0.9, 0.9), side=(1500, 1100))
    box = ink.getbbox()
    assert box is not None
    assert normalise(on(paper(side=ink.size), ink)).box == pytest.approx(box, abs=4)


def test_what_was_done_is_told_in_words_and_in_json() -> None:
    done = normalise(PICTURES["a box"](), name="p")
    assert "240x240, dark ink on light paper, a frame removed" in done.describe()
    assert (done.to_dict()["removed"], done.to_dict()["lines_removed"]) == ("a frame", 0)
    assert "uneven light levelled" in normalise(PICTURES["a shadow"]()).describe()
    assert "transparent ground" in normalise(pen_alone((0, 0, 0))).describe()
    two = encoded(on(paper()), "TIFF", save_all=True, append_images=[paper()])
    assert "the first of 2 frames" in normalise(two).describe()
    assert isinstance(done, Normalised)


def test_a_large_jpeg_is_decoded_small_and_told_in_full_size() -> None:
    side = (3600, 2700)
    done = normalise(
        encoded(on(paper(side=side), mask(size=0.2, at=(0.7, 0.3), side=side)), "JPEG")
    )
    assert done.size == side
    left, _, right, _ = done.box
    assert (left, right) == pytest.approx((0.7 * 3600 - 186, 0.7 * 3600 + 186), abs=25)


REFUSED: dict[str, tuple[Callable[[], Image.Image], str]] = {
    "noise": (lambda: noisy(paper((128, 128, 128)), 40), "there is only noise"),
    "coloured noise in a photo": (lambda: noisy(paper((200, 190, 170)), 4), "blank"),
    "a gradient": (lambda: Image.linear_gradient("L"), "blank"),
    "a lamp": (lambda: noisy(ImageChops.invert(Image.radial_gradient("L")), 1), "no digit found"),
    "all ink": (lambda: on(paper(), Image.new("L", (SIDE, SIDE), 0)).convert("1"), "blank"),
    "a black square": (
        lambda: boxed((80, 80, 160, 160), width=60), "the ink covers everything"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_picture_without_a_digit_is_refused_with_a_reason(name: str) -> None:
    make, reason = REFUSED[name]
    with pytest.raises(ImageError) as caught:
        normalise(make(), name="p")
    assert caught.value.message.startswith("no digit found in p: ")
    assert reason in caught.value.message
    assert caught.value.hint


def test_pieces_that_touch_across_a_corner_are_one_component() -> None:
    picture = np.array([[1, 0, 0, 1], [0, 1, 0, 1], [0, 0, 0, 0], [1, 1, 1, 1]], dtype=bool)
    parts = label(picture, picture.astype(np.float32))
    assert len(parts) == 3
    assert parts.area.tolist() == [2, 2, 4]
    assert parts.mass.tolist() == [2, 2, 4]
    assert parts.labels[0, 0] == parts.labels[1, 1] != parts.labels[0, 3]
    boxes = zip(parts.left, parts.top, parts.right, parts.bottom, strict=True)
    assert [tuple(map(int, box)) for box in boxes] == [(0, 0, 2, 2), (3, 0, 4, 2), (0, 3, 4, 4)]
    assert not len(label(np.zeros((3, 3), dtype=bool)))


def test_components_are_those_that_a_walk_over_the_pixels_finds() -> None:
    rng = np.random.default_rng(3)
    for _ in range(40):
        picture = rng.random(rng.integers(1, 15, 2)) < rng.uniform(0.2, 0.7)
        parts = label(picture)
        left = {(int(y), int(x)) for y, x in zip(*np.nonzero(picture), strict=True)}
        count = 0
        while left:
            count += 1
            todo = [left.pop()]
            number = parts.labels[todo[0]]
            while todo:
                y, x = todo.pop()
                assert parts.labels[y, x] == number > 0
                near = {(y + i, x + j) for i in (-1, 0, 1) for j in (-1, 0, 1)} & left
                left -= near
                todo += near
        assert len(parts) == count
        assert parts.area.sum() == picture.sum()


def half_in_shadow(lean: float) -> Image.Image:
    """Return a page with a boxed digit, small, and a shadow with a soft edge over half of it."""
    page = Image.new("L", (600, 450), 245)
    page.paste(30, (380, 300), drawn("3", 40))
    ImageDraw.Draw(page).rectangle((355, 285, 425, 355), outline=30, width=2)
    y, x = np.mgrid[0:450, 0:600] / 600
    edge = np.clip((x + lean * y - 0.45 - lean / 3) * 12, 0, 1)
    return Image.fromarray(np.rint(np.asarray(page) * (1 - 0.5 * edge)).astype(np.uint8))


@pytest.mark.parametrize("lean", [-0.8, -0.3, 0.3, 0.8])
def test_the_light_half_of_a_page_is_no_ink_however_the_shadow_falls(lean: float) -> None:
    result = normalise(half_in_shadow(lean))
    assert result.dark_ink
    left, top, right, bottom = result.box
    assert abs(left - 380) < 8
    assert abs(top - 300) < 8
    assert bottom - top < 60
    assert right - left < 60
