"""Ruling: the lines of the paper below several digits, and the boxes that they are written in.

With one digit in a picture it takes care to tell a line from a stroke. With several of them it is
simple: the digits are all about as high, and no stroke of a digit is half as long again as that.
"""

from __future__ import annotations

import itertools
import math

import numpy as np

from nnfs_cli.images.components import Mask, label
from nnfs_cli.images.erasing import cleared, left_by
from nnfs_cli.images.filters import Plane, greatest
from nnfs_cli.images.frames import encloses, encloses_several, is_rim, largest
from nnfs_cli.images.ink import connected
from nnfs_cli.images.line import Line, Ruling
from nnfs_cli.images.printed import closing, explained, parallel
from nnfs_cli.images.segments import candidates, usual_height
from nnfs_cli.images.tuning import ALIKE, HIGH

LONG = 1.5  # times the height of a digit: longer straight lines are no strokes
CLOSED = 1.15  # the same for a line that ends at two others, as the sides of a box do
NARROWEST = 0.55  # of the height of a box is its width at the least: a 1 may stand in the middle
ASIDE = 0.1  # of the width of a box may its side be away from where it would be in a row of equals
MOSTLY = 0.6  # of the sides of boxes in a row are found, or they are none
SPRAWLING = 2.0  # times the height: a piece as large as that is worth looking into for a box


def without_ruling(soft: Plane, *, low: float) -> tuple[Plane, Ruling]:
    """Return the ink without lines and boxes, and what they were; ink is stronger than `low`."""
    soft, ruling = without_long_lines(without_frames(soft, low), low)
    mask = connected(soft, low=max(low, ruling.level), high=HIGH)
    parts = label(mask, soft)
    worth = candidates(parts)
    if not len(worth):
        return soft, ruling
    usual = usual_height(parts, worth)
    # the boxes of a form may be too small a part of the page to have been noticed
    boxes: list[Line] = []
    for number in worth[parts.side[worth] > SPRAWLING * usual]:
        rows = slice(int(parts.top[number]), int(parts.bottom[number]))
        columns = slice(int(parts.left[number]), int(parts.right[number]))
        own = parts.labels[rows, columns] == number + 1
        alone, found = without_long_lines(np.where(own, soft[rows, columns], np.float32(0)), low)
        if found.lines:
            soft = soft if boxes else soft.copy()
            soft[rows, columns] = np.where(own, alone, soft[rows, columns])
            boxes += found.lines
    return soft, Ruling([*ruling.lines, *boxes])


def without_frames(soft: Plane, low: float) -> Plane:
    """Return the ink without boxes that no digit touches, whatever their corners are like."""
    parts = label(connected(soft, low=low, high=HIGH), soft)
    frames = [
        number
        for number in largest(parts)
        if is_rim(parts, number) and (encloses(parts, number) or encloses_several(parts, number))
    ]
    if not frames:
        return soft
    return np.where(greatest(parts.mask(frames), 1), np.float32(0.0), soft)


def without_long_lines(soft: Plane, low: float) -> tuple[Plane, Ruling]:
    """Return the ink without the lines that are a large part of the picture, and these."""
    return cleared(soft, connected(soft, low=low, high=HIGH), longer_than_strokes)


def longer_than_strokes(found: list[Line], soft: Plane, mask: Mask) -> list[Line]:
    """Return those lines that are longer than the strokes of a digit are.

    How high the digits are shows once the lines are gone; but of a digit that stands alone a stem
    may have been found, and what is left of it then says nothing. So a line whose ends are
    explained by nothing is held against the ink with all such lines in it.
    """
    printed = [line for line in found if explained(line, found, mask.shape)]
    loose = [line for line in found if line not in printed]
    usual = height_of_ink(left_by(soft, mask, found), soft)
    usual_with_loose = height_of_ink(left_by(soft, mask, printed), soft)
    long = [line for line in printed if line.length > LONG * usual]
    closed = [
        line
        for line in printed
        if is_as_thick(line, long)
        and line.length > CLOSED * usual
        and all(closing(point, line, found, mask.shape) == "line" for point in line.ends)
    ]
    sides, strokes = sides_of_boxes(long, printed, mask.shape)
    ruled = [line for line in (*long, *closed) if line not in strokes] + sides
    return [line for line in loose if line.length > LONG * usual_with_loose] + [
        line for line in printed if line in ruled
    ]


def sides_of_boxes(
    rails: list[Line], lines: list[Line], shape: tuple[int, ...]
) -> tuple[list[Line], list[Line]]:
    """Return the lines between two `rails` that stand where the sides of equal boxes would.

    Digits that fill their boxes are as high as the sides, and no length tells these from a 1; but
    it would have to be as thick as they are, and to stand in one row with them. Where no side is
    missing, what else stands between the rails is returned as well: strokes of digits.
    """
    best: list[Line] = []
    strokes: list[Line] = []
    for (one, other), between in between_rails(rails, lines, shape).items():
        alike = [line for line in between if is_as_thick(line, [one, other])]
        first, last = (one.start + other.start) / 2, (one.stop + other.stop) / 2
        fit = int((last - first) / (NARROWEST * abs(one.place - other.place)))
        for boxes in range(1, min(fit, int(len(alike) / MOSTLY)) + 1):
            places = [(line.place - first) / (last - first) * boxes for line in alike]
            there = [
                line
                for line, place in zip(alike, places, strict=True)
                if abs(place - round(place)) <= ASIDE
            ]
            if len(there) > max(len(best), MOSTLY * (boxes + 1)):
                best = there
                whole = len(there) > boxes > 1
                strokes = [line for line in between if line not in there] if whole else []
    return best, strokes


def between_rails(
    rails: list[Line], lines: list[Line], shape: tuple[int, ...]
) -> dict[tuple[Line, Line], list[Line]]:
    """Return for each two parallel rails between which there are any the lines that end at both."""
    between: dict[tuple[Line, Line], list[Line]] = {}
    for line in lines:
        met = [
            rail
            for rail in rails
            if any(closing(point, line, [rail], shape) == "line" for point in line.ends)
        ]
        for one, other in itertools.combinations(met, 2):
            if parallel(one, other):
                between.setdefault((one, other), []).append(line)
    return between


def is_as_thick(line: Line, others: list[Line]) -> bool:
    """Return whether a line is no thicker than others, or there are none to compare it with."""
    usual = float(np.median([other.thickness for other in others])) if others else math.inf
    return line.thickness <= ALIKE * usual + 1


def height_of_ink(mask: Mask, soft: Plane) -> float:
    """Return the usual height of the ink in a mask; infinity if there is none."""
    parts = label(mask, soft)
    worth = candidates(parts)
    return usual_height(parts, worth) if len(worth) else math.inf
