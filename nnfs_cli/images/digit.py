"""Digit: which of the components are the digit, and which are specks, neighbours and shadows."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnfs_cli.images import filters
from nnfs_cli.images.components import Components, Mask, border_sides, label
from nnfs_cli.images.filters import Plane
from nnfs_cli.images.frames import surrounds
from nnfs_cli.images.others import may_be_several
from nnfs_cli.images.tuning import (
    AT_BORDER,
    BESIDE,
    COMPANY,
    FRAGMENT,
    GAP,
    LARGEST,
    OFF_CENTRE,
    RING,
    ROW,
    ROW_OF_ITS_OWN,
    SMALLER,
    STRETCHED,
    TWIN,
    WORD,
)


@dataclass(frozen=True, eq=False)
class Digit:
    """The ink of one digit in a view."""

    mask: Mask  # (height, width)
    left: int
    top: int
    right: int
    bottom: int
    parts: int  # components that it is made of
    dropped: int  # components that are not
    share: float  # of all ink that is its
    around: Mask | None = None  # (height, width): what surrounds it, and is none of it
    several: bool = False  # what is left out may be digits, too

    @property
    def side(self) -> int:
        """The longer of width and height, in pixels of the view."""
        return max(self.right - self.left, self.bottom - self.top)

    @property
    def fullness(self) -> float:
        """How much of its box is ink."""
        box = (self.right - self.left) * (self.bottom - self.top)
        return float(self.mask.sum()) / box

    @property
    def border_sides(self) -> int:
        """How many sides of the view it touches."""
        height, width = self.mask.shape
        near = (self.left == 0, self.top == 0, self.right == width, self.bottom == height)
        return sum(near)

    @property
    def stretched(self) -> bool:
        """Whether it is wider than a digit can be."""
        return self.right - self.left > STRETCHED * (self.bottom - self.top)


def find_digit(soft: Plane, mask: Mask) -> Digit | None:
    """Return the most central large piece of ink and what belongs to it; None if there is none."""
    parts = label(mask, soft)
    if not len(parts):
        return None
    largest = np.argsort(-parts.side)[:LARGEST].tolist()
    frames = {number for number in largest if surrounds(parts, number)}
    frames |= {number for number in largest if any(alike(parts, number, one) for one in frames)}
    frames |= lettering(parts, [number for number in largest if number not in frames])
    edges = edges_of(parts, soft)
    heart = int(weights(parts, edges, frames).argmax())
    chosen = with_fragments(parts, heart, frames)
    others = sorted(set(range(len(parts))) - {*chosen, *frames, *company(parts, heart)})
    return Digit(
        mask=parts.mask(chosen),
        left=int(parts.left[chosen].min()),
        top=int(parts.top[chosen].min()),
        right=int(parts.right[chosen].max()),
        bottom=int(parts.bottom[chosen].max()),
        parts=len(chosen),
        dropped=len(parts) - len(chosen),
        share=float(parts.mass[chosen].sum() / parts.mass.sum()),
        around=parts.mask(sorted(frames - set(chosen))) if frames else None,
        several=may_be_several(parts, chosen, others, edges),
    )


def alike(parts: Components, number: int, frame: int) -> bool:
    """Return whether a component is as wide and high as a frame and has as much ink: one of a row.

    No digit is as large as its own frame.
    """
    sizes = (parts.width, parts.height, parts.area)
    return all(abs(int(s[number]) - int(s[frame])) <= TWIN * int(s[frame]) for s in sizes)


def lettering(parts: Components, numbers: list[int]) -> set[int]:
    """Return those components that are words in small type: wide, and of many strokes in a row.

    Beside each of them there must be something higher, of some ink, that is none.
    """
    words = {
        n for n in numbers if parts.width[n] > WORD * parts.height[n] and strokes(parts, n) >= 3
    }
    others = [n for n in numbers if n not in words]
    return {
        word
        for word in words
        if any(
            parts.height[n] > parts.height[word] and parts.mass[n] > SMALLER * parts.mass[word]
            for n in others
        )
    }


def strokes(parts: Components, number: int) -> float:
    """Return how often a row of a component meets ink anew: the median."""
    top, bottom = parts.top[number], parts.bottom[number]
    own = parts.labels[top:bottom, parts.left[number] : parts.right[number]] == number + 1
    return float(np.median(own[:, 0] + (own[:, 1:] & ~own[:, :-1]).sum(axis=1)))


def edges_of(parts: Components, soft: Plane) -> NDArray[np.float64]:
    """Return how much edge each component has: a shadow has area, but its edges are soft."""
    steep = filters.steepness(soft).ravel()
    return np.asarray(np.bincount(parts.labels.ravel(), steep, len(parts) + 1)[1:])


def weights(parts: Components, edges: NDArray[np.float64], frames: Set[int]) -> NDArray[np.float64]:
    """Return how likely each component is the digit: large, central, whole, and no frame.

    How large is how much edge it has.
    """
    height, width = parts.labels.shape
    y = (parts.top + parts.bottom) / height - 1
    x = (parts.left + parts.right) / width - 1
    weight = edges * (1 - OFF_CENTRE * np.minimum(1.0, np.hypot(x, y)))
    weight *= AT_BORDER ** border_sides(parts)
    weight[sorted(frames)] *= 0.001
    return np.asarray(weight, dtype=np.float64)


def company(parts: Components, heart: int) -> set[int]:
    """Return the small pieces that go around `heart`, or stand in a row above or below it.

    A dashed frame is so, a dotted line, and the letters of a label. What is left of broken strokes
    is not: it is everywhere.
    """
    small = parts.mass <= SMALLER * parts.mass[heart]
    small &= parts.mass >= FRAGMENT * parts.mass[heart]
    above, below = parts.bottom <= parts.top[heart], parts.top >= parts.bottom[heart]
    beside = (parts.right <= parts.left[heart]) | (parts.left >= parts.right[heart])
    around = np.flatnonzero(small & (above | below | beside))
    if len(around) >= COMPANY and is_ring(parts, around, heart):
        return set(around.tolist())
    found: set[int] = set()
    for side in (above, below):
        row = np.flatnonzero(small & side)
        if len(row) < COMPANY:
            continue
        height = int(parts.bottom[row].max() - parts.top[row].min())
        if (
            height <= ROW * parts.height[heart]
            and height <= ROW_OF_ITS_OWN * parts.height[row].max()
        ):
            found |= set(row.tolist())
    return found


def is_ring(parts: Components, numbers: NDArray[np.intp], heart: int) -> bool:
    """Return whether components lie along a box around `heart`, on three sides of it at least."""
    left, right = int(parts.left[numbers].min()), int(parts.right[numbers].max())
    top, bottom = int(parts.top[numbers].min()), int(parts.bottom[numbers].max())
    wide = sum(
        (
            left < parts.left[heart],
            right > parts.right[heart],
            top < parts.top[heart],
            bottom > parts.bottom[heart],
        )
    )
    x, y = (parts.left + parts.right)[numbers] / 2, (parts.top + parts.bottom)[numbers] / 2
    away = np.minimum.reduce([x - left, right - x, y - top, bottom - y])
    return bool(wide >= 3 and away.max() <= RING * min(right - left, bottom - top))


def with_fragments(parts: Components, heart: int, frames: Set[int]) -> list[int]:
    """Return the component `heart` and those near it that are pieces of the same digit."""
    chosen = [heart]
    candidates = set(np.flatnonzero(parts.mass >= FRAGMENT * parts.mass[heart]).tolist())
    candidates -= {heart, *frames, *company(parts, heart)}
    edge = border_sides(parts)
    grown = True
    while grown:
        grown = False
        left, right = parts.left[chosen].min(), parts.right[chosen].max()
        top, bottom = parts.top[chosen].min(), parts.bottom[chosen].max()
        side = max(right - left, bottom - top)
        for number in sorted(candidates):
            across = max(parts.left[number] - right, left - parts.right[number], 0)
            down = max(parts.top[number] - bottom, top - parts.bottom[number], 0)
            shared = min(parts.right[number], right) - max(parts.left[number], left)
            over = shared >= 0.3 * min(parts.width[number], right - left)
            room = GAP * side if over else BESIDE * side
            if np.hypot(across, down) > room:
                continue
            if edge[number] and not edge[heart]:
                continue  # it goes on beyond the picture, as the digit does not
            chosen.append(number)
            candidates.discard(number)
            grown = True
            break
    return chosen
