"""Styles: the ways of writing a digit that MNIST hardly knows and half of the world uses.

Its writers were Americans of the 1990s. Elsewhere a 1 has a long flag and stands on a serif, a 7
has a bar, a 0 is slashed so that it is no O, a 2 begins with a loop, a 9 ends in a hook, and a 4 is
closed at its top, or open with a short stem far down. With a stroke or two a digit of the one way
becomes one of the other. And a 1 by a marker may be so broad that it is no line any more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from nnfs_cli.augmentation.ink import STRENGTH, Ink, centred
from nnfs_cli.augmentation.pen import Stroke
from nnfs_cli.augmentation.sink import Sink
from nnfs_cli.engine import Floats, Labels

Change: TypeAlias = Stroke | Sink
NO_PEN = -1.0  # the radius of a pen that leaves nothing


@dataclass(frozen=True)
class Styles:
    """Redraws a `share`, 0 to 1, of the pictures of each class in each of its styles.

    In the commonest ones, `COMMON`, it is twice as much. What was redrawn is placed anew, with its
    centre of mass in the middle, as every picture is before it is predicted.
    """

    share: float = 0.0

    def __call__(self, pictures: Floats, labels: Labels, rng: np.random.Generator) -> None:
        """Change `pictures (N, height, width)`, of the digits `labels (N,)`, in place."""
        inked = pictures.max(axis=(1, 2)) > STRENGTH
        for digit, style in STYLES:
            rows = np.flatnonzero((labels == digit) & inked)
            share = 2.0 * self.share if style in COMMON else self.share
            rows = rows[rng.random(len(rows)) < share]
            if len(rows):
                some = pictures[rows]
                for change in style(Ink(some), rng):
                    some = change.on(some)
                pictures[rows] = centred(some)  # a flag shifts the centre of mass by up to 2 pixels


def flag(ink: Ink, rng: np.random.Generator) -> list[Stroke]:
    """Lead an upstroke to the top of each 1."""
    top = ink.middle(np.zeros(len(ink)))
    length, angle = rng.uniform(4.0, 12.0, size=len(ink)), rng.uniform(27.0, 66.0, size=len(ink))
    return [Stroke(top, top + towards(length, 180.0 + angle), same_pen(ink, rng))]


def serif(ink: Ink, rng: np.random.Generator) -> list[Stroke]:
    """Draw a line under each 1."""
    foot = ink.middle(np.ones(len(ink)))
    half, angle = rng.uniform(3.0, 6.0, size=len(ink)), rng.uniform(-8.0, 8.0, size=len(ink))
    return [across(foot, half, angle, same_pen(ink, rng))]


def bar(ink: Ink, rng: np.random.Generator) -> list[Stroke]:
    """Draw a line through the stem of each 7."""
    middle = ink.middle(rng.uniform(0.4, 0.6, size=len(ink)))
    half, angle = rng.uniform(3.0, 6.0, size=len(ink)), rng.uniform(-10.0, 20.0, size=len(ink))
    return [across(middle, half, angle, same_pen(ink, rng))]


def slash(ink: Ink, rng: np.random.Generator) -> list[Stroke]:
    """Draw a line through each 0, from the lower left to the upper right."""
    size = np.stack([ink.bottom - ink.top, ink.left - ink.right], axis=1) / 2
    middle = np.stack([ink.top + ink.bottom, ink.left + ink.right], axis=1) / 2
    half = size * rng.uniform(0.6, 1.05, size=(len(ink), 1))
    # a thick one would fill the 0
    return [Stroke(middle + half, middle - half, 0.7 * same_pen(ink, rng))]


def loop(ink: Ink, rng: np.random.Generator) -> list[Stroke]:
    """Lead the tip of each 2 back to its neck, so that its head is a loop."""
    radius = same_pen(ink, rng)
    tip, _ = ink.sides(rng.uniform(0.22, 0.38, size=len(ink)))
    neck = ink.middle(rng.uniform(0.45, 0.6, size=len(ink)))
    return [Stroke(tip + sideways(radius), neck, radius)]


def hook(ink: Ink, rng: np.random.Generator) -> list[Stroke]:
    """Lead the foot of each 9 to the left."""
    radius = same_pen(ink, rng)
    foot = ink.middle(np.ones(len(ink))) - downwards(radius)
    length, angle = rng.uniform(5.0, 11.0, size=len(ink)), rng.uniform(-25.0, 15.0, size=len(ink))
    return [Stroke(foot, foot + towards(length, 180.0 + angle), radius)]


def closed(ink: Ink, rng: np.random.Generator) -> list[Stroke]:
    """Draw the left arm of each open 4 from the top of its stem to the end of its crossbar."""
    near_top = np.full(len(ink), 0.1)
    arm, stem = ink.sides(near_top)
    corner = ink.leftmost() + sideways(ink.pen) - downwards(ink.pen)
    height = (corner[:, 0] - ink.top) / np.maximum(ink.bottom - ink.top, 1.0)
    open_ = (ink.gap(near_top) > 3.0 * ink.pen + 2.0) & (height > 0.4) & (height < 0.75)
    arm = arm + sideways(ink.pen)
    arm[:, 0] = ink.top
    above_corner = corner - downwards(2.2 * ink.pen + 0.7)
    return [
        Stroke(arm, above_corner, np.where(open_, ink.pen + 0.7, NO_PEN), rubs_out=True),
        Stroke(stem - sideways(ink.pen), corner, np.where(open_, same_pen(ink, rng), NO_PEN)),
    ]


def low(ink: Ink, rng: np.random.Generator) -> list[Change]:
    """Shorten the stem of each 4 at both ends: rub out its top if it is open, lower its bar."""
    n, height = len(ink), ink.bottom - ink.top
    foot, near_top = ink.middle(np.ones(n)), np.full(n, 0.1)
    edge = ink.lowest(foot[:, 1] - 2.0 * ink.pen)  # of the bar, below it, left of the stem
    found = (edge > ink.top + 0.4 * height) & (edge < ink.bottom - 1.0)
    open_ = found & (ink.gap(near_top) > 2.0 * ink.pen + 1.0)
    _, top = ink.sides(near_top)
    above_bar = rng.uniform(0.25, 0.5, size=n)  # what is left of the stem there
    _, new_top = ink.sides(
        np.clip((edge - ink.top) / np.maximum(height, 1.0) - above_bar, 0.0, 1.0)
    )
    start = top - downwards(np.full(n, 2.5)) - sideways(ink.pen)  # beyond its end
    rubber = np.where(open_, ink.pen + 1.2, NO_PEN)
    lower = ink.top + rng.uniform(0.7, 0.9, size=n) * height
    lower = np.minimum(lower, ink.bottom - 2.0 * ink.pen - 1.5)  # some stem is left
    lower = np.maximum(lower, ink.top + 0.5)
    return [
        Stroke(start, new_top - sideways(ink.pen), rubber, rubs_out=True),
        Sink(ink.top, np.where(found & (edge < lower), edge, lower), lower, ink.bottom),
    ]


def block(ink: Ink, rng: np.random.Generator) -> list[Stroke]:
    """Draw each 1 with a pen so broad that it is a block."""
    radius = rng.uniform(1.5, 4.0, size=len(ink))
    top, foot = ink.middle(np.zeros(len(ink))), ink.middle(np.ones(len(ink)))
    return [Stroke(top + downwards(radius), foot - downwards(radius), radius)]


STYLES: tuple[tuple[int, Callable[[Ink, np.random.Generator], Sequence[Change]]], ...] = (
    (0, slash),
    (1, block),  # before it has a flag, which is as broad then
    (1, flag),
    (1, serif),
    (2, loop),
    (4, closed),
    (4, low),
    (7, bar),
    (9, hook),
)
COMMON = (flag, closed)  # as many people write like that as like MNIST's


def same_pen(ink: Ink, rng: np.random.Generator) -> Floats:
    """Return the radius (n,) of the pen that the digits were written with, more or less."""
    return np.asarray(ink.pen * rng.uniform(0.75, 1.15, size=len(ink)))


def across(middle: Floats, half: Floats, angle: Floats, radius: Floats) -> Stroke:
    """Return strokes through `middle (n, 2)` that rise to the right by `angle` degrees."""
    reach = towards(half, angle)
    return Stroke(middle - reach, middle + reach, radius)


def towards(length: Floats, angle: Floats) -> Floats:
    """Return the way (n, 2) to what is `length` pixels away; 0 degrees is right, 90 is up."""
    angle = np.radians(angle)
    return np.asarray(length[:, None] * np.stack([-np.sin(angle), np.cos(angle)], axis=1))


def sideways(columns: Floats) -> Floats:
    """Return the way (n, 2) to the right by `columns (n,)` pixels."""
    return np.asarray(columns[:, None] * np.array([0.0, 1.0]))


def downwards(rows: Floats) -> Floats:
    """Return the way (n, 2) down by `rows (n,)` pixels."""
    return np.asarray(rows[:, None] * np.array([1.0, 0.0]))
