"""Explain: how a model comes to its answer about one picture, in numbers that can be drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnfs_cli.engine import Floats, attribute, hidden_gradient, hidden_outputs
from nnfs_cli.engine.network import quiet
from nnfs_cli.model import Model
from nnfs_cli.workflows.predict import Prediction

NEURONS = 12  # that are kept; a terminal has room for fewer
DIGITS = 6  # decimals of a pixel's number in JSON


@dataclass(frozen=True, eq=False)
class Voice:
    """A first hidden neuron that was heard: what it says, and what that adds to two scores."""

    number: int
    output: float
    winner: float  # what it adds to the winner's score: its output times its vote
    runner_up: float  # what it adds to the runner-up's
    picture: Floats  # (rows, columns): its weights times its output

    @property
    def lead(self) -> float:
        """What it adds to the lead of the winner over the runner-up."""
        return self.winner - self.runner_up

    def to_dict(self) -> dict[str, object]:
        """Return the neuron as it is in JSON."""
        return {
            "number": self.number,
            "output": self.output,
            "winner": self.winner,
            "runner_up": self.runner_up,
        }


@dataclass(frozen=True, eq=False)
class Explanation:
    """Why the winner, and not the runner-up.

    `pixels` and `biases` add up to `lead` with ReLU and without hidden layers; otherwise they are
    the slope of the lead at this picture, drawn out to the origin: `remainder` is what is missing.
    """

    winner: int  # the number of a class
    runner_up: int | None  # None if there is one class only
    logits: tuple[float, ...]  # the scores of the classes
    exponentials: tuple[float, ...]  # e^(score - best score)
    voices: tuple[Voice, ...]  # those that decided most, first; none without hidden layer
    units: int  # first hidden neurons there are
    straight: bool  # one hidden layer: what the neurons add, and the biases, is the score
    pixels: Floats  # (rows, columns): what each adds to the lead
    biases: float  # what all biases add to the lead
    lead: float  # the winner's score less the runner-up's

    @property
    def remainder(self) -> float:
        """What the lead has beyond the pixels and the biases."""
        return self.lead - float(self.pixels.sum()) - self.biases

    def to_dict(self, classes: tuple[str, ...]) -> dict[str, object]:
        """Return what `nnfs predict --explain --json` says besides the answer."""
        return {
            "winner": classes[self.winner],
            "runner_up": None if self.runner_up is None else classes[self.runner_up],
            "logits": list(self.logits),
            "exponentials": list(self.exponentials),
            "lead": self.lead,
            "neurons": [voice.to_dict() for voice in self.voices],
            "pixels": [[round(float(v), DIGITS) for v in row] for row in self.pixels],
            "pixels_sum": float(self.pixels.sum()),
            "biases": self.biases,
            "remainder": self.remainder,
        }


@quiet()
def explain(model: Model, prediction: Prediction) -> Explanation:
    """Return how `model` comes to its `prediction`."""
    network = model.network
    x = model.inputs_of(prediction.pixels)
    logits = network.forward(x)[0].astype(np.float64)
    winner, *others = prediction.best
    runner_up = others[0] if others else None
    lead = ballot(model, winner) - ballot(model, runner_up)
    added = attribute(network, x, lead)
    return Explanation(
        winner=winner,
        runner_up=runner_up,
        logits=tuple(map(float, logits)),
        exponentials=tuple(map(float, np.exp(logits - logits.max()))),
        voices=voices(model, x, winner, runner_up, prediction.pixels.shape),
        units=network.dense[0].units if len(network.dense) > 1 else 0,
        straight=len(network.dense) == 2,
        pixels=added.inputs.reshape(prediction.pixels.shape),
        biases=float(added.biases[0]),
        lead=float(logits[winner] - (0.0 if runner_up is None else logits[runner_up])),
    )


def ballot(model: Model, label: int | None) -> Floats:
    """Return one row of gradients (1, C) that asks for the score of a class; of none for None."""
    row = np.zeros((1, model.network.classes), dtype=model.network.dtype)
    if label is not None:
        row[0, label] = 1.0
    return row


def voices(
    model: Model, x: Floats, winner: int, runner_up: int | None, shape: tuple[int, ...]
) -> tuple[Voice, ...]:
    """Return the first hidden neurons that add most to the lead, or take most from it.

    A neuron adds its output times the slope of the score in that output, its vote: with one hidden
    layer the weight between them, otherwise the slope at this very picture.
    """
    network = model.network
    if len(network.dense) < 2:
        return ()
    outputs = hidden_outputs(network, x)[0]
    pushes = [
        outputs * hidden_gradient(network, x, ballot(model, label))[0]
        for label in (winner, runner_up)
    ]
    order = np.argsort(-np.abs(pushes[0] - pushes[1]), kind="stable")[:NEURONS]
    weight = network.dense[0].weight
    return tuple(
        Voice(
            number=int(unit),
            output=float(outputs[unit]),
            winner=float(pushes[0][unit]),
            runner_up=float(pushes[1][unit]),
            picture=(weight[:, unit] * outputs[unit]).reshape(shape),
        )
        for unit in order
    )
