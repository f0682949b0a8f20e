"""Centering: the network subtracts the mean, and what is saved of it says the same without."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.engine import (
    SGD,
    Center,
    Dense,
    Examples,
    Network,
    Sigmoid,
    SoftmaxCrossEntropy,
    Stream,
    TrainingState,
    can_be_halved,
    check_gradients,
    folded,
    generator,
    mean_input,
    multilayer_perceptron,
    take_folded,
)
from nnfs_cli.engine.halves import LEFT, half_of

rng = np.random.default_rng(0)
X = rng.random((20, 6)) + 0.5
MEAN = np.array([1.0, 0.5, 0.0, -1.0, 2.0, 0.25])


def centered(dropout: float = 0.0) -> Network:
    """Return a network that subtracts `MEAN` first."""
    network = multilayer_perceptron(
        6, [5, 4], 3, dropout=dropout, dtype="float64", before=[Center(MEAN)]
    )
    network.initialize(generator(1, Stream.WEIGHTS))
    network.params[...] = rng.standard_normal(network.params.size)
    return network


def test_by_hand() -> None:
    layer = Center(np.array([1.0, 2.0]))
    assert layer.build(2, dtype="float64", needs_input_grad=False) == 2
    x = np.array([[1.0, 1.0], [3.0, 5.0]])
    assert layer.forward(x).tolist() == [[0.0, -1.0], [2.0, 3.0]]
    assert x.tolist() == [[1.0, 1.0], [3.0, 5.0]]


def test_a_centered_network_says_of_x_what_a_plain_one_says_of_x_less_the_mean() -> None:
    network = centered()
    plain = multilayer_perceptron(6, [5, 4], 3, dtype="float64")
    plain.params[...] = network.params
    np.testing.assert_array_equal(network.predict_proba(X), plain.predict_proba(X - MEAN))


@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_a_folded_network_says_the_same_of_x_itself(dropout: float) -> None:
    network = centered(dropout)
    before = network.params.copy()
    plain = folded(network)
    assert not any(isinstance(layer, Center) for layer in plain.layers)
    np.testing.assert_allclose(plain.forward(X), network.forward(X), rtol=0, atol=1e-12)
    assert network.params.tobytes() == before.tobytes()
    plain.params[...] = 0.0  # a copy
    assert network.params.tobytes() == before.tobytes()
    np.testing.assert_allclose(
        network.predict_proba(X), centered_with(before).predict_proba(X), rtol=0, atol=0
    )


def centered_with(params: np.ndarray) -> Network:
    network = centered()
    network.params[...] = params
    return network


def test_a_network_without_a_mean_is_its_own_fold() -> None:
    network = Network([Dense(2, 3), Sigmoid(), Dense(3, 2)])
    assert folded(network) is network


def test_a_centered_network_takes_what_a_plain_one_has_learned() -> None:
    plain = multilayer_perceptron(6, [5, 4], 3, dtype="float64")
    plain.params[...] = rng.standard_normal(plain.params.size)
    network = centered()
    take_folded(network, plain.params)
    np.testing.assert_allclose(network.forward(X), plain.forward(X), rtol=0, atol=1e-12)
    other = multilayer_perceptron(6, [5, 4], 3, dtype="float64")
    take_folded(other, plain.params)
    np.testing.assert_array_equal(other.params, plain.params)


def test_its_gradients_are_right() -> None:
    network = centered()
    labels = rng.integers(0, 3, len(X))
    for check in check_gradients(network, X, labels):
        assert check.error < 1e-6


def test_a_half_of_it_centers_as_well() -> None:
    network = multilayer_perceptron(6, [4], 3, dtype="float64", before=[Center(MEAN)])
    assert can_be_halved(network)
    assert can_be_halved(centered())
    network.initialize(generator(1, Stream.WEIGHTS))
    optimizer = SGD()
    optimizer.bind(network.params, network.grads, weights=network.weights)
    half = half_of(TrainingState(network, optimizer), LEFT, exchange=np.zeros_like)
    hidden = Sigmoid()
    hidden.build(2, dtype="float64", needs_input_grad=False)
    w1, w2 = network.arrays["W1"][:, :2], network.arrays["W2"][:2]
    expected = hidden.forward((X - MEAN) @ w1) @ w2
    np.testing.assert_allclose(half.network.forward(X), expected, rtol=0, atol=1e-14)
    loss = SoftmaxCrossEntropy()
    loss.forward(network.forward(X), rng.integers(0, 3, len(X)))
    network.backward(loss.backward())  # the two do not share a buffer
    np.testing.assert_allclose(half.network.forward(X), expected, rtol=0, atol=1e-14)


def test_the_mean_is_that_of_the_rows_scaled_to_0_to_1() -> None:
    pixels = rng.integers(0, 256, (50, 6)).astype(np.uint8)
    examples = Examples(pixels, np.zeros(50, dtype=int))
    np.testing.assert_allclose(mean_input(examples), pixels.mean(axis=0) / 255, rtol=1e-6)
    some = examples.subset(np.arange(7))
    np.testing.assert_allclose(mean_input(some), pixels[:7].mean(axis=0) / 255, rtol=1e-6)


def test_of_many_rows_some_tell_the_mean() -> None:
    rows = np.zeros((100_000, 1), dtype=np.uint8)
    rows[50_000:] = 255
    assert mean_input(Examples(rows, np.zeros(100_000, dtype=int))) == pytest.approx(0.5, abs=1e-3)


def test_a_mean_of_another_width_is_refused() -> None:
    with pytest.raises(ValueError, match=r"a mean \(5,\) does not fit 6 inputs"):
        Network([Center(np.zeros(5)), Dense(6, 2)])
