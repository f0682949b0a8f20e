"""Alike: is what the network gets of a picture what it gets of the digit alone?"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from nnfs_cli.images import normalise

Pixels = NDArray[np.uint8]


def clean(sheet: Image.Image) -> Pixels:
    """Return what the network gets of a clean sheet, to compare with.

    A test asks for the same sheet once for each thing that it draws around the digit.
    """
    return _clean(sheet.mode, sheet.size, sheet.tobytes())


@cache
def _clean(mode: str, size: tuple[int, int], data: bytes) -> Pixels:
    pixels = normalise(Image.frombytes(mode, size, data)).pixels
    pixels.flags.writeable = False
    return pixels


def likeness(one: Pixels, other: Pixels) -> float:
    """Return how two pictures correlate; where they were placed may differ by a pixel."""
    moved = (np.roll(one, (y, x), axis=(0, 1)) for y in (-1, 0, 1) for x in (-1, 0, 1))
    return max(float(np.corrcoef(m.ravel(), other.ravel())[0, 1]) for m in moved)
