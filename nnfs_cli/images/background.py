"""Background: the colour of the paper at every place, whatever light falls on it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from nnfs_cli.images import filters
from nnfs_cli.images.components import Mask
from nnfs_cli.images.filters import Plane
from nnfs_cli.images.tuning import (
    ALL_AROUND,
    COARSE,
    DITHERED,
    FLAT_ALL,
    FLAT_BORDER,
    GRAIN,
    LEAST_DITHERED,
    OTHER,
    PEPPER,
    POOLED_LIGHT,
    RIM,
    SAME,
    SAMPLES,
    SEEN,
    SHADOWED,
    STEEP_EDGE,
    STEEP_EDGES,
    STROKE_LEFT,
    TINY,
    WINDOW,
    WINDOWS,
)

ROUNDS = 12  # of reweighting: the surface no longer moves then


def paper_of(colour: Plane) -> Plane:
    """Return the colour of the paper under every pixel, shaped to be subtracted from `colour`.

    One colour if most of the border has it, as in a drawing; else a surface that bends smoothly,
    as light on a sheet does.
    """
    flat = flat_paper(colour)
    if flat is not None:
        return flat
    if max(colour.shape[:2]) <= TINY:
        return np.asarray(np.median(border_of(colour), axis=0), dtype=np.float32)
    return surface(colour)


def border_of(colour: NDArray[Any]) -> NDArray[Any]:
    """Return the outermost pixels (N, channels) or (N,), clockwise from the upper left."""
    return np.concatenate([colour[0], colour[1:, -1], colour[-1, -2::-1], colour[-2:0:-1, 0]])


def flat_paper(colour: Plane) -> Plane | None:
    """Return the one colour (channels,) of the paper, or None if it has more."""
    if filters.noise(colour @ np.full(colour.shape[2], 1 / colour.shape[2], np.float32)) > GRAIN:
        return None
    border = border_of(colour)
    shade = border.mean(axis=1)
    counts = np.bincount(np.rint(shade / SAME).astype(np.intp))
    commonest = float(counts.argmax()) * SAME
    paper = np.median(border[np.abs(shade - commonest) <= SAME], axis=0).astype(np.float32)
    if alike(border, paper) < FLAT_BORDER or alike(colour, paper) < FLAT_ALL:
        return None
    return np.asarray(paper)


def alike(colour: Plane, paper: Plane) -> float:
    """Return which share of the pixels has the colour of the paper."""
    return float((filters.apart(colour, paper) <= SAME).mean())


def surface(colour: Plane) -> Plane:
    """Return the quadratic surface (height, width, channels) that most pixels lie near.

    Least absolute deviations by reweighted least squares: ink, being far off, pulls with no more
    force than the grain of the paper does.
    """
    height, width, _ = colour.shape
    rows = np.linspace(0, height - 1, min(height, SAMPLES)).astype(np.intp)
    columns = np.linspace(0, width - 1, min(width, SAMPLES)).astype(np.intp)
    target = colour[np.ix_(rows, columns)].reshape(len(rows) * len(columns), -1).astype(np.float64)
    basis = terms(rows / height, columns / width)
    weight = np.ones(len(target))
    for _ in range(ROUNDS):
        root = np.sqrt(weight)[:, None]
        solution = np.linalg.lstsq(basis * root, target * root, rcond=None)[0]
        off = np.sqrt(((target - basis @ solution) ** 2).sum(axis=1))
        weight = 1.0 / np.maximum(off, 0.005)
    return quadratic(np.asarray(solution, dtype=np.float64), height, width)


def terms(y: NDArray[np.float64], x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 1, x, y, x^2, xy, y^2 at every place of a grid: (rows columns, 6)."""
    grid_y, grid_x = (g.ravel() for g in np.meshgrid(y, x, indexing="ij"))
    columns = [np.ones_like(grid_x), grid_x, grid_y, grid_x**2, grid_x * grid_y, grid_y**2]
    return np.stack(columns, axis=1)


def quadratic(solution: NDArray[np.float64], height: int, width: int) -> Plane:
    """Return the surface at every pixel, as powers of y times what x makes of each."""
    x = (np.arange(width, dtype=np.float32) / np.float32(width))[:, None]
    y = np.arange(height, dtype=np.float32) / np.float32(height)
    one, dx, dy, dxx, dxy, dyy = solution.astype(np.float32)
    of_x = np.stack([one + x * (dx + x * dxx), dy + x * dxy, dyy + 0 * x])  # (3, width, channels)
    powers = np.stack([np.ones_like(y), y, y * y], axis=1)  # (height, 3)
    return np.asarray(np.tensordot(powers, of_x, axes=1))


def shade(brightness: Plane, window: float = WINDOW) -> Plane:
    """Return the paper behind dark strokes, with the edges of shadows where they are.

    Strokes are thinner than `window`, a share of the side.
    """
    height, width = brightness.shape
    radius = max(1, round(window * (height * width) ** 0.5 / 2))
    return filters.closed(filters.blur(brightness, 1), radius)


def narrowest(brightness: Plane) -> float:
    """Return the narrowest window that leaves no part of a dark stroke on the paper.

    The edges of strokes are steep, and those of shadows are not. As long as the paper behind has
    none of those steep edges, a narrower window has taken shadows for paper, and no ink. The next
    wider is returned, since strokes are thicker where they meet; the widest, if most of what is
    dark is no shadow.
    """
    factor = max(1, min(brightness.shape) // POOLED_LIGHT)
    rows, columns = (length // factor for length in brightness.shape)
    small = brightness[: rows * factor, : columns * factor]
    small = small.reshape(rows, factor, columns, factor).mean(axis=(1, 3))
    steps, count = filters.steepness(small), max(1, round(STEEP_EDGES * small.size**0.5))
    steepest = float(np.partition(steps, -count, axis=None)[-count])
    there = steps > max(STEEP_EDGE * steepest, SEEN * filters.noise(small))
    papers = {WINDOW: shade(small)}
    most = STROKE_LEFT * energy(small, there) + energy(papers[WINDOW], there)
    chosen = wider = WINDOW
    for window in WINDOWS:
        papers[window] = shade(small, window)
        if energy(papers[window], there) > most:
            break
        chosen, wider = wider, window
    shadows = float((papers[WINDOW] - papers[chosen]).mean())
    return chosen if shadows > SHADOWED * float((papers[WINDOW] - small).mean()) else WINDOW


def energy(plane: Plane, there: Mask) -> float:
    """Return the sum of the squares of all steps from pixel to pixel that are `there`."""
    return float(np.square(filters.steepness(plane)[there]).sum())


def undithered(colour: Plane) -> Plane:
    """Return a picture of black and white dots that stand for greys as these greys.

    Between strokes, however many, neighbours seldom differ.
    """
    if min(colour.shape[:2]) < LEAST_DITHERED or ((colour > 0) & (colour < 1)).any():
        return colour
    if min(float((np.diff(colour, axis=a) != 0).mean()) for a in (0, 1)) < DITHERED:
        return colour
    return np.stack([filters.blur(plane, 2) for plane in np.moveaxis(colour, 2, 0)], axis=2)


def without_pepper(strength: Plane) -> Plane:
    """Return the ink without lonely pixels, if the picture is full of them.

    A pixel is lonely when none of its eight neighbours is like it. A stroke has no such pixel
    however thin it is, and so loses nothing.
    """
    if min(strength.shape) < 16:
        return strength
    inked = strength > 0.5 * float(np.quantile(strength, 0.999))
    around = neighbours(inked)
    lonely = (inked & (around == 0)) | (~inked & (around == 8))
    if int(lonely.sum()) < max(8, PEPPER * strength.size):
        return strength
    return np.where(lonely, filters.median(strength), strength)


def neighbours(mask: Mask) -> NDArray[np.int8]:
    """Return how many of the eight neighbours of each pixel are True."""
    padded = np.pad(mask, 1).astype(np.int8)
    rows = padded[:-2] + padded[1:-1] + padded[2:]
    return np.asarray(rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:] - padded[1:-1, 1:-1])


def without_rim(colour: Plane) -> tuple[Plane, int]:
    """Return the picture inside of a rim, and how many pixels were cut off on every side.

    A rim is all around, of one colour, and encloses a band of another one: the black edge of a
    scan, a box that a picture was cut along, the white page around a dark drawing.
    """
    deepest = int(RIM * min(colour.shape[:2]))
    shades = [ring_shade(colour, depth) for depth in range(deepest + 1)]
    outer = shades[0]
    if outer is None:
        return colour, 0
    band = max(2, round(RIM / 4 * min(colour.shape[:2])))
    for depth in range(1, deepest + 1 - band):
        shade = shades[depth]
        if shade is None or float(np.abs(shade - outer).max()) < OTHER:
            continue
        inner = shades[depth : depth + band]
        if all(s is not None and float(np.abs(s - shade).max()) < 2 * SAME for s in inner):
            return colour[depth + 1 : -depth - 1, depth + 1 : -depth - 1], depth + 1
    return colour, 0


def ring_shade(colour: Plane, depth: int) -> Plane | None:
    """Return the colour of the pixels `depth` from the border, or None if they differ."""
    height, width, _ = colour.shape
    ring = border_of(colour[depth : height - depth, depth : width - depth])
    middle = np.median(ring, axis=0)
    alike = (filters.apart(ring, middle) < 3 * SAME).mean()
    return np.asarray(middle) if alike > ALL_AROUND else None


def usual(number: Plane) -> Plane:
    """Return the median of a wide neighbourhood of every pixel: shadows and light, but no ink.

    Whether the ink is darker or lighter makes no difference to it.
    """
    height, width = number.shape
    factor = max(1, -(-max(height, width) // COARSE))
    rows, columns = height // factor, width // factor
    if min(rows, columns) < 3:
        return np.full_like(number, np.median(number))
    blocks = number[: rows * factor, : columns * factor].reshape(rows, factor, columns, factor)
    small = blocks.mean(axis=(1, 3))
    reach = max(1, round(WINDOW / 2 * min((rows * columns) ** 0.5, rows, columns)))
    padded = np.pad(small, reach, mode="reflect" if reach < min(rows, columns) else "edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (2 * reach + 1, 2 * reach + 1))
    stride = max(1, reach // 4)  # a window has thousands of neighbours that differ little
    medians = np.median(windows[..., ::stride, ::stride], axis=(2, 3))
    image = Image.fromarray(medians.astype(np.float32))
    return np.asarray(image.resize((width, height), Image.Resampling.BILINEAR), dtype=np.float32)
