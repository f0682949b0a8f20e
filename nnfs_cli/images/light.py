"""Light: what is ink, and what is only less light.

Brightnesses here are along the axis in which ink and paper differ most, whatever their colours.
"""

from __future__ import annotations

import numpy as np

from nnfs_cli.images import background
from nnfs_cli.images.filters import Plane
from nnfs_cli.images.tuning import (
    DARKEST,
    EVEN_BORDER,
    FAINTEST,
    SAME,
    THICK_PEN,
    TINY,
    UNEVEN,
)


def strength_of(
    number: Plane, paper: Plane, light: Plane, *, dark: bool, tight: bool
) -> tuple[Plane, float]:
    """Return how strong the ink is at every place, and how far the paper varied.

    Args:
        number: (height, width), how bright the picture is.
        paper: (height, width) or (), how bright its paper is.
        light: (height, width), how bright the picture is whatever its colours.
        dark: whether the ink is darker than the paper.
        tight: whether the picture was cut to its digit.
    """
    sign = np.float32(-1.0 if dark else 1.0)
    if paper.ndim == 0:
        even = np.abs(background.border_of(number) - paper) <= SAME
        if even.mean() > EVEN_BORDER:  # a drawing: no shadow falls into it
            return (paper - number if dark else number - paper), 0.0
    window = background.narrowest(-sign * number)
    if tight and window > THICK_PEN:  # there is less paper than it takes to find the light on it
        return flattened(sign * number), 0.0
    return levelled(sign * number, sign * paper, light, dark=dark, window=window)


def levelled(
    number: Plane, paper: Plane, light: Plane, *, dark: bool, window: float
) -> tuple[Plane, float]:
    """Return the ink with shadows taken out of it, and how far the paper varied.

    The paper is what is left without strokes, which are thinner than `window`, or the surface that
    was fitted and what is left on top of it: the one follows the edge of a shadow, the other a
    slope down to the border. The better of them leaves less that would be ink. On uneven paper the
    strength of dark ink is a share of the light that falls there.
    """
    if max(number.shape) <= TINY:
        return number - np.float32(np.median(background.border_of(number[..., None]))), 0.0
    ground = -background.shade(-number, window)
    if paper.ndim == 2:
        other = paper - background.shade(paper - number, window)
        if float(np.abs(number - other).mean()) < float(np.abs(number - ground).mean()):
            ground = other
    low, high = (float(q) for q in np.quantile(ground, [0.01, 0.99]))
    strength = number - ground
    full = max(float(np.quantile(strength, 0.997)), FAINTEST)
    bare = strength < full / 2
    if high - low < UNEVEN * full:
        return number - np.float32(np.median(number[bare])), high - low
    strength -= np.float32(np.median(strength[bare]))  # the paper is the brightest of its grain
    if dark:
        lit = np.maximum(light + np.maximum(strength, 0), DARKEST)
        lit = background.shade(lit, window)
        strength *= np.float32(np.quantile(lit, 0.9)) / lit
    return strength, high - low


def flattened(number: Plane) -> Plane:
    """Return the ink on paper that is equally bright everywhere."""
    low, high = (float(q) for q in np.quantile(number, [0.002, 0.998]))
    return number - np.float32(np.median(number[number < (low + high) / 2]))
