"""Lines: where there are long, thin and straight ones, ink or not.

Those that lean by a few degrees are found as runs in a coarse picture that is sheared until they
lie in its rows, and measured in the fine one.
"""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from nnfs_cli.images import filters
from nnfs_cli.images.components import Ints, Mask, runs
from nnfs_cli.images.filters import Plane
from nnfs_cli.images.line import Floats, Line
from nnfs_cli.images.tuning import (
    DARKER,
    DISTINCT,
    EVEN,
    INK,
    LEAN,
    LONG,
    POOLED,
    SAG,
    SHORTEST,
    SPARSE,
    STRONG,
    THIN,
    WOBBLE,
    WOBBLE_LENGTH,
)


def lines_across(soft: Plane, mask: Mask, *, down: bool) -> list[Line]:
    """Return the lines that lean by no more than a few degrees from the rows."""
    height, width = mask.shape
    if min(height, width) < 12:
        return []
    factor = max(1, -(-max(height, width) // POOLED))
    small = pooled(mask, factor)
    least = max(-(-SHORTEST // factor), round(LONG * min(small.shape[1], 1.5 * small.shape[0])))
    lines: list[Line] = []
    left = small
    for _ in range(3):  # the sides of a box seen at an angle lean differently
        slope, pieces = best_slope(left, least)
        if not pieces:
            break
        left = left.copy()
        for row, start, stop in pieces:
            centre = row + slope * (np.arange(start, stop) - small.shape[1] / 2)
            line = measured(soft, mask, centre, start, stop, factor, down=down)
            rows = np.clip(np.rint(centre).astype(int), 0, small.shape[0] - 1)
            for off in (-2, -1, 0, 1, 2):
                left[np.clip(rows + off, 0, small.shape[0] - 1), np.arange(start, stop)] = False
            if line is not None and not any(same(line, other) for other in lines):
                lines.append(line)
    return lines


def pooled(mask: Mask, factor: int) -> Mask:
    """Return whether there is any ink in squares of `factor` pixels."""
    height, width = mask.shape
    padded = np.pad(mask, ((0, -height % factor), (0, -width % factor)))
    rows, columns = padded.shape[0] // factor, padded.shape[1] // factor
    return np.asarray(padded.reshape(rows, factor, columns, factor).any(axis=(1, 3)))


def best_slope(mask: Mask, least: int) -> tuple[float, list[tuple[float, int, int]]]:
    """Return the lean at which the longest runs lie in rows, and those runs.

    A run is (row in the middle column of the picture, first column, one after the last).
    """
    height, width = mask.shape
    thick = filters.greatest(mask, 1, axes=(0,))  # a line that leans a little stays in its row
    reach = int(np.ceil(LEAN * width / 2)) + 1
    around = np.zeros((height + 4 * reach, width), dtype=bool)
    around[2 * reach : 2 * reach + height] = thick
    sheared = np.empty((height + 2 * reach, width), dtype=bool)
    best: tuple[float, float, list[tuple[float, int, int]]] = (0.0, 0.0, [])
    for slope in np.arange(-LEAN, LEAN + 1e-9, 1.5 / max(width, 40)):
        shift = np.rint(slope * (np.arange(width) - width / 2)).astype(int) + reach
        steps = np.flatnonzero(np.diff(shift)) + 1  # columns between two steps move together
        for first, after in itertools.pairwise([0, *steps.tolist(), width]):
            moved = slice(shift[first], shift[first] + len(sheared))
            sheared[:, first:after] = around[moved, first:after]
        row, start, stop = bridged(runs(sheared), max(2, least // 12))
        long = stop - start >= least
        if not long.any():
            continue
        score = float(((stop - start)[long].astype(float) ** 2).sum()) - abs(slope)
        if score > best[0]:
            best = (score, float(slope), grouped(row[long] - reach, start[long], stop[long]))
    return best[1], best[2]


def bridged(found: tuple[Ints, Ints, Ints], gap: int) -> tuple[Ints, Ints, Ints]:
    """Return runs (row, start, stop) as one where fewer than `gap` columns are between them."""
    row, start, stop = found
    apart = np.ones(len(row) + 1, dtype=bool)  # of each run and the one before it
    apart[1:-1] = (row[1:] != row[:-1]) | (start[1:] - stop[:-1] >= gap)
    return row[apart[:-1]], start[apart[:-1]], stop[apart[1:]]


def grouped(row: Ints, start: Ints, stop: Ints) -> list[tuple[float, int, int]]:
    """Return one run for those that lie directly below each other: the rows of a thick line."""
    groups: list[list[int]] = []  # top, bottom, start, stop
    for r, a, b in zip(row.tolist(), start.tolist(), stop.tolist(), strict=True):
        for group in groups:
            overlap = min(b, group[3]) - max(a, group[2])
            if r - group[1] == 1 and overlap > 0.5 * min(b - a, group[3] - group[2]):
                group[1], group[2], group[3] = r, min(a, group[2]), max(b, group[3])
                break
        else:
            groups.append([r, r, a, b])
    return [((top + bottom) / 2, a, b) for top, bottom, a, b in groups]


def measured(
    soft: Plane, mask: Mask, centre: Floats, start: int, stop: int, factor: int, *, down: bool
) -> Line | None:
    """Return the line near a coarse place, or None if what is there is not thin and straight."""
    height, width = mask.shape
    x0, x1 = start * factor, min(stop * factor, width)
    columns = np.arange(x0, x1)
    guess = np.interp((columns + 0.5) / factor - 0.5, np.arange(start, stop), centre)
    guess = (guess + 0.5) * factor - 0.5
    thickest = max(3.0, THIN * min(height, width))
    fit, thickness, pure = guess, 0.0, np.zeros(0, dtype=bool)
    for reach in (2 * factor + 2 + thickest, 1.5 * factor + 1 + thickest):
        top, bottom, pure = run_at(mask, columns, fit, round(reach))
        pure &= bottom - top <= thickest + 1
        if pure.sum() < max(8, SPARSE * len(columns)):
            return None
        middle = (top + bottom - 1) / 2
        # where strokes cross it the run is longer; a printed line is thinner than most of them
        thickness = float(np.quantile((bottom - top)[pure], 0.4))
        pure &= np.abs(bottom - top - thickness) <= max(2.0, thickness / 2)
        fit = smooth_fit(columns, middle, pure)
        pure &= np.abs(middle - fit) <= max(1.5, thickness)
    if pure.sum() < max(8, SPARSE * len(columns)):
        return None
    wobble = float(np.abs(middle - fit)[pure].mean())
    uneven = float(np.abs(bottom - top - thickness)[pure].mean())
    bend = fit - np.linspace(fit[0], fit[-1], len(fit))
    if (
        wobble > WOBBLE + WOBBLE_LENGTH * len(columns)
        or uneven > max(WOBBLE, EVEN * thickness)
        or float(np.abs(bend).max()) > 1 + SAG * len(columns)
    ):
        return None
    rows = np.clip(np.rint(fit).astype(int), 0, height - 1)
    there = mask[rows, columns] | mask[np.maximum(rows - 1, 0), columns]
    inked = np.flatnonzero(there)
    first, last = int(inked[0]), int(inked[-1]) + 1
    strength = soft[rows, columns][pure]
    level = float(np.median(strength))
    middle = fit[first:last]
    return Line(down, x0 + first, x0 + last, middle, thickness, level, strongest_of(strength))


def strongest_of(strength: Plane) -> float:
    """Return how strong the ink of a line may be; what is stronger was written along it.

    `strength` is that of places along the line. If even its palest parts are ink, and alike, and
    the usual is well above them, then somebody wrote along the most of it.
    """
    palest, pale, own = np.quantile(strength, (0.05, 0.2, 0.5)).tolist()
    uneven = own - pale
    if pale > INK * own and uneven > max(DISTINCT, 3 * (pale - palest)):
        own, uneven = pale, pale - palest
    return float(own + (DARKER if own < STRONG else max(DISTINCT, 4 * uneven)))


def run_at(
    mask: Mask, columns: NDArray[np.intp], row: Floats, reach: int
) -> tuple[NDArray[np.intp], NDArray[np.intp], Mask]:
    """Return the run of ink nearest to a row in each column: top, one after the bottom, and
    whether there is one that ends within `reach` on both sides."""
    padded = np.pad(mask[:, columns], ((reach + 1, reach + 1), (0, 0)))
    centre = np.clip(np.rint(row).astype(int), 0, mask.shape[0] - 1) + reach + 1
    offsets = np.arange(-reach - 1, reach + 2)
    band = padded[np.clip(centre + offsets[:, None], 0, len(padded) - 1), np.arange(len(columns))]
    distance = np.where(band, np.abs(offsets)[:, None], 10**6)
    seed = distance.argmin(axis=0)
    place = np.arange(len(offsets))[:, None]
    gap = ~band
    top = np.where(gap & (place < seed), place, -1).max(axis=0) + 1
    bottom = np.where(gap & (place > seed), place, len(offsets)).min(axis=0)
    whole = band.any(axis=0) & (top > 0) & (bottom < len(offsets))
    base = centre - (reach + 1) - (reach + 1)
    return top + base, bottom + base, whole


def smooth_fit(columns: NDArray[np.intp], middle: Floats, pure: Mask) -> Floats:
    """Return the parabola through most of the points: paper curls, lenses bend."""
    x = (columns - columns.mean()) / max(1.0, len(columns) / 2)
    basis = np.stack([np.ones_like(x), x, x**2], axis=1)
    weight = pure.astype(np.float64)
    solution = np.zeros(3)
    for _ in range(6):
        root = np.sqrt(weight)
        solution = np.linalg.lstsq(basis * root[:, None], middle * root, rcond=None)[0]
        off = np.abs(middle - basis @ solution)
        weight = pure / np.maximum(off, 0.3)
    return np.asarray(basis @ solution)


def same(one: Line, other: Line) -> bool:
    """Return whether two lines are one, found twice."""
    overlap = min(one.stop, other.stop) - max(one.start, other.start)
    if one.down != other.down or overlap < 0.5 * min(one.length, other.length):
        return False
    x = (max(one.start, other.start) + min(one.stop, other.stop)) // 2
    apart = abs(one.middle[x - one.start] - other.middle[x - other.start])
    return bool(apart < max(2.0, one.thickness, other.thickness))
