"""Ink: where the ink of some pictures begins and ends, and how thick the pen was."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from nnfs_cli.engine import Floats

Mask: TypeAlias = NDArray[np.bool_]

STRENGTH = 0.4  # what counts as the digit when its ends are looked for


class Ink:
    """The ink of pictures (n, height, width) none of which is empty.

    Points are (n, 2), rows and columns, in pixels; a height is (n,), from 0, the top of the ink,
    to 1, its bottom.
    """

    def __init__(self, pictures: Floats) -> None:
        self.mask: Mask = np.asarray(pictures > STRENGTH)
        self.top, self.bottom = ends(np.any(self.mask, axis=2))
        self.left, self.right = ends(np.any(self.mask, axis=1))
        self.pen = half_thickness(self.mask)  # (n,)

    def __len__(self) -> int:
        return len(self.mask)

    def middle(self, height: Floats) -> Floats:
        """Return the points in the middle of the ink at a height."""
        first, last = self.sides(height)
        return (first + last) / 2

    def sides(self, height: Floats) -> tuple[Floats, Floats]:
        """Return the points at which the ink begins and ends, from the left, at a height."""
        row, line = self.at(height)
        first, last = ends(line)
        inked = line.any(axis=1)  # a broken stroke may have no ink there
        return (
            np.stack([row, np.where(inked, first, self.left)], axis=1),
            np.stack([row, np.where(inked, last, self.left)], axis=1),
        )

    def gap(self, height: Floats) -> Floats:
        """Return how many pixels (n,) without ink lie between ink at a height."""
        _, line = self.at(height)
        first, last = ends(line)
        return np.asarray(np.where(line.any(axis=1), last - first + 1.0 - line.sum(axis=1), 0.0))

    def leftmost(self) -> Floats:
        """Return the points of the ink furthest to the left; of several the lowest."""
        _, last = ends(self.mask[np.arange(len(self)), :, self.left.astype(np.intp)])
        return np.stack([last, self.left], axis=1)

    def lowest(self, column: Floats) -> Floats:
        """Return the lowest row (n,) of the ink left of a column (n,); with none the last row."""
        columns = np.arange(self.mask.shape[2])
        _, last = ends(np.any(self.mask & (columns < column[:, None, None]), axis=2))
        return last

    def at(self, height: Floats) -> tuple[Floats, Mask]:
        """Return the rows (n,) at a height, and their ink (n, width)."""
        row = np.rint(self.top + height * (self.bottom - self.top))
        return row, self.mask[np.arange(len(self)), row.astype(np.intp)]


def half_thickness(mask: Mask) -> Floats:
    """Return half of the thickness (n,) of the strokes of `mask (n, height, width)`, pixels.

    A stroke has two edges: the pixels of the ink over those that have paper beside them are half as
    many as it is thick.
    """
    inner = mask[:, 1:-1, 1:-1] & mask[:, :-2, 1:-1]  # beyond the picture there is paper
    inner &= mask[:, 2:, 1:-1]
    inner &= mask[:, 1:-1, :-2]
    inner &= mask[:, 1:-1, 2:]
    area = mask.sum(axis=(1, 2))
    return np.asarray(area / (area - inner.sum(axis=(1, 2))))


def ends(mask: Mask) -> tuple[Floats, Floats]:
    """Return the first and the last place of each row of `mask (n, length)` that is true."""
    return (
        np.argmax(mask, axis=1).astype(np.float64),
        mask.shape[1] - 1.0 - np.argmax(mask[:, ::-1], axis=1),
    )


def centred(pictures: Floats) -> Floats:
    """Return `pictures (n, height, width)` moved so that their centres of mass are in the middle.

    Pictures of MNIST are placed like that, by whole pixels; what leaves the picture is lost.
    """
    n, height, width = pictures.shape
    mass = pictures.sum(axis=(1, 2))
    rows, columns = np.arange(height), np.arange(width)
    y = np.rint(pictures.sum(axis=2) @ rows / mass - height / 2).astype(np.intp)
    x = np.rint(pictures.sum(axis=1) @ columns / mass - width / 2).astype(np.intp)
    wide = 3 * width
    framed = np.zeros((n, 3 * height, wide), dtype=pictures.dtype)
    framed[:, height:-height, width:-width] = pictures
    corner = (np.arange(n) * 3 * height + height + y) * wide + width + x
    place = corner[:, None] + (rows[:, None] * wide + columns).reshape(-1)
    return np.asarray(framed.take(place).reshape(pictures.shape))
