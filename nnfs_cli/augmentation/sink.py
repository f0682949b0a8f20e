"""Sink: one height of a picture comes to lie lower or higher, and takes along what is around it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnfs_cli.engine import Floats


@dataclass(frozen=True)
class Sink:
    """Moves a row of each picture; what lies above it is stretched, what lies below it squeezed.

    Args:
        top: (n,) the row that stays where it is above, pixels.
        row: (n,) the row that is moved, between the two that stay.
        to: (n,) where it comes to lie, between them, too.
        bottom: (n,) the row that stays where it is below.
    """

    top: Floats
    row: Floats
    to: Floats
    bottom: Floats

    def on(self, pictures: Floats) -> Floats:
        """Return `pictures (n, height, width)` with the rows moved, each between two others."""
        height = pictures.shape[1]
        top, row, to, bottom = (v[:, None] for v in (self.top, self.row, self.to, self.bottom))
        rows = np.arange(height)
        above = top + (rows - top) * (row - top) / (to - top)
        below = bottom - (bottom - rows) * (bottom - row) / (bottom - to)
        place = np.clip(np.where(rows < to, above, below), 0.0, height - 1.0)  # (n, height)
        first = np.minimum(place.astype(np.intp), height - 2)
        share = (place - first)[:, :, None].astype(pictures.dtype)
        upper = np.take_along_axis(pictures, first[:, :, None], axis=1)
        lower = np.take_along_axis(pictures, first[:, :, None] + 1, axis=1)
        return np.asarray(upper + share * (lower - upper))
