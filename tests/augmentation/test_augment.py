"""Augmentation in training: nothing but its seed and place decides what it does."""

from __future__ import annotations

import numpy as np

from nnfs_cli.augmentation import Augmentation, Strokes, Styles, Synthetic, Warp
from nnfs_cli.engine import Examples, Minibatches

ALL = Augmentation(
    28,
    28,
    styles=Styles(0.3),
    synthetic=Synthetic(0.2),
    warp=Warp(rotation=15, scaling=0.15, shear=0.2, shift=2, elastic=1.2, stretch=0.1),
    strokes=Strokes(thickness=0.5, blur=0.4, contrast=0.5),
)


def examples(n: int = 50) -> Examples:
    rng = np.random.default_rng(0)
    x = np.zeros((n, 28, 28), dtype=np.uint8)
    x[:, 6:22, 12:15] = rng.integers(100, 255, size=(n, 1, 1))
    return Examples(x.reshape(n, -1), rng.integers(0, 10, size=n))


def epoch(batches: Minibatches, number: int, start: int = 0) -> list[np.ndarray]:
    return [batch.x.copy() for batch in batches.epoch(number, start=start)]


def test_the_same_seed_and_epoch_give_the_same_pictures() -> None:
    first = epoch(Minibatches(examples(), 16, seed=7, augment=ALL), 3)
    again = epoch(Minibatches(examples(), 16, seed=7, augment=ALL), 3)
    for a, b in zip(first, again, strict=True):
        np.testing.assert_array_equal(a, b)


def test_an_epoch_taken_up_in_its_middle_goes_on_with_the_same_pictures() -> None:
    whole = epoch(Minibatches(examples(), 16, seed=7, augment=ALL), 2)
    rest = epoch(Minibatches(examples(), 16, seed=7, augment=ALL), 2, start=2)
    for a, b in zip(whole[2:], rest, strict=True):
        np.testing.assert_array_equal(a, b)


def test_each_epoch_and_each_seed_sees_other_pictures() -> None:
    batches = Minibatches(examples(), 50, seed=7, augment=ALL)
    (first,), (second,) = epoch(batches, 0), epoch(batches, 1)
    (other,) = epoch(Minibatches(examples(), 50, seed=8, augment=ALL), 0)
    first, second, other = (np.sort(x, axis=0) for x in (first, second, other))  # whatever order
    assert np.abs(first - second).max() > 0.5
    assert np.abs(first - other).max() > 0.5


def test_each_epoch_and_each_batch_does_something_else_to_the_same_picture() -> None:
    one = examples(1)
    rows = Examples(np.repeat(one.x, 32, axis=0), np.repeat(one.labels, 32))
    batches = Minibatches(rows, 16, seed=7, augment=ALL)
    first, *others = [batch for number in range(3) for batch in epoch(batches, number)]
    assert all(np.abs(first - other).max(axis=1).min() > 0.1 for other in others)


def test_the_data_set_itself_is_never_changed() -> None:
    data = examples()
    before = data.x.copy()
    epoch(Minibatches(data, 16, seed=7, augment=ALL), 0)
    np.testing.assert_array_equal(data.x, before)


def test_the_strongest_ink_of_each_picture_stays_as_strong() -> None:
    fine = examples()
    fine.x.reshape(-1, 28, 28)[:, :, (12, 14)] = 0  # a line that is warped is paler at first
    plain = epoch(Minibatches(fine, 16, seed=7), 0)
    warped = Augmentation(28, 28, warp=ALL.warp)
    changed = epoch(Minibatches(fine, 16, seed=7, augment=warped), 0)
    for a, b in zip(plain, changed, strict=True):
        np.testing.assert_allclose(a.max(axis=1), b.max(axis=1), rtol=1e-5)
        assert b.min() >= 0


def test_a_blank_picture_stays_blank() -> None:
    x = np.zeros((4, 784), dtype=np.float32)
    ALL(x, np.array([0, 1, 7, 8]), np.random.default_rng(0))
    assert x.max() == 0.0
