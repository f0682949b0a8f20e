"""Initializers: the spread of the first weights, and that they keep the signal level."""

from __future__ import annotations

import numpy as np
import pytest
import reference

from nnfs_cli.engine import INITIALIZERS, Dense, Network, Sigmoid, multilayer_perceptron


@pytest.mark.parametrize("rule", INITIALIZERS)
def test_weights_are_those_that_are_drawn_one_by_one(rule: str) -> None:
    network = Network([Dense(7, 5), Sigmoid(), Dense(5, 3)], dtype="float64")
    network.params[...] = 9
    network.initialize(np.random.default_rng(4), spread=INITIALIZERS[rule])
    rng = np.random.default_rng(4)
    for name, (inputs, units) in {"W1": (7, 5), "W2": (5, 3)}.items():
        expected = reference.initial_weight(rng, inputs, units, rule)
        np.testing.assert_allclose(network.arrays[name], expected, rtol=1e-15)
    assert not network.arrays["b1"].any()
    assert not network.arrays["b2"].any()


@pytest.mark.parametrize(
    ("rule", "spread"), [("lecun", 1 / 20), ("glorot", np.sqrt(2 / 500)), ("he", np.sqrt(2) / 20)]
)
def test_the_spread_of_400_inputs_and_100_units(rule: str, spread: float) -> None:
    assert INITIALIZERS[rule](400, 100) == pytest.approx(spread, rel=1e-15)
    network = Network([Dense(400, 100)]).initialize(
        np.random.default_rng(1), spread=INITIALIZERS[rule]
    )
    weight = network.arrays["W1"]
    assert float(weight.std()) == pytest.approx(spread, rel=0.02)
    assert float(weight.mean()) == pytest.approx(0, abs=5 * spread / 200)


@pytest.mark.parametrize(("rule", "activation"), [("lecun", "tanh"), ("he", "relu")])
def test_the_signal_neither_explodes_nor_dies_in_ten_layers(rule: str, activation: str) -> None:
    network = multilayer_perceptron(256, [256] * 10, 256, activation=activation)
    network.initialize(np.random.default_rng(2), spread=INITIALIZERS[rule])
    x = np.random.default_rng(3).standard_normal((100, 256)).astype("float32")
    assert 0.1 < float(network.forward(x).std()) < 3


def test_float32_and_float64_start_from_the_same_weights_up_to_rounding() -> None:
    narrow = Network([Dense(30, 20)]).initialize(np.random.default_rng(1))
    wide = Network([Dense(30, 20)], dtype="float64").initialize(np.random.default_rng(1))
    np.testing.assert_array_equal(narrow.params, wide.params.astype("float32"))
