"""Form: what is printed around a digit: the boxes of a row, their heads, words, dashed frames."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnfs_cli.images.components import Components
from nnfs_cli.images.frames import has_corners, is_rim, largest, surrounds
from nnfs_cli.images.tuning import (
    COMPANY,
    ENCLOSED,
    FRAGMENT,
    FULL_BAR,
    LETTER,
    LETTERED,
    PICKET,
    PICKETS,
    RING,
    ROW,
    ROW_OF_ITS_OWN,
    SMALLER,
    THICK_BAR,
    TWIN,
    TWIN_INK,
    WIDE_BAR,
    WORD,
)


def form_of(parts: Components, edges: NDArray[np.float64]) -> set[int]:
    """Return those of the largest components that are print: frames, boxes, words and bars.

    `edges` is how much edge each component has.
    """
    numbers = largest(parts)
    form = {number for number in numbers if surrounds(parts, number)}
    form |= {number for number in numbers if any(alike(parts, number, one) for one in form)}
    form |= lettering(parts, [number for number in numbers if number not in form])
    form |= empty_boxes(parts, numbers) | pickets(parts, numbers)
    return form | headers(parts, edges, [number for number in numbers if number not in form])


def alike(parts: Components, number: int, frame: int) -> bool:
    """Return whether a component is as wide and high as a frame, with as thin lines: one of a row.

    No digit is as large as its own frame.
    """
    sizes = ((parts.width, TWIN), (parts.height, TWIN), (parts.area, TWIN_INK))
    return all(abs(int(s[number]) - int(s[frame])) <= share * int(s[frame]) for s, share in sizes)


def empty_boxes(parts: Components, numbers: list[int]) -> set[int]:
    """Return those components that are boxes with nothing in them, two alike at least.

    There must be something of some height beside them, or they are noughts.
    """
    boxes = [n for n in numbers if is_rim(parts, n) and has_corners(parts, n)]
    row = {n for n in boxes if any(alike(parts, n, one) for one in boxes if one != n)}
    others = parts.height[[n for n in numbers if n not in row]]
    lowest = min((int(parts.height[n]) for n in row), default=0)
    return row if (others > ENCLOSED * lowest).any() else set()


def pickets(parts: Components, numbers: list[int]) -> set[int]:
    """Return those components that are the sides of boxes in a row, whose other lines are gone.

    They are straight, upright and all alike, and there is something else beside them.
    """
    upright = parts.width <= PICKET * parts.height
    bars = [n for n in numbers if upright[n]]
    if len(bars) < PICKETS:
        return set()
    top, height = np.median(parts.top[bars]), np.median(parts.height[bars])
    off = np.maximum(abs(parts.top - top), abs(parts.height - height))
    row = {n for n in bars if off[n] <= TWIN * height}
    others = parts.height[[n for n in numbers if n not in row]]
    return row if len(row) >= PICKETS and (others > ENCLOSED * height).any() else set()


def headers(parts: Components, edges: NDArray[np.float64], numbers: list[int]) -> set[int]:
    """Return those components that are printed bars, as the head of a form's box is.

    Such a bar is wide and full, and wider on both sides than something higher above or below it;
    and it has letters in it, or that has thinner strokes. The loose bar of a 7 is as thin as its
    stem.
    """
    pen = 2.0 * parts.mass / np.maximum(edges, 1.0)
    full = parts.area > FULL_BAR * parts.width * parts.height
    bars = {n for n in numbers if full[n] and parts.width[n] > WIDE_BAR * parts.height[n]}
    return {
        bar
        for bar in bars
        for n in numbers
        if parts.height[n] > parts.height[bar]
        and parts.left[bar] < parts.left[n]
        and parts.right[bar] > parts.right[n]
        and (parts.bottom[bar] <= parts.top[n] or parts.top[bar] >= parts.bottom[n])
        and (pen[bar] > THICK_BAR * pen[n] or runs(parts, bar).max() >= LETTERED)
    }


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
    return float(np.median(runs(parts, number)))


def runs(parts: Components, number: int) -> NDArray[np.intp]:
    """Return how often each row of a component meets ink anew."""
    top, bottom = parts.top[number], parts.bottom[number]
    own = parts.labels[top:bottom, parts.left[number] : parts.right[number]] == number + 1
    return np.asarray(own[:, 0] + (own[:, 1:] & ~own[:, :-1]).sum(axis=1))


def company(parts: Components, heart: int) -> set[int]:
    """Return the small pieces that go around `heart`, or stand in rows above or below it.

    A dashed frame is so, a dotted line, and the letters of a label. What is left of broken strokes
    is not: it is everywhere.
    """
    small = parts.mass <= SMALLER * parts.mass[heart]
    small &= parts.mass >= LETTER * FRAGMENT * parts.mass[heart]
    above, below = parts.bottom <= parts.top[heart], parts.top >= parts.bottom[heart]
    y, x = (parts.top + parts.bottom) / 2, (parts.left + parts.right) / 2
    within = (parts.top[heart] < y) & (y < parts.bottom[heart])
    within &= (parts.left[heart] < x) & (x < parts.right[heart])
    around = np.flatnonzero(small & ~within)  # the corner of a box may reach beside the digit
    if len(around) >= COMPANY and is_ring(parts, around, heart):
        return set(around.tolist())
    found: set[int] = set()
    for side in (above, below):
        for row in rows_of(parts, np.flatnonzero(small & side)):
            height = int(parts.bottom[row].max() - parts.top[row].min())
            lower = height <= ROW * parts.height[heart]
            if len(row) >= COMPANY and lower and height <= ROW_OF_ITS_OWN * parts.height[row].max():
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


def rows_of(parts: Components, numbers: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    """Return pieces row by row: where their middles are half of their height apart is a new row."""
    if not len(numbers):
        return []
    middle = (parts.top + parts.bottom)[numbers] / 2
    order = np.argsort(middle, kind="stable")
    new = np.diff(middle[order]) > np.median(parts.height[numbers]) / 2
    return np.split(numbers[order], np.flatnonzero(new) + 1)
