"""Erasing: lines are taken out of the ink, and the strokes that cross them stay."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from nnfs_cli.images import filters
from nnfs_cli.images.components import Mask, label
from nnfs_cli.images.filters import Plane
from nnfs_cli.images.line import Line, Ruling
from nnfs_cli.images.lines import lines_across
from nnfs_cli.images.tuning import SCRAP, STRONG

ROUNDS = 3


def cleared(
    soft: Plane, mask: Mask, alien: Callable[[list[Line], Plane, Mask], list[Line]]
) -> tuple[Plane, Ruling]:
    """Return the ink without the lines that `alien` picks from those found, and these."""
    gone: list[Line] = []
    for _ in range(ROUNDS):  # behind the first line of a double one is the second
        found = [*lines_across(soft, mask, down=False), *lines_across(soft.T, mask.T, down=True)]
        if not found:
            break
        chosen = alien(found, soft, mask)
        if gone and not chosen:  # the last side of a box is seen, and ends at those that are gone
            chosen = [line for line in alien([*gone, *found], soft, mask) if line not in gone]
        if not chosen:
            break
        gone += chosen
        soft = erased(soft, mask, chosen)
        mask = mask & (soft > 0)
    return without_scraps(soft, mask, gone) if gone else soft, Ruling(gone)


def without_scraps(soft: Plane, mask: Mask, lines: list[Line]) -> Plane:
    """Return the ink without the pieces that lie along lines that are gone, being left of them."""
    along = np.zeros_like(mask)
    for line in lines:
        mark(along.T if line.down else along, line)
    parts = label(mask)
    inside = np.bincount(parts.labels[along & mask], minlength=len(parts) + 1)[1:]
    return np.where(parts.mask(np.flatnonzero(inside == parts.area)), np.float32(0.0), soft)


def mark(along: Mask, line: Line) -> None:
    """Make `along` true where it is on a line or close beside it, in place."""
    height, width = along.shape
    reach = SCRAP * line.thickness + 2.0
    columns = np.arange(max(0, round(line.start - reach)), min(width, round(line.stop + reach)))
    middle = np.interp(columns, np.arange(line.start, line.stop), line.middle)
    top, bottom = max(0, int(middle.min() - reach)), min(height, int(middle.max() + reach) + 1)
    rows = np.arange(top, bottom)[:, None]
    along[top:bottom, columns[0] : columns[-1] + 1] |= np.abs(rows - middle) <= reach


def left_by(soft: Plane, mask: Mask, lines: list[Line]) -> Mask:
    """Return the mask of what is left without `lines` and the scraps of them."""
    soft = erased(soft, mask, lines)
    return np.asarray(mask & (without_scraps(soft, mask & (soft > 0), lines) > 0))


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
    if not len(rows):
        return
    band = (rows[:, None] >= top) & (rows[:, None] < bottom) & ~crossed
    part = soft[rows[0] : rows[-1] + 1, start:stop]
    written = band & (part > line.darkest)
    if line.level > STRONG:  # a little darker by chance it is here and there, but never for long
        written &= long_runs(written.any(axis=0), round(line.thickness))
    part[band & ~written] = 0.0


def long_runs(row: NDArray[np.bool_], reach: int) -> NDArray[np.bool_]:
    """Return what is True in `row (n,)` for at least `2 reach + 1` places on end."""
    cores = ~filters.greatest(~row, reach, axes=(0,))
    return np.asarray(filters.greatest(cores, reach, axes=(0,)))


def inside(mask: Mask, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> Mask:
    """Return `mask` at places, False outside of it."""
    height = mask.shape[0]
    fine = (rows >= 0) & (rows < height)
    return np.asarray(mask[np.clip(rows, 0, height - 1), columns] & fine)
