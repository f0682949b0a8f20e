"""Filters: the few neighbourhoods that finding ink needs, in NumPy.

All work on (height, width) and treat what is outside the picture as not there.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]


def blur(plane: Plane, radius: int) -> Plane:
    """Return the means over squares of `2 radius + 1` pixels, fewer at the edges."""
    for axis in (0, 1):
        length = plane.shape[axis]
        sums = np.cumsum(plane, axis=axis, dtype=np.float64)
        sums = np.concatenate([np.zeros_like(sums.take([0], axis)), sums], axis=axis)
        place = np.arange(length)
        low, high = np.maximum(place - radius, 0), np.minimum(place + radius + 1, length)
        count = (high - low)[:, None] if axis == 0 else high - low
        plane = ((sums.take(high, axis) - sums.take(low, axis)) / count).astype(np.float32)
    return plane


def greatest(plane: NDArray[Any], radius: int, *, axes: tuple[int, ...] = (0, 1)) -> NDArray[Any]:
    """Return the maxima over squares of `2 radius + 1` pixels, or over lines along one axis.

    A window of any width is two windows of a power of two that overlap, and those come from
    doubling: the work grows with the logarithm of the width.
    """
    for axis in axes:
        plane = np.moveaxis(lines_greatest(np.moveaxis(plane, axis, 0), radius), 0, axis)
    return plane


def lines_greatest(plane: NDArray[Any], radius: int) -> NDArray[Any]:
    """Return the maxima over `2 radius + 1` rows."""
    length = plane.shape[0]
    radius = min(radius, length - 1)
    if radius < 1:
        return plane
    lowest = plane.dtype.type(0) if plane.dtype == bool else plane.min()
    margin = np.full((radius, *plane.shape[1:]), lowest, dtype=plane.dtype)
    window = np.concatenate([margin, plane, margin])
    width, wanted = 1, 2 * radius + 1
    while 2 * width <= wanted:
        window = np.maximum(window[:-width], window[width:])
        width *= 2
    last = window[wanted - width : wanted - width + length]
    return np.asarray(np.maximum(window[:length], last))


def closed(plane: Plane, radius: int) -> Plane:
    """Return `plane` without whatever is dark and thinner than `2 radius + 1` (a grey closing).

    Steps and slopes stay as they are, which is why a shadow is part of what is returned.
    """
    return np.asarray(-greatest(-greatest(plane, radius), radius))


def median(plane: Plane) -> Plane:
    """Return the medians over 3x3 pixels."""
    padded = np.pad(plane, 1, mode="edge")
    height, width = plane.shape
    shifts = [padded[i : i + height, j : j + width] for i in range(3) for j in range(3)]
    return np.asarray(np.median(np.stack(shifts), axis=0), dtype=np.float32)


def steepness(plane: Plane) -> Plane:
    """Return how much each pixel differs from those below and to the right of it."""
    down = np.diff(plane, axis=0, append=plane[-1:])
    right = np.diff(plane, axis=1, append=plane[:, -1:])
    return np.asarray(np.hypot(down, right))


def noise(plane: Plane) -> float:
    """Return the standard deviation of the noise: what differs from one pixel to the next.

    The lower quartile is that of the paper, because strokes and their edges are fewer, even in a
    drawing of 8 pixels.
    """
    steps = [np.abs(np.diff(plane, axis=axis)).ravel() for axis in (0, 1)]
    every = np.concatenate(steps)
    return float(np.quantile(every, 0.25)) / (0.3186 * 2**0.5) if every.size else 0.0
