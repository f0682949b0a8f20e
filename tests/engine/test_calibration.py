"""Calibration finds the temperature that was hidden in the logits, and changes no answer."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.engine import Network, generator, multilayer_perceptron, ops
from nnfs_cli.engine.calibration import COLDEST, HOTTEST, best_temperature, calibrate
from nnfs_cli.engine.metrics import calibration_error
from nnfs_cli.engine.seeding import Stream


def drawn(rows: int, temperature: float) -> tuple[np.ndarray, np.ndarray]:
    """Return logits whose labels are drawn from softmax(logits / temperature)."""
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(rows, 5)) * 2
    cumulative = np.cumsum(softmax(logits / temperature), axis=1)
    labels = (rng.random((rows, 1)) > cumulative).sum(axis=1)
    return logits, labels


def softmax(logits: np.ndarray) -> np.ndarray:
    return ops.softmax(logits, out=np.empty_like(logits))


def loss(logits: np.ndarray, labels: np.ndarray) -> float:
    return ops.cross_entropy_forward(logits, labels, probs=np.empty_like(logits))


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_the_temperature_that_labels_were_drawn_with_is_found(temperature: float) -> None:
    logits, labels = drawn(40_000, temperature)
    assert best_temperature(logits, labels) == pytest.approx(temperature, rel=0.03)


def test_no_temperature_nearby_has_a_lower_loss() -> None:
    logits, labels = drawn(500, 2.0)
    best = best_temperature(logits, labels)
    lowest = loss(logits / best, labels)
    for other in (best * 0.99, best * 1.01):
        assert loss(logits / other, labels) > lowest


def test_the_calibration_error_falls_to_next_to_nothing() -> None:
    logits, labels = drawn(40_000, 3.0)
    assert calibration_error(softmax(logits), labels) > 0.15
    assert calibration_error(softmax(logits / best_temperature(logits, labels)), labels) < 0.01


def test_answers_that_are_all_right_or_all_wrong_stop_at_the_limits() -> None:
    logits = np.eye(3) * 4
    assert best_temperature(logits, np.arange(3)) == pytest.approx(COLDEST)
    assert best_temperature(logits, np.array([1, 2, 0])) == pytest.approx(HOTTEST)


def test_a_calibrated_network_gives_the_same_answers_with_other_confidence() -> None:
    network: Network = multilayer_perceptron(6, (8,), 3, activation="relu", dtype="float64")
    network.initialize(generator(0, Stream.WEIGHTS))
    network.arrays["b2"][...] = [0.5, -1.0, 2.0]
    x = np.random.default_rng(1).normal(size=(50, 6))
    before = network.forward(x).copy()
    calibrate(network, 0.25)
    np.testing.assert_allclose(network.forward(x), before / 0.25, rtol=1e-12)
