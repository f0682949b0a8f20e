"""The neighbourhoods that finding ink needs do what their plain definitions say."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from nnfs_cli.images import filters
from nnfs_cli.images.background import quadratic
from nnfs_cli.images.components import runs

SHAPES = [(1, 1), (1, 7), (7, 1), (6, 9), (20, 13)]


def plane(shape: tuple[int, ...]) -> NDArray[np.float32]:
    return np.random.default_rng(len(shape) + shape[0]).random(shape, dtype=np.float32)


def squares(values: NDArray[np.float32], radius: int) -> list[NDArray[np.float32]]:
    """Return what lies within `radius` of each pixel, row by row."""
    reach = range(-radius, radius + 1)
    height, width = values.shape
    return [
        np.array(
            [
                values[y + dy, x + dx]
                for dy in reach
                for dx in reach
                if 0 <= y + dy < height and 0 <= x + dx < width
            ]
        )
        for y in range(height)
        for x in range(width)
    ]


@pytest.mark.parametrize("radius", [1, 2, 8])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_blur_is_the_mean_of_the_pixels_around(shape: tuple[int, int], radius: int) -> None:
    values = plane(shape)
    expected = [square.mean() for square in squares(values, radius)]
    np.testing.assert_allclose(filters.blur(values, radius).ravel(), expected, rtol=1e-5)


def test_a_blur_of_whole_numbers_is_exact() -> None:
    ones = np.ones((9, 11), dtype=np.float32)
    np.testing.assert_array_equal(filters.blur(ones, 1), ones)


@pytest.mark.parametrize("radius", [1, 2, 8])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_greatest_is_that_of_the_pixels_around(shape: tuple[int, int], radius: int) -> None:
    values = plane(shape)
    expected = [square.max() for square in squares(values, radius)]
    np.testing.assert_array_equal(filters.greatest(values, radius).ravel(), expected)


@pytest.mark.parametrize("channels", [1, 3])
def test_colours_are_as_far_apart_as_the_channel_that_differs_most(channels: int) -> None:
    colour, other = plane((5, 4, channels)), plane((6, 4, channels))[:5]
    expected = np.abs(colour - other).max(axis=2)
    np.testing.assert_array_equal(filters.apart(colour, other), expected)
    one = other[0, 0]  # for all pixels
    np.testing.assert_array_equal(filters.apart(colour, one), np.abs(colour - one).max(axis=2))


@pytest.mark.parametrize("side", [40, 600])  # the larger one is sampled
def test_noise_is_its_standard_deviation_whatever_is_drawn_on_it(side: int) -> None:
    grain = np.random.default_rng(0).normal(0.5, 0.02, (side, side)).astype(np.float32)
    grain[side // 3 : side // 2] += 0.4  # a broad stroke
    assert filters.noise(grain) == pytest.approx(0.02, rel=0.1)


def test_a_surface_is_its_polynomial_at_every_pixel() -> None:
    solution = np.random.default_rng(1).normal(size=(6, 3))
    y, x = (np.arange(n)[:, None, None] / n for n in (7, 5))
    x = x.transpose(1, 0, 2)
    terms = (1, x, y, x**2, x * y, y**2)
    expected = sum(term * row for term, row in zip(terms, solution, strict=True))
    np.testing.assert_allclose(quadratic(solution, 7, 5), expected, rtol=1e-4, atol=1e-5)


def test_runs_are_the_stretches_of_ink_row_by_row() -> None:
    mask = np.array([[1, 1, 0, 1], [0, 0, 0, 0], [1, 1, 1, 1], [0, 1, 0, 0]], dtype=bool)
    rows, starts, ends = (array.tolist() for array in runs(mask))
    assert list(zip(rows, starts, ends, strict=True)) == [
        (0, 0, 2),
        (0, 3, 4),
        (2, 0, 4),
        (3, 1, 2),
    ]
