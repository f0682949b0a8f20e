"""Sketch: the sheet of paper that is drawn on. It knows ink and strokes, and no screen.

A stroke follows the pointer, which a terminal only knows to within a character. So it does not run
through the points themselves but through the midpoints between them, each bend a quadratic curve
with the point as its control: a staircase of characters becomes a slope.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from nnfs_cli.engine import Floats

SIDE = 112  # pixels of the sheet: four for each one that the network sees
WHITE = 255  # the grey of paper
MARGIN = 8  # pixels of white paper around the sheet in a picture of it
THINNEST, USUAL, THICKEST = 2, 5, 12  # radii of the brush; MNIST's pens are near the usual one
STEPS = 100  # that can be undone; each holds a sheet, 50 kB
BENDS = 6  # straight pieces for a bend

Point: TypeAlias = tuple[float, float]  # x to the right and y down, in pixels of the sheet


@dataclass(frozen=True, eq=False)
class Step:
    """What the sheet was before something was done, and the file that doing it left behind."""

    ink: Floats  # (SIDE, SIDE)
    saved: Path | None = None


class Sketch:
    """A sheet of `SIDE` x `SIDE` pixels, 0 for paper and 1 for ink, and the brush over it."""

    def __init__(self) -> None:
        self.ink: Floats = np.zeros((SIDE, SIDE), dtype=np.float32)
        self.radius = USUAL
        self.erasing = False
        self._stroke: tuple[Point, Point] | None = None  # where the line ends, and the pointer is
        self._steps: deque[Step] = deque(maxlen=STEPS)

    def __repr__(self) -> str:
        return f"Sketch({self.ink.mean():.1%} ink)"

    @property
    def blank(self) -> bool:
        """Whether there is no ink at all."""
        return not self.ink.any()

    @property
    def down(self) -> bool:
        """Whether the brush is on the paper."""
        return self._stroke is not None

    def press(self, point: Point) -> None:
        """Put the brush on the paper, which begins a stroke."""
        self.lift()
        self._steps.append(Step(self.ink.copy()))
        self._stroke = point, point
        self._dab(point, point)

    def drag(self, point: Point) -> None:
        """Move the brush to `point`; where it is not on the paper, nothing happens."""
        if self._stroke is None:
            return
        start, corner = self._stroke
        middle = (corner[0] + point[0]) / 2, (corner[1] + point[1]) / 2
        before = start
        for number in range(1, BENDS + 1):
            after = bend(start, corner, middle, number / BENDS)
            self._dab(before, after)
            before = after
        self._stroke = middle, point

    def lift(self) -> None:
        """Take the brush off the paper, the line drawn to where the pointer is."""
        if self._stroke is not None:
            self._dab(*self._stroke)
            self._stroke = None

    def clear(self, *, saved: Path | None = None) -> None:
        """Take a new sheet; `saved` is where the old one went."""
        self.lift()
        self._steps.append(Step(self.ink.copy(), saved))
        self.ink[...] = 0.0

    def undo(self) -> Step | None:
        """Take back the last stroke or the last new sheet; return it, None if there is none."""
        self.lift()
        if not self._steps:
            return None
        step = self._steps.pop()
        self.ink[...] = step.ink
        return step

    def paper(self) -> NDArray[np.uint8]:
        """Return the sheet as a picture: black ink on white paper, with a margin."""
        grey = np.rint(WHITE * (1.0 - self.ink)).astype(np.uint8)
        return np.pad(grey, MARGIN, constant_values=WHITE)

    def _dab(self, start: Point, end: Point) -> None:
        """Leave ink, or take it away, along a straight line, with a round and soft edge."""
        reach = self.radius + 1
        left, right = sorted((start[0], end[0]))
        top, bottom = sorted((start[1], end[1]))
        across = slice(max(0, math.floor(left - reach)), max(0, math.ceil(right + reach)))
        down = slice(max(0, math.floor(top - reach)), max(0, math.ceil(bottom + reach)))
        part = self.ink[down, across]
        if not part.size:
            return
        y, x = np.mgrid[down, across][:, : part.shape[0], : part.shape[1]] + 0.5
        # the share of a pixel that the brush covers goes from 1 to 0 within a pixel of its edge
        cover = np.clip(self.radius + 0.5 - distance(x, y, start, end), 0.0, 1.0)
        if self.erasing:
            np.minimum(part, 1.0 - cover, out=part)
        else:
            np.maximum(part, cover, out=part)


def bend(start: Point, corner: Point, end: Point, t: float) -> Point:
    """Return the point at `t`, 0 to 1, of the quadratic Bezier curve with one control point."""
    a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t**2
    return (
        a * start[0] + b * corner[0] + c * end[0],
        a * start[1] + b * corner[1] + c * end[1],
    )


def distance(x: NDArray[np.float64], y: NDArray[np.float64], start: Point, end: Point) -> Floats:
    """Return how far the points `x, y` are from the straight line between two points."""
    along_x, along_y = end[0] - start[0], end[1] - start[1]
    length = along_x**2 + along_y**2
    if length == 0.0:
        return np.hypot(x - start[0], y - start[1]).astype(np.float32)
    share = np.clip(((x - start[0]) * along_x + (y - start[1]) * along_y) / length, 0.0, 1.0)
    return np.hypot(x - start[0] - share * along_x, y - start[1] - share * along_y).astype(
        np.float32
    )
