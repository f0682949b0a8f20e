"""Styles: the ways of writing a digit that MNIST hardly knows and half of the world uses.

Its writers were Americans of the 1990s. Elsewhere a 1 has a long flag and stands on a serif, a 7
has a bar, and a 0 is slashed so that it is no O. A stroke is drawn into some of the pictures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from nnfs_cli.engine import Floats, Labels

Mask: TypeAlias = NDArray[np.bool_]

INK = 0.4  # what counts as the digit when its ends are looked for


@dataclass(frozen=True)
class Styles:
    """Draws a stroke into a `share`, 0 to 1, of the pictures of each class that has a style."""

    share: float = 0.0

    def __call__(self, pictures: Floats, labels: Labels, rng: np.random.Generator) -> None:
        """Change `pictures (N, height, width)`, of the digits `labels (N,)`, in place."""
        chosen = rng.random((2, len(labels))) < self.share
        for digit, stroke, drawn in (
            (1, flag, chosen[0]),
            (1, serif, chosen[1]),
            (7, bar, chosen[0]),
            (0, slash, chosen[0]),
        ):
            rows = np.flatnonzero(drawn & (labels == digit))
            rows = rows[(pictures[rows] > INK).any(axis=(1, 2))]
            if len(rows):
                start, end = stroke(Ink(pictures[rows]), rng)
                radius = rng.uniform(0.8, 1.4, size=len(rows))
                pictures[rows] = np.maximum(
                    pictures[rows], segment(start, end, radius, pictures.shape[1:])
                )


class Ink:
    """Where the ink of some pictures ends, in pixels; points are (n, 2), rows and columns."""

    def __init__(self, pictures: Floats) -> None:
        self.mask: Mask = np.asarray(pictures > INK)
        self.top, self.bottom = ends(np.any(self.mask, axis=2))
        self.left, self.right = ends(np.any(self.mask, axis=1))

    def at(self, height: Floats) -> Floats:
        """Return the points in the middle of the ink at a height from 0, the top, to 1."""
        row = np.rint(self.top + height * (self.bottom - self.top)).astype(np.intp)
        line = self.mask[np.arange(len(row)), row]
        first, last = ends(line)
        return np.stack([row, np.where(line.any(axis=1), (first + last) / 2, self.left)], axis=1)

    def __len__(self) -> int:
        return len(self.mask)


def flag(ink: Ink, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return the two ends of an upstroke that leads to the top of each 1."""
    top = ink.at(np.zeros(len(ink)))
    angle = np.radians(rng.uniform(20.0, 65.0, size=len(ink)))
    length = rng.uniform(4.0, 12.0, size=len(ink))
    return top, top + length[:, None] * np.stack([np.sin(angle), -np.cos(angle)], axis=1)


def serif(ink: Ink, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return the two ends of a line under each 1."""
    foot = ink.at(np.ones(len(ink)))
    return across(foot, rng.uniform(3.0, 6.0, size=len(ink)), rng.uniform(-8.0, 8.0, size=len(ink)))


def bar(ink: Ink, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return the two ends of a line through the stem of each 7."""
    middle = ink.at(rng.uniform(0.4, 0.6, size=len(ink)))
    half, angle = rng.uniform(3.0, 6.0, size=len(ink)), rng.uniform(-10.0, 20.0, size=len(ink))
    return across(middle, half, angle)


def slash(ink: Ink, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return the two ends of a line through each 0, from the lower left to the upper right."""
    size = np.stack([ink.bottom - ink.top, ink.left - ink.right], axis=1) / 2
    middle = np.stack([ink.top + ink.bottom, ink.left + ink.right], axis=1) / 2
    half = size * rng.uniform(0.6, 1.05, size=(len(ink), 1))
    return middle + half, middle - half


def across(middle: Floats, half: Floats, angle: Floats) -> tuple[Floats, Floats]:
    """Return the ends of lines through `middle (n, 2)` rising to the right by `angle` degrees."""
    angle = np.radians(angle)
    reach = half[:, None] * np.stack([-np.sin(angle), np.cos(angle)], axis=1)
    return middle - reach, middle + reach


def ends(mask: Mask) -> tuple[Floats, Floats]:
    """Return the first and the last place of each row of `mask (n, length)` that is true."""
    return (
        np.argmax(mask, axis=1).astype(np.float64),
        mask.shape[1] - 1.0 - np.argmax(mask[:, ::-1], axis=1),
    )


def segment(start: Floats, end: Floats, radius: Floats, shape: tuple[int, ...]) -> Floats:
    """Return pictures (n, *shape) of a line each, with round ends and smooth edges.

    A pixel is as dark as the pen covers it, which its distance from the line says.
    """
    y = np.arange(shape[0]) - start[:, :1]  # (n, height), from the start of the line
    x = np.arange(shape[1]) - start[:, 1:]  # (n, width)
    dy, dx = (end - start).T[:, :, None]  # (n, 1)
    length = np.maximum(dy * dy + dx * dx, 1e-9)
    # of each pixel: the nearest place on the line, from 0 at its start to 1, and how far that is
    place = np.clip((y * dy / length)[:, :, None] + (x * dx / length)[:, None, :], 0.0, 1.0)
    off_y = y[:, :, None] - place * dy[:, :, None]
    off_x = x[:, None, :] - place * dx[:, :, None]
    distance = np.sqrt(off_y * off_y + off_x * off_x)
    return np.asarray(np.clip(radius[:, None, None] + 0.5 - distance, 0.0, 1.0))
