"""Losses: what a guess costs, and settings that make no sense."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nnfs_cli.engine import SoftmaxCrossEntropy


@pytest.mark.parametrize("smoothing", [0.0, 0.3])
def test_guessing_ten_classes_alike_costs_the_logarithm_of_ten(smoothing: float) -> None:
    loss = SoftmaxCrossEntropy(label_smoothing=smoothing)
    assert loss.forward(np.zeros((4, 10)), np.arange(4)) == pytest.approx(math.log(10), abs=1e-15)


def test_the_gradient_of_each_row_sums_to_zero() -> None:
    loss = SoftmaxCrossEntropy(label_smoothing=0.1)
    loss.forward(np.random.default_rng(0).standard_normal((6, 5)), np.arange(6) % 5)
    np.testing.assert_allclose(loss.backward().sum(axis=1), 0.0, atol=1e-16)


def test_smoothing_makes_certainty_expensive() -> None:
    sure, labels = np.array([[20.0, 0.0, 0.0]]), np.array([0])
    assert SoftmaxCrossEntropy().forward(sure, labels) < 1e-8
    assert SoftmaxCrossEntropy(label_smoothing=0.3).forward(sure, labels) == pytest.approx(4.0)


def test_forward_leaves_the_logits_alone() -> None:
    logits = np.array([[1.0, 2.0, 3.0]])
    loss = SoftmaxCrossEntropy()
    loss.forward(logits, np.array([1]))
    loss.backward()
    np.testing.assert_array_equal(logits, [[1, 2, 3]])


def test_it_counts_the_right_guesses_of_the_last_batch() -> None:
    loss = SoftmaxCrossEntropy()
    logits = np.array([[1.0, 2.0, 3.0], [5.0, 0.0, 1.0], [0.0, 4.0, 1.0]])
    loss.forward(logits, np.array([2, 0, 0]))
    assert loss.correct == 2
    loss.forward(-logits, np.array([2, 0, 0]))
    assert loss.correct == 1
    loss.forward(np.full((2, 3), np.nan), np.array([1, 2]))
    assert loss.correct == 0


@pytest.mark.parametrize("smoothing", [-0.1, 1.0, 2.0, math.nan])
def test_smoothing_outside_of_its_range_is_refused(smoothing: float) -> None:
    with pytest.raises(ValueError, match="label_smoothing must be at least 0 and under 1"):
        SoftmaxCrossEntropy(label_smoothing=smoothing)


def test_a_loss_prints_itself() -> None:
    assert repr(SoftmaxCrossEntropy()) == "SoftmaxCrossEntropy()"
    assert repr(SoftmaxCrossEntropy(label_smoothing=0.1)) == (
        "SoftmaxCrossEntropy(label_smoothing=0.1)"
    )


def test_one_loss_serves_networks_of_any_width_and_dtype() -> None:
    loss, labels = SoftmaxCrossEntropy(), np.zeros(2, dtype=int)
    for classes, dtype in ((10, "float32"), (3, "float32"), (3, "float64")):
        value = loss.forward(np.zeros((2, classes), dtype=dtype), labels)
        assert value == pytest.approx(math.log(classes))
        assert loss.backward().dtype == dtype
