"""Dark ink is told from light ink, however little paper there is and however it is lit."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from sheets import STROKES, drawn

from nnfs_cli.images.background import border_of
from nnfs_cli.images.ink import find_ink
from nnfs_cli.images.polarity import (
    darker_part,
    halved,
    is_dark,
    is_dark_if_cut_tightly,
    turns_of,
)

Plane = NDArray[np.float32]


def cut_to(digit: str, *, pen: float, height: int = 90) -> Plane:
    """Return a thick digit in a picture without a margin: 0 is paper, 1 ink."""
    mask = drawn(digit, height, pen=pen)
    return np.asarray(mask.crop(mask.getbbox()), dtype=np.float32) / 255


def places(side: int = 200) -> tuple[Plane, Plane]:
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) / np.float32(side)
    return y, x


@pytest.mark.parametrize("digit", sorted(set(STROKES) - {"1"}))
@pytest.mark.parametrize("pen", [0.16, 0.22])
@pytest.mark.parametrize("grain", [0.0, 5.0])
def test_a_thick_digit_that_fills_its_picture_is_ink_be_it_dark_or_light(
    digit: str, pen: float, grain: float
) -> None:
    ink = cut_to(digit, pen=pen)
    noise = np.random.default_rng(int(digit)).normal(0, grain, ink.shape)
    for dark in (True, False):
        shades = (220 - 170 * ink if dark else 40 + 170 * ink) + noise
        picture = Image.fromarray(np.clip(shades, 0, 255).astype(np.uint8))
        found = find_ink(picture, name="p")
        assert found.dark is dark
        assert np.abs(found.soft - ink).mean() < 0.06  # no stroke was taken for a shadow


def test_corners_in_poor_light_are_no_strokes_that_reach_the_border() -> None:
    y, x = places()
    light = 1 - 1.6 * ((x - 0.5) ** 2 + (y - 0.5) ** 2)
    light[80:120, 95:105] = 0.05
    assert len(turns_of(border_of(darker_part(light)[1]))) == 8
    assert is_dark_if_cut_tightly(light) is None


def test_the_lines_of_a_form_are_no_strokes_that_reach_the_border() -> None:
    page = np.ones((200, 200), dtype=np.float32)
    page[:, 8:12] = page[:, 188:192] = page[8:12] = page[188:192] = 0.1
    page[60:140, 60:140] = 0.1
    assert is_dark_if_cut_tightly(page) is None
    assert is_dark(page)


def test_the_edge_of_a_shadow_is_none_either() -> None:
    page = np.ones((200, 200), dtype=np.float32)
    page[:, :90] = 0.4
    assert halved(darker_part(page)[1])
    assert is_dark_if_cut_tightly(page) is None


def test_a_stroke_from_side_to_side_does_not_tell_ink_from_paper() -> None:
    page = np.ones((60, 60), dtype=np.float32)
    page[:, 20:40] = 0.0
    assert is_dark_if_cut_tightly(page) is True  # the paper is in two pieces
    page[:, 40:] = 0.0
    assert is_dark_if_cut_tightly(page) is None  # both are whole


def test_a_border_begins_in_the_upper_left_and_goes_around_once() -> None:
    np.testing.assert_array_equal(
        border_of(np.arange(12).reshape(3, 4)), [0, 1, 2, 3, 7, 11, 10, 9, 8, 4]
    )


def test_runs_of_a_hundredth_of_a_ring_are_grain() -> None:
    around = np.zeros(400, dtype=np.bool_)
    around[30:34] = around[200] = True
    assert len(turns_of(around)) == 0
    around[100:110] = True
    np.testing.assert_array_equal(turns_of(around), [100, 110])
