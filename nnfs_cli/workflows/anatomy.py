"""Anatomy: the layers of a model, how it was trained, and the file it lives in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from nnfs_cli.config import KEYS, RunConfig, to_dict
from nnfs_cli.engine import Dense, Network
from nnfs_cli.engine.network import quiet
from nnfs_cli.model import Model
from nnfs_cli.workflows.models import find_model

NOT_RECIPE = ("data", "classes", "hidden", "activation", "dtype", "seed", "threads", "output")


@dataclass(frozen=True)
class LayerFacts:
    """One layer. What has no parameters has no weights to measure."""

    kind: str  # Dense, Sigmoid, ...
    inputs: int
    units: int
    parameters: int
    weight_norm: float | None  # the length of all its weights taken as one vector
    weight_rms: float | None  # the size of a typical weight

    def to_dict(self) -> dict[str, object]:
        """Return the layer as it is in JSON."""
        return dict(vars(self))


@dataclass(frozen=True)
class Anatomy:
    """A model from the outside. What its file does not say is None."""

    file: Path
    size: int  # bytes
    changed: datetime  # when the file was last written, local time
    network: str  # in one line
    layers: tuple[LayerFacts, ...]
    parameters: int
    activation: str
    dtype: str
    classes: tuple[str, ...]
    image_shape: tuple[int, int] | None
    training: dict[str, str | float | int | None]  # data, rows, epochs, threads, accuracies
    seed: int | None
    recipe: dict[str, object] | None  # the keys that are not at their defaults

    def to_dict(self) -> dict[str, object]:
        """Return the document of `nnfs show --network --json`."""
        return {
            **vars(self),
            "file": str(self.file),
            "changed": self.changed.astimezone().isoformat(timespec="seconds"),
            "layers": [layer.to_dict() for layer in self.layers],
        }


def inspect_network(path: Path | None) -> Anatomy:
    """Return what there is to know of the model at `path`, or of the one that was trained here.

    Raises:
        ModelError: there is none, or it is damaged.
    """
    path, model = find_model(path)
    status = path.stat()
    seed = model.config.get("seed")
    return Anatomy(
        file=path,
        size=status.st_size,
        changed=datetime.fromtimestamp(status.st_mtime),
        network=model.network.summary(),
        layers=layer_facts(model.network),
        parameters=model.network.params.size,
        activation=model.activation,
        dtype=str(model.network.dtype),
        classes=model.classes,
        image_shape=model.image_shape,
        training=model.training,
        seed=seed if isinstance(seed, int) else None,
        recipe=recipe(model),
    )


@quiet()
def layer_facts(network: Network) -> tuple[LayerFacts, ...]:
    """Return a line for each layer, and one for the softmax that follows the last."""
    facts = []
    width = network.inputs
    for layer in network.layers:
        if isinstance(layer, Dense):
            norm = float(np.linalg.norm(layer.weight.astype(np.float64)))
            count = layer.weight.size + layer.bias.size
            rms = norm / layer.weight.size**0.5
            facts.append(LayerFacts("Dense", width, layer.units, count, norm, rms))
            width = layer.units
        else:
            facts.append(LayerFacts(type(layer).__name__, width, width, 0, None, None))
    return (*facts, LayerFacts("Softmax", width, width, 0, None, None))


def recipe(model: Model) -> dict[str, object] | None:
    """Return the keys of the model's config that are not at their defaults; None without a config.

    A key that this program does not know, of a newer one, counts as well.
    """
    if not model.config:
        return None
    defaults = to_dict(RunConfig())
    unknown = [key for key in model.config if key not in KEYS]
    return {
        key: model.config[key]
        for key in (*KEYS, *unknown)
        if key in model.config and key not in NOT_RECIPE and model.config[key] != defaults.get(key)
    }
