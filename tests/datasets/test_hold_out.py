"""Hold out: every example on one side, nothing copied, one seed one split."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnfs_cli.datasets import hold_out
from nnfs_cli.engine.examples import Examples
from nnfs_cli.errors import ConfigError


def numbered(count: int) -> Examples:
    """Return examples whose label is their row number."""
    return Examples(np.zeros((count, 1), dtype=np.uint8), np.arange(count))


@given(total=st.integers(2, 300), data=st.data(), seed=st.integers(0, 2**32 - 1))
def test_every_example_is_on_one_side_and_only_one(
    total: int, data: st.DataObject, seed: int
) -> None:
    count = data.draw(st.integers(1, total - 1))

    training, validation = hold_out(numbered(total), count, seed=seed)

    assert len(validation) == count
    assert sorted([*training.labels, *validation.labels]) == list(range(total))


def test_the_same_seed_gives_the_same_split_and_another_seed_another() -> None:
    held = [hold_out(numbered(100), 10, seed=seed)[1].labels.tolist() for seed in (1, 1, 2)]

    assert held[0] == held[1]
    assert held[0] != held[2]


def test_the_split_is_random_and_not_the_first_or_the_last_rows() -> None:
    held = hold_out(numbered(10_000), 1000, seed=0)[1].labels

    assert 4500 < held.mean() < 5500
    assert np.bincount(held // 1000, minlength=10).min() > 60


def test_no_row_is_copied() -> None:
    examples = numbered(10)

    training, validation = hold_out(examples, 3, seed=0)

    assert training.x is validation.x is examples.x


def test_a_split_of_a_split_keeps_rows_and_labels_together() -> None:
    inner, _ = hold_out(hold_out(numbered(50), 10, seed=1)[0], 10, seed=2)

    assert inner.rows is not None
    assert inner.rows.tolist() == inner.labels.tolist()


@pytest.mark.parametrize("count", [-1, 0, 10, 11])
def test_both_sides_must_have_an_example(count: int) -> None:
    with pytest.raises(ConfigError) as caught:
        hold_out(numbered(10), count, seed=0)

    assert caught.value.message == f"cannot hold out {count} of 10 examples for validation"
    assert caught.value.hint == "choose from 1 to 9"
