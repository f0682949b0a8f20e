"""Dots: a pen that touched the sheet only now and then left dots or dashes, which are one stroke.

Drawing programs stamp a brush wherever they hear of the mouse, and a fast mouse is heard of
seldom; some pens are dashed. The eye joins what lies in a row, each piece about as thick as the
next and the gaps hardly wider than that. So do these lines.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from nnfs_cli.images.components import Components, Mask, border_sides, label
from nnfs_cli.images.filters import Plane
from nnfs_cli.images.tuning import (
    APART,
    DOT,
    DOTS,
    DOTTED,
    FEWEST_DOTS,
    FRAGMENT,
    GRID,
    HANDFUL,
    LIKE_DOTS,
    LOOSE,
    MOST_DOTS,
    NEXT,
    OUTLINE,
    ROUNDER,
    THINNEST_DOT,
)

Points = NDArray[np.float32]


class Link(NamedTuple):
    """The shortest way between two pieces of ink."""

    length: float  # pixels
    start: tuple[float, float]  # row and column at the edge of the one ...
    end: tuple[float, float]  # ... and of the other


def joined(soft: Plane, mask: Mask) -> Plane:
    """Return the ink with the gaps closed where it is a stroke of dots or dashes; else `soft`."""
    parts = label(mask, soft)
    if not FEWEST_DOTS <= len(parts) <= MOST_DOTS:
        return soft
    numbers, pen = alike(parts)
    if len(numbers) < FEWEST_DOTS or pen < THINNEST_DOT:
        return soft
    links = links_between(outlines(parts, numbers), longest=LOOSE * pen)
    chain = chained(len(numbers), links)
    own = numbers[sorted({piece for pair in chain for piece in pair})]
    if len(own) < FEWEST_DOTS or parts.mass[own].sum() < DOTTED * parts.mass.sum():
        return soft
    usual = float(np.median([links[pair].length for pair in chain]))
    stroke = int(parts.mass[numbers].argmax())  # or a dot, if there is no larger piece
    to_stroke = [links[pair].length for pair in chain if stroke in pair]
    apart = min(to_stroke, default=0.0) > APART * usual + 1
    if apart and slimness(parts)[numbers[stroke]] > DOTS * pen:
        return soft  # a row of its own, as the colours beside a canvas are
    near = {pair for pair, link in links.items() if link.length <= NEXT * usual + 1}
    crowded = 2 * len(near) > HANDFUL * len(numbers)
    if crowded and usual > GRID * pen:  # everywhere, and not in a row: paper, or noise
        return soft
    return drawn(soft, [links[pair] for pair in {*chain, *near}], pen)


def alike(parts: Components) -> tuple[NDArray[np.intp], float]:
    """Return which pieces may be dots or dashes of one pen, and how thick it is."""
    pens = thicknesses(parts)
    pen = float(np.median(pens[parts.mass > FRAGMENT * parts.mass.max()]))
    same = (pens < LIKE_DOTS * pen) & (LIKE_DOTS * pens > pen) & (parts.area > DOT * pen * pen)
    same &= border_sides(parts) == 0  # or it goes on beyond the picture
    same &= (slimness(parts) < DOTS * pen) | (parts.mass == parts.mass.max())
    return np.flatnonzero(same), pen


def thicknesses(parts: Components) -> NDArray[np.float64]:
    """Return how thick each piece is, if it is a dot or a dash; up to twice that, if a long stroke.

    A disc has the area pi r^2 and an outline of 2 pi r, so 4 area / outline is what it is across.
    """
    labels = np.pad(parts.labels, 1)
    here, below, beside = labels[:-1, :-1], labels[1:, :-1], labels[:-1, 1:]
    # one side of a pixel at an upright or a level edge, the diagonal of one where it leans
    edge = np.sqrt(((here > 0) != (below > 0)) + 1.0 * ((here > 0) != (beside > 0)))
    of = np.maximum(np.maximum(here, below), beside)
    outline = np.bincount(of.ravel(), edge.ravel(), len(parts) + 1)[1:]
    return np.minimum(4 * parts.area / (ROUNDER * outline), slimness(parts))


def slimness(parts: Components) -> NDArray[np.float64]:
    """Return how broad each piece is across: the shorter axis of the ellipse that spreads alike."""
    rows, columns = np.nonzero(parts.labels)
    which = parts.labels[rows, columns] - 1
    count = np.bincount(which, minlength=len(parts))
    y = rows - np.bincount(which, rows, len(parts))[which] / count[which]
    x = columns - np.bincount(which, columns, len(parts))[which] / count[which]
    yy, xx, xy = (np.bincount(which, v, len(parts)) / count for v in (y * y, x * x, x * y))
    least = (yy + xx) / 2 - np.sqrt((yy - xx) ** 2 / 4 + xy**2)
    return np.asarray(4.0 * np.sqrt(np.maximum(least, 0.0)))


def outlines(parts: Components, numbers: NDArray[np.intp]) -> list[Points]:
    """Return some points (n, 2), row and column, along the edge of each of these pieces."""
    found = []
    for number in numbers:
        top, left = int(parts.top[number]), int(parts.left[number])
        own = np.pad(
            parts.labels[top : int(parts.bottom[number]), left : int(parts.right[number])]
            == number + 1,
            1,
        )
        inner = own[:-2, 1:-1] & own[2:, 1:-1] & own[1:-1, :-2] & own[1:-1, 2:]
        points = np.argwhere(own[1:-1, 1:-1] & ~inner)
        every = max(1, len(points) // OUTLINE)
        found.append((points[::every] + np.array([top, left])).astype(np.float32))
    return found


def links_between(outlines: list[Points], *, longest: float) -> dict[tuple[int, int], Link]:
    """Return the shortest ways between the pieces, by their numbers, none longer than `longest`."""
    links = {}
    low = np.array([points.min(axis=0) for points in outlines])
    high = np.array([points.max(axis=0) for points in outlines])
    for one, points in enumerate(outlines):
        apart = np.maximum(low[one + 1 :] - high[one], low[one] - high[one + 1 :]).max(axis=1)
        for other in (one + 1 + np.flatnonzero(apart <= longest)).tolist():
            ways = points[:, None, :] - outlines[other][None, :, :]
            lengths = np.hypot(ways[..., 0], ways[..., 1])
            i, j = divmod(int(lengths.argmin()), lengths.shape[1])
            if lengths[i, j] <= longest:
                start, end = points[i].tolist(), outlines[other][j].tolist()
                links[one, other] = Link(float(lengths[i, j]), tuple(start), tuple(end))
    return links


def chained(count: int, links: dict[tuple[int, int], Link]) -> list[tuple[int, int]]:
    """Return the shortest links that hold the largest group of pieces together (Kruskal 1956)."""
    group = list(range(count))
    kept: list[tuple[int, int]] = []
    for one, other in sorted(links, key=lambda pair: links[pair].length):
        if group[one] != group[other]:
            old, new = group[other], group[one]
            group = [new if g == old else g for g in group]
            kept.append((one, other))
    largest = max(set(group), key=group.count)
    return [(one, other) for one, other in kept if group[one] == largest]


def drawn(soft: Plane, links: list[Link], pen: float) -> Plane:
    """Return the ink with the links drawn into it, a little thinner than the pen."""
    height, width = soft.shape
    picture = Image.new("L", (width, height))
    brush = ImageDraw.Draw(picture)
    thick = max(1, round(0.9 * pen))
    for _, (y0, x0), (y1, x1) in links:
        brush.line([(x0, y0), (x1, y1)], fill=255, width=thick)
        for y, x in ((y0, x0), (y1, x1)):
            brush.ellipse([x - thick / 2, y - thick / 2, x + thick / 2, y + thick / 2], fill=255)
    return np.asarray(np.maximum(soft, np.asarray(picture, dtype=np.float32) / np.float32(255)))
