"""Pages: lines of drawn digits on white, and what is found in them."""

from __future__ import annotations

from functools import cache

import numpy as np
import sheets
from numpy.typing import NDArray
from PIL import Image

from nnfs_cli.images import normalise
from nnfs_cli.images.several import Several, normalise_several

Pixels = NDArray[np.uint8]
HEIGHT = 60


def indifferent(pictures: Pixels) -> NDArray[np.floating]:
    """A reader that is never sure, for whom one digit is always likelier than two."""
    return np.full((len(pictures), 10), 0.1)


def found(image: Image.Image) -> Several:
    return normalise_several(image, read=indifferent, name="x.png")


def page(
    *texts: str, gap: float = 0.4, lean: float = 0.0, pen: float = 0.11, height: int = HEIGHT,
    margin: float = 1.0,
) -> Image.Image:  # fmt: skip
    """Return lines of drawn digits as a mask of ink."""
    lines = [
        sheets.in_line(
            [sheets.drawn(c, height, pen=pen) for c in text],
            gap=gap * height,
            wobble=[0.0] * len(text),
        )
        for text in texts
    ]
    return sheets.stacked(lines, leading=height // 2, margin=round(margin * height), lean=lean)


def on_white(mask: Image.Image) -> Image.Image:
    return sheets.written(mask, np.full((mask.height, mask.width), 255, np.uint8))


def like(pixels: Pixels, other: Pixels) -> float:
    return float(np.corrcoef(pixels.ravel().astype(float), other.ravel().astype(float))[0, 1])


@cache
def alone(digit: str, *, height: int = HEIGHT, pen: float = 0.11) -> Pixels:
    mask = sheets.stacked([sheets.drawn(digit, height, pen=pen)], leading=0, margin=height)
    return normalise(on_white(mask), name=digit).pixels
