"""Augmented: a digit as it is, and as the network gets to see it while it trains."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from nnfs_cli.config import RunConfig
from nnfs_cli.engine import scaled
from nnfs_cli.errors import ConfigError
from nnfs_cli.workflows.build import build_augmentation
from nnfs_cli.workflows.predict import example_pixels
from nnfs_cli.workflows.show import Shown, check_index, choose_examples, load_to_look, shape_of


def show_augmented(
    config: RunConfig,
    data: Path | None,
    *,
    row: int | None = None,
    label: str | None = None,
    count: int = 1,
    rng: np.random.Generator | None = None,
) -> list[Shown]:
    """Return a training digit, followed by `count` pictures that `config` makes of it.

    The digit is the one in `row`, or a random one, of the class `label` if one is given.

    Raises:
        ConfigError: the config leaves pictures as they are.
        DataError: the data cannot be read, holds no pictures, or has no such row or class.
    """
    if data is None and config.data is not None:
        data = Path(config.data)
    dataset = load_to_look(None, data, "train")
    shape = shape_of(dataset)
    augmentation = build_augmentation(config, dataset)
    if augmentation is None:
        raise ConfigError(
            "this config leaves pictures as they are: its keys of augmentation are all 0",
            hint="name one that does not: --config best",
        )
    examples = dataset.split("train")
    if row is None:
        (row,) = choose_examples(dataset, "train", label=label, count=1)
    check_index(dataset, "train", row)
    original = example_pixels(examples, row, shape)
    x = scaled(np.repeat(original.reshape(1, -1), count, axis=0), dtype=np.float32)
    augmentation(x, examples.labels[[row] * count], rng or np.random.default_rng())
    pixels = np.rint(x * 255.0).astype(np.uint8).reshape(count, *shape)
    name, truth = f"{dataset.name} train {row}", dataset.classes[examples.labels[row]]
    changed = [Shown("", picture, truth, None) for picture in pixels]
    return [Shown(name, original, truth, None), *changed]
