"""The warp moves what it says, as far as it says, and nothing else."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nnfs_cli.augmentation import Warp
from nnfs_cli.augmentation.warp import fields, harmonics, resample
from nnfs_cli.engine import Floats


def dot(y: float, x: float, *, size: int = 29, n: int = 1) -> Floats:
    """Return pictures of a soft round spot with its centre at (y, x)."""
    rows, columns = np.indices((size, size))
    spot = np.exp(-((rows - y) ** 2 + (columns - x) ** 2) / 4.0)
    return np.repeat(spot[None], n, axis=0).astype(np.float32)


def centre(pictures: Floats) -> Floats:
    """Return the centres of mass (n, 2)."""
    mass = pictures.sum(axis=(1, 2))
    rows, columns = np.indices(pictures.shape[1:])
    y = (pictures * rows).sum(axis=(1, 2)) / mass
    return np.stack([y, (pictures * columns).sum(axis=(1, 2)) / mass], axis=1)


def bilinear(picture: Floats, y: float, x: float) -> float:
    """Return the value between the pixels of one picture, written as in a textbook."""
    top, left = math.floor(y), math.floor(x)

    def pixel(row: int, column: int) -> float:
        inside = 0 <= row < picture.shape[0] and 0 <= column < picture.shape[1]
        return float(picture[row, column]) if inside else 0.0

    fy, fx = y - top, x - left
    upper = pixel(top, left) * (1 - fx) + pixel(top, left + 1) * fx
    lower = pixel(top + 1, left) * (1 - fx) + pixel(top + 1, left + 1) * fx
    return upper * (1 - fy) + lower * fy


def test_without_amounts_every_pixel_stays_where_it_is() -> None:
    pictures = np.random.default_rng(0).random((5, 28, 28), dtype=np.float32)
    before = pictures.copy()
    Warp()(pictures, np.random.default_rng(1))
    np.testing.assert_allclose(pictures, before, atol=1e-5)


def test_resampling_agrees_with_the_textbook_at_any_place_inside_and_outside() -> None:
    rng = np.random.default_rng(2)
    pictures = rng.random((3, 5, 7), dtype=np.float32)
    before = pictures.copy()
    y = rng.uniform(-4, 9, size=(3, 35)).astype(np.float32)
    x = rng.uniform(-4, 11, size=(3, 35)).astype(np.float32)
    expected = [[bilinear(before[i], y[i, j], x[i, j]) for j in range(35)] for i in range(3)]
    resample(pictures, y.copy(), x.copy())
    np.testing.assert_allclose(pictures.reshape(3, -1), expected, atol=2e-3)


def test_a_shift_moves_the_whole_picture_by_no_more_than_it_says() -> None:
    pictures = dot(14, 14, n=400)
    Warp(shift=3)(pictures, np.random.default_rng(3))
    moved = centre(pictures) - 14
    assert np.abs(moved).max() <= 3.01
    assert np.abs(moved).max(axis=0) == pytest.approx([3, 3], abs=0.1)
    assert moved.mean(axis=0) == pytest.approx([0, 0], abs=0.3)


def test_a_rotation_turns_about_the_centre_of_the_picture() -> None:
    pictures = dot(6, 14, n=400)
    Warp(rotation=30)(pictures, np.random.default_rng(4))
    y, x = (centre(pictures) - 14).T
    np.testing.assert_allclose(np.hypot(y, x), 8.0, atol=0.05)
    angles = np.degrees(np.arctan2(x, -y))
    assert angles.min() == pytest.approx(-30, abs=1)
    assert angles.max() == pytest.approx(30, abs=1)


def test_scaling_moves_along_each_axis_by_a_share_of_the_distance() -> None:
    pictures = dot(8, 17, n=400)
    Warp(scaling=0.2)(pictures, np.random.default_rng(5))
    y, x = (centre(pictures) - 14).T
    assert y.min() == pytest.approx(-6 / 0.8, abs=0.1)
    assert y.max() == pytest.approx(-6 / 1.2, abs=0.1)
    assert x.min() == pytest.approx(3 / 1.2, abs=0.1)
    assert x.max() == pytest.approx(3 / 0.8, abs=0.1)
    assert abs(np.corrcoef(y, x)[0, 1]) < 0.15  # each axis draws its own


def test_shear_moves_rows_sideways_and_never_up_or_down() -> None:
    pictures = dot(6, 14, n=400)
    Warp(shear=0.25)(pictures, np.random.default_rng(6))
    y, x = (centre(pictures) - 14).T
    np.testing.assert_allclose(y, -8, atol=0.05)
    assert x.min() == pytest.approx(-2, abs=0.1)
    assert x.max() == pytest.approx(2, abs=0.1)


def test_elastic_noise_has_the_strength_that_was_asked_for() -> None:
    rng = np.random.default_rng(7)
    warp = Warp(elastic=1.5)
    basis = fields(28, 28, warp.smoothness)
    y, x = warp.coefficients(2000, len(basis), (28, 28), rng)
    for axis, own in ((y, 1), (x, 2)):
        displacement = axis @ basis - (13.5 + basis[own])
        assert np.sqrt((displacement**2).mean()) == pytest.approx(1.5, rel=0.02)


def test_elastic_noise_is_as_smooth_as_gaussian_smoothing_makes_it() -> None:
    waves = harmonics(28, 5.0)
    covariance = waves.T @ waves
    distance = np.subtract.outer(np.arange(28), np.arange(28))
    np.testing.assert_allclose(covariance, np.exp(-(distance**2) / 100.0), atol=0.01)


def test_a_share_of_the_pictures_is_made_narrower_or_wider_and_no_lower() -> None:
    pictures = np.zeros((1000, 29, 29), dtype=np.float32)
    pictures[:, 5:24, 11:18] = 1.0  # 7 pixels wide
    Warp(stretch=0.3)(pictures, np.random.default_rng(10))
    np.testing.assert_allclose(pictures[:, :, 14].sum(axis=1), 19, atol=0.01)
    width = pictures[:, 14].sum(axis=1)
    changed = np.abs(width - 7) > 0.02
    assert changed.mean() == pytest.approx(0.3, abs=0.04)
    assert width.min() == pytest.approx(7 * 0.58, abs=0.2)
    assert width.max() == pytest.approx(7 * 1.8, abs=0.2)
    assert np.median(width[changed]) == pytest.approx(7, abs=0.5)  # either way
    assert np.abs(centre(pictures) - [14, 14]).max() < 0.01


def test_nothing_is_made_wider_than_three_quarters_of_the_picture() -> None:
    pictures = np.zeros((200, 28, 28), dtype=np.float32)
    pictures[:, 4:24, 6:22] = 1.0
    Warp(stretch=1.0)(pictures, np.random.default_rng(11))
    assert pictures[:, 14].sum(axis=1).max() == pytest.approx(21, abs=0.3)


def test_a_picture_without_ink_can_be_stretched() -> None:
    pictures = np.zeros((20, 28, 28), dtype=np.float32)
    Warp(stretch=1.0)(pictures, np.random.default_rng(12))
    assert pictures.max() == 0.0


def test_each_picture_of_a_batch_is_warped_in_its_own_way() -> None:
    pictures = dot(10, 12, n=8)
    Warp(rotation=15, elastic=1.0)(pictures, np.random.default_rng(8))
    assert len(np.unique(centre(pictures).round(3), axis=0)) == 8


def test_pictures_need_not_be_square() -> None:
    pictures = np.zeros((2, 10, 30), dtype=np.float32)
    pictures[:, 5, 15] = 1.0
    Warp(shift=1, elastic=0.5)(pictures, np.random.default_rng(9))
    assert np.abs(centre(pictures) - [5, 15]).max() < 3
