"""Lines: ruled paper, boxes and frames, which are straight and are not ink.

A line is long, thin and straight. So are the strokes of a 1, 4 or 7; what tells them apart is that
a ruled line goes on to the border of the picture, or to a corner where it meets another one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from nnfs_cli.images import filters
from nnfs_cli.images.components import Components, Mask, label, runs
from nnfs_cli.images.filters import Plane
from nnfs_cli.images.tuning import (
    ABOVE,
    ALIKE,
    CORNER,
    EVEN,
    LEAN,
    LONG,
    NEAR_BORDER,
    POOLED,
    RULED,
    SAG,
    SHORTEST,
    SPARSE,
    STRONG,
    THIN,
    WOBBLE,
    WOBBLE_LENGTH,
)

Floats = NDArray[np.float64]

ROUNDS = 3


@dataclass(frozen=True, eq=False)
class Line:
    """A straight line of ink, mostly across; one mostly down is described in the picture turned."""

    down: bool  # the picture was turned (transposed) to find it
    start: int  # first column
    stop: int  # one after the last
    middle: Floats  # (stop - start,): the row of its middle at each column
    thickness: float  # pixels
    level: float  # its usual strength, of full ink

    @property
    def length(self) -> int:
        """Columns."""
        return self.stop - self.start

    @property
    def ends(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Where it begins and ends: (x, y) in the picture as it is."""
        first, last = (self.start, self.middle[0]), (self.stop, self.middle[-1])
        if self.down:
            return (float(first[1]), float(first[0])), (float(last[1]), float(last[0]))
        return (float(first[0]), float(first[1])), (float(last[0]), float(last[1]))

    @property
    def place(self) -> float:
        """The row (or the column of one mostly down) of its middle."""
        return float(self.middle.mean())

    def along(self, point: tuple[float, float]) -> tuple[float, float]:
        """Return where a point is along the line, 0 to 1 between its ends, and how far beside."""
        x, y = (point[1], point[0]) if self.down else point
        at = (x - self.start) / self.length
        row = float(np.interp(x, np.arange(self.start, self.stop), self.middle))
        return at, abs(y - row)

    def __repr__(self) -> str:
        which = "column" if self.down else "row"
        return f"Line({which} {self.place:.0f}, {self.start}-{self.stop}, {self.thickness:.1f} px)"


@dataclass(frozen=True, eq=False)
class Ruling:
    """The lines that were found not to be ink."""

    lines: list[Line] = field(default_factory=list)

    @property
    def level(self) -> float:
        """The strength below which everything is ruling, 0 if the lines do not show it."""
        if len(self.lines) < RULED:
            return 0.0
        level = float(np.median([line.level for line in self.lines])) + ABOVE
        return level if level < STRONG else 0.0

    def describe(self) -> str:
        """Say what they are: `""` if there are none."""
        across = sum(not line.down for line in self.lines)
        down = len(self.lines) - across
        if not self.lines:
            return ""
        if across and down:
            return "squares" if max(across, down) > 4 else "a box"
        return "a ruled line" if len(self.lines) == 1 else "ruled lines"


def without_lines(soft: Plane, mask: Mask) -> tuple[Plane, Ruling]:
    """Return the ink without ruled lines, boxes and frames, and what they were."""
    return cleared(soft, mask, not_ink)


def cleared(
    soft: Plane, mask: Mask, alien: Callable[[list[Line], Plane, Mask], list[Line]]
) -> tuple[Plane, Ruling]:
    """Return the ink without the lines that `alien` picks from those found, and these."""
    gone: list[Line] = []
    for _ in range(ROUNDS):  # behind the first line of a double one is the second
        found = [*lines_across(soft, mask, down=False), *lines_across(soft.T, mask.T, down=True)]
        chosen = alien(found, soft, mask) if found else []
        if not chosen:
            break
        gone += chosen
        soft = erased(soft, mask, chosen)
        mask = mask & (soft > 0)
    return soft, Ruling(gone)


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
    padded = np.pad(thick, ((2 * reach, 2 * reach), (0, 0)))
    columns = np.arange(width)
    best: tuple[float, float, list[tuple[float, int, int]]] = (0.0, 0.0, [])
    for slope in np.arange(-LEAN, LEAN + 1e-9, 1.5 / max(width, 40)):
        shift = np.rint(slope * (columns - width / 2)).astype(int)
        rows = np.arange(-reach, height + reach)[:, None] + 2 * reach + shift[None, :]
        sheared = padded[rows, columns[None, :]]
        bridged = ~opened_across(~sheared, max(2, least // 12))
        row, start, stop = runs(bridged)
        long = stop - start >= least
        if not long.any():
            continue
        score = float(((stop - start)[long].astype(float) ** 2).sum()) - abs(slope)
        if score > best[0]:
            best = (score, float(slope), grouped(row[long] - reach, start[long], stop[long]))
    return best[1], best[2]


def opened_across(mask: Mask, least: int) -> Mask:
    """Return `mask` without its runs shorter than `least`, but with those at the borders."""
    row, start, stop = runs(mask)
    keep = (stop - start >= least) | (start == 0) | (stop == mask.shape[1])
    steps = np.zeros((mask.shape[0], mask.shape[1] + 1), dtype=np.int8)
    steps[row[keep], start[keep]] = 1
    steps[row[keep], stop[keep]] = -1
    return np.cumsum(steps, axis=1, dtype=np.int8)[:, :-1] > 0


def grouped(
    row: NDArray[np.intp], start: NDArray[np.intp], stop: NDArray[np.intp]
) -> list[tuple[float, int, int]]:
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
    level = float(np.median(soft[rows, columns][pure]))
    return Line(down, x0 + first, x0 + last, fit[first:last], thickness, level)


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


def not_ink(found: list[Line], soft: Plane, mask: Mask) -> list[Line]:
    """Return those lines that are no strokes of a digit."""
    candidates = stable(of_one_pen(stable(found, mask.shape)), mask.shape)
    while candidates:
        rest = label(connected_rest(soft, mask, candidates))
        if len(rest):
            heart = main(rest, mask.shape)
            size = max(rest.side[heart], 1)
            if size >= 0.15 * min(line.length for line in candidates) or size >= 0.3 * min(
                mask.shape
            ):
                box = (
                    *(int(rest.left[heart]), int(rest.top[heart])),
                    *(int(rest.right[heart]), int(rest.bottom[heart])),
                )
                kept = [line for line in candidates if clear(line, box, candidates, mask.shape)]
                if len(kept) == len(candidates):
                    return candidates
                candidates = stable(kept, mask.shape)
                continue
        # nothing is left: the digit is a 1 that reaches from one side of its box to the other
        inner = [line for line in candidates if is_inner(line, candidates)]
        if len(inner) != 1:
            return []
        candidates = [line for line in candidates if line is not inner[0]]
    return []


def of_one_pen(lines: list[Line]) -> list[Line]:
    """Return the lines that are about as thick as most of them."""
    usual = float(np.median([line.thickness for line in lines])) if lines else 0.0
    least, most = usual / ALIKE - 1, usual * ALIKE + 1
    return [line for line in lines if least <= line.thickness <= most]


def connected_rest(soft: Plane, mask: Mask, lines: list[Line]) -> Mask:
    """Return the mask of what is left without `lines`."""
    return np.asarray(mask & (erased(soft, mask, lines) > 0))


def main(rest: Components, shape: tuple[int, ...]) -> int:
    """Return the number of the component that is most central and large."""
    height, width = shape
    y = ((rest.top + rest.bottom) / 2 / height - 0.5) * 2
    x = ((rest.left + rest.right) / 2 / width - 0.5) * 2
    return int((rest.area * (1.2 - np.minimum(1.0, np.hypot(x, y)))).argmax())


def stable(lines: list[Line], shape: tuple[int, ...]) -> list[Line]:
    """Return the lines whose ends are explained by the border or by each other."""
    while True:
        kept = [line for line in lines if explained(line, lines, shape)]
        if len(kept) == len(lines):
            return kept
        lines = kept


def explained(line: Line, lines: list[Line], shape: tuple[int, ...]) -> bool:
    """Return whether both ends are closed, or one is and a parallel line is much the same."""
    closings = [closing(point, line, lines, shape) for point in line.ends]
    if all(closings):
        return True
    return any(closings) and any(parallel(line, other) for other in lines if other is not line)


def closing(
    point: tuple[float, float], line: Line, lines: list[Line], shape: tuple[int, ...]
) -> str:
    """Return what an end of a line is closed by: "line", "border" or nothing, ""."""
    for other in lines:
        if other.down != line.down:
            at, beside = other.along(point)
            near_end = min(abs(at), abs(at - 1)) <= CORNER
            near = 2 + line.thickness + other.thickness
            room = near + CORNER * min(line.length, other.length) if near_end else near
            if beside <= room and (near_end or 0 <= at <= 1):
                return "line"
    height, width = shape
    x, y = point
    reach = max(2.0, NEAR_BORDER * (height if line.down else width))
    near = (min(y, height - y) if line.down else min(x, width - x)) <= reach
    return "border" if near else ""


def parallel(line: Line, other: Line) -> bool:
    """Return whether two lines run beside each other for most of their length."""
    if line.down != other.down:
        return False
    overlap = min(line.stop, other.stop) - max(line.start, other.start)
    apart = abs(line.place - other.place)
    return overlap >= 0.6 * max(line.length, other.length) and apart > 3 * line.thickness


def clear(
    line: Line, box: tuple[int, int, int, int], lines: list[Line], shape: tuple[int, ...]
) -> bool:
    """Return whether a line is none of the strokes of the digit whose other ink is in `box`.

    At a border the digit must stay away from where the line runs out of the picture, or the line
    may be a stroke in a picture that is cut to the digit.
    """
    height, width = shape
    closings = [closing(point, line, lines, shape) for point in line.ends]
    low, high = (box[1], box[3]) if line.down else (box[0], box[2])
    side = height if line.down else width
    margin = max(1.0, 0.03 * side)
    company = any(parallel(line, other) for other in lines if other is not line)
    if closings == ["line", "line"]:
        return True
    free = [low > margin, high < side - margin]
    for what, away in zip(closings, free, strict=True):
        if what == "border" and not away and not company:
            return False
    if "line" in closings or company:
        return True
    # all alone from border to border: a line to write on, but not a stroke down that it could be
    return not line.down or apart(line, box)


def apart(line: Line, box: tuple[int, int, int, int]) -> bool:
    """Return whether a line down the picture passes by a box."""
    return line.place + line.thickness < box[0] or line.place - line.thickness > box[2]


def is_inner(line: Line, lines: list[Line]) -> bool:
    """Return whether a line meets others with both its ends, well inside of them."""
    met = 0
    for point in line.ends:
        for other in lines:
            if other.down != line.down:
                at, beside = other.along(point)
                if 0.2 < at < 0.8 and beside <= 0.15 * line.length + line.thickness:
                    met += 1
                    break
    return met == 2


def erased(soft: Plane, mask: Mask, lines: list[Line]) -> Plane:
    """Return the ink without `lines`, but with the strokes that cross them."""
    soft = soft.copy()
    for line in lines:
        erase(soft.T if line.down else soft, mask.T if line.down else mask, line)
    return soft


def erase(soft: Plane, mask: Mask, line: Line) -> None:
    """Take a line out of `soft`, in place."""
    height, width = mask.shape
    over = int(np.ceil(line.thickness)) + 2  # the ends are ragged
    start, stop = max(0, line.start - over), min(width, line.stop + over)
    columns = np.arange(start, stop)
    middle = np.interp(columns, np.arange(line.start, line.stop), line.middle)
    half = line.thickness / 2 + 1.5
    top = np.rint(middle - half).astype(int)
    bottom = np.rint(middle + half).astype(int) + 1
    beyond = np.zeros((2, len(columns)), dtype=bool)
    for k in (1, 2):
        beyond[0] |= inside(mask, top - k, columns)
        beyond[1] |= inside(mask, bottom - 1 + k, columns)
    room = int(np.ceil(line.thickness * 0.8)) + 2
    wide = [filters.greatest(side[None, :], room, axes=(1,))[0] for side in beyond]
    crossed = (
        wide[0]
        & wide[1]
        & (
            beyond[0]
            | beyond[1]
            | filters.greatest((beyond[0] & beyond[1])[None, :], 1, axes=(1,))[0]
        )
    )
    rows = np.arange(int(top.min()), int(bottom.max()))
    rows = rows[(rows >= 0) & (rows < height)]
    band = (rows[:, None] >= top) & (rows[:, None] < bottom) & ~crossed
    part = soft[rows[0] : rows[-1] + 1, start:stop] if len(rows) else soft[:0]
    if len(rows):
        darker = part > min(line.level + 0.3, 1.01) if line.level < 0.65 else np.zeros_like(band)
        part[band & ~darker] = 0.0


def inside(mask: Mask, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> Mask:
    """Return `mask` at places, False outside of it."""
    height = mask.shape[0]
    fine = (rows >= 0) & (rows < height)
    return np.asarray(mask[np.clip(rows, 0, height - 1), columns] & fine)
