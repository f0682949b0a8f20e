"""Placing: one of several digits into the 28x28 frame, with its own ink and nobody else's."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnfs_cli.images import filters
from nnfs_cli.images.digit import Digit
from nnfs_cli.images.filters import Plane
from nnfs_cli.images.normalise import as_mnist, cut_out
from nnfs_cli.images.segments import Segment
from nnfs_cli.images.tuning import FRINGE, LOW


def placed(soft: Plane, segment: Segment, *, floor: float = 0.0) -> NDArray[np.uint8]:
    """Return the ink of a segment in the form of MNIST, (28, 28), as a single digit would be.

    Ink no stronger than `floor` is the ruling of the paper.
    """
    margin = FRINGE + 1
    height, width = soft.shape
    top, left = max(0, segment.top - margin), max(0, segment.left - margin)
    bottom, right = min(height, segment.bottom + margin), min(width, segment.right + margin)
    mask = np.zeros((bottom - top, right - left), dtype=bool)
    y, x = segment.top - top, segment.left - left
    mask[y : y + segment.height, x : x + segment.width] = segment.mask
    ink = soft[top:bottom, left:right]
    # its soft edge is its own; ink that is strong there and not of it is a neighbour's
    alien = (ink > LOW) & ~mask & ~filters.greatest(mask, 1)
    digit = Digit(mask, x, y, x + segment.width, y + segment.height, 1, 0, 1.0)
    return as_mnist(cut_out(np.where(alien, np.float32(0.0), ink), digit, floor=floor))[0]


def window(soft: Plane, segment: Segment) -> Plane:
    """Return the ink of a segment in its own box, without its soft edge."""
    part = soft[segment.top : segment.bottom, segment.left : segment.right]
    return np.where(segment.mask, part, np.float32(0.0))
