"""Thumbnail: a picture as it is, in grey and small enough to be drawn with characters."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from nnfs_cli.images.modes import brightness, look


def thumbnail(image: Image.Image, *, side: int) -> NDArray[np.uint8]:
    """Return a picture (height, width), black 0 to white 255, at most `side` pixels each way.

    What is transparent lies on a ground half as bright, where black and white can both be seen.
    """
    view = look(image, (0, 0, *image.size), pixels=16 * side * side)
    grey = brightness(view.colour)
    if view.alpha is not None:
        grey = grey + (1 - view.alpha) / np.float32(2)
    height, width = grey.shape
    factor = min(1.0, side / max(height, width))
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    small = Image.fromarray(np.ascontiguousarray(grey, np.float32)).resize(
        size, Image.Resampling.BOX
    )
    return np.asarray(np.rint(np.clip(np.asarray(small), 0, 1) * 255), dtype=np.uint8)
