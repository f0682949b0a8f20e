"""Network: layers in a row, one vector of parameters, and answers that depend on nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import reference
from hypothesis import given, settings
from hypothesis import strategies as st

from nnfs_cli.engine import (
    ACTIVATIONS,
    Dense,
    Dropout,
    Network,
    Sigmoid,
    SoftmaxCrossEntropy,
    Tanh,
    generator,
    multilayer_perceptron,
)
from nnfs_cli.engine.network import PREDICT_ROWS
from nnfs_cli.engine.seeding import Stream


def draw(*shape: int, seed: int = 0) -> Any:
    return np.random.default_rng(seed).standard_normal(shape)


def network(hidden: tuple[int, ...] = (6, 5), dtype: str = "float64", **options: Any) -> Network:
    made = multilayer_perceptron(4, hidden, 3, dtype=dtype, **options)
    made.params[...] = draw(made.params.size, seed=1)
    return made


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("hidden", [(), (1,), (6,), (6, 5), (3, 4, 5, 6)])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_forward_agrees_with_the_textbook(
    activation: str, hidden: tuple[int, ...], dtype: str
) -> None:
    made = network(hidden, dtype, activation=activation)
    parameters = [
        (layer.weight.astype("float64"), layer.bias.astype("float64")) for layer in made.dense
    ]
    for rows in (1, 2, 7):
        x = draw(rows, 4).astype(dtype)
        tolerance = 1e-12 if dtype == "float64" else 2e-5
        expected = reference.forward(x.astype("float64"), parameters, activation)
        logits = made.forward(x)
        assert logits.dtype == dtype
        np.testing.assert_allclose(logits, expected, rtol=tolerance, atol=tolerance)
        np.testing.assert_allclose(
            made.predict_proba(x), reference.softmax(expected), rtol=tolerance, atol=tolerance
        )
        np.testing.assert_array_equal(made.predict(x), expected.argmax(axis=1))


def test_parameters_are_named_views_of_one_vector() -> None:
    made = network()
    assert list(made.arrays) == ["W1", "b1", "W2", "b2", "W3", "b3"]
    assert made.params.shape == made.grads.shape == (4 * 6 + 6 + 6 * 5 + 5 + 5 * 3 + 3,)
    np.testing.assert_array_equal(
        np.concatenate([array.ravel() for array in made.arrays.values()]), made.params
    )
    made.params[...] = 0
    assert not made.dense[1].weight.any()
    made.arrays["W3"][0, 0] = 5
    assert made.params[4 * 6 + 6 + 6 * 5 + 5] == 5
    assert [w.shape for w in made.weights] == [(4, 6), (6, 5), (5, 3)]
    assert all(np.shares_memory(weight, made.params) for weight in made.weights)


def test_nothing_replaces_the_views_while_training() -> None:
    made = network()
    before = [array.__array_interface__["data"][0] for array in made.arrays.values()]
    loss = SoftmaxCrossEntropy()
    loss.forward(made.forward(draw(5, 4), training=True), np.arange(5) % 3)
    made.backward(loss.backward())
    made.initialize(np.random.default_rng(1))
    layers = [array for layer in made.dense for array in (layer.weight, layer.bias)]
    assert [array.__array_interface__["data"][0] for array in layers] == before
    gradients = [array for layer in made.dense for array in (layer.dweight, layer.dbias)]
    assert all(np.shares_memory(gradient, made.grads) for gradient in gradients)


@given(rows=st.integers(1, 40), row=st.integers(0, 39), seed=st.integers(0, 2**32 - 1))
@settings(deadline=None)
def test_one_row_alone_is_answered_as_in_a_batch(rows: int, row: int, seed: int) -> None:
    made = network(activation="tanh")
    x = np.random.default_rng(seed).standard_normal((rows, 4))
    row %= rows
    alone = made.forward(x[row : row + 1]).copy()
    np.testing.assert_allclose(made.forward(x)[row], alone[0], rtol=1e-12, atol=1e-12)


def test_more_rows_than_are_predicted_at_a_time_come_out_in_order() -> None:
    made = network()
    x = draw(2 * PREDICT_ROWS + 3, 4)
    probs = made.predict_proba(x)
    parameters = [(layer.weight, layer.bias) for layer in made.dense]
    expected = reference.softmax(reference.forward(x, parameters, "sigmoid"))
    np.testing.assert_allclose(probs, expected, atol=1e-12)
    np.testing.assert_array_equal(made.predict(x), expected.argmax(axis=1))


def test_predictions_are_fresh_arrays() -> None:
    made = network()
    first = made.predict_proba(draw(3, 4))
    kept = first.copy()
    made.predict_proba(draw(3, 4, seed=9))
    np.testing.assert_array_equal(first, kept)


def test_no_rows_have_no_predictions() -> None:
    assert network().predict_proba(np.empty((0, 4))).shape == (0, 3)
    assert network().predict(np.empty((0, 4))).tolist() == []


def test_prediction_ignores_dropout() -> None:
    plain, dropping = network(), network(dropout=0.5, seed=1)
    x = draw(9, 4)
    np.testing.assert_array_equal(plain.predict_proba(x), dropping.predict_proba(x))
    assert (plain.forward(x, training=True) != dropping.forward(x, training=True)).any()


def test_each_dropout_layer_draws_from_a_stream_of_its_own() -> None:
    made = multilayer_perceptron(4, [50, 50], 3, dropout=0.5, seed=3)
    draws = [layer.rng.random(8).tolist() for layer in made.layers if isinstance(layer, Dropout)]
    assert draws == [generator(3, Stream.DROPOUT, i).random(8).tolist() for i in range(2)]


@pytest.mark.parametrize("shape", [(3,), (3, 5), (3, 4, 1)])
def test_rows_of_another_width_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="expected rows of 4 inputs, got an array"):
        network().predict(np.zeros(shape))


def test_layers_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match=r"Dense\(5 -> 2\) follows a layer of width 4"):
        Network([Dense(3, 4), Tanh(), Dense(5, 2)])
    with pytest.raises(ValueError, match="at least one Dense layer"):
        Network([Sigmoid()])


def test_a_network_prints_itself() -> None:
    assert repr(multilayer_perceptron(784, [128], 10)) == (
        "Network(784 -> 128 sigmoid -> 10 softmax, 101,770 parameters)"
    )
    deep = multilayer_perceptron(784, [64, 32], 10, activation="relu", dropout=0.2)
    assert deep.summary() == "784 -> 64 relu dropout 0.2 -> 32 relu dropout 0.2 -> 10 softmax"
    assert multilayer_perceptron(784, [], 10).summary() == "784 -> 10 softmax"


def test_absurd_weights_predict_without_a_warning_and_leave_the_settings_alone() -> None:
    made = network(dtype="float32", activation="relu")
    made.params[...] = np.finfo("float32").max
    before = np.geterr()
    assert np.isnan(made.predict_proba(np.ones((2, 4)))).all()
    assert np.geterr() == before
