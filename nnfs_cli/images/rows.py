"""Rows: which segments are one line of digits, and the order that they are read in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnfs_cli.images.segments import Segment

REACH = 4.0  # times the height: a digit's neighbour in its line is no further away
OVERLAP = 0.4  # of the lower one's height that two neighbours have in common
STEEPEST = 0.4  # rows a column, or 22 degrees: lines lean less

Floats = NDArray[np.float64]


def in_rows(segments: list[Segment]) -> list[list[Segment]]:
    """Return the lines of digits from top to bottom, each from left to right.

    The lines may lean, as on a page held askew: by how much, neighbours tell. With that taken out,
    digits that share their rows are a line.
    """
    if not segments:
        return []
    left, top, right, bottom = np.array(
        [(s.left, s.top, s.right, s.bottom) for s in segments], dtype=np.float64
    ).T
    middle = (left + right) / 2
    slope = lean(left, top, right, bottom)
    # the middle of the picture is where it was, the rest is turned about it
    off = slope * (middle - middle.mean())
    lines: list[list[int]] = []
    for number in np.argsort(top + bottom - 2 * off, kind="stable").tolist():
        line = fitting(number, lines, top - off, bottom - off)
        if line is None:
            lines.append([number])
        else:
            line.append(number)
    lines.sort(key=lambda line: float(np.mean([top[n] + bottom[n] - 2 * off[n] for n in line])))
    return [[segments[n] for n in sorted(line, key=lambda n: (middle[n], n))] for line in lines]


def fitting(number: int, lines: list[list[int]], top: Floats, bottom: Floats) -> list[int] | None:
    """Return the line that shares the most rows with a segment, None if none shares enough."""
    best, most = None, OVERLAP
    for line in lines:
        low, high = float(np.median(top[line])), float(np.median(bottom[line]))
        shared = min(high, bottom[number]) - max(low, top[number])
        share = shared / max(1.0, min(high - low, bottom[number] - top[number]))
        if share >= most:
            best, most = line, share
    return best


def lean(left: Floats, top: Floats, right: Floats, bottom: Floats) -> float:
    """Return how many rows the lines go down a column: the median over neighbours.

    Tops and bottoms are looked at apart, and the better agreement of both counts: a 4 may reach
    below the line and a 6 above it, but seldom do all of them.
    """
    height, middle = bottom - top, (left + right) / 2
    usual = float(np.median(height))
    slopes: list[float] = []
    for i in range(len(left)):
        ahead = middle - middle[i]
        shared = np.minimum(bottom, bottom[i]) - np.maximum(top, top[i])
        near = (ahead > 0.2 * usual) & (ahead < REACH * usual)
        near &= shared >= OVERLAP * np.minimum(height, height[i])
        if not near.any():
            continue
        j = int(np.flatnonzero(near)[ahead[near].argmin()])
        down = ((top[j] + bottom[j]) - (top[i] + bottom[i])) / 2
        slopes.append(float(down / ahead[j]))
    slope = float(np.median(slopes)) if slopes else 0.0
    return slope if abs(slope) <= STEEPEST else 0.0
