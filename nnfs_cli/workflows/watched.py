"""Watched: some rows of a data set, on which the units of a network are watched."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nnfs_cli.datasets import Dataset, Split
from nnfs_cli.engine import Examples, Floats, Labels, spread
from nnfs_cli.errors import DataError
from nnfs_cli.model import Model
from nnfs_cli.workflows.show import load_to_look

ROWS = 2000  # enough for two digits of a mean, and quick for thousands of units


@dataclass(frozen=True, eq=False)
class Watched:
    """Rows of a data set, spread evenly over a split, as the network wants them."""

    dataset: Dataset
    split: Split
    examples: Examples
    rows: Labels  # (N,) their numbers
    x: Floats  # (N, D)

    def __str__(self) -> str:
        return f"{len(self.rows):,} rows of {self.dataset.name} {self.split}"


def watch(model: Model, data: Path | None, split: Split) -> Watched | None:
    """Return rows to watch the units on; None where none are named and none of theirs are here."""
    try:
        dataset = load_to_look(model, data, split)
        examples = dataset.split(split)
        if examples.inputs != model.network.inputs:
            inputs = model.network.inputs
            raise DataError(
                f"the model expects {inputs} inputs, a row of {dataset.name} has {examples.inputs}",
                hint="name a data set of the model's kind: --data PATH",
            )
    except DataError:
        if data is not None:
            raise
        return None
    return some_rows(model, dataset, split)


def some_rows(model: Model, dataset: Dataset, split: Split) -> Watched:
    """Return rows of a data set of the model's size, spread evenly over a split."""
    examples = dataset.split(split)
    rows = spread(len(examples), ROWS)
    return Watched(
        dataset, split, examples, rows, examples.inputs_at(rows, dtype=model.network.dtype)
    )
