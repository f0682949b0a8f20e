"""NPZ: NumPy's zip of arrays, as Keras ships MNIST (`x_train, y_train, x_test, y_test`)."""

from __future__ import annotations

import reprlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnfs_cli.datasets.dataset import Part, Split, square
from nnfs_cli.datasets.files import MEMORY_LIMIT
from nnfs_cli.datasets.labels import first_outside, outside
from nnfs_cli.datasets.pixels import as_pixels
from nnfs_cli.errors import DataError
from nnfs_cli.npz import npz_names, read_npz

_NAMES: dict[Split, tuple[str, str]] = {
    "train": ("x_train", "y_train"),
    "test": ("x_test", "y_test"),
}
_UNNAMED = ("images", "labels")
_EXPECTED = "expected x_train, y_train, x_test and y_test, or images and labels"


def read(path: Path, splits: Sequence[Split], *, classes: int) -> dict[Split, Part]:
    """Read those of `splits` that the file has; `images, labels` count as the first of them.

    Images are (N, D), (N, rows, columns) or (N, rows, columns, 1) numbers, see `as_pixels`; labels
    are integers, (N,) or (N, 1).
    """
    present = npz_names(path, limit=MEMORY_LIMIT, error=DataError)
    names = {split: pair for split, pair in _NAMES.items() if set(pair).intersection(present)}
    if not names and set(_UNNAMED).intersection(present):
        names = {splits[0]: _UNNAMED}
    if not names:
        held = reprlib.repr(sorted(present))
        raise DataError(f"{path} holds {held}, no images with labels", hint=_EXPECTED)
    for pair in names.values():
        if missing := [name for name in pair if name not in present]:
            raise DataError(f"{path} has no {missing[0]}", hint=_EXPECTED)
    return {split: _read_part(path, names[split], classes) for split in splits if split in names}


def _read_part(path: Path, names: tuple[str, str], classes: int) -> Part:
    arrays = read_npz(path, limit=MEMORY_LIMIT, error=DataError, names=names)
    images, labels = (arrays[name] for name in names)
    place, labels_place = (f"{path}: {name}" for name in names)
    labels = _flat_labels(labels_place, labels, classes)
    if images.ndim not in (2, 3, 4) or (images.ndim == 4 and images.shape[3] != 1):
        raise DataError(
            f"{place} has the shape {images.shape}, but images are (N, D) or (N, rows, columns)"
        )
    if not images.size:
        raise DataError(f"{place} is empty: its shape is {images.shape}")
    if len(images) != len(labels):
        raise DataError(
            f"{place} has {len(images)} images, but {names[1]} has {len(labels)} labels"
        )
    x = np.ascontiguousarray(images.reshape(len(images), -1))
    sides = square(x.shape[1]) if images.ndim == 2 else (images.shape[1], images.shape[2])
    return Part(as_pixels(x, place=place), labels, sides)


def _flat_labels(place: str, labels: NDArray[Any], classes: int) -> NDArray[Any]:
    """Return `labels` as (N,), all of them classes."""
    if labels.dtype.kind not in "iu":
        raise DataError(f"{place} has the type {labels.dtype}, but labels are integers")
    if labels.ndim != 1 and (labels.ndim != 2 or labels.shape[1] != 1):
        raise DataError(f"{place} has the shape {labels.shape}, but labels are (N,)")
    if not labels.size:
        raise DataError(f"{place} is empty: its shape is {labels.shape}")
    labels = labels.reshape(-1)
    if (index := first_outside(labels, classes)) is not None:
        raise outside(f"{place}[{index}]", int(labels[index]), classes)
    return labels
