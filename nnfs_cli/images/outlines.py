"""Outlines: a digit drawn as the edge of a thick stroke is filled, and is a stroke again.

The stroke is paper that ink encloses, and long for its width, which is nearly the same everywhere.
All of the ink around it is a line with the stroke on one side and one other area of paper on the
other: in a circle around a digit it is not, since the digit has no other paper behind itself.
"""

from __future__ import annotations

import numpy as np

from nnfs_cli.images import filters, stroke
from nnfs_cli.images.components import Components, Mask, border_sides, label
from nnfs_cli.images.tuning import BROADER, EDGED, ELONGATED, JOINED, NARROWEST


def between_outlines(mask: Mask) -> Mask:
    """Return `(height, width)`: the paper that outlines enclose, and the inner edge of these."""
    ink = label(mask)
    paper = label(~filters.greatest(mask, 1))  # steps across corners are tight, too
    found = np.zeros_like(mask)
    for number in np.flatnonzero(border_sides(paper) == 0).tolist():
        if is_stroke(paper, number) and is_outlined(paper, number, ink):
            found |= filters.greatest(paper.mask(number), 2)
    return found


def is_stroke(paper: Components, number: int) -> bool:
    """Return whether some paper is long and everywhere about as wide, if wide enough to tell.

    A stroke of length l and width w has the area l w; a disc is 1 long by that, an oval whose axes
    are 5 to 1 is 7.
    """
    rows = slice(int(paper.top[number]), int(paper.bottom[number]))
    columns = slice(int(paper.left[number]), int(paper.right[number]))
    core = np.pad(paper.labels[rows, columns] == number + 1, 2)
    inside = filters.greatest(core, 1)  # as much as was taken off
    width = stroke.thickness(inside.astype(np.float32))
    area = float(inside.sum())
    if width < NARROWEST or area < ELONGATED * width**2:
        return False
    return float(opened(inside, round(BROADER * width / 2)).sum()) < JOINED * area


def opened(area: Mask, radius: int) -> Mask:
    """Return the squares of `2 radius + 1` pixels that fit into an area."""
    cores = ~filters.greatest(np.pad(~area, radius, constant_values=True), radius)
    return np.asarray(filters.greatest(cores, radius))


def is_outlined(paper: Components, number: int, ink: Components) -> bool:
    """Return whether each piece of ink around some paper is a line between it and one other paper.

    The edge of a stroke has the rest of the sheet behind it, or one hole. Of an 8 in a circle each
    hole is behind one half, and nothing is behind the tail of a 6.
    """
    inside = filters.greatest(paper.mask(number), 1)
    around = np.unique(ink.labels[filters.greatest(inside, 2)])
    return all(
        is_edge(ink.mask(int(piece)), inside, paper, number) for piece in around[around > 0] - 1
    )


def is_edge(line: Mask, inside: Mask, paper: Components, number: int) -> bool:
    """Return whether a line lies between an area, `number` of the paper, and one other area."""
    reach = round(stroke.thickness(line.astype(np.float32))) + 2
    near = np.bincount(paper.labels[filters.greatest(line, reach)], minlength=len(paper) + 1)
    near[[0, number + 1]] = 0
    behind = filters.greatest(paper.labels == int(near.argmax()), reach) & (near.max() > 0)
    between = line & behind & filters.greatest(inside, reach)
    return float(between.sum()) >= EDGED * float(line.sum())
