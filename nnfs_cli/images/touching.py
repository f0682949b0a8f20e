"""Touching: digits that hang together are parted where the parts look most like digits.

Where to cut cannot be seen from the ink alone, and a reader of digits can tell a good part from a
bad one. So all ways to cut are weighed by how sure a reader, that is given, is of their parts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnfs_cli.images.components import label
from nnfs_cli.images.cuts import Cut, find_cuts
from nnfs_cli.images.filters import Plane
from nnfs_cli.images.placing import placed, window
from nnfs_cli.images.segments import Segment, trimmed_segment
from nnfs_cli.images.tuning import HIGH

# (N, 28, 28) pictures -> (N, C) the probabilities of the classes
Reader = Callable[[NDArray[np.uint8]], NDArray[np.floating]]
Pixels = NDArray[np.uint8]

WIDE = 0.75  # times its height: what is narrower is one digit, or 11
TALL = 1.6  # times the usual height: two lines whose digits touch
TALL_TOLL = 1.0  # nats against one digit as tall as that
EACH = 0.02  # nats, for a cut
TOLL = 0.1  # nats more for each thickness of the pen that it crosses
STRETCH_TOLL = 0.35  # nats, for each height that a part is wider than WIDE: every second digit is
WIDEST = 1.5  # times its height: of MNIST's digits 0.6 % are wider
WIDEST_TOLL = 4.0  # nats, for each height that a part is wider than that
SHORT = 0.8  # of the usual height: few digits are lower, many scraps of digits are
SHORT_TOLL = 1.0  # nats, for each usual height that a part is lower than that
NARROW = 0.15  # times the height: a part that is thinner than this is no digit, and no 1
CRUMB = 0.08  # of a part's ink: smaller pieces were cut off its neighbour


@dataclass(frozen=True, eq=False)
class Knot:
    """A segment that may be several digits, and the parts that come of the ways to cut it."""

    segment: Segment
    turned: bool  # cut from side to side
    parts: dict[tuple[int, int], Segment]  # by the numbers of the cuts that they lie between
    cuts: list[Cut]


def parted(
    segments: list[Segment], soft: Plane, floor: float, usual: float, read: Reader
) -> list[Segment]:
    """Return the segments, those cut that a reader takes for several digits.

    `floor` is the strength of ruled lines, 0 without any; `usual` the height of a digit.
    """

    def sure_of(parts: list[Segment]) -> list[float]:
        pixels = np.stack([placed(soft, part, floor=floor) for part in parts])
        return [float(v) for v in np.log(np.maximum(read(pixels).max(axis=1), 1e-6))]

    wide = [number for number, s in enumerate(segments) if is_wide(s, usual)]
    if not wide:
        return segments
    # every other way to read it has a cut, and pays for that: most digits are done with here
    sure = sure_of([segments[number] for number in wide])
    knots = {
        number: knot(segments[number], soft, floor, usual, worth=doubt)
        for number, its in zip(wide, sure, strict=True)
        if (doubt := against(segments[number], usual) - its) > EACH
    }
    loose = {number: k for number, k in knots.items() if k.cuts}
    if not loose:
        return segments
    sure = sure_of([part for k in loose.values() for part in k.parts.values()])
    result: list[Segment] = []
    start = 0
    for number, s in enumerate(segments):
        if number not in loose:
            result.append(s)
            continue
        k = loose[number]
        scores = dict(zip(k.parts, sure[start : start + len(k.parts)], strict=True))
        start += len(k.parts)
        result += best_parts(k, scores, usual)
    return result


def is_wide(s: Segment, usual: float) -> bool:
    """Return whether a segment has the form of several digits rather than of one."""
    return is_tall(s, usual) or s.width >= WIDE * min(s.height, 1.3 * usual)


def is_tall(s: Segment, usual: float) -> bool:
    """Return whether a segment is digits of two lines that touch."""
    return s.height > TALL * usual and s.width < 1.3 * usual


def knot(s: Segment, soft: Plane, floor: float, usual: float, *, worth: float) -> Knot:
    """Return what a segment could be cut into, by cuts that cost less than they are `worth`."""
    turned = is_tall(s, usual)
    ink = window(soft, s)
    cuts = [cut for cut in find_cuts(ink.T if turned else ink) if toll_of(cut) < worth]
    mask = s.mask.T if turned else s.mask
    ends = [np.zeros(len(mask), np.intp), *(c.columns for c in cuts)]
    ends.append(np.full(len(mask), mask.shape[1], np.intp))
    column = np.arange(mask.shape[1])
    parts: dict[tuple[int, int], Segment] = {}
    for i, low in enumerate(ends):
        for j in range(i + 1, len(ends)):
            own = mask & (column >= low[:, None]) & (column < ends[j][:, None])
            own = without_crumbs(own)
            part = trimmed_segment(own.T if turned else own, s.left, s.top)
            if part is None or max(part.width, part.height) < 0.3 * usual:
                continue
            if not bool((window(soft, part) > max(HIGH, floor)).any()):
                continue  # nothing but the pale end of a stroke, or of a line
            if not turned and part.width < NARROW * part.height and part.height < 0.5 * s.height:
                continue
            parts[i, j] = part
    return Knot(s, turned, parts, cuts)


def without_crumbs(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the mask without pieces that a cut left on the wrong side."""
    pieces = label(mask)
    if len(pieces) < 2:
        return mask
    return pieces.mask(np.flatnonzero(pieces.area >= CRUMB * pieces.area.sum()))


def toll_of(cut: Cut) -> float:
    """Return what is said against a cut, in nats."""
    return EACH + TOLL * cut.cost


def against(s: Segment, usual: float) -> float:
    """Return what is said against a whole segment, in nats."""
    return stretch_toll(s) + short_toll(s, usual) + TALL_TOLL * is_tall(s, usual)


def stretch_toll(s: Segment) -> float:
    """Return what is said against one digit as wide as that, in nats."""
    width = s.width / s.height
    return STRETCH_TOLL * max(0.0, width - WIDE) + WIDEST_TOLL * max(0.0, width - WIDEST)


def short_toll(s: Segment, usual: float) -> float:
    """Return what is said against one digit as low as that, in nats: half a 0 is a good 6."""
    return SHORT_TOLL * max(0.0, SHORT - s.height / usual)


def best_parts(k: Knot, scores: dict[tuple[int, int], float], usual: float) -> list[Segment]:
    """Return the parts between those cuts that make the most likely reading (a shortest path)."""
    last = len(k.cuts) + 1
    best: list[tuple[float, list[Segment]]] = [(-np.inf, []) for _ in range(last + 1)]
    best[0] = (0.0, [])
    for j in range(1, last + 1):
        toll = toll_of(k.cuts[j - 1]) if j < last else 0.0
        for i in range(j):
            part = k.parts.get((i, j))
            if part is None or not np.isfinite(best[i][0]):
                continue
            value = best[i][0] + scores[i, j] - toll - stretch_toll(part) - short_toll(part, usual)
            if k.turned and part.height == k.segment.height:
                value -= TALL_TOLL
            if value > best[j][0]:
                best[j] = (value, [*best[i][1], part])
    return best[last][1] or [k.segment]
