"""Normalise: a picture in, the 28x28 of MNIST out, made the way MNIST itself was made.

MNIST's digits are white on black, scaled until the longer side of the ink is 20 pixels, and placed
with their centre of mass in the middle of 28x28 (LeCun et al. 1998, section III A). A network that
learned from such pictures is nearly blind to any other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from nnfs_cli.engine import Floats
from nnfs_cli.errors import ImageError

SIDE = 28  # pixels of the finished picture
BOX = 20  # pixels of the longer side of the ink
WORKING = 512  # pixels of the longer side that are looked at: strokes stay several pixels wide
FAINTEST = 0.05  # of full scale; less contrast than this is the grain of the paper
INK = 0.25  # of the strongest ink; paler pixels do not widen the box


@dataclass(frozen=True, eq=False)
class Normalised:
    """The picture as the network sees it, and what was done to get there."""

    pixels: NDArray[np.uint8]  # (28, 28), white ink on black
    size: tuple[int, int]  # width and height of the original
    dark_ink: bool  # on light paper
    box: tuple[int, int, int, int]  # left, top, right, bottom of the ink in the original

    def describe(self) -> str:
        """Say in a few words what was done."""
        ink = "dark ink on light paper" if self.dark_ink else "light ink on a dark ground"
        return f"{self.size[0]}x{self.size[1]}, {ink}; cropped and centred"


def normalise(image: Image.Image, *, name: str = "the picture") -> Normalised:
    """Turn a picture of one digit into the form of MNIST.

    Raises:
        ImageError: there is nothing to be seen in it.
    """
    scale = max(1.0, max(image.size) / WORKING)
    size = (max(1, round(image.width / scale)), max(1, round(image.height / scale)))
    grey = to_grey(image.resize(size, Image.Resampling.BOX) if scale > 1 else image)
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    difference = grey - np.median(border)
    dark_ink = bool(-difference.min() > difference.max())
    ink = np.maximum(-difference if dark_ink else difference, 0.0)
    strongest = float(ink.max())
    if strongest < FAINTEST:
        raise ImageError(
            f"no digit found in {name}: the picture looks blank",
            hint="the digit must stand out: a dark pen on light paper, or the other way round",
        )
    ink /= strongest
    rows, columns = np.nonzero((ink > INK).any(axis=1))[0], np.nonzero((ink > INK).any(axis=0))[0]
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    return Normalised(
        pixels=centre(fit_box(ink[top:bottom, left:right])),
        size=image.size,
        dark_ink=dark_ink,
        box=(int(left * scale), int(top * scale), int(right * scale), int(bottom * scale)),
    )


def to_grey(image: Image.Image) -> Floats:
    """Return the brightness (height, width), 0 to 1, as float32.

    What is transparent becomes paper, on the side away from the ink: a drawing on a transparent
    ground may be white or black.
    """
    if image.mode in ("I;16", "I;16L", "I;16B", "I", "F"):
        with np.errstate(invalid="ignore"):  # a signalling NaN is found below like any other
            values = np.asarray(image, dtype=np.float64)  # the contrast of noise overflows float32
            low, high = float(values.min()), float(values.max())
        if not 0 < high - low < math.inf:
            return np.zeros(values.shape, dtype=np.float32)
        return ((values - low) / (high - low)).astype(np.float32)
    rgba = np.asarray(image.convert("RGBA"), dtype=np.float32) / 255.0
    alpha = rgba[..., 3]
    grey = rgba[..., :3] @ np.array([0.299, 0.587, 0.114], dtype=np.float32)  # ITU-R BT.601
    if alpha.min() == 1.0:
        return np.asarray(grey)
    ink = float((grey * alpha).sum() / max(float(alpha.sum()), 1e-6))
    ground = 1.0 if ink < 0.5 else 0.0
    return np.asarray(grey * alpha + ground * (1.0 - alpha))


def fit_box(ink: Floats) -> Floats:
    """Return the ink scaled, its aspect kept, so that its longer side is 20 pixels."""
    height, width = ink.shape
    factor = BOX / max(height, width)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    method = Image.Resampling.BOX if factor < 1 else Image.Resampling.BICUBIC
    small = Image.fromarray(ink.astype(np.float32)).resize(size, method)
    return np.clip(np.asarray(small, dtype=np.float32), 0.0, None)


def centre(ink: Floats) -> NDArray[np.uint8]:
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
