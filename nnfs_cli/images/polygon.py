"""Polygon: the outline of an area as points, x and y, and what follows from it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from nnfs_cli.images.components import Mask


def hull(mask: Mask) -> NDArray[np.float64]:
    """Return the convex hull (N, 2) of a mask as points x, y (Andrew 1979)."""
    rows = np.flatnonzero(mask.any(axis=1))
    first = mask[rows].argmax(axis=1)
    last = mask.shape[1] - mask[rows][:, ::-1].argmax(axis=1)
    points = [
        *zip(first.tolist(), rows.tolist(), strict=True),
        *zip(first.tolist(), (rows + 1).tolist(), strict=True),
        *zip(last.tolist(), rows.tolist(), strict=True),
        *zip(last.tolist(), (rows + 1).tolist(), strict=True),
    ]
    points = sorted(set(points))
    chains: list[list[tuple[int, int]]] = []
    for ordered in (points, points[::-1]):
        chain: list[tuple[int, int]] = []
        for x, y in ordered:
            while len(chain) > 1:
                (a, b), (c, d) = chain[-2:]
                if (c - a) * (y - b) - (d - b) * (x - a) > 0:
                    break
                chain.pop()
            chain.append((x, y))
        chains.append(chain[:-1])
    return np.array([*chains[0], *chains[1]], dtype=np.float64)


def drawn(outline: NDArray[np.float64], shape: tuple[int, ...]) -> Mask:
    """Return the mask of what is inside of a polygon (N, 2)."""
    image = Image.new("1", (shape[1], shape[0]))
    ImageDraw.Draw(image).polygon([(x - 0.5, y - 0.5) for x, y in outline.tolist()], fill=1)
    return np.array(image, dtype=bool)


def polygon_area(points: NDArray[np.float64]) -> float:
    """Return the area of a polygon (N, 2): the shoelace formula."""
    x, y = points.T
    return abs(float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum())) / 2


def ovalness(mask: Mask) -> float:
    """Return the area of a mask by that of the ellipse that spreads as far: 1 if it is one.

    A rectangle has 0.955, all else between the two has round corners.
    """
    covariance = np.cov(np.nonzero(mask))
    return float(mask.sum() / (4 * np.pi * np.sqrt(max(np.linalg.det(covariance), 1e-9))))


def simplified(points: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Return a polygon (count, 2), of the points that matter most (Visvalingam and Whyatt 1993)."""
    while len(points) > count:
        before, after = np.roll(points, 1, axis=0), np.roll(points, -1, axis=0)
        (ax, ay), (bx, by) = (points - before).T, (after - points).T
        points = np.delete(points, np.abs(ax * by - ay * bx).argmin(), axis=0)
    return points
