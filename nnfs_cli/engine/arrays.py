"""Arrays: where the numbers live. One flat block for all parameters, reused rows for all batches.

Fresh memory costs more than the arithmetic that is done in it, so a block is allocated once, and
again only for a larger batch.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import DTypeLike, NDArray

Floats: TypeAlias = NDArray[np.floating[Any]]  # float32 when training, float64 when checking
Labels: TypeAlias = NDArray[np.intp]  # (N,) the class of each row, from 0


class Strip(NamedTuple):
    """Columns of a batch, and the first row that uses them: in the rows before it they are zero."""

    row: int
    columns: slice


# A batch from the left to the right, strip by strip; all rows use the first one, whose row is 0.
Strips: TypeAlias = tuple[Strip, ...]


class Arena:
    """One contiguous block, `flat (P,)`, and a named view into it for each array.

    The views are the layers' weights and biases; the block is what an optimizer updates, in two or
    three operations on one vector, and what a checkpoint stores.

    >>> arena = Arena({"W1": (2, 3), "b1": (3,)}, dtype="float64")
    >>> arena["b1"][...] = 7
    >>> arena.flat
    array([0., 0., 0., 0., 0., 0., 7., 7., 7.])
    """

    def __init__(self, shapes: Mapping[str, tuple[int, ...]], *, dtype: DTypeLike) -> None:
        self.shapes = dict(shapes)
        total = sum(math.prod(shape) for shape in shapes.values())
        self.flat: Floats = np.zeros(total, dtype=dtype)
        self.views = self.named(self.flat)

    def named(self, vector: Floats) -> dict[str, Floats]:
        """Return the views of another `vector (P,)` that lies in memory like this one."""
        views = {}
        start = 0
        for name, shape in self.shapes.items():
            end = start + math.prod(shape)
            views[name] = vector[start:end].reshape(shape)
            start = end
        return views

    def __getitem__(self, name: str) -> Floats:
        return self.views[name]

    def __repr__(self) -> str:
        return f"Arena({self.flat.size:,} {self.flat.dtype}: {', '.join(self.views)})"


class Scratch:
    """Rows of memory that are used again for every batch; a short batch gets the first rows.

    >>> scratch = Scratch(10, dtype="float32")
    >>> scratch.rows(64).shape, scratch.rows(32).base is scratch.rows(64).base
    ((64, 10), True)
    """

    def __init__(self, width: int, *, dtype: DTypeLike) -> None:
        self._block: NDArray[Any] = np.empty((0, width), dtype=dtype)
        self._view = self._block

    def suits(self, rows: NDArray[Any]) -> bool:
        """Return whether its rows are as wide as `rows (n, width)`, and of the same dtype."""
        return (self._block.shape[1], self._block.dtype) == (rows.shape[1], rows.dtype)

    def rows(self, n: int) -> NDArray[Any]:
        """Return (n, width) of uninitialised memory, the same at every call for so many rows."""
        if len(self._view) != n:
            if len(self._block) < n:
                self._block = np.empty((n, self._block.shape[1]), dtype=self._block.dtype)
            self._view = self._block[:n]
        return self._view
