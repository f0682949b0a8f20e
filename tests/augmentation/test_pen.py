"""A stroke is as thick as its pen, round at its ends, and can be rubbed out again."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.augmentation.pen import Stroke, coverage

LINE = (np.array([[10.0, 5.0]]), np.array([[10.0, 20.0]]))


def test_a_line_is_as_wide_as_the_pen_and_ends_round() -> None:
    (picture,) = coverage(*LINE, np.array([1.5]), (28, 28))
    assert picture[:, 12].sum() == pytest.approx(3.0, abs=0.01)  # twice the radius
    assert picture[10, 5:21].min() == 1.0
    assert picture[10, :3].max() == 0.0
    assert picture[10, 23:].max() == 0.0


def test_a_line_without_length_is_a_dot() -> None:
    point = np.array([[7.0, 7.0]])
    (picture,) = coverage(point, point, np.array([1.0]), (15, 15))
    assert picture[7, 7] == 1.0
    assert picture.sum() == pytest.approx(np.pi * 1.0**2, rel=0.35)


def test_a_pen_of_radius_minus_one_leaves_nothing() -> None:
    assert coverage(*LINE, np.array([-1.0]), (28, 28)).max() == 0.0


def test_drawing_leaves_darker_ink_as_it_is() -> None:
    grey = np.full((1, 28, 28), 0.5, dtype=np.float32)
    drawn = Stroke(*LINE, np.array([1.5])).on(grey)
    assert drawn[0, 10, 12] == 1.0
    assert drawn[0, 0, 12] == 0.5
    assert drawn.dtype == np.float32
    assert grey.max() == 0.5


def test_what_is_drawn_can_be_rubbed_out() -> None:
    black = np.ones((1, 28, 28), dtype=np.float32)
    rubbed = Stroke(*LINE, np.array([1.5]), rubs_out=True).on(black)
    np.testing.assert_allclose(rubbed, 1.0 - coverage(*LINE, np.array([1.5]), (28, 28)))
