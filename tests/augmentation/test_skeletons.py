"""The skeletons are lines in a box; curves go through the points that they were made of."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.augmentation.skeletons import PIECES, SKELETONS, curve, line

POINTS = (10, 20, 50, 0, 90, 40, 30, 100)
EVERY = [
    pytest.param(skeleton, id=f"{digit}-{way}")
    for digit, ways in enumerate(SKELETONS)
    for way, skeleton in enumerate(ways)
]


def test_a_curve_goes_through_its_points() -> None:
    path = curve(*POINTS)
    assert len(path) == 3 * PIECES + 1
    np.testing.assert_allclose(path[::PIECES], line(*POINTS), atol=1e-12)


def test_a_curve_goes_at_a_point_where_its_neighbours_lie() -> None:
    """In the direction from the one before to the one after, by symmetry here level."""
    path = curve(0, 100, 50, 0, 100, 100)
    before, after = path[PIECES] - path[PIECES - 1], path[PIECES + 1] - path[PIECES]
    np.testing.assert_allclose(before + after, [2 * before[0], 0.0], atol=1e-12)


def test_a_curve_through_points_on_a_line_is_that_line() -> None:
    path = curve(0, 0, 20, 40, 40, 80)
    np.testing.assert_allclose(path[:, 1], 2.0 * path[:, 0], atol=1e-12)
    assert (np.diff(path[:, 0]) > 0).all()


def test_each_of_the_ten_digits_has_ways_of_its_own() -> None:
    assert len(SKELETONS) == 10
    assert min(len(ways) for ways in SKELETONS) >= 2


@pytest.mark.parametrize("skeleton", EVERY)
def test_a_skeleton_fills_its_box_from_top_to_bottom(skeleton: tuple[np.ndarray, ...]) -> None:
    points = np.concatenate(skeleton)
    assert points.min() >= -0.06  # curves swing a little beyond their points
    assert points.max() <= 1.06
    assert np.ptp(points[:, 1]) >= 0.9
