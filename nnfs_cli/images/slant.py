"""Slant: how far a digit leans, and less of it where the network knows few that lean so far."""

from __future__ import annotations

import numpy as np
from PIL import Image

from nnfs_cli.images.filters import Plane


def slant(ink: Plane) -> float:
    """Return by how many pixels the ink moves to the right for each pixel upwards.

    The slope of the line that tells the columns of the ink from its rows with the least square
    error: minus their covariance, by the variance of the rows.
    """
    height, width = ink.shape
    mass = float(ink.sum())
    by_row, rows, columns = ink.sum(axis=1), np.arange(height), np.arange(width)
    down = rows - float(by_row @ rows) / mass
    variance = float(by_row @ down**2)
    return -float(down @ ink @ columns) / variance if variance else 0.0


def sheared(ink: Plane, by: float) -> Plane:
    """Return the ink with a slant that is less by `by`, in a plane as much wider."""
    height, width = ink.shape
    room = int(np.ceil(abs(by) * height / 2))
    # an output pixel (x, y) is the input at (x - room - by (y - height / 2), y)
    affine = (1.0, -by, by * height / 2 - room, 0.0, 1.0, 0.0)
    image = Image.fromarray(np.ascontiguousarray(ink, dtype=np.float32))
    size = (width + 2 * room, height)
    moved = image.transform(size, Image.Transform.AFFINE, affine, Image.Resampling.BILINEAR)
    return np.asarray(moved, dtype=np.float32)
