"""Digits that nobody wrote are placed and drawn as MNIST's are, and take the place of others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nnfs_cli.augmentation import Synthetic
from nnfs_cli.augmentation.skeletons import SKELETONS
from nnfs_cli.augmentation.synthetic import EACH, draw, drawings, pens, written
from nnfs_cli.workflows.models import BUILTIN, find_model

DIGITS = np.arange(10)


def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def blank(count: int) -> np.ndarray:
    return np.zeros((count, 28, 28), dtype=np.float32)


def test_a_share_of_the_pictures_is_exchanged_for_the_same_digits() -> None:
    labels = np.tile(DIGITS, 200)
    pictures = blank(2000)
    Synthetic(0.3)(pictures, labels, rng())
    changed = pictures.any(axis=(1, 2))
    assert changed.mean() == pytest.approx(0.3, abs=0.03)
    bank = drawings(28, 28)
    for picture, digit in zip(pictures[changed][:50], labels[changed][:50], strict=True):
        drawn = np.rint(255 * picture).astype(np.uint8)
        assert (bank[digit] == drawn).all(axis=(1, 2)).any()
    assert pictures.max() == 1.0


def test_all_drawings_are_used() -> None:
    pictures = blank(20_000)
    Synthetic(1.0)(pictures, np.full(20_000, 7), rng())
    used = {picture.tobytes() for picture in np.rint(255 * pictures).astype(np.uint8)}
    assert len(used) == len({picture.tobytes() for picture in drawings(28, 28)[7]})


def test_no_two_drawings_are_alike() -> None:
    bank = drawings(28, 28)
    assert bank.shape == (10, EACH, 28, 28)
    assert len({picture.tobytes() for picture in bank.reshape(-1, 784)}) > 0.99 * 10 * EACH


def test_drawings_are_placed_as_mnist_is() -> None:
    bank = drawings(28, 28).reshape(-1, 28, 28) / 255.0
    mass = bank.sum(axis=(1, 2))
    for axis in (1, 2):
        middle = bank.sum(axis=axis) @ np.arange(28) / mass
        assert np.abs(middle - 14.0).max() <= 0.51
    sides = [np.ptp(np.argwhere(ink), axis=0).max() + 1 for ink in bank > 0.5]
    assert np.median(sides) == 20
    assert max(sides) <= 21


def test_the_network_that_comes_along_reads_most_drawings() -> None:
    """It tells that the drawings are the digits that they are said to be, whoever learned them."""
    bank = drawings(28, 28)
    _, model = find_model(Path(BUILTIN))
    guesses = model.network.predict((bank.reshape(-1, 784) / 255.0).astype(np.float32))
    right = (guesses == np.repeat(DIGITS, EACH)).reshape(10, EACH).mean(axis=1)
    assert right.min() > 0.9


def test_what_touches_in_the_skeleton_goes_on_touching() -> None:
    two = SKELETONS[2][0]  # a curve to the foot, and a line from there
    curve, line = written(two, 50, rng())
    np.testing.assert_allclose(curve[:, -1], line[:, 0], atol=1e-12)
    assert np.ptp(curve[:, -1], axis=0).min() > 0.1  # and each hand puts it elsewhere


def test_hands_write_upright_on_the_average_and_lean_to_both_sides() -> None:
    (one,) = written(SKELETONS[1][0], 2000, rng())
    lean = (one[:, 0, 1] - one[:, -1, 1]) / (one[:, -1, 0] - one[:, 0, 0])
    assert np.median(lean) == pytest.approx(0.12, abs=0.03)
    assert lean.min() < -0.3
    assert lean.max() > 0.5


def test_pens_leave_the_loops_open_and_lines_may_be_thick() -> None:
    narrow, line = np.full(1000, 0.4), np.full(1000, 0.1)
    assert pens(narrow, rng()).max() <= 2.6 * 0.4 + 1e-9
    assert pens(line, rng()).max() == pytest.approx(2.2)
    assert pens(line, rng()).min() >= 0.8


@pytest.mark.parametrize("shape", [(8, 8), (28, 28), (40, 20), (64, 64)])
def test_pictures_of_any_size_get_digits_of_theirs(shape: tuple[int, int]) -> None:
    pictures = draw(SKELETONS[0][0], 20, shape, rng())
    assert pictures.shape == (20, *shape)
    assert pictures.max() > 0.8  # of 8 pixels a pen may cover none as a whole
    middle = pictures[:, shape[0] // 2, shape[1] // 2]
    assert np.median(middle) < 0.5  # the hole of a 0
    ink = pictures.mean(axis=(1, 2)) * max(shape) / min(shape)
    assert 0.05 < np.median(ink) < 0.3


def test_the_same_run_gets_the_same_pictures() -> None:
    first, again = blank(64), blank(64)
    for pictures in (first, again):
        Synthetic(0.5)(pictures, np.tile(DIGITS, 7)[:64], np.random.default_rng(3))
    np.testing.assert_array_equal(first, again)


def test_of_large_pictures_there_are_fewer_drawings() -> None:
    assert drawings(8, 8).shape == (10, EACH, 8, 8)
    assert drawings(56, 56).shape == (10, EACH // 4, 56, 56)
    pictures = np.zeros((50, 56, 56), dtype=np.float32)
    Synthetic(1.0)(pictures, np.arange(50) % 10, rng())
    assert pictures.max(axis=(1, 2)).min() == 1.0
