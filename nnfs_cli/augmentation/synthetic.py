"""Synthetic: digits that nobody wrote, drawn along skeletons by a hand that is never the same.

MNIST has few of some ways of writing: a wide 6, a narrow 8, a 2 with a loop in its foot. Warping
its pictures does not make one of the other, so a share of the pictures that are learned from is
exchanged for drawn ones of the same digit. Learning to read from drawn digits that are varied at
random goes back to Baird ("Document image defect models", 1992) for print.
"""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnfs_cli.augmentation.ink import centred
from nnfs_cli.augmentation.pen import squared_distance
from nnfs_cli.augmentation.skeletons import SKELETONS, Polyline
from nnfs_cli.engine import Floats, Labels

# Drawings of each digit, of 28x28 pixels: all that are exchanged come from these, and are warped
# anew each time. They take a second; of larger pictures there are fewer, but at least the last.
EACH, FEWEST = 600, 30
AT_A_TIME = 64  # drawings: their arrays stay in the cache
BOX = 20 / 28  # the longer side of a digit, of the picture's: as in MNIST
THINNEST = 0.8  # radius of a pen, pixels of MNIST
LINE = 0.2  # what is narrower, as a share of its length, has no loops
PIXEL = 1 / 28  # of the picture's side: pens are measured in MNIST's pixels


@dataclass(frozen=True)
class Synthetic:
    """Exchanges a `share`, 0 to 1, of the pictures for drawn ones of the same digits."""

    share: float = 0.0

    def __call__(self, pictures: Floats, labels: Labels, rng: np.random.Generator) -> None:
        """Change `pictures (N, height, width)`, of the digits `labels (N,)`, in place."""
        rows = np.flatnonzero(rng.random(len(pictures)) < self.share)
        drawn = drawings(*pictures.shape[1:])
        some = drawn[labels[rows], rng.integers(drawn.shape[1], size=len(rows))]
        pictures[rows] = some * pictures.dtype.type(1 / 255)


@functools.cache
def drawings(height: int, width: int) -> NDArray[np.uint8]:
    """Return (10, n, height, width) drawings of the ten digits, each in all its ways alike often.

    n is EACH in small pictures. They are made once; the same for all runs, whose chance is which of
    them are used.
    """
    rng = np.random.default_rng(0)
    each = max(FEWEST, min(EACH, EACH * 28 * 28 // (height * width)))
    drawn = np.empty((len(SKELETONS), each, height, width), dtype=np.uint8)
    for digit, ways in enumerate(SKELETONS):
        way = np.arange(each) % len(ways)
        for k, skeleton in enumerate(ways):
            rows = np.flatnonzero(way == k)
            for first in range(0, len(rows), AT_A_TIME):
                part = rows[first : first + AT_A_TIME]
                some = draw(skeleton, len(part), (height, width), rng)
                drawn[digit, part] = np.rint(255.0 * some)
    return drawn


def draw(
    skeleton: tuple[Polyline, ...], count: int, shape: tuple[int, int], rng: np.random.Generator
) -> Floats:
    """Return `count` drawings (count, *shape), 0 to 1, of a digit, by as many hands and pens.

    They are placed as MNIST's are: the longer side 20 pixels of 28, the centre of mass in the
    middle.
    """
    paths = written(skeleton, count, rng)
    points = np.concatenate(paths, axis=1)
    low, high = points.min(axis=1), points.max(axis=1)  # (count, 2)
    side = float(min(shape))
    pen = side * PIXEL * pens((high - low).min(axis=1) / (high - low).max(axis=1), rng)
    scale = (side * BOX - 2.0 * pen) / (high - low).max(axis=1)
    centre = (np.array(shape) - 1.0) / 2.0
    nearest = np.full((count, *shape), np.inf, dtype=np.float32)
    for path in paths:
        on_paper = (path - ((low + high) / 2.0)[:, None]) * scale[:, None, None] + centre
        for start, end in itertools.pairwise(on_paper.swapaxes(0, 1)):
            np.minimum(nearest, squared_distance(start, end, shape), out=nearest)
    edge = pen.astype(np.float32)[:, None, None] + np.float32(0.5)
    return centred(np.clip(edge - np.sqrt(nearest), 0.0, 1.0))


def written(
    skeleton: tuple[Polyline, ...], count: int, rng: np.random.Generator
) -> list[NDArray[np.float64]]:
    """Return the paths of a digit, each (count, n, 2) as rows and columns, by `count` hands.

    What is near in the skeleton is moved alike, so what touches goes on touching.
    """
    waves = rng.normal(0.0, 0.5, size=(count, 3, 2))  # how often each goes up and down in the box
    phase = rng.uniform(0.0, 2.0 * np.pi, size=(count, 3, 1))
    height = rng.normal(0.0, 0.035, size=(count, 3, 2))
    aspect = np.clip(0.7 * np.exp(rng.normal(0.0, 0.3, size=(count, 1))), 0.35, 1.4)
    slant = rng.normal(0.12, 0.2, size=(count, 1))  # to the right for each upwards
    turn = np.radians(rng.normal(0.0, 5.0, size=(count, 1)))
    paths = []
    for path in skeleton:
        at = 2.0 * np.pi * (waves @ path.T) + phase  # (count, 3, n)
        moved = path + np.einsum("cwn,cwd->cnd", np.sin(at), height)
        right, down = aspect * (moved[..., 0] - 0.5), moved[..., 1] - 0.5
        right = right - slant * down
        cos, sin = np.cos(turn), np.sin(turn)
        paths.append(np.stack([sin * right + cos * down, cos * right - sin * down], axis=2))
    return paths


def pens(narrow: Floats, rng: np.random.Generator) -> Floats:
    """Return the radii (n,) of pens in MNIST's pixels; `narrow (n,)` is the shorter of the sides.

    A pen that would fill the digit's loops is not taken; a mere line has none.
    """
    radius = np.clip(1.25 * np.exp(rng.normal(0.0, 0.35, size=len(narrow))), THINNEST, 2.2)
    finest = np.where(narrow < LINE, np.inf, np.maximum(THINNEST, 2.6 * narrow))
    return np.minimum(radius, finest)
