"""Stroke: how thick the pen was, and another pen where the network knows none like it."""

from __future__ import annotations

import numpy as np

from nnfs_cli.images.filters import Plane
from nnfs_cli.images.tuning import BOX


def thickness(ink: Plane) -> float:
    """Return the mean thickness of the strokes, in pixels of `ink`.

    A stroke of length l and thickness t has the area l t and two edges of the length l. The length
    of soft edges is their total variation, so a pale or blurred stroke is no thinner for it.
    """
    padded = np.pad(ink, 1)
    down = padded[1:, :-1] - padded[:-1, :-1]
    right = padded[:-1, 1:] - padded[:-1, :-1]
    edges = float(np.hypot(down, right).sum())
    return 2.0 * float(ink.sum()) / edges if edges else 0.0


def in_box(ink: Plane) -> float:
    """Return the thickness that the strokes will have once the ink is 20 pixels large."""
    return thickness(ink) * BOX / float(max(ink.shape))


def thickened(ink: Plane, radius: float) -> Plane:
    """Return the ink drawn with a pen whose radius is greater by `radius` pixels.

    The maximum over a disc; between two whole radii it is the mixture of both.
    """
    low = int(radius)
    share = np.float32(radius - low)
    large = dilated(np.pad(ink, low + 1), low + 1)
    return large * share + dilated(np.pad(ink, low + 1), low) * (1 - share)


def thinned(ink: Plane, radius: float) -> Plane:
    """Return the ink, 0 to 1, drawn with a pen whose radius is less by `radius` pixels.

    The paper around it is thickened.
    """
    paper = thickened(1 - np.pad(ink, int(radius) + 2), radius)
    border = (len(paper) - len(ink)) // 2
    return 1 - paper[border:-border, border:-border]


def dilated(ink: Plane, radius: int) -> Plane:
    """Return the maximum over a disc.

    Row by row of the disc, from its ends to its middle: each row is as wide as the one before, or
    wider, and so goes on from its maximum.
    """
    height, width = ink.shape
    padded = np.pad(ink, radius)
    across = padded[:, radius : radius + width]  # the maximum over `reach` columns to each side
    result = ink
    reach = 0
    for y in range(radius, -1, -1):
        while reach < int((radius**2 + 0.5 - y * y) ** 0.5):
            reach += 1
            left, right = radius - reach, radius + reach
            across = np.maximum(across, padded[:, left : left + width])
            across = np.maximum(across, padded[:, right : right + width])
        for row in {radius - y, radius + y}:
            result = np.maximum(result, across[row : row + height])
    return result
