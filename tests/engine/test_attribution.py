"""Attribution: slopes of the scores against central differences, sums against the scores."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.engine import (
    Dense,
    Dropout,
    Network,
    ReLU,
    Sigmoid,
    Tanh,
    attribute,
    hidden_gradient,
    hidden_outputs,
    input_gradient,
    votes,
)
from nnfs_cli.engine.layers import Layer

ROWS, INPUTS, CLASSES = 5, 6, 4


def network(*layers: Layer, seed: int = 3) -> Network:
    """Return a network with weights and biases that are all different."""
    made = Network(layers, dtype="float64")
    made.params[...] = np.random.default_rng(seed).normal(size=made.params.size)
    return made


def drop() -> Dropout:
    return Dropout(0.5, rng=np.random.default_rng(0))


NETWORKS = {
    "no hidden layer": lambda: network(Dense(INPUTS, CLASSES)),
    "sigmoid": lambda: network(Dense(INPUTS, 7), Sigmoid(), Dense(7, CLASSES)),
    "tanh, dropout": lambda: network(Dense(INPUTS, 7), Tanh(), drop(), Dense(7, CLASSES)),
    "relu, deep": lambda: network(
        *(Dense(INPUTS, 8), ReLU(), Dense(8, 7), ReLU(), drop(), Dense(7, CLASSES))
    ),
    "no activation between": lambda: network(Dense(INPUTS, 3), Dense(3, CLASSES)),
    "activation first": lambda: network(Tanh(), Dense(INPUTS, 5), Sigmoid(), Dense(5, CLASSES)),
}
EACH = pytest.mark.parametrize("name", NETWORKS)


def question() -> tuple[np.ndarray, np.ndarray]:
    """Return rows, and for each row a score: the lead of one class over another."""
    rng = np.random.default_rng(11)
    x = rng.normal(size=(ROWS, INPUTS))
    dlogits = np.zeros((ROWS, CLASSES))
    winners = rng.integers(CLASSES, size=ROWS)
    dlogits[np.arange(ROWS), winners] = 1.0
    dlogits[np.arange(ROWS), (winners + 1) % CLASSES] = -1.0
    return x, dlogits


def score(made: Network, x: np.ndarray, dlogits: np.ndarray) -> np.ndarray:
    return np.asarray((made.forward(x) * dlogits).sum(axis=1))


@EACH
def test_the_input_gradient_is_the_slope_of_the_score(name: str) -> None:
    made, (x, dlogits) = NETWORKS[name](), question()
    slope = np.empty_like(x)
    eps = 1e-6
    for column in range(INPUTS):
        nudge = np.zeros(INPUTS)
        nudge[column] = eps
        above, below = score(made, x + nudge, dlogits), score(made, x - nudge, dlogits)
        slope[:, column] = (above - below) / (2 * eps)
    np.testing.assert_allclose(input_gradient(made, x, dlogits), slope, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("name", ["no hidden layer", "relu, deep", "no activation between"])
def test_what_pixels_and_biases_add_is_the_score_of_a_network_of_flat_pieces(name: str) -> None:
    made, (x, dlogits) = NETWORKS[name](), question()
    inputs, biases = attribute(made, x, dlogits)
    np.testing.assert_allclose(inputs.sum(axis=1) + biases, score(made, x, dlogits), rtol=1e-12)
    assert np.abs(biases).min() > 1e-3


def test_a_pixel_that_is_black_adds_nothing() -> None:
    made, (x, dlogits) = NETWORKS["sigmoid"](), question()
    x[:, 2] = 0.0
    assert not attribute(made, x, dlogits).inputs[:, 2].any()
    assert input_gradient(made, x, dlogits)[:, 2].all()


def test_asking_leaves_weights_gradients_and_arguments_as_they_were() -> None:
    made, (x, dlogits) = NETWORKS["relu, deep"](), question()
    made.grads[...] = 5.0
    before = [made.params.copy(), x.copy(), dlogits.copy()]
    first = input_gradient(made, x, dlogits)
    attribute(made, 2 * x, dlogits)
    votes(made, x)
    np.testing.assert_array_equal(first, input_gradient(made, x, dlogits))
    for now, then in zip([made.params, x, dlogits], before, strict=True):
        np.testing.assert_array_equal(now, then)
    assert (made.grads == 5.0).all()


@pytest.mark.parametrize("name", ["sigmoid", "activation first", "relu, deep"])
def test_answers_outlast_the_next_question(name: str) -> None:
    made, (x, dlogits) = NETWORKS[name](), question()

    def ask(x: np.ndarray) -> list[np.ndarray]:
        return [
            hidden_outputs(made, x),
            hidden_gradient(made, x, dlogits),
            input_gradient(made, x, dlogits),
            *attribute(made, x, dlogits),
            votes(made, x),
        ]

    answers = ask(x)
    kept = [answer.copy() for answer in answers]
    ask(3 * x)
    for answer, copy in zip(answers, kept, strict=True):
        np.testing.assert_array_equal(answer, copy)


def test_hidden_outputs_are_what_the_second_dense_layer_reads() -> None:
    made, (x, _) = NETWORKS["tanh, dropout"](), question()
    expected = np.tanh(x @ made.arrays["W1"] + made.arrays["b1"])
    np.testing.assert_allclose(hidden_outputs(made, x), expected, rtol=1e-12)
    logits = hidden_outputs(made, x) @ made.arrays["W2"] + made.arrays["b2"]
    np.testing.assert_allclose(logits, made.forward(x), rtol=1e-12)


def test_the_hidden_gradient_is_the_slope_of_the_score_in_a_unit() -> None:
    made, (x, dlogits) = NETWORKS["relu, deep"](), question()
    hidden = hidden_outputs(made, x)
    head = network(Dense(8, 7), ReLU(), Dense(7, CLASSES))
    for name, array in head.arrays.items():
        array[...] = made.arrays[f"{name[0]}{int(name[1]) + 1}"]
    expected = input_gradient(head, hidden, dlogits)
    np.testing.assert_allclose(hidden_gradient(made, x, dlogits), expected, rtol=1e-12)


def test_the_votes_of_one_hidden_layer_are_its_outgoing_weights() -> None:
    made, (x, _) = NETWORKS["sigmoid"](), question()
    np.testing.assert_array_equal(votes(made, x), made.arrays["W2"])
    assert not np.shares_memory(votes(made, x), made.params)


def test_the_votes_of_a_deep_network_are_the_mean_slopes_of_the_scores() -> None:
    made, (x, _) = NETWORKS["relu, deep"](), question()
    table = votes(made, x)
    for label in range(CLASSES):
        dlogits = np.zeros((ROWS, CLASSES))
        dlogits[:, label] = 1.0
        expected = hidden_gradient(made, x, dlogits).mean(axis=0)
        np.testing.assert_allclose(table[:, label], expected, rtol=1e-12)


def test_without_a_hidden_layer_there_are_no_units_to_ask() -> None:
    made, (x, dlogits) = NETWORKS["no hidden layer"](), question()
    for ask in (hidden_outputs, votes):
        with pytest.raises(ValueError, match="has no hidden layer"):
            ask(made, x)
    with pytest.raises(ValueError, match="has no hidden layer"):
        hidden_gradient(made, x, dlogits)


def test_a_float32_network_answers_in_float32() -> None:
    made = Network([Dense(3, 4), ReLU(), Dense(4, 2)]).initialize(np.random.default_rng(1))
    x, dlogits = np.ones((2, 3), np.float32), np.ones((2, 2), np.float32)
    inputs, biases = attribute(made, x, dlogits)
    found = {a.dtype for a in (inputs, biases, votes(made, x), hidden_gradient(made, x, dlogits))}
    assert found == {np.dtype(np.float32)}
