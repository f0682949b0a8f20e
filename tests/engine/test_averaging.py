"""Averaging: the formula, and putting the average in place for a while."""

from __future__ import annotations

import numpy as np
import pytest
import reference

from nnfs_cli.engine import WeightAverage, multilayer_perceptron


@pytest.mark.parametrize("decay", [0.0, 0.5, 0.9, 0.999])
def test_the_average_agrees_with_its_formula(decay: float) -> None:
    network = multilayer_perceptron(3, [4], 2, dtype="float64")
    rng = np.random.default_rng(1)
    history = [rng.standard_normal(network.params.size) for _ in range(200)]
    network.params[...] = history[0]
    average = WeightAverage(network, decay)
    for t, params in enumerate(history[1:], start=1):
        network.params[...] = params
        average.update()
        expected = reference.moving_average(history[: t + 1], decay)
        np.testing.assert_allclose(average.params, expected, rtol=0, atol=1e-12)


def test_by_hand() -> None:
    network = multilayer_perceptron(1, [], 1, dtype="float64")
    average = WeightAverage(network, 0.999)  # of zeros
    network.params[...] = 1
    average.update()  # d = 1/10
    assert average.params.tolist() == pytest.approx([0.9, 0.9])
    average.update()  # d = 2/11
    assert average.params.tolist() == pytest.approx([1 - 0.1 * 2 / 11] * 2)


def test_the_average_is_applied_for_a_while_and_taken_back_bit_by_bit() -> None:
    network = multilayer_perceptron(3, [4], 2).initialize(np.random.default_rng(1))
    average = WeightAverage(network, 0.9)
    start = network.params.copy()
    network.params[...] *= 3
    now = network.params.copy()
    with average.applied():
        np.testing.assert_array_equal(network.params, start)
    np.testing.assert_array_equal(network.params, now)
    with pytest.raises(KeyboardInterrupt), average.applied():
        raise KeyboardInterrupt
    np.testing.assert_array_equal(network.params, now)
    np.testing.assert_array_equal(average.params, start)


def test_a_decay_of_zero_is_no_average_at_all() -> None:
    network = multilayer_perceptron(3, [], 2, dtype="float64")
    average = WeightAverage(network, 0.0)
    network.params[...] = np.arange(8)
    average.update()
    np.testing.assert_array_equal(average.params, network.params)
