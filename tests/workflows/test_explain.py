"""Explanations: their parts add up to the scores of the model."""

from __future__ import annotations

import json

import numpy as np
import pytest

from nnfs_cli.engine import multilayer_perceptron
from nnfs_cli.model import Model
from nnfs_cli.workflows.explain import Explanation, explain
from nnfs_cli.workflows.predict import Prediction, predict_pixels


def asked(
    *hidden: int, activation: str = "relu", classes: int = 4
) -> tuple[Model, Prediction, Explanation]:
    network = multilayer_perceptron(12, hidden, classes, activation=activation, dtype="float64")
    network.params[...] = np.random.default_rng(2).normal(size=network.params.size)
    model = Model(network, activation, tuple("abcdefg"[:classes]), (3, 4))
    pixels = np.random.default_rng(3).integers(256, size=(3, 4), dtype=np.uint8)
    prediction = predict_pixels(model, pixels, name="x")
    return model, prediction, explain(model, prediction)


def test_scores_powers_and_probabilities_are_those_of_the_answer() -> None:
    model, prediction, told = asked(5)
    x = prediction.pixels.reshape(1, -1) / 255.0
    np.testing.assert_allclose(told.logits, model.network.forward(x)[0])
    assert max(told.exponentials) == 1.0
    shares = np.array(told.exponentials) / sum(told.exponentials)
    np.testing.assert_allclose(shares, prediction.probabilities)
    assert [told.winner, told.runner_up] == prediction.best[:2]
    assert told.lead == pytest.approx(told.logits[told.winner] - told.logits[told.runner_up or 0])
    assert told.lead > 0


@pytest.mark.parametrize("hidden", [(), (5,), (7, 5)])
def test_with_relu_pixels_and_biases_are_the_whole_lead(hidden: tuple[int, ...]) -> None:
    _, _, told = asked(*hidden)
    assert told.pixels.shape == (3, 4)
    assert told.pixels.sum() + told.biases == pytest.approx(told.lead)
    assert told.remainder == pytest.approx(0.0, abs=1e-12)


def test_with_sigmoid_something_remains() -> None:
    _, _, told = asked(5, activation="sigmoid")
    assert abs(told.remainder) > 1e-3


def test_with_one_hidden_layer_neurons_and_biases_are_the_scores() -> None:
    model, _, told = asked(5, activation="tanh")
    bias = model.network.arrays["b2"]
    assert told.straight
    assert told.units == len(told.voices) == 5
    winner = sum(voice.winner for voice in told.voices) + bias[told.winner]
    runner_up = sum(voice.runner_up for voice in told.voices) + bias[told.runner_up or 0]
    assert winner == pytest.approx(told.logits[told.winner])
    assert runner_up == pytest.approx(told.logits[told.runner_up or 0])


def test_the_neurons_that_decide_most_come_first_each_with_its_picture() -> None:
    model, prediction, told = asked(20)
    leads = [abs(voice.lead) for voice in told.voices]
    assert leads == sorted(leads, reverse=True)
    assert len(leads) == 12
    voice = told.voices[0]
    weight = model.network.arrays["W1"][:, voice.number]
    np.testing.assert_allclose(voice.picture, (weight * voice.output).reshape(3, 4))
    total = (
        weight @ (prediction.pixels.reshape(-1) / 255.0) + model.network.arrays["b1"][voice.number]
    )
    assert voice.output == pytest.approx(max(total, 0.0))


def test_without_hidden_layer_there_are_no_neurons() -> None:
    _, _, told = asked()
    assert (told.voices, told.units) == ((), 0)


def test_a_single_class_has_no_runner_up() -> None:
    _, prediction, told = asked(5, classes=1)
    assert told.runner_up is None
    assert told.lead == told.logits[0]
    assert told.pixels.sum() + told.biases == pytest.approx(told.lead)
    assert told.to_dict(prediction.classes)["runner_up"] is None


def test_the_document_holds_every_number() -> None:
    _, prediction, told = asked(5)
    document = json.loads(json.dumps(told.to_dict(prediction.classes), allow_nan=False))
    assert document["winner"] == prediction.label
    assert document["pixels_sum"] == pytest.approx(float(np.sum(document["pixels"])), abs=1e-4)
    assert len(document["neurons"]) == 5
    np.testing.assert_allclose(document["logits"], told.logits)
