"""Light: less of it is no ink, and ink is no shadow, however much of it there is."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from nnfs_cli.images import normalise
from nnfs_cli.images.light import strength_of

# a 5 drawn with a very thick pen, in a square of side 150
FIVE = [
    *((45, 10), (115, 8), (115, 35), (75, 42), (72, 48), (104, 56), (112, 80)),
    *((105, 112), (80, 136), (45, 140), (45, 112), (62, 92), (37, 90), (37, 25)),
]
Plane = NDArray[np.float32]


def heavy(scale: float = 2.0) -> Image.Image:
    """Return a heavy 5 as a mask of its ink."""
    mask = Image.new("L", (round(150 * scale),) * 2)
    ImageDraw.Draw(mask).polygon([(x * scale, y * scale) for x, y in FIVE], fill=255)
    return mask


def written(mask: Image.Image, *, light: float = 1.0) -> Plane:
    """Return dark ink on paper, on the left of which falls a share of the `light`."""
    ink = np.asarray(mask).astype(np.float32) / 255
    share = np.linspace(light, 1.0, mask.width, dtype=np.float32)
    return np.asarray((0.9 - 0.8 * ink) * share, dtype=np.float32)


def test_on_even_paper_ink_is_what_differs_from_it_whatever_its_size() -> None:
    number = written(heavy())
    paper = number[0, 0]
    for dark in (True, False):
        strength, unevenness = strength_of(
            number, np.asarray(paper), number, dark=dark, tight=False
        )
        np.testing.assert_array_equal(strength, paper - number if dark else number - paper)
        assert unevenness == 0


def test_where_the_light_changes_it_is_measured_and_taken_out() -> None:
    thin = Image.new("L", (300, 300))
    ImageDraw.Draw(thin).line((80, 60, 220, 240), fill=255, width=20)
    number = written(thin, light=0.5)
    strength, unevenness = strength_of(
        number, np.asarray(number[0, -1]), number, dark=True, tight=False
    )
    assert unevenness == pytest.approx(0.4, abs=0.06)  # of 0.45, for closing blurs the border
    ink = np.asarray(thin) > 0
    assert float(strength[~ink].max()) < 0.2
    assert float(strength[ink].min()) > 0.6


@pytest.mark.parametrize("scale", [1.0, 2.0, 3.4])
def test_a_heavy_digit_in_a_drawing_is_read(scale: float) -> None:
    mask = heavy(scale)
    done = normalise(Image.eval(mask, lambda value: 255 - value))
    assert done.dark_ink
    assert done.box == pytest.approx(mask.getbbox(), abs=2)
    assert done.unevenness == 0


@pytest.mark.parametrize("light", [0.95, 0.85, 0.75])
def test_the_bay_of_a_heavy_digit_in_a_photo_is_not_taken_for_one(light: float) -> None:
    mask = heavy()
    grain = np.random.default_rng(0).normal(0, 2, (300, 300))
    photo = np.clip(written(mask, light=light) * 255 + grain, 0, 255).astype(np.uint8)
    done = normalise(Image.fromarray(photo))
    assert done.dark_ink
    assert done.box == pytest.approx(mask.getbbox(), abs=4)
