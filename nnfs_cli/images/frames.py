"""Frames: what somebody drew around a digit or under it, and is no part of it."""

from __future__ import annotations

import math

import numpy as np

from nnfs_cli.images.components import Components, filled
from nnfs_cli.images.filters import greatest
from nnfs_cli.images.tuning import (
    ALIKE_INK,
    CLEAR_OF,
    CLOSED,
    CORNER_SQUARE,
    ENCLOSED,
    ENCLOSED_EACH,
    FLAT,
    HIGHER,
    LARGEST,
    LEANING,
    LEFT_END,
    ROUND,
    ROUND_CORNER,
    SIDE_OF_BOX,
    SLENDER,
    TRAY,
    WIDER,
)


def surrounds(parts: Components, number: int) -> bool:
    """Return whether a component is a frame, a circle, a tray or an underline of another one."""
    return encloses(parts, number) or underlines(parts, number) or holds(parts, number)


def encloses(parts: Components, number: int) -> bool:
    """Return whether a component has other ink of some size inside, and is no 0 with a slash.

    A frame has corners, which a 0 has not. A circle has none either: it is told by what is inside,
    as strong as itself and no straight stroke, unless it is upright in the middle of a round one.
    """
    left, top = parts.left[number], parts.top[number]
    right, bottom = parts.right[number], parts.bottom[number]
    within = (parts.left > left) & (parts.right < right)
    within &= (parts.top > top) & (parts.bottom < bottom)
    short = min(right - left, bottom - top)
    within &= parts.side >= ENCLOSED * short
    if not within.any():
        return False
    if has_corners(parts, number):
        return True
    strength = parts.mass / parts.area
    within &= strength > ALIKE_INK * strength[number]
    is_round = short > ROUND * max(right - left, bottom - top)
    return any(
        goes_around(parts, number, int(other)) and is_written(parts, int(other), alone=is_round)
        for other in np.flatnonzero(within)
    )


def encloses_several(parts: Components, number: int) -> bool:
    """Return whether a component goes around two pieces or more that together have some size."""
    left, top = parts.left[number], parts.top[number]
    right, bottom = parts.right[number], parts.bottom[number]
    short = min(right - left, bottom - top)
    strength = parts.mass / parts.area
    within = (parts.left > left) & (parts.right < right)
    within &= (parts.top > top) & (parts.bottom < bottom)
    within &= parts.side >= ENCLOSED_EACH * short
    within &= strength > ALIKE_INK * strength[number]
    inside = [n for n in np.flatnonzero(within).tolist() if goes_around(parts, number, n)]
    if len(inside) < 2:
        return False
    width = parts.right[inside].max() - parts.left[inside].min()
    height = parts.bottom[inside].max() - parts.top[inside].min()
    return bool(max(width, height) >= ENCLOSED * short)


def has_corners(parts: Components, number: int) -> bool:
    """Return whether a component reaches three corners of its box at least."""
    left, top = parts.left[number], parts.top[number]
    right, bottom = parts.right[number], parts.bottom[number]
    own = parts.labels[top:bottom, left:right] == number + 1
    rows = max(1, round(CORNER_SQUARE * (bottom - top)))
    columns = max(1, round(CORNER_SQUARE * (right - left)))
    ends = [(slice(None, rows), slice(-rows, None)), (slice(None, columns), slice(-columns, None))]
    return sum(bool(own[y, x].any()) for y in ends[0] for x in ends[1]) >= 3


def goes_around(parts: Components, number: int, other: int) -> bool:
    """Return whether there is ink of a component on all four sides of another, gaps but small."""
    own = parts.labels == number + 1
    rows = slice(int(parts.top[other]), int(parts.bottom[other]))
    columns = slice(int(parts.left[other]), int(parts.right[other]))
    beside = own[rows, : columns.start].any(axis=1) & own[rows, columns.stop :].any(axis=1)
    around = own[: rows.start, columns].any(axis=0) & own[rows.stop :, columns].any(axis=0)
    return min(float(beside.mean()), float(around.mean())) > CLOSED


def is_written(parts: Components, number: int, *, alone: bool) -> bool:
    """Return whether a component bends, as digits do; or is an upright stroke, if that will do."""
    rows, columns = np.nonzero(parts.labels == number + 1)
    spread, axes = np.linalg.eigh(np.cov(np.stack([rows, columns]).astype(np.float64), ddof=0))
    if spread[0] > SLENDER**2 * spread[1]:
        return True
    down, across = np.abs(axes[:, 1])
    return bool(alone and across < math.sin(math.radians(LEANING)) * np.hypot(down, across))


def underlines(parts: Components, number: int) -> bool:
    """Return whether a component is flat and below a higher one, and is not the foot of a 2.

    It is far wider, well clear of it, or below its middle: a 2 comes down at the left of its foot.
    """
    width, height = int(parts.width[number]), int(parts.height[number])
    if height > FLAT * width:
        return False
    gap = parts.top[number] - parts.bottom
    above = (gap > 0) & (parts.height >= min(ENCLOSED * width, HIGHER * height))
    above &= (parts.left < parts.right[number]) & (parts.right > parts.left[number])
    narrower = parts.width <= width
    clear, wider = gap >= CLEAR_OF * parts.height, width >= WIDER * parts.width
    if (above & (wider | (clear & narrower))).any():
        return True
    near = above & narrower & (gap < parts.height)
    return any(stands_on(parts, body, number) for body in np.flatnonzero(near).tolist())


def stands_on(parts: Components, body: int, line: int) -> bool:
    """Return whether the lowest ink of a component is not above the left end of another one."""
    lowest = parts.labels[int(parts.bottom[body]) - 1] == body + 1
    place = float(np.flatnonzero(lowest).mean())
    return bool(place - parts.left[line] > LEFT_END * parts.width[line])


def holds(parts: Components, number: int) -> bool:
    """Return whether a component is a tray: a foot and two short sides with another one in it."""
    if not is_rim(parts, number) or parts.height[number] > TRAY * parts.width[number]:
        return False
    left, right = parts.left[number], parts.right[number]
    top, bottom = parts.top[number], parts.bottom[number]
    own = parts.labels[top:bottom, left:right] == number + 1
    side, upper = max(1, round(CORNER_SQUARE * (right - left))), (bottom - top) // 3
    if own[:upper, side:-side].any() or not (
        own[:upper, :side].any() and own[:upper, -side:].any()
    ):
        return False
    inside = (parts.left > left) & (parts.right < right) & (parts.bottom < bottom)
    inside &= (parts.top < top) & (parts.height >= ENCLOSED * (right - left))
    return bool(inside.any())


def is_rim(parts: Components, number: int) -> bool:
    """Return whether a component runs along the sides of its own box, but for round corners.

    A digit that touches it reaches further in, or makes the box larger.
    """
    left, top, right, bottom = (
        int(side[number]) for side in (parts.left, parts.top, parts.right, parts.bottom)
    )
    own = parts.labels[top:bottom, left:right] == number + 1
    short, depth = min(own.shape), depth_of_line(parts, number)
    corner = round(ROUND_CORNER * short)
    inside = own[depth:-depth, corner:-corner].any() or own[corner:-corner, depth:-depth].any()
    return short > 2 * corner > 2 * depth and not inside


def is_hoop(parts: Components, number: int) -> bool:
    """Return whether a component is a thin closed line, of any form and however it leans.

    All of it is near to what lies around it; a digit that touches it from within would not be.
    """
    left, top, right, bottom = (
        int(side[number]) for side in (parts.left, parts.top, parts.right, parts.bottom)
    )
    own = np.pad(parts.labels[top:bottom, left:right] == number + 1, 2)
    thick = greatest(own, 1)  # a hairline that leans would leak at its steps
    whole = filled(thick)
    near = greatest(~whole, depth_of_line(parts, number) + 1)
    return bool((whole & ~thick).any()) and not (own & ~near).any()


def depth_of_line(parts: Components, number: int) -> int:
    """Return how deep a line reaches that goes once around the box of a component: its pixels."""
    width, height = int(parts.width[number]), int(parts.height[number])
    own = round(float(parts.area[number]) / (width + height))
    return max(2, own, round(SIDE_OF_BOX * min(width, height)))


def largest(parts: Components) -> list[int]:
    """Return the largest components: those that are worth a closer look."""
    return [int(n) for n in np.argsort(-parts.side, kind="stable")[:LARGEST]]
