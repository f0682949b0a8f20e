"""Pen: a straight stroke, drawn into pictures or rubbed out of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnfs_cli.engine import Floats


@dataclass(frozen=True)
class Stroke:
    """A straight stroke in each of some pictures, with round ends and smooth edges.

    Args:
        start: (n, 2) rows and columns, pixels.
        end: (n, 2) the same.
        radius: (n,) half of the thickness, pixels.
        rubs_out: whether ink goes where the stroke is, or comes.
    """

    start: Floats
    end: Floats
    radius: Floats
    rubs_out: bool = False

    def on(self, pictures: Floats) -> Floats:
        """Return `pictures (n, height, width)`, 0 to 1, with the stroke in each."""
        covered = coverage(self.start, self.end, self.radius, pictures.shape[1:])
        return pictures * (1.0 - covered) if self.rubs_out else np.maximum(pictures, covered)


def coverage(start: Floats, end: Floats, radius: Floats, shape: tuple[int, ...]) -> Floats:
    """Return (n, *shape), the share of each pixel that the pen covers on its way, 0 to 1.

    It is told by the distance of the pixel from the line.
    """
    edge = radius.astype(np.float32)[:, None, None] + np.float32(0.5)
    return np.asarray(np.clip(edge - np.sqrt(squared_distance(start, end, shape)), 0.0, 1.0))


def squared_distance(start: Floats, end: Floats, shape: tuple[int, ...]) -> Floats:
    """Return (n, *shape), how far each pixel is from the line from `start (n, 2)` to `end`."""
    start, end = start.astype(np.float32), end.astype(np.float32)
    y = np.arange(shape[0], dtype=np.float32) - start[:, :1]  # (n, height), from the line's start
    x = np.arange(shape[1], dtype=np.float32) - start[:, 1:]  # (n, width)
    dy, dx = (end - start).T[:, :, None]  # (n, 1)
    length = np.maximum(dy * dy + dx * dx, np.float32(1e-9))
    # of each pixel: the nearest place on the line, from 0 at its start to 1, and how far that is
    place = np.clip((y * dy / length)[:, :, None] + (x * dx / length)[:, None, :], 0.0, 1.0)
    off_y = y[:, :, None] - place * dy[:, :, None]
    off_x = x[:, None, :] - place * dx[:, :, None]
    return np.asarray(off_y * off_y + off_x * off_x)
