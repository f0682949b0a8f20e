"""Digit: which of the components are the digit, and which are specks, neighbours and shadows."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnfs_cli.images import filters
from nnfs_cli.images.components import Components, Mask, border_sides, label
from nnfs_cli.images.filters import Plane
from nnfs_cli.images.form import company, form_of
from nnfs_cli.images.others import may_be_several
from nnfs_cli.images.tuning import (
    AT_BORDER,
    BESIDE,
    FRAGMENT,
    GAP,
    HARDLY,
    LYING,
    OFF_CENTRE,
    STRETCHED,
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
    edges = edges_of(parts, soft)
    frames = form_of(parts, edges)
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


def edges_of(parts: Components, soft: Plane) -> NDArray[np.float64]:
    """Return how much edge each component has: a shadow has area, but its edges are soft."""
    steep = filters.steepness(soft).ravel()
    return np.asarray(np.bincount(parts.labels.ravel(), steep, len(parts) + 1)[1:])


def weights(parts: Components, edges: NDArray[np.float64], frames: Set[int]) -> NDArray[np.float64]:
    """Return how likely each component is the digit: large, central, whole, no line, no frame.

    How large is how much edge it has.
    """
    height, width = parts.labels.shape
    y = (parts.top + parts.bottom) / height - 1
    x = (parts.left + parts.right) / width - 1
    weight = edges * (1 - OFF_CENTRE * np.minimum(1.0, np.hypot(x, y)))
    weight *= AT_BORDER ** border_sides(parts)
    weight[parts.height < LYING * parts.width] *= HARDLY
    weight[sorted(frames)] *= HARDLY
    return np.asarray(weight, dtype=np.float64)


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
