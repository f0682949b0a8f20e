"""Evaluation: all rows, in order, whatever their number; true figures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import reference

from nnfs_cli.engine import Evaluation, Examples, Network, evaluate, multilayer_perceptron
from nnfs_cli.engine.network import PREDICT_ROWS


def made(dtype: str = "float32", **options: Any) -> Network:
    network = multilayer_perceptron(6, [5], 3, dtype=dtype, **options)
    network.params[...] = np.random.default_rng(1).standard_normal(network.params.size)
    return network


def examples(rows: int) -> Examples:
    rng = np.random.default_rng(2)
    pixels = rng.integers(0, 256, (rows, 6), dtype=np.uint8)
    return Examples(pixels, rng.integers(3, size=rows))


@pytest.mark.parametrize("rows", [1, PREDICT_ROWS - 1, PREDICT_ROWS, PREDICT_ROWS + 1, 1500])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_every_row_is_answered_whatever_their_number(rows: int, dtype: str) -> None:
    network, data = made(dtype), examples(rows)
    result = evaluate(network, data)
    parameters = [(d.weight.astype("float64"), d.bias.astype("float64")) for d in network.dense]
    logits = reference.forward(data.x / 255, parameters, "sigmoid")
    tolerance = 1e-12 if dtype == "float64" else 1e-5
    np.testing.assert_allclose(result.logits, logits, rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(result.probs, reference.softmax(logits), atol=tolerance)
    np.testing.assert_array_equal(result.predicted, logits.argmax(axis=1))
    assert result.accuracy == pytest.approx(reference.accuracy(logits, data.labels))
    assert result.loss == pytest.approx(reference.cross_entropy(logits, data.labels), rel=1e-5)
    np.testing.assert_array_equal(
        result.confusion, reference.confusion(logits.argmax(axis=1), data.labels, 3)
    )


def test_a_subset_is_evaluated_on_its_own_rows() -> None:
    network, data = made(), examples(40)
    rows = np.array([30, 2, 17])
    part, whole = evaluate(network, data.subset(rows)), evaluate(network, data)
    np.testing.assert_allclose(part.logits, whole.logits[rows], rtol=1e-5)
    np.testing.assert_array_equal(part.labels, whole.labels[rows])


def test_evaluation_ignores_dropout_and_trains_nothing() -> None:
    plain, dropping = made(), made(dropout=0.5, seed=1)
    before = dropping.params.copy()
    np.testing.assert_array_equal(
        evaluate(plain, examples(9)).logits, evaluate(dropping, examples(9)).logits
    )
    np.testing.assert_array_equal(dropping.params, before)


def test_the_figures_agree_with_each_other() -> None:
    result = evaluate(made(), examples(300))
    kept = result.logits.copy()
    low, high = result.interval
    assert low < result.accuracy < high
    assert result.correct == round(result.accuracy * 300) == np.trace(result.confusion)
    assert result.probs.sum(axis=1) == pytest.approx(np.ones(300))
    np.testing.assert_array_equal(result.logits, kept)  # looking at it changes nothing


def test_absurd_weights_have_a_loss_that_says_so_and_no_warning() -> None:
    network = multilayer_perceptron(6, [5], 3, activation="relu")
    network.params[...] = np.finfo("float32").max
    result = evaluate(network, examples(9))
    assert np.isnan(result.loss)
    assert np.isnan(result.probs).all()


def test_a_hopeless_guess_costs_much_but_not_infinity() -> None:
    result = Evaluation(np.array([[1e4, 0.0]], "float32"), np.array([1]))
    assert result.loss == pytest.approx(1e4)
    assert result.accuracy == 0.0
