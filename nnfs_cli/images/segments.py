"""Segments: which pieces of ink are a digit each, when a picture has several."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnfs_cli.errors import ImageError
from nnfs_cli.images.components import Components, Ints, Mask, label
from nnfs_cli.images.filters import Plane
from nnfs_cli.images.frames import encloses
from nnfs_cli.images.tuning import LARGEST

Box = tuple[int, int, int, int]  # left, top, right, bottom in pixels of the view

MOST = 2000  # pieces of ink: a page of digits has a thousand, a photo of a lawn has more
GRAIN = 0.02  # of the largest piece's area, and ...
GRAIN_SIDE = 0.05  # ... of the picture's shorter side: what is less in both is not even counted
MAIN = 0.4  # of the usual height: a piece as high as that is a digit, less is a part of one
BROKEN = 0.6  # of the usual height: scraps that are as high together are a digit in faint ink
LONGEST = 1.4  # times the usual height, for something ...
HAIR = 0.08  # ... that is as thin as that share of its length: the side of a box
SCRAP = 0.06  # of the usual height: shorter than that on both sides is a speck
ABOVE = 0.25  # of the height, between a piece and another one above it: the hat of a 5
BESIDE = 0.08  # of the height, to a piece beside: further away is another digit
SHARED = 0.3  # of the narrower piece's columns that both pieces must have ...
SHARED_MAIN = 0.6  # ... and if both could be digits
WHOLE = 0.75  # of the usual height: two pieces as high as that are two digits
TOGETHER = 1.45  # times the usual height: pieces that are higher together are two rows
FRAME = 1.3  # times the usual height: a component smaller than that is no frame
HUGE = 3.0  # times the usual height: larger than that with other ink inside is a frame


@dataclass(frozen=True, eq=False)
class Segment:
    """The ink of what seems to be one digit: a mask, and where it is in the view."""

    mask: Mask  # (height, width) of its box
    left: int
    top: int

    @property
    def right(self) -> int:
        """The first column that it has no pixel in."""
        return self.left + int(self.mask.shape[1])

    @property
    def bottom(self) -> int:
        """The first row that it has no pixel in."""
        return self.top + int(self.mask.shape[0])

    @property
    def height(self) -> int:
        """Rows."""
        return int(self.mask.shape[0])

    @property
    def width(self) -> int:
        """Columns."""
        return int(self.mask.shape[1])

    def __repr__(self) -> str:
        return f"Segment({self.width}x{self.height} at {self.left},{self.top})"


def find_segments(soft: Plane, mask: Mask, *, name: str) -> list[Segment]:
    """Return the pieces that the ink falls into, in no order; the fragments of a digit are one.

    Raises:
        ImageError: there are too many.
    """
    parts = label(mask, soft)
    worth = candidates(parts)
    check_count(len(worth), name=name)
    if not len(worth):
        return []
    usual = usual_height(parts, worth)
    frames = [int(n) for n in worth if is_frame(parts, int(n), worth, usual)]
    # around a single number the frame itself may be what is usually high
    for number in worth[np.argsort(-parts.side[worth], kind="stable")][:LARGEST].tolist():
        others = np.setdiff1d(worth, [*frames, number])
        if len(others) and is_frame(parts, number, others, usual_height(parts, others)):
            frames.append(number)
    if frames:
        worth = np.setdiff1d(worth, frames)
        usual = usual_height(parts, worth)
    worth = worth[parts.side[worth] >= SCRAP * usual]
    return [segment(parts, group) for group in groups(parts, worth, usual)]


def check_count(count: int, *, name: str) -> None:
    """Refuse a picture that falls into more pieces than a page of digits does."""
    if count > MOST:
        raise ImageError(
            f"no digits found in {name}: it falls into {count:,} pieces, the limit is {MOST:,}",
            hint="cut the picture to the digits; photograph them sharply and in even light",
        )


def candidates(parts: Components) -> Ints:
    """Return the numbers of the components that are more than the grain of the paper."""
    if not len(parts):
        return np.zeros(0, dtype=np.intp)
    large = parts.area >= GRAIN * float(parts.area.max())
    large |= parts.side >= GRAIN_SIDE * min(parts.labels.shape)
    return np.flatnonzero(large)


def usual_height(parts: Components, numbers: Ints) -> float:
    """Return the height that half of the ink is in pieces of: specks and hats hardly count."""
    order = numbers[np.argsort(parts.height[numbers], kind="stable")]
    mass = np.cumsum(parts.mass[order])
    return float(parts.height[order[np.searchsorted(mass, mass[-1] / 2)]])


def is_frame(parts: Components, number: int, numbers: Ints, usual: float) -> bool:
    """Return whether a component goes around others that are large enough to be digits."""
    if parts.side[number] < FRAME * usual:
        return False
    within = parts.left[numbers] >= parts.left[number]
    within &= parts.right[numbers] <= parts.right[number]
    within &= parts.top[numbers] >= parts.top[number]
    within &= parts.bottom[numbers] <= parts.bottom[number]
    within &= (parts.height[numbers] >= MAIN * usual) & (numbers != number)
    if parts.side[number] > HUGE * usual:
        return bool(within.sum() > 1)
    return bool(within.any()) and encloses(parts, number)


def groups(parts: Components, numbers: Ints, usual: float) -> list[list[int]]:
    """Return the numbers of the components of each digit, the loose scraps left out."""
    main = parts.height[numbers] >= MAIN * usual
    found = merged(parts, [[int(n)] for n in numbers[main]], usual)
    rest = gathered(parts, numbers[~main], found, usual)
    while len(rest):  # a digit may be of scraps alone
        largest = int(parts.mass[rest].argmax())
        broken = [[int(rest[largest])]]
        rest = gathered(parts, np.delete(rest, largest), broken, usual)
        _, top, _, bottom = box(parts, broken[0])
        if bottom - top >= BROKEN * usual:
            found += broken
    boxes = [box(parts, group) for group in found]
    return [
        group
        for group, its in zip(found, boxes, strict=True)
        if not is_line(its, usual) and not is_sliver(its, parts.labels.shape)
    ]


def gathered(parts: Components, rest: Ints, found: list[list[int]], usual: float) -> Ints:
    """Put the scraps in `rest` that belong to a group in `found` there; return the others."""
    while len(rest) and found:
        distance = offers(parts, rest, np.array([box(parts, group) for group in found]), usual)
        nearest = distance.argmin(axis=1)
        near = np.isfinite(distance[np.arange(len(rest)), nearest])
        for number, group in zip(rest[near].tolist(), nearest[near].tolist(), strict=True):
            found[group].append(number)
        rest = rest[~near]
        if not near.any():
            break
    return rest


def is_line(box: Box, usual: float) -> bool:
    """Return whether something is too long and too thin for a digit: what is left of a rule."""
    width, height = box[2] - box[0], box[3] - box[1]
    return max(width, height) > LONGEST * usual and min(width, height) < HAIR * max(width, height)


def is_sliver(box: Box, shape: tuple[int, ...]) -> bool:
    """Return whether something is thin and lies along the border: a rule that runs out there."""
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    beside = left == 0 or right == shape[1] if height > width else top == 0 or bottom == shape[0]
    return beside and min(width, height) < HAIR * max(width, height)


def merged(parts: Components, found: list[list[int]], usual: float) -> list[list[int]]:
    """Return the groups, those in one that are the broken strokes of one digit."""
    found = list(found)
    boxes = np.array([box(parts, group) for group in found]).reshape(len(found), 4)
    i = 0
    while i < len(found):
        halves = np.flatnonzero(halves_of_one(boxes[i], boxes[i + 1 :], usual))
        if len(halves):
            other = i + 1 + int(halves[0])
            found[i] = found[i] + found.pop(other)
            boxes = np.delete(boxes, other, axis=0)
            boxes[i] = box(parts, found[i])
        else:
            i += 1
    return found


def halves_of_one(one: Ints, others: Ints, usual: float) -> Mask:
    """Return which of `others` lie to `one` as the two halves of a digit do; all are boxes."""
    left, top, right, bottom = others.T
    shared = np.minimum(right, one[2]) - np.maximum(left, one[0])
    over = shared >= SHARED_MAIN * np.minimum(right - left, one[2] - one[0])
    near = np.maximum(top, one[1]) - np.minimum(bottom, one[3]) <= ABOVE * usual
    height = np.maximum(bottom, one[3]) - np.minimum(top, one[1])
    whole = np.minimum(bottom - top, one[3] - one[1]) >= WHOLE * usual
    return np.asarray(over & near & (height <= TOGETHER * usual) & ~whole)


def offers(parts: Components, numbers: Ints, boxes: Ints, usual: float) -> NDArray[np.float64]:
    """Return how far scraps are from the boxes of digits: (scraps, boxes), infinite if too far."""
    left, top, right, bottom = (v[None, :] for v in boxes.T)
    low, high = parts.left[numbers, None], parts.right[numbers, None]
    upper, lower = parts.top[numbers, None], parts.bottom[numbers, None]
    across = np.maximum(np.maximum(low - right, left - high), 0)
    down = np.maximum(np.maximum(upper - bottom, top - lower), 0)
    shared = np.minimum(high, right) - np.maximum(low, left)
    over = shared >= SHARED * np.minimum(high - low, right - left)
    distance = np.hypot(across, down)
    fits = distance <= np.where(over, ABOVE, BESIDE) * usual
    fits &= np.maximum(lower, bottom) - np.minimum(upper, top) <= TOGETHER * usual
    return np.where(fits, distance, np.inf)


def box(parts: Components, group: list[int]) -> Box:
    """Return left, top, right, bottom of components together."""
    return (
        int(parts.left[group].min()),
        int(parts.top[group].min()),
        int(parts.right[group].max()),
        int(parts.bottom[group].max()),
    )


def segment(parts: Components, group: list[int]) -> Segment:
    """Return the pixels of components as one segment."""
    left, top, right, bottom = box(parts, group)
    labels = parts.labels[top:bottom, left:right]
    return Segment(np.isin(labels, np.array(group) + 1), left, top)


def trimmed_segment(mask: Mask, left: int, top: int) -> Segment | None:
    """Return what is True in `mask`, whose corner is at a place of the view, in its own box."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return None
    own = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return Segment(own, left + int(columns[0]), top + int(rows[0]))


def heights(segments: list[Segment]) -> NDArray[np.float64]:
    """Return the height of each segment."""
    return np.array([s.height for s in segments], dtype=np.float64)
