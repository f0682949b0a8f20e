"""Look: what there is to be seen in a picture of a digit, once all else is out of the way."""

from __future__ import annotations

import contextlib
import math
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from nnfs_cli.errors import ImageError
from nnfs_cli.images import filters, stroke
from nnfs_cli.images.components import Components, label
from nnfs_cli.images.digit import Digit, find_digit
from nnfs_cli.images.dots import joined
from nnfs_cli.images.filters import Plane
from nnfs_cli.images.frames import encloses, has_corners, is_hoop, is_rim, largest
from nnfs_cli.images.ink import STAND_OUT, Box, Ink, Print, blank, connected, find_ink
from nnfs_cli.images.line import Ruling
from nnfs_cli.images.outlines import between_outlines
from nnfs_cli.images.printed import without_lines
from nnfs_cli.images.tuning import (
    ALIKE_INK,
    CLOSED,
    CRUMBS,
    FRINGE,
    HIGH,
    INSIDE,
    LARGER,
    MANY,
    MARGIN,
    MOST,
    NEAR,
    PAPER,
    SMALL,
    SOLID,
    SPARSE_INK,
    SPECK,
    STEEP,
    STROKE,
    STROKES,
    THINNER,
)

LOOKS = 3  # from further and further close by


@dataclass(frozen=True, eq=False)
class Look:
    """What a look at a picture finds."""

    ink: Ink
    soft: Plane  # the same without ruled lines, its strokes in one piece and solid
    ruling: Ruling
    digit: Digit
    dropped: int  # pieces of ink that are not of it, as the look saw it that saw most of them
    dotted: bool  # whether the strokes were loose dots or dashes
    hollow: bool  # or outlines
    several: bool  # whether the widest view shows more that may be digits
    inked: float  # how much of that view is ink
    boxed: Print | None  # the ink of that view, if what it shows is an empty box

    @property
    def box(self) -> Box:
        """Left, top, right and bottom of the digit, in pixels of the picture."""
        digit = self.digit
        return self.ink.original(digit.left, digit.top, digit.right, digit.bottom)


def look_closely(image: Image.Image, *, name: str) -> Look:
    """Return what is to be seen in a picture of a digit.

    What fills its box, where much of the picture would be ink, is paper rather than a digit: then
    it is looked at again with dark and light exchanged, and that look counts if it shows strokes.

    Raises:
        ImageError: there is nothing to be seen in it, or nothing that could be a digit.
    """
    found = seen(image, name=name)
    if found.ink.alpha != "drawing" and found.digit.fullness > STROKES and found.inked > PAPER:
        with contextlib.suppress(ImageError):
            other = seen(image, name=name, dark=not found.ink.dark)
            strong = other.ink.contrast > ALIKE_INK * found.ink.contrast
            sparse = other.digit.fullness < SPARSE_INK and other.digit.border_sides < 2
            nested = is_inside(other.box, found.box) or is_inside(found.box, other.box)
            hopeless = found.digit.fullness > SOLID  # no digit: of two boxes it may be the other
            found = other if strong and sparse and (nested or hopeless) else found
    if found.boxed is not None:
        with contextlib.suppress(ImageError):
            pale = seen(image, name=name, dark=found.ink.dark, without=found.boxed)
            check_digit(pale.digit, pale.ink, name=name)
            found = pale if in_a_box(pale, found.boxed) else found
    check_digit(found.digit, found.ink, name=name)
    return found


def is_inside(box: Box, other: Box) -> bool:
    """Return whether a box lies within another, clear of its sides: what is written on paper does.

    So does the hole in a digit that was taken for ink, but no bay, which opens to a side.
    """
    room = INSIDE * max(other[2] - other[0], other[3] - other[1])
    left, top, right, bottom = np.subtract(box, other)
    return bool(min(left, top) > room and max(right, bottom) < -room)


def in_a_box(look: Look, boxed: Print) -> bool:
    """Return whether a digit has strong print above, below and on both sides of it."""
    left, top, right, bottom = (
        (edge - start) // boxed.factor
        for edge, start in zip(look.box, (boxed.left, boxed.top) * 2, strict=True)
    )
    rows, columns = boxed.mask[top:bottom], boxed.mask[:, left:right]
    beside = rows[:, :left].any(axis=1) & rows[:, right:].any(axis=1)
    around = columns[:top].any(axis=0) & columns[bottom:].any(axis=0)
    return bool(beside.mean() > CLOSED and around.mean() > CLOSED)


def is_box(digit: Digit) -> bool:
    """Return whether what was taken for a digit is a box: no nought has corners and such sides."""
    parts = label(digit.mask)
    return len(parts) == 1 and is_rim(parts, 0) and has_corners(parts, 0)


def seen(
    image: Image.Image, *, name: str, dark: bool | None = None, without: Print | None = None
) -> Look:
    """Return what is to be seen, from further and further close by; it may be known to be `dark`.

    Strong print it may be looked at `without`. What is small in its view is looked at again: with
    more pixels, if the picture has them, and straight lines that are short beside the picture may
    be long beside the digit.
    """
    ink = find_ink(image, name=name, dark=dark, without=without)
    ruling, boxed = Ruling(), None
    looks, dropped, several, inked = 0, 0, False, 0.0
    while True:
        looks += 1
        ink, dotted = with_dots_joined(ink)
        parts, hoops = closed_frames(ink)
        closed = parts.mask(hoops)
        soft, found = without_lines(np.where(closed, np.float32(0), ink.soft), ink.mask & ~closed)
        soft = np.where(closed, ink.soft, soft)  # what is in a frame shows that it is none of it
        lines = ruling.lines or found.lines
        low = max(ink.low, found.level, Ruling(lines).level)
        mask = connected(soft, low=low, high=max(HIGH, low))
        # what is no upright box may be the outline of a digit
        inside = between_outlines(mask & ~parts.mask([n for n in hoops if is_rim(parts, n)]))
        soft = np.where(inside, np.float32(1.0), soft)
        digit = find_digit(soft, mask | inside)
        if digit is None:
            raise blank(name)
        frames = sum(n + 1 not in parts.labels[digit.mask] for n in hoops)
        ruling = Ruling(lines, frames=max(frames, ruling.frames))
        dropped = max(dropped, digit.dropped - frames)
        if looks == 1:
            inked = float(ink.mask.mean())
            if is_box(digit):
                mask = filters.greatest(ink.mask, FRINGE)
                boxed = Print(mask, left=ink.left, top=ink.top, factor=ink.factor)
            several = digit.several or (dotted and digit.stretched)
        digit = without_pale(soft, digit, high=max(HIGH, low))
        small = digit.side < (NEAR if ink.factor > 1 else SMALL * max(soft.shape))
        if looks == LOOKS or not small:
            hollow = bool(inside.any())
            return Look(ink, soft, ruling, digit, dropped, dotted, hollow, several, inked, boxed)
        ink = closer(nearer(ink, digit, image, name=name, without=without), ink, digit)


def nearer(ink: Ink, digit: Digit, image: Image.Image, *, name: str, without: Print | None) -> Ink:
    """Return the ink of a digit and of the paper around it, with more pixels if there are more."""
    margin = MARGIN * digit.side
    edges = (
        *(digit.left - margin, digit.top - margin),
        *(digit.right + margin, digit.bottom + margin),
    )
    if ink.factor > 1:
        left, top, right, bottom = ink.original(*edges)
        box = (max(left, 0), max(top, 0), min(right, image.width), min(bottom, image.height))
        return find_ink(image, name=name, box=box, dark=ink.dark, sheet=ink.sheet, without=without)
    left, top = (max(0, math.floor(edge)) for edge in edges[:2])
    right, bottom = (math.ceil(edge) for edge in edges[2:])
    part = ink.soft[top:bottom, left:right]
    return replace(ink, soft=part, left=ink.left + left, top=ink.top + top)


def closed_frames(ink: Ink) -> tuple[Components, list[int]]:
    """Return the pieces of ink, and which of them are closed lines around others.

    A search for straight lines would find some sides of a frame that leans, and of a double one
    a line that runs from one to the other.
    """
    parts = label(ink.mask, ink.soft)
    return parts, [n for n in largest(parts) if encloses(parts, n) and is_hoop(parts, n)]


def with_dots_joined(ink: Ink) -> tuple[Ink, bool]:
    """Return the ink with strokes of dots in one piece, and whether there are any."""
    soft = joined(ink.soft, ink.mask)
    return replace(ink, soft=soft), soft is not ink.soft


def closer(near: Ink, far: Ink, digit: Digit) -> Ink:
    """Return the ink seen from close by, without what surrounded the digit from afar.

    Most of a circle is beyond the edges of the closer view, and what is left is no circle.
    """
    if digit.around is None:
        return near
    gone = filters.greatest(digit.around, 1) & ~filters.greatest(digit.mask, 1)
    height, width = near.soft.shape
    rows = (near.top + (np.arange(height) + 0.5) * near.factor - far.top) / far.factor
    columns = (near.left + (np.arange(width) + 0.5) * near.factor - far.left) / far.factor
    place = np.ix_(
        np.clip(rows.astype(np.intp), 0, gone.shape[0] - 1),
        np.clip(columns.astype(np.intp), 0, gone.shape[1] - 1),
    )
    return replace(near, soft=np.where(gone[place], np.float32(0.0), near.soft))


def without_pale(soft: Plane, digit: Digit, *, high: float) -> Digit:
    """Return the digit without the pale ink that hangs on it, if it is little, or a grid.

    Squares too faint to be found as lines go so. The pale strokes of a pencil, being more, stay,
    and so does a stroke that fades.
    """
    if digit.side < STEEP:
        return digit
    strong = find_digit(soft, connected(soft * digit.mask, low=STROKE, high=high))
    if strong is None:
        return digit
    kept = float(soft[strong.mask].sum()) / float(soft[digit.mask].sum())
    pen = pale_pen(soft, digit, strong)
    if digit.side > LARGER * strong.side:
        stays = pen > THINNER and (kept < MOST or pen * THINNER < 1)
    else:
        stays = kept < MOST
    if stays:
        return digit
    return replace(
        digit,
        mask=strong.mask,
        left=strong.left,
        top=strong.top,
        right=strong.right,
        bottom=strong.bottom,
    )


def pale_pen(soft: Plane, digit: Digit, strong: Digit) -> float:
    """Return how thick the strokes of a digit are where they are pale, by where they are strong."""
    pale = digit.mask & ~filters.greatest(strong.mask, FRINGE)
    zero = np.float32(0.0)
    pens = [stroke.thickness(np.where(mask, soft, zero)) for mask in (pale, strong.mask)]
    return pens[0] / max(pens[1], 1.0)


def check_digit(digit: Digit, ink: Ink, *, name: str) -> None:
    """Refuse what cannot be a digit."""
    if digit.side * ink.factor < SPECK:
        raise ImageError(f"no digit found in {name}: there are only specks", hint="draw it larger")
    if digit.share < CRUMBS and digit.dropped > MANY:
        raise ImageError(
            f"no digit found in {name}: there is only noise", hint="is it the right picture?"
        )
    height, width = digit.bottom - digit.top, digit.right - digit.left
    square = max(height, width) < 1.5 * min(height, width)
    if digit.fullness > SOLID and square and digit.side > SPECK:
        raise ImageError(f"no digit found in {name}: the ink covers everything", hint=STAND_OUT)
