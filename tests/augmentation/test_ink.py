"""Where the ink of a picture begins and ends, how thick it is, and where it has a gap."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.augmentation.ink import Ink, centred, half_thickness


def fork() -> np.ndarray:
    """Return a U with a long right arm: ink in rows 4-23, its arms in columns 6-7 and 17-18."""
    picture = np.zeros((1, 28, 28), dtype=np.float32)
    picture[0, 4:14, 6:8] = picture[0, 4:24, 17:19] = picture[0, 12:14, 6:19] = 1.0
    return picture


def test_the_box_of_the_ink_is_found() -> None:
    ink = Ink(fork())
    assert [float(side[0]) for side in (ink.top, ink.bottom, ink.left, ink.right)] == [4, 23, 6, 18]


def test_the_sides_and_the_middle_at_a_height() -> None:
    ink = Ink(fork())
    top, bottom = np.zeros(1), np.ones(1)
    np.testing.assert_array_equal(ink.sides(top), [[[4, 6]], [[4, 18]]])
    np.testing.assert_array_equal(ink.sides(bottom), [[[23, 17]], [[23, 18]]])
    np.testing.assert_array_equal(ink.middle(bottom), [[23, 17.5]])


def test_the_gap_between_two_arms() -> None:
    ink = Ink(fork())
    assert ink.gap(np.zeros(1)) == [9.0]
    assert ink.gap(np.ones(1)) == [0.0]


def test_the_leftmost_ink_is_the_lowest_of_its_column() -> None:
    np.testing.assert_array_equal(Ink(fork()).leftmost(), [[13, 6]])


def test_where_a_stroke_is_broken_its_left_end_stands_in() -> None:
    picture = fork()
    picture[0, 16:20] = 0.0
    ink = Ink(picture)
    height = np.array([(18 - 4) / 19])
    np.testing.assert_array_equal(ink.middle(height), [[18, 6]])
    assert ink.gap(height) == [0.0]


def test_the_lowest_ink_left_of_a_column_is_found() -> None:
    picture = np.zeros((1, 28, 28), dtype=np.float32)
    picture[0, 4:20, 8] = picture[0, 4:24, 15] = 1.0
    lowest = [Ink(picture).lowest(np.array([column])) for column in (20.0, 15.0, 8.5, 8.0)]
    assert lowest == [23.0, 19.0, 19.0, 27.0]  # where there is none, the bottom of the picture


@pytest.mark.parametrize("thickness", [2, 3, 4])
def test_the_pen_is_half_as_thick_as_its_stroke(thickness: int) -> None:
    mask = np.zeros((1, 28, 28), dtype=np.bool_)
    mask[0, 2:26, 10 : 10 + thickness] = True
    # the ends of the stroke are edges, too
    assert half_thickness(mask) == pytest.approx(thickness / 2, rel=0.13)


def test_a_page_full_of_ink_has_a_pen() -> None:
    assert half_thickness(np.ones((1, 28, 28), dtype=np.bool_)) == pytest.approx(784 / 108)


def test_a_digit_anywhere_is_moved_so_that_its_centre_of_mass_is_in_the_middle() -> None:
    pictures = np.zeros((3, 28, 28), dtype=np.float32)
    pictures[0, 0:4, 20:24] = 1.0  # its centre is at (1.5, 21.5): half a pixel beside the middle
    pictures[1, 13:16, 13:16] = 0.5
    pictures[2, 2:24, 1] = pictures[2, 2, 1:6] = 1.0
    moved = centred(pictures)
    assert moved[0, 12:16, 12:16].sum() == 16.0
    np.testing.assert_array_equal(moved[1], pictures[1])
    rows, columns = (moved[2].sum(axis=axis) @ np.arange(28) / moved[2].sum() for axis in (1, 0))
    assert abs(rows - 14) <= 0.5
    assert abs(columns - 14) <= 0.5
    assert moved[2].sum() == pictures[2].sum()
