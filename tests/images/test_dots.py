"""Dots: stamps and dashes in a row are one stroke; all else that comes in pieces is left alone."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest
from alike import Pixels, clean
from PIL import Image, ImageDraw
from sheets import STROKES

from nnfs_cli.images import normalise
from nnfs_cli.images.components import label
from nnfs_cli.images.dots import joined, slimness, thicknesses

SIDE, HEIGHT = 400, 300


def along(digit: str, every: float) -> list[tuple[float, float]]:
    """Return places `every` pixels apart along the strokes of a digit."""
    places: list[tuple[float, float]] = []
    for stroke in STROKES[digit]:
        points = np.array(stroke) * HEIGHT + (110, 50)
        lengths = np.hypot(*np.diff(points, axis=0).T)
        far = np.concatenate([[0], np.cumsum(lengths)])
        steps = np.linspace(0, far[-1], max(2, round(far[-1] / every) + 1))
        x, y = (np.interp(steps, far, points[:, axis]) for axis in (0, 1))
        places += zip(x.tolist(), y.tolist(), strict=True)
    return places


def stamped(
    digit: str, *, size: float = 20, every: float = 34, square: bool = False
) -> Image.Image:
    """Return a digit as a fast mouse leaves it: stamps of a brush, light on a dark ground."""
    image = Image.new("L", (SIDE, SIDE))
    draw = ImageDraw.Draw(image)
    for x, y in along(digit, every):
        box = (x - size / 2, y - size / 2, x + size / 2, y + size / 2)
        if square:
            draw.rectangle(box, fill=255)
        else:
            draw.ellipse(box, fill=255)
    return image


@cache
def solid(digit: str) -> Image.Image:
    """Return the same digit in one stroke."""
    return stamped(digit, every=2)


def difference(pixels: Pixels, other: Image.Image) -> float:
    """Return how far what the network gets is from what it gets of the other, of full scale.

    A pixel to the side, which the centre of mass may decide either way, does not count.
    """
    mine, theirs = pixels.astype(float) / 255, clean(other).astype(float) / 255
    moves = itertools.product((-1, 0, 1), repeat=2)
    return min(float(np.abs(mine - np.roll(theirs, move, (0, 1))).mean()) for move in moves)


@pytest.mark.parametrize("square", [False, True])
@pytest.mark.parametrize("every", [24, 30, 36, 44])
@pytest.mark.parametrize("digit", STROKES)
def test_stamps_in_a_row_are_a_stroke(digit: str, every: float, square: bool) -> None:
    loose = stamped(digit, every=every, square=square)
    done = normalise(loose)
    assert difference(done.pixels, solid(digit)) < 0.045
    assert done.dropped == 0


def test_the_ring_of_a_nought_is_closed_where_it_began() -> None:
    soft = np.asarray(stamped("0", every=44), dtype=np.float32) / np.float32(255)
    ink = joined(soft, soft > 0.5) > 0.5
    assert len(label(ink)) == 1
    assert len(label(~ink)) == 2  # inside and outside


def test_dashes_are_a_stroke() -> None:
    image = Image.new("L", (SIDE, SIDE), 255)
    draw = ImageDraw.Draw(image)
    places = along("2", 2)
    for start in range(0, len(places) - 14, 24):
        draw.line(places[start : start + 14], fill=0, width=16, joint="curve")
    assert difference(normalise(image).pixels, solid("2")) < 0.05


def test_what_is_partly_run_together_is_still_one_stroke() -> None:
    slow, fast = along("7", 4), along("7", 36)
    image = Image.new("L", (SIDE, SIDE))
    draw = ImageDraw.Draw(image)
    for x, y in [*slow[: len(slow) // 2], *fast[len(fast) // 2 :]]:
        draw.ellipse((x - 10, y - 10, x + 10, y + 10), fill=255)
    assert difference(normalise(image).pixels, solid("7")) < 0.045


def untouched(image: Image.Image) -> bool:
    soft = np.asarray(image, dtype=np.float32) / np.float32(255)
    return joined(soft, soft > 0.5) is soft


def dots(places: Sequence[tuple[float, float]], radius: float) -> Image.Image:
    image = Image.new("L", (SIDE, SIDE))
    draw = ImageDraw.Draw(image)
    for x, y in places:
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return image


def test_a_digit_of_a_few_pieces_is_none_of_this() -> None:
    assert untouched(solid("5"))
    assert untouched(dots([(100, 100), (130, 100), (160, 100), (190, 100)], 10))


def test_dots_all_over_the_paper_are_no_stroke() -> None:
    grid = [(x, y) for x in range(60, 360, 32) for y in range(60, 360, 32)]
    assert untouched(dots(grid, 10))


@pytest.mark.parametrize("square", [9, 12])
def test_the_squares_of_a_display_are_strokes(square: int) -> None:
    lit = solid("3").resize((SIDE // (square + 2),) * 2).point(lambda value: 255 * (value > 127))
    display = np.asarray(lit.resize((lit.width * (square + 2),) * 2, Image.Resampling.NEAREST))
    place = np.arange(len(display)) % (square + 2) < square
    soft = (display * np.outer(place, place) / np.float32(255)).astype(np.float32)
    assert len(label(soft > 0.5)) > 50
    assert len(label(joined(soft, soft > 0.5) > 0.5)) == 1


def test_dots_far_apart_are_no_stroke() -> None:
    assert untouched(stamped("3", size=12, every=50))


def test_specks_are_no_dots() -> None:
    assert untouched(stamped("3", size=1.5, every=3.6))


def test_small_dots_around_a_digit_are_not_joined_to_it() -> None:
    ring = [(200 + 190 * np.cos(t), 200 + 190 * np.sin(t)) for t in np.linspace(0, 6.2, 60)]
    both = np.maximum(np.asarray(solid("2")), np.asarray(dots(ring, 4)))
    assert untouched(Image.fromarray(both))


def test_digits_beside_each_other_are_not_dots() -> None:
    line = Image.new("L", (5 * 120, 130))
    for number, digit in enumerate("23568"):
        line.paste(solid(digit).resize((160, 160)).crop((20, 15, 140, 145)), (number * 118, 0))
    assert untouched(line)


def test_dots_and_dashes_are_as_thick_as_their_pen() -> None:
    image = dots([(100, 100)], 15)
    draw = ImageDraw.Draw(image)
    draw.line([(50, 300), (350, 250)], fill=255, width=20)
    draw.arc((200, 50, 350, 200), 20, 300, fill=255, width=20)
    parts = label(np.asarray(image) > 127)
    dot, *strokes = thicknesses(parts)[np.argsort(parts.area)]
    assert dot == pytest.approx(30, rel=0.06)
    assert all(18 < stroke < 46 for stroke in strokes)
    assert slimness(parts).max() > 100  # that of the arc says nothing of its pen
