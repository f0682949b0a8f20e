"""Predict: the probabilities of a picture are those that the network gives its scaled pixels."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from nnfs_cli.datasets import load
from nnfs_cli.engine import Examples, evaluate, generator, multilayer_perceptron
from nnfs_cli.engine.seeding import Stream
from nnfs_cli.errors import ModelError
from nnfs_cli.images import normalise, read_picture
from nnfs_cli.model import Model
from nnfs_cli.workflows.predict import (
    Prediction,
    predict_example,
    predict_pictures,
    predict_pixels,
)

SHAPE = (28, 28)


@pytest.fixture(scope="module")
def model() -> Model:
    """A network of random weights: whatever it says, it says the same of the same numbers."""
    network = multilayer_perceptron(784, (16,), 10, activation="tanh")
    network.initialize(generator(0, Stream.WEIGHTS))
    return Model(network, "tanh", tuple("0123456789"), SHAPE)


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_a_row_of_a_data_set_gets_the_probabilities_of_its_evaluation(
    model: Model, dtype: str
) -> None:
    digits = load(splits=("test",)).split("test").subset(np.arange(20))
    pixels = np.asarray(digits.x[:20])
    x = pixels if dtype == "uint8" else pixels.astype(np.float32) / 255
    examples = Examples(x, digits.labels)
    probs = evaluate(model.network, examples).probs
    for index in range(20):
        found = predict_example(model, examples, index, shape=SHAPE, name="x", truth="?")
        np.testing.assert_allclose(found.probabilities, probs[index], rtol=1e-5)
        assert found.label == str(probs[index].argmax())
        assert found.confidence == max(found.probabilities)


def test_a_picture_gets_the_probabilities_of_its_normalised_pixels(model: Model) -> None:
    digit = np.asarray(load(splits=("test",)).split("test").x[3]).reshape(SHAPE)
    buffer = io.BytesIO()
    Image.fromarray(255 - digit).resize((140, 140)).save(buffer, "PNG")
    (found,) = predict_pictures(model, ["-"], stdin=buffer.getvalue())
    assert isinstance(found, Prediction)
    pixels = normalise(read_picture(buffer.getvalue(), name="x")).pixels
    np.testing.assert_array_equal(found.pixels, pixels)
    expected = model.network.predict_proba(pixels.reshape(1, 784) / 255.0)[0]
    np.testing.assert_allclose(found.probabilities, expected, rtol=1e-5)


def test_scores_that_are_no_numbers_are_no_answer() -> None:
    network = multilayer_perceptron(784, (16,), 10, activation="relu")
    network.params[...] = 1e30
    broken = Model(network, "relu", tuple("0123456789"), SHAPE)
    with pytest.raises(ModelError, match="x: the scores of the network are too large to be"):
        predict_pixels(broken, np.full(SHAPE, 255, dtype=np.uint8), name="x")
