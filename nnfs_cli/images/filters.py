"""Filters: the few neighbourhoods that finding ink needs, in NumPy.

All work on (height, width) and treat what is outside the picture as not there.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]

NOISE_SAMPLE = 2**16  # differences between pixels that tell how noisy a picture is


def blur(plane: Plane, radius: int) -> Plane:
    """Return the means over squares of `2 radius + 1` pixels, fewer at the edges."""
    sums, count = plane, np.ones((1, 1), dtype=np.float32)
    for axis in (0, 1):
        rows = np.moveaxis(sums, axis, 0)  # or columns
        total, length = rows.copy(order="K"), len(rows)
        for step in range(1, min(radius, length - 1) + 1):
            total[step:] += rows[:-step]
            total[:-step] += rows[step:]
        place = np.arange(length, dtype=np.float32)
        several = np.minimum(place + radius + 1, length) - np.maximum(place - radius, 0)
        sums = np.moveaxis(total, 0, axis)
        count = count * (several[:, None] if axis == 0 else several)
    return np.asarray(sums / count)


def apart(colour: Plane, other: Plane) -> Plane:
    """Return at each place how much two colours (..., channels) differ in the channel of most.

    Channel by channel: NumPy is slow along axes of three.
    """
    channels = range(colour.shape[-1])
    return np.asarray(
        functools.reduce(np.maximum, (np.abs(colour[..., c] - other[..., c]) for c in channels))
    )


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
    every = every[:: every.size // NOISE_SAMPLE | 1]  # odd, for what alternates
    return float(np.quantile(every, 0.25)) / (0.3186 * 2**0.5) if every.size else 0.0
