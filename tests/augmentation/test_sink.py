"""A row of a picture moves up or down, and what is around it goes along."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.augmentation.sink import Sink


def sink(top: float, row: float, to: float, bottom: float) -> Sink:
    return Sink(*(np.array([place]) for place in (top, row, to, bottom)))


def ladder(*rungs: int) -> np.ndarray:
    """Return a picture 12 pixels high whose rows are empty but for the rungs."""
    picture = np.zeros((1, 12, 3), dtype=np.float32)
    picture[0, list(rungs)] = 1.0
    return picture


@pytest.mark.parametrize(("row", "to"), [(4, 7), (7, 3)])
def test_a_row_goes_where_it_is_told_and_two_stay(row: int, to: int) -> None:
    moved = sink(1, row, to, 10).on(ladder(1, row, 10))[0, :, 0]
    assert moved[[1, to, 10]].tolist() == [1.0, 1.0, 1.0]
    assert moved[row] < 0.5


def test_rows_between_are_spread_evenly() -> None:
    moved = sink(0, 4, 8, 11).on(ladder(2))[0, :, 1]
    np.testing.assert_allclose(moved[:8], [0, 0, 0, 0.5, 1, 0.5, 0, 0])


def test_a_row_that_stays_changes_nothing() -> None:
    picture = np.random.default_rng(0).random((1, 12, 3), dtype=np.float32)
    np.testing.assert_allclose(sink(2, 5, 5, 9).on(picture), picture, rtol=1e-6)


def test_each_picture_has_its_own_rows() -> None:
    both = Sink(np.zeros(2), np.array([4.0, 4.0]), np.array([6.0, 2.0]), np.full(2, 11.0))
    moved = both.on(np.repeat(ladder(4), 2, axis=0))
    assert moved.dtype == np.float32
    assert moved[:, :, 0].argmax(axis=1).tolist() == [6, 2]
