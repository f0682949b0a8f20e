"""Weights: what the first layer of a network looks for, and what follows from it."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nnfs_cli.datasets import Split
from nnfs_cli.engine import Floats, Network, hidden_outputs, votes
from nnfs_cli.engine.network import quiet
from nnfs_cli.errors import ModelError
from nnfs_cli.model import Model
from nnfs_cli.workflows.models import find_model
from nnfs_cli.workflows.predict import example_pixels
from nnfs_cli.workflows.watched import Watched, watch

SLOPES = 2560  # rows times classes that the votes of a deep network are averaged over
EXCITED = 5  # rows that excite a unit most
DIGITS = 6  # decimals of a number in JSON


@dataclass(frozen=True, eq=False)
class Excited:
    """A row of the data that makes a unit speak up."""

    row: int
    label: str
    output: float  # of the unit
    pixels: NDArray[np.uint8]  # (rows, columns)


@dataclass(frozen=True, eq=False)
class Unit:
    """A unit of the first layer: a hidden neuron, or a class where there is no hidden layer."""

    number: int
    weights: Floats  # (rows, columns): what it multiplies the pixels by
    bias: float
    votes: tuple[float, ...]  # what it adds to the score of each class; none of a class
    influence: float | None  # how far it moves the scores apart; None of a class
    outputs: tuple[float, float, float] | None = None  # smallest, mean, largest on the data
    excited: tuple[Excited, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """Return the unit as it is in JSON."""
        low, mean, high = self.outputs or (None, None, None)
        return {
            "number": self.number,
            "influence": self.influence,
            "bias": self.bias,
            "votes": list(self.votes),
            "output": {"min": low, "mean": mean, "max": high} if self.outputs else None,
            "excited_by": [
                {"row": e.row, "label": e.label, "output": e.output} for e in self.excited
            ],
            "weights": [[round(float(w), DIGITS) for w in row] for row in self.weights],
        }


@dataclass(frozen=True, eq=False)
class WeightsReport:
    """Units of the first layer, and how the figures about them were found."""

    model: Path
    network: str
    classes: tuple[str, ...]
    units: int  # there are in the layer, of which `shown` are some
    hidden: bool  # whether they are hidden; else they are the classes themselves
    votes_are: str
    data: str | None  # what they were watched on, or None: by their weights alone
    shown: tuple[Unit, ...]

    def to_dict(self) -> dict[str, object]:
        """Return the document of `nnfs show --weights --json`."""
        return {
            "model": str(self.model),
            "network": self.network,
            "classes": list(self.classes),
            "units": self.units,
            "hidden": self.hidden,
            "votes_are": self.votes_are,
            "data": self.data,
            "shown": [unit.to_dict() for unit in self.shown],
        }


def inspect_weights(
    path: Path | None, data: Path | None, split: Split, *, neuron: int | None, count: int
) -> WeightsReport:
    """Return the unit `neuron`, or the `count` most influential ones, of the model's first layer.

    The influence of a hidden unit is the standard deviation of its output over rows of the data,
    times the standard deviation of its votes over the classes: how far it moves the scores apart.
    Where there is no data at hand the length of its incoming weights stands for the former.

    Raises:
        ModelError: there is no model, its inputs are no picture, or it has no such unit.
        DataError: `data` was named and cannot be used.
    """
    path, model = find_model(path)
    if model.image_shape is None:
        inputs = model.network.inputs
        raise ModelError(
            f"the {inputs:,} inputs of {path} are not the pixels of a picture",
            hint="its layers can be looked at without pictures: nnfs show --network",
        )
    units = model.network.dense[0].units
    if neuron is not None and not 0 <= neuron < units:
        raise ModelError(
            f"there is no neuron {neuron} in the first layer of {path}: it has {units:,}",
            hint=f"neurons are numbered 0 to {units - 1}",
        )
    hidden = len(model.network.dense) > 1
    watched = watch(model, data, split) if hidden else None
    shown = first_units(model, watched, neuron=neuron, count=count)
    return WeightsReport(
        model=path,
        network=model.network.summary(),
        classes=model.classes,
        units=units,
        hidden=hidden,
        votes_are=votes_are(model.network, watched),
        data=str(watched) if watched else None,
        shown=tuple(shown),
    )


@quiet()
def first_units(
    model: Model, watched: Watched | None, *, neuron: int | None, count: int
) -> list[Unit]:
    """Return the units of the first layer that are asked for, the most influential first."""
    network = model.network
    if len(network.dense) == 1:
        chosen = range(min(count, network.classes)) if neuron is None else [neuron]
        return [unit(model, number) for number in chosen]
    table = ballots(network, watched)
    outputs = hidden_outputs(network, watched.x) if watched else None
    if outputs is not None:
        moves = outputs.std(axis=0)
    else:
        moves = np.linalg.norm(network.dense[0].weight, axis=0)
    influence = moves * table.std(axis=1)
    order = np.argsort(-influence, kind="stable")[:count] if neuron is None else [neuron]
    return [
        unit(
            model,
            int(number),
            votes=table[number],
            influence=float(influence[number]),
            outputs=None if outputs is None else outputs[:, number],
            watched=watched if neuron is not None else None,
        )
        for number in order
    ]


def ballots(network: Network, watched: Watched | None) -> Floats:
    """Return the votes (H, C) of the first hidden units.

    Without data those of a deep network are the product of the weights that follow: what they would
    be if nothing but sums lay between.
    """
    if watched is None or len(network.dense) == 2:
        return np.asarray(functools.reduce(np.matmul, network.weights[1:]))
    rows = max(1, min(len(watched.x), SLOPES // network.classes))
    return votes(network, watched.x[:: -(-len(watched.x) // rows)])


def votes_are(network: Network, watched: Watched | None) -> str:
    """Say in a few words what the votes of this network are."""
    if len(network.dense) == 1:
        return "none: the first layer is the last"
    if len(network.dense) == 2:
        return "the weights from the neuron to the outputs"
    if watched is None:
        return "the product of the weights of all later layers"
    return "the slope of each class's score in the neuron's output, averaged over rows of the data"


def unit(
    model: Model,
    number: int,
    *,
    votes: Floats | None = None,
    influence: float | None = None,
    outputs: Floats | None = None,
    watched: Watched | None = None,
) -> Unit:
    """Return one unit, with the rows that excite it if they are to be looked for in `watched`."""
    first = model.network.dense[0]
    assert model.image_shape is not None
    return Unit(
        number=number,
        weights=first.weight[:, number].reshape(model.image_shape),
        bias=float(first.bias[number]),
        votes=() if votes is None else tuple(map(float, votes)),
        influence=influence,
        outputs=None
        if outputs is None
        else (float(outputs.min()), float(outputs.mean()), float(outputs.max())),
        excited=most_exciting(watched, outputs, model.image_shape)
        if watched and outputs is not None and np.ptp(outputs) > 0
        else (),
    )


def most_exciting(watched: Watched, outputs: Floats, shape: tuple[int, int]) -> tuple[Excited, ...]:
    """Return the rows for which `outputs (N,)` is largest."""
    examples, classes = watched.examples, watched.dataset.classes
    best = np.argsort(-outputs, kind="stable")[:EXCITED]
    return tuple(
        Excited(
            row=int(row),
            label=classes[examples.labels[row]],
            output=float(outputs[place]),
            pixels=example_pixels(examples, int(row), shape),
        )
        for place, row in zip(best, watched.rows[best], strict=True)
    )
