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
        thickness, blur, contrast = rng.random(size=(3, len(pictures), 1, 1), dtype=np.float32)
        half = (len(pictures) + rng.integers(2)) // 2
        x = framed(pictures)
        if self.thickness:  # the order of a batch is random: its first half is drawn thicker
            for some, extreme in ((slice(half), np.maximum), (slice(half, None), np.minimum)):
                blend(x[some], widest(x[some], extreme), self.thickness * thickness[some])
        if self.blur:
            blend(x, smooth(x), self.blur * blur)
        if self.contrast:
            bend = self.contrast * (2.0 * contrast - 1.0)
            x += bend * x * (1.0 - x)  # black and white stay what they are
        pictures[...] = x[:, 1:-1, 1:-1]


def framed(pictures: Floats) -> Floats:
    """Return the pictures with a border of zeros, one pixel wide.

    Its purpose is speed, too: in framed pictures the neighbours of all pixels are the same numbers
    a step further along memory, so that one operation runs through a whole batch. Only on the
    frames does it mix up what lies side by side, and those are wiped after it.
    """
    n, height, width = pictures.shape
    x = np.zeros((n, height + 2, width + 2), dtype=pictures.dtype)
    x[:, 1:-1, 1:-1] = pictures
    return x


def widest(x: Floats, extreme: np.ufunc) -> Floats:
    """Return the greatest (grey dilation) or least (erosion) of each pixel's 3x3 neighbourhood.

    `x (n, height, width)` is framed; what is returned on the frames is of no use.
    """
    above, here, below = neighbours(x.reshape(-1), x.shape[2])
    column = extreme(above, here)
    extreme(column, below, out=column)
    left, here, right = neighbours(column, 1)
    out, inner = like(x)
    extreme(left, here, out=inner)
    extreme(inner, right, out=inner)
    return out


def smooth(x: Floats) -> Floats:
    """Return the pictures blurred by the binomial weights 1, 2, 1 along both axes.

    `x (n, height, width)` is framed; what is returned on the frames is of no use.
    """
    above, here, below = neighbours(x.reshape(-1), x.shape[2])
    column = above + below
    column += here
    column += here
    left, here, right = neighbours(column, 1)
    out, inner = like(x)
    np.add(left, right, out=inner)
    inner += here
    inner += here
    inner *= 1.0 / 16.0
    return out


def neighbours(x: Floats, step: int) -> tuple[Floats, Floats, Floats]:
    """Return the numbers `step` before those of `x (n,)`, themselves, and those `step` after."""
    return x[: -2 * step], x[step:-step], x[2 * step :]


def like(x: Floats) -> tuple[Floats, Floats]:
    """Return zeros in the shape of framed pictures, and the stretch of them that has neighbours."""
    out = np.zeros_like(x)
    corner = x.shape[2] + 1
    return out, out.reshape(-1)[corner:-corner]


def blend(x: Floats, other: Floats, amount: Floats) -> None:
    """Move `x` by `amount (n, 1, 1)` of the way to `other`, which is overwritten; wipe frames."""
    other -= x
    other *= amount
    x += other
    x[:, 0] = x[:, -1] = 0.0
    x[:, :, 0] = x[:, :, -1] = 0.0
