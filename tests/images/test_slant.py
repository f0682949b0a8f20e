"""Slant: what leans is measured, and drawn less slanted where it leans too far."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw

from nnfs_cli.images import Normalised, normalise
from nnfs_cli.images.filters import Plane
from nnfs_cli.images.slant import sheared, slant
from nnfs_cli.images.tuning import LEFTMOST, RIGHTMOST


def leaning(lean: float, draw: Callable[[ImageDraw.ImageDraw], None]) -> Image.Image:
    """Return what `draw` draws, black on white, made to lean so far."""
    image = Image.new("L", (800, 400), 255)
    draw(ImageDraw.Draw(image))
    shear = (1.0, lean, -lean * 200, 0.0, 1.0, 0.0)
    return image.transform(image.size, Image.Transform.AFFINE, shear, fillcolor=255)


def stem(lean: float) -> Image.Image:
    return leaning(lean, lambda draw: draw.rectangle((393, 100, 406, 299), fill=0))


def eight(lean: float) -> Image.Image:
    def draw(draw: ImageDraw.ImageDraw) -> None:
        draw.ellipse((360, 90, 440, 190), outline=0, width=14)
        draw.ellipse((350, 178, 450, 310), outline=0, width=14)

    return leaning(lean, draw)


def ink_of(image: Image.Image) -> Plane:
    return 1.0 - np.asarray(image, dtype=np.float32) / 255.0


@pytest.mark.parametrize("lean", [-1.0, -0.3, 0.0, 0.25, 0.7, 1.5])
def test_a_stem_leans_as_it_was_drawn(lean: float) -> None:
    assert slant(ink_of(stem(lean))) == pytest.approx(lean, abs=0.02)


@pytest.mark.parametrize("lean", [-1.0, 0.0, 0.7])
@pytest.mark.parametrize("by", [-0.5, 0.0, 0.3])
def test_shearing_takes_so_much_of_the_slant_and_none_of_the_ink(lean: float, by: float) -> None:
    ink = ink_of(stem(lean))
    less = sheared(ink, by)
    assert slant(less) == pytest.approx(lean - by, abs=0.02)
    assert less.sum() == pytest.approx(ink.sum(), rel=1e-3)
    assert less.shape[0] == ink.shape[0]


def test_ink_of_one_row_leans_nowhere() -> None:
    assert slant(np.ones((1, 9), dtype=np.float32)) == 0.0


def slant_in_box(done: Normalised) -> float:
    return slant(done.pixels.astype(np.float32))


@pytest.mark.parametrize(("lean", "left"), [(0.9, RIGHTMOST), (-0.8, LEFTMOST), (2.5, RIGHTMOST)])
def test_what_leans_too_far_leans_as_far_as_most_digits_at_most(lean: float, left: float) -> None:
    done = normalise(stem(lean))
    assert done.slant == pytest.approx(lean, abs=0.05)
    assert done.straightened
    assert slant_in_box(done) == pytest.approx(left, abs=0.05)
    assert "slant lessened" in done.describe()
    assert done.to_dict()["straightened"] is True
    assert done.to_dict()["slant"] == pytest.approx(lean, abs=0.05)


@pytest.mark.parametrize("lean", [-0.15, 0.0, 0.35])
def test_a_usual_slant_is_left_alone(lean: float) -> None:
    done = normalise(stem(lean))
    assert not done.straightened
    assert slant_in_box(done) == pytest.approx(lean, abs=0.05)
    assert "slant" not in done.describe()


def test_an_eight_that_leans_by_far_becomes_one_that_leans_a_little() -> None:
    far, little = normalise(eight(1.0)).pixels / 255.0, normalise(eight(0.4)).pixels / 255.0
    assert np.abs(far - little).mean() < 0.02
