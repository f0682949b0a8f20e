"""Strokes: the pen is thicker or thinner, the scan softer or harder, the ink paler or darker."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnfs_cli.engine import Floats


@dataclass(frozen=True)
class Strokes:
    """How much the strokes change; each picture draws its own amounts, up to these.

    Args:
        thickness: share of a pixel, 0 to 1, put on each side of a stroke or taken off it.
        blur: share of each pixel, 0 to 1, that is spread over its neighbours.
        contrast: how much lighter or darker grey gets, 0 to 1; 1 moves a half-grey by a quarter.
    """

    thickness: float = 0.0
    blur: float = 0.0
    contrast: float = 0.0

    def __call__(self, pictures: Floats, rng: np.random.Generator) -> None:
        """Change `pictures (N, height, width)`, 0 to 1, in place."""
        # all are drawn, used or not: turning one of them off does not change the others
        amounts = rng.random(size=(3, len(pictures), 1, 1), dtype=np.float32)
        thickness, blur, contrast = amounts
        if self.thickness:  # the order of a batch is random, so every other picture is
            thickness *= self.thickness
            thick, thin = pictures[0::2], pictures[1::2]
            thick += thickness[0::2] * (widest(thick, np.maximum) - thick)
            thin += thickness[1::2] * (widest(thin, np.minimum) - thin)
        if self.blur:
            pictures += self.blur * blur * (smooth(pictures) - pictures)
        if self.contrast:
            bend = self.contrast * (2.0 * contrast - 1.0)
            pictures += bend * pictures * (1.0 - pictures)  # black and white stay what they are


def widest(pictures: Floats, extreme: np.ufunc) -> Floats:
    """Return the greatest (grey dilation) or least (erosion) of each pixel's 3x3 neighbourhood."""
    x = framed(pictures)
    x = extreme(extreme(x[:, :-2], x[:, 1:-1]), x[:, 2:])
    return np.asarray(extreme(extreme(x[:, :, :-2], x[:, :, 1:-1]), x[:, :, 2:]))


def smooth(pictures: Floats) -> Floats:
    """Return the pictures blurred by the binomial weights 1, 2, 1 along both axes."""
    x = framed(pictures)
    x = 0.25 * (x[:, :-2] + x[:, 2:]) + 0.5 * x[:, 1:-1]
    return 0.25 * (x[:, :, :-2] + x[:, :, 2:]) + 0.5 * x[:, :, 1:-1]


def framed(pictures: Floats) -> Floats:
    """Return the pictures with a border of zeros, one pixel wide."""
    n, height, width = pictures.shape
    x = np.zeros((n, height + 2, width + 2), dtype=pictures.dtype)
    x[:, 1:-1, 1:-1] = pictures
    return x
