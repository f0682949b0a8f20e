"""Mixing: all that is new in every epoch, and some of what is old, another sample each time."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.engine import Examples, MixedMinibatches

NEW, OLD = 30, 200


def numbered(count: int, start: int, dtype: str = "float64") -> Examples:
    """Return examples whose only input is their own number, as are their labels."""
    numbers = np.arange(start, start + count)
    return Examples(numbers.astype(dtype).reshape(count, 1), numbers)


def mixed(share: float = 0.5, *, batch_size: int = 7, seed: int = 0) -> MixedMinibatches:
    return MixedMinibatches(
        numbered(NEW, 0), numbered(OLD, 1000), batch_size, share=share, seed=seed, dtype="float64"
    )


def seen(batches: MixedMinibatches, epoch: int, start: int = 0) -> list[int]:
    return [int(label) for batch in batches.epoch(epoch, start=start) for label in batch.labels]


@pytest.mark.parametrize(
    ("share", "drawn"), [(0.0, 0), (0.25, 10), (0.5, 30), (0.75, 90), (0.99, OLD)]
)
def test_an_epoch_has_all_new_rows_and_the_share_of_old_ones(share: float, drawn: int) -> None:
    batches = mixed(share)
    found = seen(batches, 0)
    assert sorted(label for label in found if label < 1000) == list(range(NEW))
    old = [label for label in found if label >= 1000]
    assert len(old) == len(set(old)) == batches.drawn == drawn
    assert batches.rows == len(found) == NEW + drawn
    assert len(batches) == len(list(batches.epoch(0))) == -(-batches.rows // 7)


@pytest.mark.parametrize(("least", "drawn"), [(0, 30), (60, 30), (61, 31), (256, OLD)])
def test_old_rows_fill_up_an_epoch_of_few_new_ones(least: int, drawn: int) -> None:
    batches = MixedMinibatches(
        numbered(NEW, 0), numbered(OLD, 1000), 7, share=0.5, least=least, seed=0, dtype="float64"
    )
    assert (batches.drawn, batches.rows) == (drawn, NEW + drawn)
    found = seen(batches, 1)
    assert len(found) == len(set(found)) == NEW + drawn


def test_a_row_keeps_its_label() -> None:
    for batch in mixed().epoch(3):
        np.testing.assert_array_equal(batch.x[:, 0], batch.labels)


def test_each_epoch_draws_other_old_rows_and_the_same_seed_the_same_ones() -> None:
    old = [{label for label in seen(mixed(), epoch) if label >= 1000} for epoch in range(2)]
    assert old[0] != old[1]
    assert seen(mixed(), 5) == seen(mixed(), 5)
    assert seen(mixed(), 5) != seen(mixed(seed=1), 5)


def test_an_epoch_goes_on_from_any_batch() -> None:
    whole = seen(mixed(), 2)
    for start in range(len(mixed()) + 1):
        assert seen(mixed(), 2, start=start) == whole[7 * start :]


def test_new_and_old_are_spread_over_the_batches() -> None:
    shares = [np.mean(batch.labels < 1000) for batch in mixed(batch_size=20).epoch(0)]
    assert all(0.2 < share < 0.8 for share in shares)


def test_pixels_and_fractions_come_to_the_same_scale() -> None:
    pixels = Examples(np.full((4, 2), 255, dtype=np.uint8), np.zeros(4, dtype=int))
    fractions = Examples(np.ones((8, 2), dtype=np.float32), np.ones(8, dtype=int))
    batches = MixedMinibatches(pixels, fractions, 3, share=0.5, seed=0)
    for batch in batches.epoch(0):
        np.testing.assert_allclose(batch.x, 1.0)
        assert batch.x.dtype == np.float32


def test_its_repr_says_what_is_mixed() -> None:
    assert repr(mixed()) == (
        "MixedMinibatches(30 of Examples(200 x 1 float64) with Examples(30 x 1 float64))"
    )


def test_new_and_old_come_in_any_order_within_a_batch() -> None:
    # the first half of a batch is augmented with thicker strokes: it must not be that of the new
    batches = mixed(batch_size=20)
    means = [np.mean(batch.labels[:10] < 1000) for n in range(40) for batch in batches.epoch(n)]
    assert np.mean(means) == pytest.approx(0.5, abs=0.05)


def test_the_highest_label_is_that_of_both() -> None:
    assert mixed().highest_label == 1000 + OLD - 1
