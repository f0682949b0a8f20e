"""Fine-tuning: a trained model goes on to learn from new data, and keeps what it knows.

The architecture comes with the model, a gentle recipe takes the place of the defaults, and a sample
of what the model had learned from is mixed into every epoch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from nnfs_cli.config import EffectiveConfig, from_dict, to_dict
from nnfs_cli.datasets import Dataset
from nnfs_cli.engine import Examples, Network, evaluate, take_folded
from nnfs_cli.errors import ConfigError, ModelError
from nnfs_cli.model import Model
from nnfs_cli.workflows.build import AUGMENTING
from nnfs_cli.workflows.models import data_for, find_model
from nnfs_cli.workflows.resume import said
from nnfs_cli.workflows.training_data import TrainingData

# Takes the place of the defaults: what the user sets comes first, as always. Found on 100 slanted
# digits and a model of the recipe fast, with the default `mix` of 0.75: right on 500 other slanted
# ones 73 % (30 % before), on MNIST's test set 98.4 % (98.6 % before). Adam, whose first steps are
# all of full size, and fewer old rows both forgot more for the same gain.
GENTLE: Mapping[str, object] = {
    "epochs": 30,  # a hundred pictures are few steps an epoch
    "batch_size": 32,
    "optimizer": "momentum",
    "learning_rate": 0.02,  # with a momentum of 0.9 that is twice the default in the long run
    "schedule": "cosine",  # the last steps are small, so the last batch does not decide
}
RECIPE = "the fine-tuning recipe"  # where these values come from, in `--print-config`
HELD_OUT = 0.2  # share of the new rows that is kept to judge by, where there is no test split
ENOUGH = 50  # rows; of fewer none can be spared


@dataclass(frozen=True, eq=False)
class Yardstick:
    """Examples by which the network is measured before and after."""

    name: str  # "new" or "old"
    data: str
    part: str
    examples: Examples


@dataclass(frozen=True)
class Change:
    """What fine-tuning did to the accuracy, a share from 0 to 1, on some rows."""

    data: str  # name of the data set
    part: str  # "test", "held out" or "learned from"
    rows: int
    before: float | None  # None where a checkpoint does not say
    after: float


def begin(effective: EffectiveConfig) -> tuple[EffectiveConfig, Model]:
    """Return the config that goes with the model to start from, and that model.

    Raises:
        ModelError: the model cannot be read, or not be trained.
        ConfigError: a key asks for another architecture.
    """
    assert effective.values.start is not None
    start = effective.values.start
    _, model = find_model(Path(start))
    values, sources = effective.values, dict(effective.sources)
    changes: dict[str, Any] = {}
    for key, value in architecture(model).items():
        wanted = getattr(values, key)
        if sources[key] != "default" and wanted != value:
            raise ConfigError(
                f"{key} is {said(wanted)} ({sources[key]}), but {start} has {said(value)}",
                hint=f"leave {key} out: it comes with the model to start from",
            )
        changes[key], sources[key] = value, start
    if sources["data"] == "default":  # as for an evaluation
        path = data_for(model, None)
        changes["data"], sources["data"] = path and str(path), start
    if sources["mix_data"] == "default":
        changes["mix_data"], sources["mix_data"] = learned_from(model), start
    for key, value in habits(model).items():
        if sources[key] == "default":
            changes[key], sources[key] = value, start
    recipe = gentle(effective)
    changes |= recipe
    sources.update(dict.fromkeys(recipe, RECIPE))
    values = msgspec.structs.replace(values, **changes)
    if values.mix and values.data == values.mix_data:
        if sources["mix"] != "default":
            raise ConfigError(
                f"mix is {values.mix:g} ({sources['mix']}), but there is nothing to mix in: the "
                f"new data is what {start} has learned from",
                hint="leave mix out, or name new data: --data PATH",
            )
        values = msgspec.structs.replace(values, mix=0.0)
        sources["mix"] = RECIPE
    try:
        return EffectiveConfig(from_dict(to_dict(values)), sources), model
    except ConfigError as error:  # such as a model of a single class
        raise ModelError(f"{start} cannot be trained further: {error.message}") from error


def architecture(model: Model) -> dict[str, Any]:
    """Return the keys that a model decides, with its values."""
    return {
        "classes": len(model.classes),
        "hidden": tuple(layer.units for layer in model.network.dense[:-1]),
        "activation": model.activation,
        "dtype": str(model.network.dtype),
    }


def habits(model: Model) -> dict[str, Any]:
    """Return the keys in which old rows should be seen as before, lest that be forgotten.

    They are those of the augmentation, and the label smoothing, which says how sure to be; after a
    calibration the confidences mean what they say, and no smoothing suits them. Drawn digits are
    not among them: they would take the place of new rows, which are few.
    """
    keys = [key for key in AUGMENTING if key != "synthetic"]
    values = {key: model.config[key] for key in keys if key in model.config}
    if "label_smoothing" in model.config and not model.config.get("calibrate"):
        values["label_smoothing"] = model.config["label_smoothing"]
    return values


def learned_from(model: Model) -> str | None:
    """Return the data that a model has learned from at first, before any fine-tuning."""
    source = model.config.get("mix_data" if model.config.get("start") else "data")
    return source if isinstance(source, str) else None


def gentle(effective: EffectiveConfig) -> dict[str, object]:
    """Return the values of the recipe for the keys that the user has not set."""
    chosen = {key: value for key, value in GENTLE.items() if effective.sources[key] == "default"}
    optimizer = chosen.get("optimizer", effective.values.optimizer)
    if optimizer != GENTLE["optimizer"]:
        chosen.pop("learning_rate", None)  # what is gentle depends on the optimizer
    return chosen


def spare(effective: EffectiveConfig, dataset: Dataset) -> EffectiveConfig:
    """Hold out some of the new rows if there are enough, no test split, and no other wish."""
    count = len(dataset.split("train"))
    if effective.sources["validation"] != "default" or dataset.test or count < ENOUGH:
        return effective
    return EffectiveConfig(
        msgspec.structs.replace(effective.values, validation=round(count * HELD_OUT)),
        {**effective.sources, "validation": RECIPE},
    )


def take_weights(network: Network, model: Model, *, source: str) -> None:
    """Give `network` the weights of `model`.

    Raises:
        ModelError: the data has rows of another width than the model expects.
    """
    if network.inputs != model.network.inputs:
        raise ModelError(
            f"{source} expects {model.network.inputs} inputs, the data has {network.inputs}",
            hint="start from a model of the same kind of data, or from none: leave out --from",
        )
    take_folded(network, model.network.params)


def yardsticks(
    data: TrainingData, examples: Examples, validation: Examples | None
) -> list[Yardstick]:
    """Return by what to measure: the new data, at best rows not learned from, and the old data."""
    name = data.dataset.name
    if data.dataset.test is not None:
        found = [Yardstick("new", name, "test", data.dataset.test)]
    elif validation is not None:
        found = [Yardstick("new", name, "held out", validation)]
    else:
        found = [Yardstick("new", name, "learned from", examples)]
    if data.original is not None and data.original.test is not None:
        found.append(Yardstick("old", data.original.name, "test", data.original.test))
    return found


def measure(network: Network, sticks: list[Yardstick]) -> dict[str, float]:
    """Return the accuracy on each, by name."""
    return {stick.name: evaluate(network, stick.examples).accuracy for stick in sticks}


def changes(
    sticks: list[Yardstick], before: Mapping[str, float], after: Mapping[str, float]
) -> tuple[Change, ...]:
    """Return what became of the accuracies."""
    return tuple(
        Change(s.data, s.part, len(s.examples), before.get(s.name), after[s.name]) for s in sticks
    )
