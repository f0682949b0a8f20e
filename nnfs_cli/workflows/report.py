"""Report: all that is told about a model on one page, gathered for whoever draws it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nnfs_cli.config import GROUPS, KEYS, RunConfig, describe, to_dict
from nnfs_cli.engine import Floats
from nnfs_cli.engine.metrics import reliability
from nnfs_cli.errors import NnfsError
from nnfs_cli.workflows.evaluate import Evaluated, EvaluationReport
from nnfs_cli.workflows.history import History, history_beside, load_history
from nnfs_cli.workflows.mistakes import Mistake, worst_mistakes
from nnfs_cli.workflows.watched import some_rows
from nnfs_cli.workflows.weights import first_units

NEURONS = 24  # on the page


@dataclass(frozen=True)
class Bin:
    """The guesses whose confidence lies between `low` and `high`, all shares from 0 to 1."""

    low: float
    high: float
    rows: int
    confidence: float  # their mean
    accuracy: float  # the share that is right


@dataclass(frozen=True, eq=False)
class Neuron:
    """What a unit of the first layer looks for, and what it says when it finds it."""

    name: str
    weight: Floats  # (rows, columns), like the pictures
    raises: str | None = None  # the class whose score it raises most
    lowers: str | None = None  # and the one whose score it lowers most


@dataclass(frozen=True)
class Setting:
    """A key of the config that the model was trained with."""

    group: str
    key: str
    value: str
    meaning: str
    changed: bool  # whether it is another than the default


@dataclass(frozen=True)
class Absent:
    """A part of the report that cannot be told, and why."""

    why: str


@dataclass(frozen=True, eq=False)
class Report:
    """What is on the page; each part in its order. A new part is a new attribute."""

    figures: EvaluationReport
    network: str  # the layers in a line
    parameters: int
    wrong: int  # the number of mistakes
    history: History | Absent
    reliability: tuple[Bin, ...]
    mistakes: tuple[Mistake, ...]  # the worst
    neurons: tuple[Neuron, ...] | Absent
    config: tuple[Setting, ...] | Absent
    training: Mapping[str, str | float | int | None]  # on what and how long, as the model says
    options: str  # by which other commands find the same model and rows, each after a space


def gather(evaluated: Evaluated, mistakes: int, *, options: str) -> Report:
    """Return the report of an evaluation, with at most that many mistakes."""
    model = evaluated.model
    return Report(
        figures=evaluated.report,
        network=model.network.summary(),
        parameters=model.network.params.size,
        wrong=evaluated.wrong,
        history=history_of(evaluated),
        reliability=bins_of(evaluated),
        mistakes=tuple(worst_mistakes(evaluated, mistakes)),
        neurons=neurons_of(evaluated),
        config=settings_of(model.config),
        training=model.training,
        options=options,
    )


def history_of(evaluated: Evaluated) -> History | Absent:
    """Return the history beside the model, if it is that of the model."""
    try:
        history = load_history(history_beside(evaluated.path))
    except NnfsError as error:
        return Absent(error.message)
    contradiction = history.contradicts(evaluated.model)
    return Absent(contradiction) if contradiction else history


def bins_of(evaluated: Evaluated) -> tuple[Bin, ...]:
    """Return the bins that the calibration error is worked out from."""
    result = reliability(evaluated.result.probs, evaluated.result.labels)
    count = len(result.rows)
    filled = np.maximum(result.rows, 1)
    return tuple(
        Bin(i / count, (i + 1) / count, int(rows), float(confidence), float(accuracy))
        for i, (rows, confidence, accuracy) in enumerate(
            zip(result.rows, result.confidence / filled, result.hits / filled, strict=True)
        )
    )


def neurons_of(evaluated: Evaluated) -> tuple[Neuron, ...] | Absent:
    """Return the units of the first layer as `nnfs show --weights` does, those that move the scores
    furthest apart first. Without a hidden layer the units are the classes themselves.
    """
    model, dataset, classes = evaluated.model, evaluated.dataset, evaluated.dataset.classes
    if model.image_shape is None:
        return Absent("the inputs of the network are not pictures")
    hidden = len(model.network.dense) > 1
    rows = some_rows(model, dataset, evaluated.split) if hidden else None
    units = first_units(model, rows, neuron=None, count=NEURONS)
    if not hidden:
        return tuple(Neuron(f"class {classes[unit.number]}", unit.weights) for unit in units)
    return tuple(
        Neuron(
            name=f"neuron {unit.number}",
            weight=unit.weights,
            raises=classes[int(np.argmax(unit.votes))],
            lowers=classes[int(np.argmin(unit.votes))],
        )
        for unit in units
    )


def settings_of(config: Mapping[str, object]) -> tuple[Setting, ...] | Absent:
    """Return the config that a model carries, in the order of the schema."""
    if not config:
        return Absent("the model file does not say: it was not made by nnfs train")
    defaults = to_dict(RunConfig())
    heads = {key: group for group, key in GROUPS.items()}
    settings, group = [], ""
    for key in KEYS:
        group = heads.get(key, group)
        if key in config:
            value, changed = worded(config[key]), config[key] != defaults[key]
            settings.append(Setting(group, key, value, describe(key), changed))
    return tuple(settings)


def worded(value: object) -> str:
    """Return the value of a key as a reader would write it."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(str, value)) or "none"
    return "not set" if value is None else str(value)
