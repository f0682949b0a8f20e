"""Cuts: where digits that touch each other may be parted.

A cut is a path from the top of the ink to its bottom that crosses as little ink as it can, and so
follows the slant of the digits. Several are offered; which are right, whoever reads digits knows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnfs_cli.images import stroke
from nnfs_cli.images.filters import Plane

FINEST = 64  # rows that a path is looked for in; more would not make it better
LEAN = 0.01  # of full ink, for a step aside: of two ways through white the straight one is taken
OFFERED = 7  # cuts of one piece
APART = 0.14  # of the height, between two cuts
EDGE = 0.12  # of the height, between a cut and the side: not even a 1 is so thin

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Cut:
    """A way through ink."""

    columns: Ints  # (height,): the first column to the right of it, in each row
    cost: float  # how much ink it crosses, in thicknesses of the pen


def find_cuts(ink: Plane) -> list[Cut]:
    """Return the best ways to part `ink (height, width)`, from left to right."""
    height, width = ink.shape
    factor = max(1, round(height / FINEST))
    small = reduced(ink, factor)
    pen = max(stroke.thickness(small), 1.0)
    down, from_above = cheapest(small)
    up, from_below = cheapest(small[::-1])
    up, from_below = up[::-1], from_below[::-1]
    middle = small.shape[0] // 2
    cost = down[middle] + up[middle] - small[middle]
    room = max(1, round(APART * small.shape[0]))
    edge = max(1, round(EDGE * small.shape[0]))
    cuts: list[Cut] = []
    taken: list[int] = []
    for column in np.argsort(cost, kind="stable").tolist():
        if column < edge or column >= small.shape[1] - edge or len(cuts) == OFFERED:
            continue
        if any(abs(column - other) < room for other in taken):
            continue
        taken.append(column)
        path = np.empty(small.shape[0], dtype=np.intp)
        path[middle] = column
        for row in range(middle, 0, -1):
            path[row - 1] = from_above[row, path[row]]
        for row in range(middle, small.shape[0] - 1):
            path[row + 1] = from_below[row, path[row]]
        columns = np.repeat(path * factor + factor // 2, factor)[:height]
        columns = np.pad(columns, (0, height - len(columns)), mode="edge")
        cuts.append(Cut(np.minimum(columns, width), float(cost[column]) / pen))
    return sorted(cuts, key=lambda cut: int(cut.columns[height // 2]))


def cheapest(ink: Plane) -> tuple[Floats, Ints]:
    """Return how much ink the best path from the top to each pixel crosses, and whence it comes.

    Dynamic programming row by row (Bellman 1957): from a pixel the path goes on straight below it
    or one to the side.
    """
    height, width = ink.shape
    cost = np.empty((height, width))
    origin = np.zeros((height, width), dtype=np.intp)
    cost[0] = ink[0]
    column = np.arange(width)
    for row in range(1, height):
        above = np.pad(cost[row - 1], 1, constant_values=np.inf)
        ways = np.stack([above[1:-1], above[:-2] + LEAN, above[2:] + LEAN])
        best = ways.argmin(axis=0)
        origin[row] = column + np.array([0, -1, 1])[best]
        cost[row] = ink[row] + ways[best, column]
    return cost, origin


def reduced(ink: Plane, factor: int) -> Plane:
    """Return the means of squares of `factor` pixels; what is beyond the edge is paper."""
    if factor == 1:
        return ink
    height, width = ink.shape
    padded = np.pad(ink, ((0, -height % factor), (0, -width % factor)))
    rows, columns = padded.shape[0] // factor, padded.shape[1] // factor
    blocks = padded.reshape(rows, factor, columns, factor)
    return np.asarray(blocks.mean(axis=(1, 3)), dtype=np.float32)
