"""Components: which pixels of ink hang together.

Labelling goes by runs: a row of a mask is a few stretches of ink, two stretches of neighbouring
rows belong together if they overlap, and joining them is a union-find (Tarjan 1975) over a few
thousand stretches instead of a walk over every pixel.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Mask = NDArray[np.bool_]
Ints = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Components:
    """The connected parts of a mask, numbered from 0; two pixels are connected across corners too.

    The arrays have one entry a component.
    """

    labels: NDArray[np.int32]  # (height, width): 1 + the number of the component, 0 for none
    area: NDArray[np.float64]  # pixels
    mass: NDArray[np.float64]  # the sum of the ink in it
    left: Ints
    top: Ints
    right: Ints  # the first column that it has no pixel in
    bottom: Ints

    def __len__(self) -> int:
        return len(self.area)

    def __repr__(self) -> str:
        height, width = self.labels.shape
        return f"Components({len(self)} in {width}x{height})"

    @property
    def width(self) -> Ints:
        """Columns from the leftmost to the rightmost pixel."""
        return self.right - self.left

    @property
    def height(self) -> Ints:
        """Rows from the topmost to the lowest pixel."""
        return self.bottom - self.top

    @property
    def side(self) -> Ints:
        """The longer of width and height."""
        return np.maximum(self.width, self.height)

    def mask(self, numbers: ArrayLike) -> Mask:
        """Return (height, width): whether a pixel belongs to one of the components `numbers`."""
        chosen = np.zeros(len(self) + 1, dtype=bool)
        chosen[np.asarray(numbers, dtype=np.intp) + 1] = True
        return np.asarray(chosen[self.labels])


def label(mask: Mask, ink: NDArray[np.float32] | None = None) -> Components:
    """Return the connected components of `mask (height, width)`; masses are those of `ink`."""
    height, width = mask.shape
    rows, starts, ends = runs(mask)
    parent = joined(rows, starts, ends, width)
    _, number = np.unique(parent, return_inverse=True)
    count = int(number.max()) + 1 if len(number) else 0
    # each run adds its label where it begins and takes it away where it ends; a running sum paints
    steps = np.zeros((height, width + 1), dtype=np.int32)
    np.add.at(steps, (rows, starts), (number + 1).astype(np.int32))
    np.add.at(steps, (rows, ends), -(number + 1).astype(np.int32))
    labels = np.cumsum(steps, axis=1, dtype=np.int32)[:, :width]
    area = np.bincount(number, ends - starts, count).astype(np.float64)
    mass = area
    if ink is not None:
        sums = np.cumsum(np.pad(ink, ((0, 0), (1, 0))), axis=1, dtype=np.float64)
        mass = np.bincount(number, sums[rows, ends] - sums[rows, starts], count).astype(np.float64)
    left, top = np.full(count, width), np.full(count, height)
    right, bottom = np.zeros(count, dtype=np.intp), np.zeros(count, dtype=np.intp)
    np.minimum.at(left, number, starts)
    np.maximum.at(right, number, ends)
    np.minimum.at(top, number, rows)
    np.maximum.at(bottom, number, rows + 1)
    return Components(labels, area, mass, left, top, right, bottom)


def filled(mask: Mask) -> Mask:
    """Return a mask without the holes in it."""
    outside = label(~np.pad(mask, 1))
    return np.asarray(~outside.mask([outside.labels[0, 0] - 1])[1:-1, 1:-1])


def border_sides(parts: Components) -> NDArray[np.intp]:
    """Return how many sides of the picture each component touches."""
    height, width = parts.labels.shape
    sides = (parts.left == 0, parts.top == 0, parts.right == width, parts.bottom == height)
    return np.asarray(np.sum(sides, axis=0), dtype=np.intp)


def runs(mask: Mask) -> tuple[Ints, Ints, Ints]:
    """Return row, first column and column after the last of each stretch of True, row by row."""
    width = mask.shape[1] + 1
    padded = np.zeros((len(mask), width + 1), dtype=bool)  # np.pad takes as long as all else
    padded[:, 1:-1] = mask
    edges = np.flatnonzero(padded[:, 1:] != padded[:, :-1])  # a start, an end, a start, ...
    rows, starts = np.divmod(edges[::2], width)
    return rows, starts, edges[1::2] - rows * width


def joined(rows: Ints, starts: Ints, ends: Ints, width: int) -> Ints:
    """Return, for each run, the lowest number of the runs that it hangs together with."""
    parent = np.arange(len(rows))
    # a place in reading order; a row takes two columns more, so that rows cannot touch
    room = width + 2
    first, last = rows * room + starts, rows * room + ends  # of the run; last is one after
    # runs of the next row that touch a run, across corners too: they end at its start or later,
    # and start at its end or sooner
    low = np.searchsorted(last, first + room, side="left")
    high = np.searchsorted(first, last + room, side="right")
    count = np.maximum(high - low, 0)
    above = np.repeat(parent, count)
    below = (
        np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + np.repeat(low, count)
    )
    while True:
        a, b = parent[above], parent[below]
        apart = a != b
        if not apart.any():
            return parent
        np.minimum.at(parent, np.maximum(a, b)[apart], np.minimum(a, b)[apart])
        while True:  # everybody points at the root
            root = parent[parent]
            if np.array_equal(root, parent):
                break
            parent = root
