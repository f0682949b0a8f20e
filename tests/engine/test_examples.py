"""Examples: rows and their labels, taken and scaled without copying the whole."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnfs_cli.engine import Examples, Minibatches, scaled
from nnfs_cli.engine.examples import IN_CACHE

PIXELS = np.random.default_rng(0).integers(0, 256, (20, 6), dtype=np.uint8)
PIXELS[0, :2] = 0, 255
LABELS = np.arange(20) % 3


def gathered(examples: Examples, indices: list[int], dtype: str = "float32") -> Any:
    out = np.full((len(indices), examples.inputs), np.nan, dtype)
    raw = np.empty((len(indices), examples.inputs), examples.x.dtype)
    examples.gather(np.array(indices), out=out, raw=raw)
    return out


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_pixels_become_numbers_from_zero_to_one(dtype: str) -> None:
    rows = gathered(Examples(PIXELS, LABELS), [3, 0, 3, 19], dtype)
    assert rows.dtype == dtype
    np.testing.assert_allclose(rows, PIXELS[[3, 0, 3, 19]] / 255, rtol=2e-7)
    assert rows[1, :2].tolist() == [0, 1]


@pytest.mark.parametrize("source", ["float16", "float32", "float64"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_floats_are_used_as_they_are(source: str, dtype: str) -> None:
    x = np.random.default_rng(1).normal(0, 9, (5, 3)).astype(source)
    rows = gathered(Examples(x, np.zeros(5, int)), [4, 1], dtype)
    np.testing.assert_array_equal(rows, x[[4, 1]].astype(dtype))


def test_more_rows_than_are_gathered_at_a_time_are_all_their_own() -> None:
    x = np.random.default_rng(2).integers(0, 256, (900, 5), dtype=np.uint8)
    indices = np.random.default_rng(3).permutation(900)[: 2 * IN_CACHE + 7]
    whole = Examples(x, np.zeros(900, int))
    np.testing.assert_allclose(gathered(whole, list(indices)), x[indices] / 255, rtol=2e-7)
    part = whole.subset(np.arange(899, -1, -1))
    np.testing.assert_allclose(gathered(part, list(indices)), x[899 - indices] / 255, rtol=2e-7)


def test_a_subset_of_a_subset_counts_within_it_and_copies_nothing() -> None:
    whole = Examples(PIXELS, LABELS)
    part = whole.subset(np.array([10, 3, 7, 19]))
    smaller = part.subset(np.array([2, 0]))
    assert (len(whole), len(part), len(smaller)) == (20, 4, 2)
    assert part.labels.tolist() == [1, 0, 1, 1]
    assert smaller.labels.tolist() == [1, 1]
    np.testing.assert_array_equal(gathered(part, [1, 3]), gathered(whole, [3, 19]))
    np.testing.assert_array_equal(gathered(smaller, [0, 1]), gathered(whole, [7, 10]))
    assert smaller.x is PIXELS


def test_a_subset_trains_with_its_own_rows_and_labels() -> None:
    part = Examples(PIXELS, LABELS).subset(np.array([5, 11, 17]))
    for batch in Minibatches(part, 2, seed=1).epoch(0):
        for row, label in zip(batch.x, batch.labels, strict=True):
            original = int(np.flatnonzero((np.abs(PIXELS / 255 - row) < 1e-6).all(axis=1))[0])
            assert original in (5, 11, 17)
            assert LABELS[original] == label


def test_labels_of_any_integer_type_become_indices() -> None:
    examples = Examples(PIXELS, LABELS.astype(np.uint8))
    assert examples.labels.dtype == np.intp
    np.testing.assert_array_equal(examples.labels, LABELS)


@pytest.mark.parametrize(
    ("x", "labels"), [((4,), (4,)), ((4, 2), (3,)), ((4, 2), (4, 1)), ((4, 2, 1), (4,))]
)
def test_arrays_that_do_not_belong_together_are_refused(x: Any, labels: Any) -> None:
    with pytest.raises(ValueError, match=r"are not \(N, D\) and \(N,\)"):
        Examples(np.zeros(x), np.zeros(labels, int))


def test_a_mask_and_negative_numbers_choose_rows_as_in_numpy() -> None:
    examples = Examples(np.arange(12.0).reshape(6, 2), np.array([0, 1, 2, 0, 1, 2]))
    twos = examples.subset(examples.labels == 2)
    assert twos.labels.tolist() == [2, 2]
    assert twos.inputs_at(np.arange(2), dtype="float64").tolist() == [[4, 5], [10, 11]]
    last = twos.subset(np.array([-1]))
    assert last.inputs_at(np.arange(1), dtype="float64").tolist() == [[10, 11]]
    with pytest.raises(IndexError):
        examples.subset(np.array([6]))


def test_scaled_pixels_are_to_the_bit_those_of_a_batch() -> None:
    pixels = np.arange(256, dtype=np.uint8).reshape(1, 256)
    batch = Examples(pixels, np.zeros(1, dtype=int)).inputs_at(np.arange(1), dtype="float32")
    np.testing.assert_array_equal(scaled(pixels, dtype="float32"), batch)


def test_negative_labels_are_refused() -> None:
    with pytest.raises(ValueError, match="label -1: they are from 0"):
        Examples(np.zeros((2, 3)), np.array([0, -1]))
