"""Sheet: the paper on a table, the canvas in a window; what is around it is no part of the story.

A sheet is an area of calm colour with straight edges, or an oval, other than what surrounds it, and
with ink on it. It may lie askew, be cut off by the picture's border, and the light on it may change
slowly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from nnfs_cli.images import filters
from nnfs_cli.images.components import Components, Mask, filled, label
from nnfs_cli.images.contour import BEYOND, LEAST, sheet_of
from nnfs_cli.images.filters import Plane

SMALL = 160  # pixels of the longer side of the picture in which a sheet is looked for
LEAST_PICTURE = 64  # pixels of the shorter side: smaller ones show no table
MAIN = 0.3  # of all that there is on what is no sheet: one piece so large is a digit there
CALM = 0.04  # of full scale: a greater difference between neighbours is an edge
MARGIN = 0.15  # of a sheet's shorter side: ink that reaches no further in is of its outline
BESIDE = 0.33  # of what lies on the ground counts: a pen on the table is no digit
FLAT = 2.5  # times as wide as high is a bar at least
INK = 0.10  # of a sheet's shorter side: so large at least is what is written on it ...
SEEN = 6  # coarse pixels: ... nor smaller than this
FAINT = 0.05  # of full scale: what differs less from the paper is its grain
EDGE = 5  # coarse pixels around a sheet that belong to its edge: an outline, a shadow


class Written(NamedTuple):
    """The pieces of ink on a sheet."""

    side: NDArray[np.intp]  # the longer sides, coarse pixels
    weight: NDArray[np.float64]  # these times how much they differ from the paper


class Zone(NamedTuple):
    """What is written on a calm part of a picture."""

    side: float  # of the longest piece of ink, coarse pixels
    weight: float  # of the heaviest
    is_ground: bool  # whether sheets lie on it, and a piece of ink that is larger than they
    beside: float  # the weight again, if it is neither a sheet nor what sheets lie on


@dataclass(frozen=True, eq=False)
class Sheet:
    """Where the sheet is."""

    mask: Mask  # (rows, columns), coarse
    scale: float  # pixels of the picture to one of the mask
    left: float  # where the mask begins in the picture
    top: float

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom in the picture."""
        rows, columns = np.flatnonzero(self.mask.any(axis=1)), np.flatnonzero(self.mask.any(axis=0))
        return (
            int(np.ceil(self.left + columns[0] * self.scale)),
            int(np.ceil(self.top + rows[0] * self.scale)),
            int(self.left + (columns[-1] + 1) * self.scale),
            int(self.top + (rows[-1] + 1) * self.scale),
        )

    def fill(self, colour: Plane, *, left: int, top: int, factor: int) -> Plane:
        """Return a view (height, width, channels) with the paper going on all around the sheet."""
        height, width, _ = colour.shape
        rows = (top + (np.arange(height) + 0.5) * factor - self.top) / self.scale
        columns = (left + (np.arange(width) + 0.5) * factor - self.left) / self.scale
        inside = self.mask[
            np.ix_(
                np.clip(rows, 0, self.mask.shape[0] - 1).astype(np.intp),
                np.clip(columns, 0, self.mask.shape[1] - 1).astype(np.intp),
            )
        ]
        return spread(colour, inside)


def spread(colour: Plane, inside: Mask) -> Plane:
    """Return a picture whose pixels outside of a mask are those at its edge, row by row.

    The light on the paper goes on so, and makes no edge. Rows without any take those beside them.
    """
    there = np.flatnonzero(inside.any(axis=1))
    if not len(there) or inside.all():
        return colour
    height, width = inside.shape
    first, last = inside.argmax(axis=1), width - 1 - inside[:, ::-1].argmax(axis=1)
    rows = there[np.abs(np.arange(height)[:, None] - there[None, :]).argmin(axis=1)]
    columns = np.clip(np.arange(width)[None, :], first[rows][:, None], last[rows][:, None])
    return np.asarray(colour[rows[:, None], columns])


def find_sheet(
    colour: Plane, *, left: int, top: int, factor: int, several: bool = False
) -> Sheet | None:
    """Return the sheet in a view of a picture, or None if there is none, or nothing beside it.

    Ruled lines cut a sheet into strips: if none is found, one is looked for without thin lines.
    Where `several` digits may be anywhere there must be none beside it.
    """
    height, width, _ = colour.shape
    if min(height, width) < LEAST_PICTURE:
        return None
    by = max(1, -(-max(height, width) // SMALL))
    small = shrunk(colour, by)
    if min(small.shape[:2]) <= 2 * BEYOND[-1]:
        return None
    still = calm(small)
    found = written_on(small, still, label(still), several=several)
    if found is None:
        zones = label(calm(without_thin(small)))
        found = written_on(small, still, zones, several=several)
    return None if found is None else Sheet(found, float(by * factor), float(left), float(top))


def written_on(small: Plane, still: Mask, zones: Components, *, several: bool) -> Mask | None:
    """Return the zone of a picture that is a sheet: that of the largest, strongest piece of ink."""
    # where nothing is calm but without the thin lines, there is no paper by which to tell ink
    paper = np.bincount(zones.labels[still], minlength=len(zones.area) + 1)[1:]
    numbers = np.flatnonzero((zones.area >= LEAST * zones.labels.size) & (paper > 0)).tolist()
    sheets = {n: mask for n in numbers if (mask := sheet_of(zones, n, small)) is not None}
    if not sheets:
        return None
    found = {n: zone_of(n, zones, still, sheets, small) for n in numbers}
    written = {
        n: zone.weight
        for n, zone in found.items()
        if zone.weight and (n in sheets or zone.is_ground)
    }
    best = max(written, key=written.__getitem__, default=None)
    if best not in sheets:
        return None
    sheet = sheets[best]
    outside = [zone for n, zone in found.items() if not sheet[zones.labels == n + 1].all()]
    if any(zone.beside > written[best] for zone in outside):
        return None
    if is_head(sheet, max((zone.side for zone in outside), default=0.0)):
        return None
    if several and (len(written) > 1 or has_ink_beside(sheet, zones.labels == 0)):
        return None
    return sheet


def zone_of(
    number: int, zones: Components, still: Mask, sheets: dict[int, Mask], small: Plane
) -> Zone:
    """Return what is written on a calm zone, which may be one of the `sheets` or around some."""
    zone = (zones.labels == number + 1) & still
    mask = sheets.get(number, filled(zone))  # what is no sheet may have ink on it, too
    smaller = [other for n, other in sheets.items() if n != number and other.sum() < mask.sum()]
    others = np.any(smaller, axis=0) if smaller else np.zeros_like(mask)
    ink = ink_on(mask, zone, others, small)
    side, weight = (float(values.max(initial=0.0)) for values in ink)
    widest = [
        max(np.ptp(np.nonzero(other), axis=1)) for other in sheets.values() if mask[other].all()
    ]
    is_ground = bool(widest) and side > max(MAIN * ink.side.sum(), max(widest))
    lies_bare = number not in sheets and not widest
    share = BESIDE if at_border(mask) else 1.0
    return Zone(side, weight, is_ground, share * weight if lies_bare else 0.0)


def is_head(mask: Mask, beside: float) -> bool:
    """Return whether a sheet is the head of a form, a bar that is lower than the ink beside it."""
    height, width = (np.ptp(np.flatnonzero(mask.any(axis=axis))) + 1 for axis in (1, 0))
    return bool(width > FLAT * height and beside > height)


def at_border(mask: Mask) -> bool:
    """Return whether a part of a picture reaches its border, as the ground does, and no box."""
    return bool(mask[0].any() or mask[-1].any() or mask[:, 0].any() or mask[:, -1].any())


def without_thin(colour: Plane) -> Plane:
    """Return a picture (height, width, channels) without lines of two pixels or less: medians."""
    for axis in (0, 1):
        margin = [(2, 2) if a == axis else (0, 0) for a in range(3)]
        windows = sliding_window_view(np.pad(colour, margin, mode="edge"), 5, axis=axis)
        colour = np.median(windows, axis=-1).astype(np.float32)
    return colour


def shrunk(colour: Plane, by: int) -> Plane:
    """Return the means of squares of `by` pixels."""
    height, width, channels = colour.shape
    rows, columns = height // by, width // by
    part = colour[: rows * by, : columns * by].reshape(rows, by, columns, by, channels)
    return np.asarray(part.mean(axis=(1, 3)), dtype=np.float32)


def calm(colour: Plane) -> Mask:
    """Return where the colour is nearly that of all four neighbours."""
    there = np.ones(colour.shape[:2], dtype=bool)
    for axis in (0, 1):
        edge = np.abs(np.diff(colour, axis=axis)).max(axis=2) > CALM
        ahead = np.pad(edge, [(0, 1) if a == axis else (0, 0) for a in (0, 1)])
        behind = np.pad(edge, [(1, 0) if a == axis else (0, 0) for a in (0, 1)])
        there &= ~(ahead | behind)
    return there


def ink_on(mask: Mask, zone: Mask, others: Mask, colour: Plane) -> Written:
    """Return the pieces on a sheet that are none of its paper, but for specks.

    `others` are sheets on it: they and their edges are no ink, nor is a scale beside one.
    """
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    short = min(rows[-1] - rows[0], columns[-1] - columns[0])
    inner = ~filters.greatest(~mask, max(EDGE, round(MARGIN * short)))
    off = filters.apart(colour, np.median(colour[zone], axis=0)).astype(np.float32)
    ink = label(mask & inner & ~zone, off)
    written = (ink.side >= max(SEEN, INK * short)) & (ink.mass > FAINT * ink.area)
    sheets = np.unique(ink.labels[filters.greatest(others, EDGE)])
    written[sheets[sheets > 0] - 1] = False
    written &= ~alongside(ink, label(others))
    side, strength = ink.side[written], (ink.mass / ink.area)[written]
    return Written(side, side * strength)


def alongside(ink: Components, sheets: Components) -> Mask:
    """Return which pieces of ink begin and end where a sheet does, along one of its sides."""
    ends = ((ink.top, ink.bottom), (ink.left, ink.right))
    sides = ((sheets.top, sheets.bottom), (sheets.left, sheets.right))
    there = np.zeros(len(ink), dtype=bool)
    for (first, last), (start, end) in zip(ends, sides, strict=True):
        near = np.maximum(abs(first[:, None] - start), abs(last[:, None] - end)) <= EDGE
        there |= near.any(axis=1)
    return there


def has_ink_beside(mask: Mask, edges: Mask) -> bool:
    """Return whether there is anything like ink outside of a sheet, or at its outline."""
    beside = label(edges & ~filters.greatest(mask, EDGE))
    if (beside.side >= SEEN).any():
        return True
    on = label(edges & mask & ~filters.greatest(~mask, 2))
    return bool((on.side[np.unique(on.labels[filters.greatest(~mask, 3)])[1:] - 1] >= SEEN).any())
