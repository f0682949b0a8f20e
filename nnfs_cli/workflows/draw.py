"""Draw: what the network says of a sketch, and which of its neurons say it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnfs_cli.engine import Floats, hidden_gradient, hidden_outputs
from nnfs_cli.errors import ImageError
from nnfs_cli.images import normalise
from nnfs_cli.images.normalise import SIDE
from nnfs_cli.images.writing import to_image
from nnfs_cli.model import Model
from nnfs_cli.workflows.predict import Prediction, predict_pixels
from nnfs_cli.workflows.sketch import WHITE

NAME = "the drawing"
MOST_NEURONS = 24  # that are looked at; a screen has room for fewer


@dataclass(frozen=True, eq=False)
class Neuron:
    """A unit of the first hidden layer, and its part in the answer."""

    number: int  # its column in W1, from 0
    push: float  # what it adds to the score of the winning class, or takes from it
    weights: Floats  # (28, 28): what it looks for, positive and negative


@dataclass(frozen=True, eq=False)
class Reading:
    """What the network makes of a sketch."""

    prediction: Prediction | None = None  # None: there is nothing that it could read
    problem: str = ""  # why it could not; empty where nothing is drawn
    neurons: tuple[Neuron, ...] = ()  # the busiest first


def read_paper(model: Model, paper: NDArray[np.uint8]) -> Reading:
    """Return what the network makes of `Sketch.paper()`, which goes the way of every picture.

    So a sketch that is saved reads the same in `nnfs predict`.
    """
    if paper.min() == WHITE:
        return Reading()
    try:
        pixels = normalise(to_image(paper), name=NAME).pixels
    except ImageError as error:
        return Reading(problem=error.message)
    prediction = predict_pixels(model, pixels, name=NAME)
    neurons = busiest(model, model.inputs_of(pixels), winner=prediction.best[0])
    return Reading(prediction, "", neurons)


def busiest(
    model: Model, x: Floats, *, winner: int, count: int = MOST_NEURONS
) -> tuple[Neuron, ...]:
    """Return the first hidden units that push hardest for or against the class `winner`.

    The push of a unit is its output times the slope of the winner's score in that output. With one
    hidden layer the slope is its outgoing weight, and all pushes and the bias add up to the score.
    A network without hidden units has none.

    Args:
        model: of 28x28 pictures.
        x: one row (1, 784), as the network wants it.
        winner: the number of a class.
        count: how many units at the most.
    """
    network = model.network
    if len(network.dense) < 2:
        return ()
    dlogits = np.zeros((1, network.classes), dtype=network.dtype)
    dlogits[0, winner] = 1.0
    push = (hidden_outputs(network, x) * hidden_gradient(network, x, dlogits))[0]
    order = np.argsort(-np.abs(push), kind="stable")[:count]
    weight = network.dense[0].weight
    return tuple(
        Neuron(int(unit), float(push[unit]), weight[:, unit].reshape(SIDE, SIDE)) for unit in order
    )
