"""What the network makes of a sketch: the same as of the saved picture, and by which neurons."""

from __future__ import annotations

import numpy as np
import pytest
from small_models import model_of

from nnfs_cli.errors import ModelError
from nnfs_cli.images.writing import png
from nnfs_cli.model import Model
from nnfs_cli.workflows.draw import busiest, read_paper
from nnfs_cli.workflows.predict import check_pictures, predict_picture
from nnfs_cli.workflows.sketch import Sketch


@pytest.fixture
def seven() -> Sketch:
    sketch = Sketch()
    sketch.press((25.0, 20.0))
    for point in ((85.0, 20.0), (70.0, 60.0), (50.0, 100.0)):
        sketch.drag(point)
    sketch.lift()
    return sketch


def test_a_blank_sheet_is_no_error(model: Model) -> None:
    reading = read_paper(model, Sketch().paper())
    assert reading.prediction is None
    assert reading.problem == ""
    assert reading.neurons == ()


def test_a_sheet_that_cannot_be_read_says_why(model: Model) -> None:
    sketch = Sketch()
    sketch.ink[5, 5] = 0.01  # fainter than the grain of paper
    reading = read_paper(model, sketch.paper())
    assert reading.prediction is None
    assert "no digit found in the drawing" in reading.problem


def test_a_sketch_reads_as_its_saved_picture_does(model: Model, seven: Sketch) -> None:
    reading = read_paper(model, seven.paper())
    saved = predict_picture(model, png(seven.paper()), name="seven.png")
    assert reading.prediction is not None
    np.testing.assert_array_equal(reading.prediction.pixels, saved.pixels)
    assert reading.prediction.probabilities == saved.probabilities


def test_with_one_hidden_layer_the_pushes_and_the_bias_are_the_score(seven: Sketch) -> None:
    model = model_of(16)
    model.network.dense[1].bias[...] = np.arange(10)
    reading = read_paper(model, seven.paper())
    assert reading.prediction is not None
    x = reading.prediction.pixels.reshape(1, -1) / np.float32(255.0)
    logits = np.array(model.network.forward(x))[0]
    for winner in range(10):
        neurons = busiest(model, x, winner=winner, count=16)
        total = sum(neuron.push for neuron in neurons) + winner
        assert total == pytest.approx(float(logits[winner]), abs=1e-4)


def test_the_busiest_neurons_come_first_with_their_own_weights(seven: Sketch) -> None:
    model = model_of(16, 8, activation="sigmoid")
    reading = read_paper(model, seven.paper())
    assert reading.prediction is not None
    pushes = [abs(neuron.push) for neuron in reading.neurons]
    assert pushes == sorted(pushes, reverse=True)
    assert len({neuron.number for neuron in reading.neurons}) == 16
    for neuron in reading.neurons:
        column = model.network.arrays["W1"][:, neuron.number].reshape(28, 28)
        np.testing.assert_array_equal(neuron.weights, column)


def test_a_network_without_hidden_units_has_no_busy_ones(seven: Sketch) -> None:
    reading = read_paper(model_of(), seven.paper())
    assert reading.prediction is not None
    assert reading.neurons == ()


def test_reading_changes_nothing_in_the_network(model: Model, seven: Sketch) -> None:
    params, grads = model.network.params.copy(), model.network.grads.copy()
    read_paper(model, seven.paper())
    np.testing.assert_array_equal(model.network.params, params)
    np.testing.assert_array_equal(model.network.grads, grads)


def test_a_model_of_other_inputs_is_refused(model: Model) -> None:
    check_pictures(model)
    with pytest.raises(ModelError, match="expects 64 inputs, a picture has 784"):
        check_pictures(model_of(4, inputs=64))
