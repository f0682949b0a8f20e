"""Contour: whether a calm area of colour is a sheet, by its outline and what is on both its sides.

A thick stroke has holes and bays, the edge of a shadow is crossed by the ink, and behind a printed
line the same paper goes on.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnfs_cli.images import filters
from nnfs_cli.images.components import Components, Mask, filled, label
from nnfs_cli.images.filters import Plane
from nnfs_cli.images.polygon import drawn, hull, ovalness, polygon_area, simplified

NARROW = 0.2  # of its longer side is the shorter one of a sheet; a thick stroke has less
LEAST = 0.04  # of the picture at least is the sheet ...
MOST = 0.97  # ... and at most: there is nothing to cut off
INKED = 0.6  # of a sheet at most is not calm paper: edges are broad, seen from afar
STRAIGHT = 0.97  # of a sheet's hull is left when its outline is drawn with eight points ...
POINTS = 8
OVAL = 0.97  # ... or of an oval: a badge, a card with round corners
ANGULAR = 0.9  # of it is left with four points: a sheet with corners, which no 0 has
BY_RULER = 0.985  # of it is left so: drawn by a program
FULL = 0.5  # ... and so much of the hull is sheet or written on: a finger may cover the rest
WHOLE = 0.93  # where less is, the rest may be the bays of a thick 5 or 7 ...
ROUND = 0.94  # ... and of a round one so much is: a thick 6, 8 or 9 is less, only a 0 is as much
PLAIN = 0.75  # of its hull: what fills as much is a hole in a stroke; strokes fill less
CLOSED = 0.85  # of its outline is calm: ink may reach into it from the border
STANDS_OUT = 0.08  # of full scale: so different is what surrounds a sheet ...
BEYOND = (4, 7, 10)  # coarse pixels from just inside a sheet's edge to what surrounds it
AROUND = 0.75  # ... on so much of its outline
BAND = (2, 4)  # coarse pixels from the edge, on both sides of it, where ink that crosses it is


def sheet_of(zones: Components, number: int, colour: Plane) -> Mask | None:
    """Return the sheet that a calm zone is, with all that is written on it, or None."""
    zone = zones.labels == number + 1
    mask = filled(zone)
    area = float(mask.sum())
    if not LEAST * mask.size <= area <= MOST * mask.size or zone.sum() < (1 - INKED) * area:
        return None
    width, height = int(zones.width[number]), int(zones.height[number])
    if min(width, height) < NARROW * max(width, height):
        return None
    outline = hull(mask)
    full = area / polygon_area(outline)
    corners = kept_by(outline, 4)
    angular = corners >= ANGULAR
    if full < (FULL if angular else ROUND):
        return None
    mask = drawn(outline, mask.shape)
    if kept_by(outline, POINTS) < STRAIGHT and ovalness(mask) < OVAL:
        return None
    ruled = corners >= BY_RULER
    if not (angular and full > WHOLE) and is_stroke(mask, zone, colour, ruled=ruled):
        return None
    rim = mask & filters.greatest(~mask, 1)
    if (rim & filters.greatest(zone, 2)).sum() < CLOSED * rim.sum():
        return None
    if mask.mean() > MOST or not stands_out(mask, colour) or is_crossed(mask, colour):
        return None
    return mask


def kept_by(outline: NDArray[np.float64], points: int) -> float:
    """Return how much of an outline's area is left when it is drawn with so many points."""
    return polygon_area(simplified(outline, points)) / polygon_area(outline)


def is_stroke(mask: Mask, zone: Mask, colour: Plane, *, ruled: bool) -> bool:
    """Return whether a mask is no sheet but a thick stroke around holes and bays, or a hole.

    What is written on a badge stands clear of its edge, if the edge is not ruled as a canvas's is,
    and it is no plain patch as a hole is.
    """
    patches = label(mask & (filters.apart(colour, np.median(colour[zone], axis=0)) > STANDS_OUT))
    clear = np.ones(len(patches), dtype=bool)
    rim = patches.labels[mask & filters.greatest(~mask, 1)]
    clear[rim[rim > 0] - 1] = ruled
    if not clear.any():
        return True
    patch = patches.mask([int((patches.area * clear).argmax())])
    outline = hull(patch)
    bays = drawn(outline, mask.shape) & ~patch
    slim = not (~filters.greatest(~bays, 1)).any()  # a slit is all edge, seen from so far
    return slim or float(patch.sum()) > PLAIN * polygon_area(outline)


def stands_out(mask: Mask, colour: Plane) -> bool:
    """Return whether the colour outside of a mask is another than just inside, all around.

    It must be so at several distances: behind a line the same paper goes on.
    """
    inner = mask & filters.greatest(~mask, 2)
    total = differing = 0
    for axis in (0, 1):
        for sign in (-1, 1):
            off = np.full(mask.shape, np.inf, dtype=np.float32)
            for step in BEYOND:
                moved = shifted(colour, axis, sign * step, fill=np.nan)
                difference = np.abs(moved - colour).max(axis=2)
                off = np.fmin(off, difference)
            there = inner & ~shifted(mask, axis, sign * BEYOND[0], fill=True)
            total += int(there.sum())
            differing += int((off[there] > STANDS_OUT).sum())
    return total > 0 and differing > AROUND * total


def is_crossed(mask: Mask, colour: Plane) -> bool:
    """Return whether ink goes on across the edge of a mask, as it does across that of a shadow.

    Just inside of the edge and just outside, at one place, something stands out from what is
    usual there, half as much at least as the ink on the sheet does.
    """
    strong: list[Mask] = []
    ink = np.float32(0.0)
    for side in (mask, ~mask):
        band = side & filters.greatest(~side, BAND[1]) & ~filters.greatest(~side, BAND[0])
        if not band.any():
            return False
        usual = np.median(colour[band], axis=0)
        apart = np.abs(colour - usual).max(axis=2)
        if side is mask:
            ink = apart[mask].max()
        strong.append(band & (apart > ink / 2))
    return bool((filters.greatest(strong[0], 2 * BAND[1]) & strong[1]).any())


def shifted(plane: NDArray, axis: int, step: int, *, fill: float) -> NDArray:  # type: ignore[type-arg]
    """Return at every place what is `step` pixels ahead of it along an axis."""
    moved = np.full_like(plane, fill)
    length = plane.shape[axis]
    to = slice(max(0, -step), length - max(0, step))
    of = slice(max(0, step), length - max(0, -step))
    index = (slice(None),) * axis
    moved[(*index, to)] = plane[(*index, of)]
    return moved
