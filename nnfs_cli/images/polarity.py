"""Polarity: whether the ink is darker than what it was written on, or lighter."""

from __future__ import annotations

import numpy as np

from nnfs_cli.images import background, filters
from nnfs_cli.images.components import Mask
from nnfs_cli.images.filters import Plane
from nnfs_cli.images.tuning import CERTAIN, DOUBTFUL, TINY


def is_dark(number: Plane) -> bool:
    """Return whether the ink is darker than the paper.

    Ink is the smaller part of a picture, unless that has been cut to the digit: between a quarter
    and three quarters the border decides, which strokes reach and paper fills; or unless a shadow
    lies across it.
    """
    calm = filters.blur(number, 1) if min(number.shape) > 64 else number
    low, high = (float(q) for q in np.quantile(calm, [0.002, 0.998]))
    dark = calm < (low + high) / 2
    share = float(dark.mean())
    if 0.25 < share < 0.75:
        if max(dark.shape) > TINY and halved(dark):
            edges = edges_of_paper(number)
            if abs(edges[0] - edges[1]) > CERTAIN * max(edges):
                return edges[0] < edges[1]
        inset = round(0.06 * min(dark.shape))  # a frame along the border is not reached there
        inner = dark[inset:-inset, inset:-inset] if inset else dark
        rings = [float(background.border_of(part[..., None]).mean()) for part in (dark, inner)]
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
        return is_dark(number - np.float32(np.median(background.border_of(number[..., None]))))
    edges = edges_of_paper(number)
    if abs(edges[0] - edges[1]) < DOUBTFUL * max(edges):
        return is_dark(number - background.usual(number))
    return edges[0] < edges[1]


def halved(dark: Mask) -> bool:
    """Return whether the border is dark in one run and light in another, as at a shadow's edge.

    The strokes of a digit that a picture has been cut to reach the border in more places.
    """
    ring = np.concatenate([dark[0], dark[1:, -1], dark[-1, -2::-1], dark[-2:0:-1, 0]])
    reach = max(1, len(ring) // 100)  # what is shorter is grain
    around = np.pad(ring.astype(np.float64), reach, mode="wrap")
    calm = np.convolve(around, np.ones(2 * reach + 1), mode="valid") > reach
    return int(np.count_nonzero(calm != np.roll(calm, 1))) == 2


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
