"""Writing: pixels of ours as a picture, and as the bytes of a PNG."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def to_image(pixels: NDArray[np.uint8]) -> Image.Image:
    """Return grey `pixels (rows, columns)`, 0 black to 255 white, as a picture."""
    return Image.fromarray(np.ascontiguousarray(pixels))


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Return grey `pixels (rows, columns)` as a PNG: the same pixels give the same bytes."""
    buffer = io.BytesIO()
    to_image(pixels).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
