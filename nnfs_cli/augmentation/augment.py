"""Augment: what is done to a batch of pictures before the network learns from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnfs_cli.augmentation.strokes import Strokes
from nnfs_cli.augmentation.styles import Styles
from nnfs_cli.augmentation.synthetic import Synthetic
from nnfs_cli.augmentation.warp import Warp
from nnfs_cli.engine import Floats, Labels

NO_STYLES, NO_SYNTHETIC, NO_WARP, NO_STROKES = Styles(), Synthetic(), Warp(), Strokes()
FAINTEST = 1e-3  # nothing is left of a picture whose strongest pixel is paler
# pictures that are changed at a time: their arrays stay in the cache, and are small enough that the
# system is not asked for fresh memory each time, which took longer than the arithmetic
PICTURES = 64


@dataclass(frozen=True)
class Augmentation:
    """First other strokes and other digits, then a warp of the whole, then another pen."""

    height: int  # of a picture, pixels
    width: int
    styles: Styles = NO_STYLES
    synthetic: Synthetic = NO_SYNTHETIC
    warp: Warp = NO_WARP
    strokes: Strokes = NO_STROKES

    def __call__(self, x: Floats, labels: Labels, rng: np.random.Generator) -> None:
        """Change pictures `x (N, height * width)`, 0 to 1, with `labels (N,)`, in place."""
        brightest = x.max(axis=1, keepdims=True)
        pictures = x.reshape(-1, self.height, self.width)
        if self.styles != NO_STYLES:
            self.styles(pictures, labels, rng)
        if self.synthetic != NO_SYNTHETIC:
            self.synthetic(pictures, labels, rng)
        for first in range(0, len(pictures), PICTURES):
            some = pictures[first : first + PICTURES]
            if self.warp != NO_WARP:
                self.warp(some, rng)
            if self.strokes != NO_STROKES:
                self.strokes(some, rng)
        # its strongest ink is as strong as before: white, in all of MNIST and all that is predicted
        np.multiply(x, brightest / np.maximum(x.max(axis=1, keepdims=True), FAINTEST), out=x)
