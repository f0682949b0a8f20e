"""The pen gets thicker and thinner, the picture softer, and grey darker and lighter."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.augmentation import Strokes
from nnfs_cli.augmentation.strokes import framed, smooth, widest


def lines(n: int) -> np.ndarray:
    """Return pictures of an upright line, three pixels wide."""
    pictures = np.zeros((n, 12, 12), dtype=np.float32)
    pictures[:, 2:10, 5:8] = 1.0
    return pictures


def test_dilation_and_erosion_are_the_extremes_of_each_neighbourhood() -> None:
    pictures = np.random.default_rng(0).random((3, 6, 7), dtype=np.float32)
    x = framed(pictures)
    for extreme, of in ((np.maximum, np.max), (np.minimum, np.min)):
        found = widest(x, extreme)[:, 1:-1, 1:-1]
        for picture, result in zip(x, found, strict=True):  # a neighbour in the batch is none here
            expected = [[of(picture[i : i + 3, j : j + 3]) for j in range(7)] for i in range(6)]
            np.testing.assert_array_equal(result, expected)


def test_smoothing_spreads_a_point_by_the_binomial_weights_and_loses_nothing() -> None:
    picture = np.zeros((1, 5, 5), dtype=np.float32)
    picture[0, 2, 2] = 1.0
    weights = np.outer([1, 2, 1], [1, 2, 1]) / 16
    smoothed = smooth(framed(picture))
    np.testing.assert_allclose(smoothed[0, 2:5, 2:5], weights)
    assert smoothed.sum() == pytest.approx(1.0)


def test_ink_at_the_edge_of_a_picture_does_not_reach_the_next_one() -> None:
    pictures = np.zeros((6, 9, 9), dtype=np.float32)
    pictures[1::2] = 1.0
    Strokes(1.0, 1.0, 1.0)(pictures, np.random.default_rng(0))
    assert pictures[0::2].max() == 0.0
    assert pictures[1::2, 4, 4].min() == pytest.approx(1.0)


def test_the_first_half_of_the_pictures_gets_thicker_and_the_others_thinner() -> None:
    pictures = lines(200)
    Strokes(thickness=1.0)(pictures, np.random.default_rng(1))
    width = pictures[:, 6].sum(axis=1)
    assert width[:100].min() >= 3.0
    assert width[:100].max() == pytest.approx(5.0, abs=0.1)
    assert width[100:].max() <= 3.0
    assert width[100:].min() == pytest.approx(1.0, abs=0.1)


def test_a_picture_alone_gets_thicker_or_thinner() -> None:
    def ink(seed: int) -> float:
        picture = lines(1)
        Strokes(thickness=1.0)(picture, np.random.default_rng(seed))
        return float(picture.sum())

    before = lines(1).sum()
    assert 5 < sum(ink(seed) > before for seed in range(20)) < 15


def test_contrast_bends_grey_both_ways_and_leaves_black_and_white() -> None:
    pictures = np.tile(np.array([0.0, 0.5, 1.0], dtype=np.float32), (300, 1, 1))
    Strokes(contrast=1.0)(pictures, np.random.default_rng(2))
    np.testing.assert_array_equal(pictures[:, 0, 0], 0.0)
    np.testing.assert_array_equal(pictures[:, 0, 2], 1.0)
    assert pictures[:, 0, 1].min() == pytest.approx(0.25, abs=0.02)
    assert pictures[:, 0, 1].max() == pytest.approx(0.75, abs=0.02)


def test_all_together_stay_between_black_and_white() -> None:
    pictures = np.random.default_rng(3).random((64, 28, 28), dtype=np.float32)
    Strokes(1.0, 1.0, 1.0)(pictures, np.random.default_rng(4))
    assert pictures.min() >= 0.0
    assert pictures.max() <= 1.0


def test_turning_one_off_does_not_change_what_the_others_draw() -> None:
    both, one = np.full((2, 50, 1, 1), 0.5, dtype=np.float32)
    Strokes(blur=0.0, contrast=0.5)(one, np.random.default_rng(5))
    Strokes(thickness=0.0, contrast=0.5)(both, np.random.default_rng(5))
    np.testing.assert_array_equal(one, both)
