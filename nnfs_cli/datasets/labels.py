"""Labels: the one rule that all formats share, 0 <= label < classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnfs_cli.errors import DataError

PLAUSIBLE = 1000  # a label above this is damage, not one class more


class Classes(NamedTuple):
    """What the labels stand for: label 0 is `names[0]`.

    `fixed` says that these are the classes of a model, which a data set must keep to; else a data
    set whose classes have names may bring its own.
    """

    names: tuple[str, ...]
    fixed: bool

    @classmethod
    def of(cls, classes: int | Sequence[str]) -> Classes:
        """Return the classes of these names, or so many numbered ones."""
        if isinstance(classes, int):
            return cls(tuple(map(str, range(classes))), fixed=False)
        return cls(tuple(classes), fixed=True)


def first_outside(labels: NDArray[Any], classes: int) -> int | None:
    """Return the index of the first of `labels (N,)` that is no class, or None; N is at least 1."""
    if labels.min() >= 0 and labels.max() < classes:
        return None
    return int(np.flatnonzero((labels < 0) | (labels >= classes))[0])


class OutsideError(DataError):
    """A label that is none of the classes."""


def outside(place: str, label: int, classes: int) -> OutsideError:
    """Return the error for `label` at `place`, a file and a line or an offset in it."""
    return OutsideError(
        f"{place}: label {label} is outside the {classes} classes (0-{classes - 1})",
        hint=more_classes(label) if classes <= label < PLAUSIBLE else "labels count from 0",
    )


def more_classes(largest: int) -> str:
    """Return what to do when the largest label is `largest`."""
    return f"if the data has more classes: --set classes={largest + 1}"
