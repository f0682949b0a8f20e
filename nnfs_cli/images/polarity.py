"""Polarity: whether the ink is darker than what it was written on, or lighter."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnfs_cli.images import background, filters
from nnfs_cli.images.background import border_of
from nnfs_cli.images.components import Components, Mask, border_sides, label
from nnfs_cli.images.filters import Plane
from nnfs_cli.images.tuning import (
    BROAD,
    CENTRAL,
    CERTAIN,
    COUNTABLE,
    DOUBTFUL,
    RARE,
    TIGHT,
    TINY,
    WHOLE,
)


class Polarity(NamedTuple):
    """What is ink, and how that shows."""

    dark: bool  # the ink is darker than the paper
    tight: bool  # the picture was cut to its digit


def polarity_of(number: Plane, paper: Plane, *, known: bool | None = None) -> Polarity:
    """Return whether the ink in `number (height, width)` is dark, unless that is `known`.

    The `paper` is one brightness, (), or that of each pixel where the light varies.
    """
    if known is not None:
        return Polarity(known, tight=False)
    tight = is_dark_if_cut_tightly(number)
    if tight is not None:
        return Polarity(tight, tight=True)
    flat = paper.ndim == 0
    return Polarity(is_dark(number - paper) if flat else is_dark_in_a_photo(number), tight=False)


def is_dark(number: Plane) -> bool:
    """Return whether the ink is darker than the paper.

    Ink is the smaller part of a picture, unless that has been cut to the digit: between a quarter
    and three quarters the border decides, which strokes reach and paper fills; or unless a shadow
    lies across it.
    """
    calm, dark = darker_part(number)
    share = float(dark.mean())
    if float(np.ptp(calm)) > RARE * float(np.ptp(np.quantile(calm, [0.002, 0.998]))):
        share = 0.0
    if 0.25 < share < 0.75:
        if max(dark.shape) > TINY and halved(dark):
            edges = edges_of_paper(number)
            if abs(edges[0] - edges[1]) > CERTAIN * max(edges):
                return edges[0] < edges[1]
        inset = round(0.06 * min(dark.shape))  # a frame along the border is not reached there
        inner = dark[inset:-inset, inset:-inset] if inset else dark
        rings = [float(border_of(part).mean()) for part in (dark, inner)]
        share = (share + sum(rings)) / 3
    if share < 0.02 or share > 0.98:  # so little ink that its extremes may be of noise
        middle = float(np.median(calm))
        return middle - float(calm.min()) > float(calm.max()) - middle
    return share < 0.5


def is_dark_in_a_photo(number: Plane) -> bool:
    """Return whether the ink is darker than the paper, in any light.

    Without the ink the paper is smooth. Without what is lighter than it, the holes in a dark digit,
    a dark blot is left of it, which has an edge more.
    """
    if max(number.shape) <= TINY:
        return is_dark(number - np.float32(np.median(border_of(number))))
    edges = edges_of_paper(number)
    if abs(edges[0] - edges[1]) < DOUBTFUL * max(edges):
        return is_dark(number - background.usual(number))
    return edges[0] < edges[1]


def darker_part(number: Plane) -> tuple[Plane, Mask]:
    """Return the picture without grain, and where it is nearer to its darkest than its lightest."""
    calm = filters.blur(number, 1) if min(number.shape) > 64 else number
    low, high = (float(q) for q in np.quantile(calm, [0.002, 0.998]))
    return calm, calm < (low + high) / 2


def is_dark_if_cut_tightly(number: Plane) -> bool | None:
    """Return whether the ink of a picture that was cut to its digit is the dark part, else None.

    The strokes of such a picture reach its border in several places, and sharply, as no shadow
    does. A digit is one piece, or nearly, and divides its paper into holes and corners.
    """
    calm, dark = darker_part(number)
    share = float(dark.mean())
    if not TIGHT < share < 1 - TIGHT or min(dark.shape) < COUNTABLE:
        return None
    shades, turns = border_of(calm), turns_of(border_of(dark))
    near = grain_of(shades)
    steps = np.abs(np.roll(shades, near)[turns] - np.roll(shades, -near)[turns])
    if len(turns) < 4 or float(np.median(steps)) < float(np.ptp(calm)) / 4:
        return None
    pieces = [label(part) for part in (dark, ~dark)]
    whole = [float(p.area.max()) > WHOLE * float(p.area.sum()) for p in pieces]
    if whole[0] == whole[1]:
        return None
    broad = (share if whole[0] else 1 - share) > BROAD
    if broad and has_whole_digit(pieces[1 if whole[0] else 0]):
        return None
    return whole[0]


def has_whole_digit(parts: Components) -> bool:
    """Return whether a high piece is clear of the border: a digit whose neighbours were cut."""
    inner = border_sides(parts) == 0
    return bool((parts.height[inner] > CENTRAL * parts.labels.shape[0]).any())


def halved(dark: Mask) -> bool:
    """Return whether the border is dark in one run and light in another, as at a shadow's edge.

    The strokes of a digit that a picture has been cut to reach the border in more places.
    """
    return len(turns_of(border_of(dark))) == 2


def turns_of(around: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return where a ring turns from dark to light or back; the shortest runs are grain."""
    reach = grain_of(around)
    padded = np.pad(around.astype(np.float64), reach, mode="wrap")
    calm = np.convolve(padded, np.ones(2 * reach + 1), mode="valid") > reach
    return np.flatnonzero(calm != np.roll(calm, 1))


def grain_of(around: NDArray[Any]) -> int:
    """Return how many pixels of a ring are too short a run to count: a hundredth of it."""
    return max(1, len(around) // 100)


def edges_of_paper(number: Plane) -> tuple[float, float]:
    """Return how many edges the paper has if the ink on it is dark, and if it is light.

    Steps are squared, so that the steep edges of strokes count and the soft ones of shadows hardly.
    """
    papers = (background.shade(number), background.shade(-number))
    dark, light = (
        sum(float(np.square(np.diff(paper, axis=axis)).sum()) for axis in (0, 1))
        for paper in papers
    )
    return dark, light
