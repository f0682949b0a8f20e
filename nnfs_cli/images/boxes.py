"""Boxes: four lines that meet in four corners. What is inside, and is no divider, was written."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from nnfs_cli.images.components import Mask
from nnfs_cli.images.line import Line
from nnfs_cli.images.tuning import CORNER

UNBROKEN = 0.75  # of a divider's ends there is ink: a stroke that only comes near leaves a gap


class Box(NamedTuple):
    """The four sides of a box."""

    top: Line
    bottom: Line
    left: Line
    right: Line

    def gaps(self) -> float:
        """Return how far apart the ends of the sides are at the corners, all four of them."""
        corners = (
            (self.top, 0, self.left, 0),
            (self.top, 1, self.right, 0),
            (self.bottom, 0, self.left, 1),
            (self.bottom, 1, self.right, 1),
        )
        return sum(apart(one.ends[i], other.ends[j]) for one, i, other, j in corners)

    def contains(self, line: Line) -> bool:
        """Return whether the middle of a line is inside."""
        across, down = (self.left, self.right), (self.top, self.bottom)
        beside, along = (across, down) if line.down else (down, across)
        middle = (line.start + line.stop) / 2
        return (
            beside[0].place < line.place < beside[1].place
            and along[0].place < middle < along[1].place
        )

    def is_divided_by(self, line: Line, mask: Mask) -> bool:
        """Return whether a line goes from one side to the other, without a gap, and no further."""
        sides = (self.top, self.bottom) if line.down else (self.left, self.right)
        for end, side in zip(line.ends, sides, strict=True):
            if side.along(end)[1] > side.thickness / 2 + 1:
                return False
        near = [round(side.thickness) + 1 for side in sides]
        length = max(6, round(2 * line.thickness))  # lines are followed across smaller gaps
        ink = (mask.T if line.down else mask)[
            np.rint(line.middle).astype(np.intp), np.arange(line.start, line.stop)
        ]
        ends = ink[near[0] : near[0] + length], ink[::-1][near[1] : near[1] + length]
        return all(float(end.mean()) > UNBROKEN for end in ends if len(end))


def without_strokes(lines: list[Line], mask: Mask) -> list[Line]:
    """Return the lines without those that are inside of a box and do not divide it."""
    boxes = boxes_of([*lines, *cut_sides(lines, mask.shape)])
    sides = {id(side) for box in boxes for side in box}

    def divides(line: Line) -> bool:
        return all(box.is_divided_by(line, mask) for box in boxes if box.contains(line))

    return [line for line in lines if id(line) in sides or divides(line)]


def boxes_of(lines: list[Line]) -> list[Box]:
    """Return the boxes; of two that share a side the one whose corners meet better."""
    boxes: list[Box] = []
    for box in sorted(closed_by(lines), key=Box.gaps):
        if not any(side is other for known in boxes for other in known for side in box):
            boxes.append(box)
    return boxes


def cut_sides(lines: list[Line], shape: tuple[int, ...]) -> Iterator[Line]:
    """Find the sides that the picture's border cut off: two lines run out there, beside each other.

    Lines that run out on both sides are a ruling, and no box.
    """
    for one, other in itertools.combinations(lines, 2):
        if one.down == other.down:
            last = (shape[0] if one.down else shape[1]) - 1
            out = [(line.start <= 1, line.stop >= last) for line in (one, other)]
            if out[0] == out[1] and out[0][0] != out[0][1]:
                end = -1 if out[0][1] else 0
                start, stop = sorted(round(line.middle[end]) for line in (one, other))
                border = np.full(stop - start, last + 1 if out[0][1] else 0)
                if len(border):  # or they run into each other
                    yield Line(not one.down, start, stop, border, thickness=1.0, level=0.0)


def closed_by(lines: list[Line]) -> Iterator[Box]:
    """Find all boxes: a top, the sides that hang from its ends, and the bottom that joins them."""
    across = [line for line in lines if not line.down]
    down = [line for line in lines if line.down]
    for top in across:
        for left in down:
            if not meet(top, 0, left, 0):
                continue
            for right in down:
                if right is left or not meet(top, 1, right, 0):
                    continue
                for bottom in across:
                    if bottom is not top and meet(bottom, 0, left, 1) and meet(bottom, 1, right, 1):
                        yield Box(top, bottom, left, right)


def meet(one: Line, end: int, other: Line, other_end: int) -> bool:
    """Return whether an end of a line and one of another make a corner, be it round."""
    room = 2 + one.thickness + other.thickness + CORNER * min(one.length, other.length)
    return apart(one.ends[end], other.ends[other_end]) <= room


def apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return how far apart two points (x, y) are, across or down."""
    return max(abs(one[0] - other[0]), abs(one[1] - other[1]))
