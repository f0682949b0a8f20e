"""Arrays: one block with named views, and rows that are used again."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.engine import Arena, Scratch


def test_the_views_of_an_arena_tile_its_block_in_order() -> None:
    arena = Arena({"W1": (2, 3), "b1": (3,), "W2": (3, 1), "b2": (1,)}, dtype="float32")
    arena.flat[:] = np.arange(13)
    np.testing.assert_array_equal(arena["W1"], [[0, 1, 2], [3, 4, 5]])
    np.testing.assert_array_equal(arena["b1"], [6, 7, 8])
    np.testing.assert_array_equal(arena["W2"], [[9], [10], [11]])
    np.testing.assert_array_equal(arena["b2"], [12])
    arena["b1"][...] = -1
    assert arena.flat[6:9].tolist() == [-1, -1, -1]
    assert repr(arena) == "Arena(13 float32: W1, b1, W2, b2)"


def test_scratch_gives_the_same_memory_for_fewer_rows() -> None:
    scratch = Scratch(3, dtype="float64")
    long = scratch.rows(8)
    address = long.__array_interface__["data"][0]
    for rows in (8, 5, 1, 8):
        view = scratch.rows(rows)
        assert view.shape == (rows, 3)
        assert view.flags.c_contiguous
        assert view.__array_interface__["data"][0] == address
    assert scratch.rows(8) is not None
    assert np.shares_memory(scratch.rows(2), long)


def test_scratch_grows_when_more_rows_come() -> None:
    scratch = Scratch(2, dtype="float32")
    assert scratch.rows(1).shape == (1, 2)
    assert scratch.rows(9).shape == (9, 2)
    assert scratch.rows(9).dtype == np.float32


def test_an_arena_knows_no_other_names() -> None:
    with pytest.raises(KeyError, match="W9"):
        Arena({"W1": (1, 1)}, dtype="float32")["W9"]
