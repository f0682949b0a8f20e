"""Printed: ruled paper, boxes and frames, which are straight lines and are not ink.

A line is long, thin and straight. So are the strokes of a 1, 4 or 7; what tells them apart is that
a ruled line goes on to the border of the picture, or to a corner where it meets another one.
"""

from __future__ import annotations

import numpy as np

from nnfs_cli.images.boxes import without_strokes
from nnfs_cli.images.components import Components, Mask, label
from nnfs_cli.images.erasing import cleared, left_by
from nnfs_cli.images.filters import Plane
from nnfs_cli.images.line import Line, Ruling
from nnfs_cli.images.tuning import ALIKE, CORNER, NEAR_BORDER, TOO_LONG, WORTH


def without_lines(soft: Plane, mask: Mask) -> tuple[Plane, Ruling]:
    """Return the ink without ruled lines, boxes and frames, and what they were."""
    return cleared(soft, mask, not_ink)


def not_ink(found: list[Line], soft: Plane, mask: Mask) -> list[Line]:
    """Return those lines that are no strokes of a digit."""
    closed = on_paper(found, soft, mask)
    return closed or to_write_on(found, soft, mask)


def to_write_on(found: list[Line], soft: Plane, mask: Mask) -> list[Line]:
    """Return the lines across that are too long for the foot of a 2: they need no reason to end."""
    across = [line for line in found if not line.down]
    rest = label(left_by(soft, mask, across))
    if not len(rest):
        return []
    heart = main(rest, mask.shape)
    side = int(rest.side[heart])
    return [
        line
        for line in across
        if line.length > TOO_LONG * side and rest.height[heart] > WORTH * line.thickness
    ]


def on_paper(found: list[Line], soft: Plane, mask: Mask) -> list[Line]:
    """Return the lines whose ends are explained, as long as a digit is left without them."""
    candidates = stable(of_one_pen(stable(found, mask.shape)), mask.shape)
    candidates = stable(without_strokes(candidates, mask), mask.shape)
    while candidates:
        rest = label(left_by(soft, mask, candidates))
        if len(rest):
            heart = main(rest, mask.shape)
            size = max(rest.side[heart], 1)
            if size >= 0.15 * min(line.length for line in candidates) or size >= 0.3 * min(
                mask.shape
            ):
                box = (
                    *(int(rest.left[heart]), int(rest.top[heart])),
                    *(int(rest.right[heart]), int(rest.bottom[heart])),
                )
                kept = [line for line in candidates if clear(line, box, candidates, mask.shape)]
                if len(kept) == len(candidates):
                    return candidates
                candidates = stable(kept, mask.shape)
                continue
        # nothing is left: the digit is a 1 that reaches from one side of its box to the other
        inner = [line for line in candidates if is_inner(line, candidates)]
        if len(inner) != 1:
            return []
        candidates = [line for line in candidates if line is not inner[0]]
    return []


def of_one_pen(lines: list[Line]) -> list[Line]:
    """Return the lines that are about as thick as most of them."""
    usual = float(np.median([line.thickness for line in lines])) if lines else 0.0
    least, most = usual / ALIKE - 1, usual * ALIKE + 1
    return [line for line in lines if least <= line.thickness <= most]


def main(rest: Components, shape: tuple[int, ...]) -> int:
    """Return the number of the component that is most central and large."""
    height, width = shape
    y = ((rest.top + rest.bottom) / 2 / height - 0.5) * 2
    x = ((rest.left + rest.right) / 2 / width - 0.5) * 2
    return int((rest.area * (1.2 - np.minimum(1.0, np.hypot(x, y)))).argmax())


def stable(lines: list[Line], shape: tuple[int, ...]) -> list[Line]:
    """Return the lines whose ends are explained by the border or by each other."""
    while True:
        kept = [line for line in lines if explained(line, lines, shape)]
        if len(kept) == len(lines):
            return kept
        lines = kept


def explained(line: Line, lines: list[Line], shape: tuple[int, ...]) -> bool:
    """Return whether both ends are closed, or one is and a parallel line is much the same."""
    closings = [closing(point, line, lines, shape) for point in line.ends]
    if all(closings):
        return True
    return any(closings) and any(parallel(line, other) for other in lines if other is not line)


def closing(
    point: tuple[float, float], line: Line, lines: list[Line], shape: tuple[int, ...]
) -> str:
    """Return what an end of a line is closed by: "line", "border" or nothing, ""."""
    for other in lines:
        if other.down != line.down:
            at, beside = other.along(point)
            near_end = min(abs(at), abs(at - 1)) <= CORNER
            near = 2 + line.thickness + other.thickness
            room = near + CORNER * min(line.length, other.length) if near_end else near
            if beside <= room and (near_end or 0 <= at <= 1):
                return "line"
    height, width = shape
    x, y = point
    reach = NEAR_BORDER * (height if line.down else width)
    near = (min(y, height - y) if line.down else min(x, width - x)) <= reach
    return "border" if near else ""


def parallel(line: Line, other: Line) -> bool:
    """Return whether two lines run beside each other for most of their length."""
    if line.down != other.down:
        return False
    overlap = min(line.stop, other.stop) - max(line.start, other.start)
    apart = abs(line.place - other.place)
    return overlap >= 0.6 * max(line.length, other.length) and apart > 3 * line.thickness


def clear(
    line: Line, box: tuple[int, int, int, int], lines: list[Line], shape: tuple[int, ...]
) -> bool:
    """Return whether a line is none of the strokes of the digit whose other ink is in `box`.

    At a border the digit must stay away from where the line runs out of the picture, or the line
    may be a stroke in a picture that is cut to the digit.
    """
    height, width = shape
    closings = [closing(point, line, lines, shape) for point in line.ends]
    low, high = (box[1], box[3]) if line.down else (box[0], box[2])
    side = height if line.down else width
    margin = max(1.0, 0.03 * side)
    company = any(parallel(line, other) for other in lines if other is not line)
    if closings == ["line", "line"]:
        return True
    free = [low > margin, high < side - margin]
    for what, away in zip(closings, free, strict=True):
        if what == "border" and not away and not company:
            return False
    if "line" in closings or company:
        return True
    # all alone from border to border: a line to write on, but not a stroke down that it could be
    return not line.down or apart(line, box)


def apart(line: Line, box: tuple[int, int, int, int]) -> bool:
    """Return whether a line down the picture passes by a box."""
    return line.place + line.thickness < box[0] or line.place - line.thickness > box[2]


def is_inner(line: Line, lines: list[Line]) -> bool:
    """Return whether a line meets others with both its ends, well inside of them."""
    met = 0
    for point in line.ends:
        for other in lines:
            if other.down != line.down:
                at, beside = other.along(point)
                if 0.2 < at < 0.8 and beside <= 0.15 * line.length + line.thickness:
                    met += 1
                    break
    return met == 2
