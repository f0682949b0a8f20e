"""Dataset: what every format becomes, a training split and a test split of the same rows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias

from numpy.typing import NDArray

from nnfs_cli.engine.examples import Examples
from nnfs_cli.errors import DataError

Split: TypeAlias = Literal["train", "test"]


@dataclass(frozen=True)
class Dataset:
    """The splits that were asked for and are there; a split is None when it is either not.

    Attributes:
        name: a short name for titles and tables: `mnist`, or the stem of the file or folder.
        source: the file or folder, as the user gave it.
        image_shape: (rows, columns) of a picture, or None when a row is no square picture.
        classes: what each label stands for; label 0 is `classes[0]`.
        warnings: what the user should know of the data, a sentence each.
    """

    name: str
    source: Path
    train: Examples | None
    test: Examples | None
    image_shape: tuple[int, int] | None
    classes: tuple[str, ...]
    warnings: tuple[str, ...] = ()

    def split(self, name: Split) -> Examples:
        """Return one split; DataError when the data set does not have it."""
        examples = self.train if name == "train" else self.test
        if examples is not None:
            return examples
        needed = {
            "train": "train-images-idx3-ubyte and train-labels-idx1-ubyte, or train.csv, or train/",
            "test": "t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, or test.csv, or test/",
        }
        raise DataError(
            f"{self.source} has no {name} split",
            hint=f"name a folder that holds {needed[name]}",
        )


class Part(NamedTuple):
    """One split as a reader returns it.

    x: (N, D) uint8 pixels, or float32 from 0 to 1; C-contiguous, N and D at least 1.
    labels: (N,) integers, already checked against the number of classes.
    image_shape: (rows, columns) where the format knows them or D is a square, else None.
    """

    x: NDArray[Any]
    labels: NDArray[Any]
    image_shape: tuple[int, int] | None


def square(inputs: int) -> tuple[int, int] | None:
    """Return the sides of a square picture of `inputs` pixels: 784 is (28, 28), 785 is None."""
    side = math.isqrt(inputs)
    return (side, side) if side * side == inputs else None
