"""Place: the ink of one digit into the 28x28 frame, as MNIST did (LeCun et al. 1998, III A)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from nnfs_cli.images.filters import Plane
from nnfs_cli.images.tuning import BOX, SIDE


def resized(ink: Plane, longer: int) -> Plane:
    """Return the ink scaled, its aspect kept, so that its longer side has `longer` pixels.

    By area when it becomes smaller, as MNIST was; smoothly when it becomes larger.
    """
    height, width = ink.shape
    factor = longer / max(height, width)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    method = Image.Resampling.BOX if factor < 1 else Image.Resampling.BICUBIC
    scaled = Image.fromarray(np.ascontiguousarray(ink, dtype=np.float32)).resize(size, method)
    return np.clip(np.asarray(scaled, dtype=np.float32), 0.0, None)


def fit_box(ink: Plane) -> Plane:
    """Return the ink with 20 pixels on its longer side."""
    return resized(ink, BOX)


def centre(ink: Plane) -> NDArray[np.uint8]:
    """Place the ink in 28x28 with its centre of mass in the middle, the strongest ink at 255."""
    mass = float(ink.sum())
    height, width = ink.shape
    y = float((ink.sum(axis=1) * (np.arange(height) + 0.5)).sum() / mass)
    x = float((ink.sum(axis=0) * (np.arange(width) + 0.5)).sum() / mass)
    top = min(max(math.floor(SIDE / 2 + 1 - y), 0), SIDE - height)
    left = min(max(math.floor(SIDE / 2 + 1 - x), 0), SIDE - width)
    canvas = np.zeros((SIDE, SIDE), dtype=np.uint8)
    canvas[top : top + height, left : left + width] = np.rint(255.0 * ink / ink.max())
    return canvas
