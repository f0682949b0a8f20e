"""Batching: each example once an epoch, in an order that only seed and epoch decide."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnfs_cli.engine import Examples, Minibatches
from nnfs_cli.engine.arrays import Floats, Labels


def numbered(n: int) -> Examples:
    """Return examples whose only input is their own number, as are their labels."""
    return Examples(np.arange(n, dtype=np.float64).reshape(n, 1), np.arange(n))


def order(batches: Minibatches, epoch: int, start: int = 0) -> list[int]:
    return [int(label) for batch in batches.epoch(epoch, start=start) for label in batch.labels]


@given(
    n=st.integers(1, 300),
    batch_size=st.integers(1, 350),
    seed=st.integers(0, 2**63 - 1),
    epoch=st.integers(0, 10_000),
)
@settings(deadline=None)
def test_every_example_is_seen_exactly_once_an_epoch(
    n: int, batch_size: int, seed: int, epoch: int
) -> None:
    batches = Minibatches(numbered(n), batch_size, seed=seed, dtype="float64")
    sizes, seen = [], []
    for batch in batches.epoch(epoch):
        np.testing.assert_array_equal(batch.x[:, 0], batch.labels)  # a row keeps its label
        sizes.append(len(batch.labels))
        seen += batch.labels.tolist()
    assert sorted(seen) == list(range(n))
    assert sizes == [batch_size] * (n // batch_size) + [n % batch_size] * (n % batch_size > 0)
    assert len(batches) == len(sizes)


def test_the_order_depends_on_the_seed_and_the_epoch_alone() -> None:
    first, again, other = (Minibatches(numbered(50), 8, seed=seed) for seed in (1, 1, 2))
    orders = [order(first, epoch) for epoch in range(5)]
    assert order(again, 4) == orders[4]  # without the epochs before it
    assert order(first, 0) == orders[0]
    assert len({tuple(o) for o in orders}) == 5
    assert order(other, 0) != orders[0]


def test_the_order_does_not_depend_on_the_batch_size() -> None:
    assert order(Minibatches(numbered(50), 8, seed=1), 3) == order(
        Minibatches(numbered(50), 50, seed=1), 3
    )


def test_single_examples_are_shuffled_not_blocks_of_them() -> None:
    seen = order(Minibatches(numbered(640), 64, seed=1), 0)
    assert sum(b == a + 1 for a, b in itertools.pairwise(seen)) < 10


@pytest.mark.parametrize("start", range(8))
def test_an_epoch_can_be_taken_up_at_any_batch(start: int) -> None:
    batches = Minibatches(numbered(50), 8, seed=1)
    assert order(batches, 2, start=start) == order(batches, 2)[8 * start :]


def test_batches_reuse_their_memory() -> None:
    batches = Minibatches(numbered(20), 8, seed=1)
    addresses = {batch.x.__array_interface__["data"][0] for batch in batches.epoch(0)}
    assert len(addresses) == 1


def test_the_examples_are_left_alone() -> None:
    examples = numbered(20)
    list(Minibatches(examples, 8, seed=1).epoch(0))
    np.testing.assert_array_equal(examples.x[:, 0], np.arange(20))
    np.testing.assert_array_equal(examples.labels, np.arange(20))


def test_no_two_rows_of_an_augmented_batch_draw_the_same() -> None:
    def noise(x: Floats, labels: Labels, rng: np.random.Generator) -> None:
        x += rng.random(x.shape)

    same = Examples(np.zeros((10, 3)), np.zeros(10, dtype=int))
    (batch,) = Minibatches(same, 10, seed=1, dtype="float64", augment=noise).epoch(0)
    assert len(np.unique(batch.x)) == 30


def test_a_batch_of_no_rows_is_refused() -> None:
    with pytest.raises(ValueError, match="a batch needs at least one row, not 0"):
        Minibatches(numbered(3), 0, seed=0)
