"""Serifs, flags, bars and slashes are drawn where a person would draw them."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.augmentation import Styles
from nnfs_cli.augmentation.styles import Ink, bar, flag, segment, serif, slash


def one() -> np.ndarray:
    """Return a picture of an upright line, the plainest 1."""
    picture = np.zeros((28, 28), dtype=np.float32)
    picture[4:24, 13:15] = 1.0
    return picture


def ring() -> np.ndarray:
    """Return a picture of a circle of radius 9 about (14, 14)."""
    rows, columns = np.indices((28, 28))
    return (np.abs(np.hypot(rows - 14, columns - 14) - 9) < 1.2).astype(np.float32)


def many(picture: np.ndarray, n: int = 100) -> np.ndarray:
    return np.repeat(picture[None], n, axis=0)


def test_a_line_is_as_wide_as_the_pen_and_ends_round() -> None:
    (picture,) = segment(
        np.array([[10.0, 5.0]]), np.array([[10.0, 20.0]]), np.array([1.5]), (28, 28)
    )
    assert picture[:, 12].sum() == pytest.approx(3.0, abs=0.01)  # twice the radius
    assert picture[10, 5:21].min() == 1.0
    assert picture[10, :3].max() == 0.0
    assert picture[10, 23:].max() == 0.0


def test_a_line_without_length_is_a_dot() -> None:
    point = np.array([[7.0, 7.0]])
    (picture,) = segment(point, point, np.array([1.0]), (15, 15))
    assert picture[7, 7] == 1.0
    assert picture.sum() == pytest.approx(np.pi * 1.0**2, rel=0.35)


def test_the_flag_of_a_1_goes_down_to_the_left_from_its_top() -> None:
    start, end = flag(Ink(many(one())), np.random.default_rng(0))
    np.testing.assert_allclose(start, [[4.0, 13.5]] * 100)
    assert (end[:, 0] > start[:, 0]).all()
    assert (end[:, 1] < start[:, 1]).all()


def test_the_serif_of_a_1_lies_under_its_foot() -> None:
    start, end = serif(Ink(many(one())), np.random.default_rng(1))
    np.testing.assert_allclose((start + end) / 2, [[23.0, 13.5]] * 100)
    assert (np.abs(end - start)[:, 0] < np.abs(end - start)[:, 1] / 5).all()


def test_the_bar_of_a_7_crosses_the_middle_of_its_stem() -> None:
    start, end = bar(Ink(many(one())), np.random.default_rng(2))
    middle = (start + end) / 2
    assert middle[:, 0].min() >= 4 + 0.35 * 20
    assert middle[:, 0].max() <= 4 + 0.65 * 20
    np.testing.assert_allclose(middle[:, 1], 13.5)


def test_the_slash_of_a_0_rises_to_the_right_through_its_middle() -> None:
    start, end = slash(Ink(many(ring())), np.random.default_rng(3))
    np.testing.assert_allclose((start + end) / 2, [[14.0, 14.0]] * 100, atol=0.6)
    assert (start[:, 0] > end[:, 0]).all()
    assert (start[:, 1] < end[:, 1]).all()


def test_only_a_share_of_the_digits_that_have_styles_is_changed() -> None:
    labels = np.repeat(np.arange(10), 500)
    pictures = many(ring(), len(labels))
    Styles(0.3)(pictures, labels, np.random.default_rng(4))
    changed = (pictures != ring()).any(axis=(1, 2)).reshape(10, 500).mean(axis=1)
    assert changed[[2, 3, 4, 5, 6, 8, 9]].max() == 0.0
    assert changed[0] == pytest.approx(0.3, abs=0.06)
    assert changed[7] == pytest.approx(0.3, abs=0.06)
    assert changed[1] == pytest.approx(1 - 0.7**2, abs=0.06)  # a flag, a serif, or both


def test_an_empty_picture_is_left_alone() -> None:
    pictures = np.zeros((20, 28, 28), dtype=np.float32)
    Styles(1.0)(pictures, np.full(20, 1), np.random.default_rng(5))
    assert pictures.max() == 0.0
