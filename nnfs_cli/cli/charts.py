"""Charts: curves and bars drawn with characters."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

EIGHTHS = " ▏▎▍▌▋▊▉█"


def bar(share: float, width: int, *, ascii_only: bool = False) -> str:
    """Return a bar of `share` (0 to 1) of `width` characters, to an eighth of a character."""
    if ascii_only:
        return "#" * round(share * width)
    full, part = divmod(round(share * width * 8), 8)
    return "█" * full + EIGHTHS[part].strip()


def signed_bar(share: float, width: int, *, ascii_only: bool = False) -> str:
    """Return a bar of `share` (-1 to 1) of `width` characters, from an axis in its middle.

    It goes to the right above zero and to the left below it.
    """
    side = (width - 1) // 2
    filled = ("#" if ascii_only else "█") * round(min(abs(share), 1.0) * side)
    axis = "|" if ascii_only else "│"
    return f"{'' if share > 0 else filled:>{side}}{axis}{filled if share > 0 else '':<{side}}"


def curve(
    values: Sequence[float], width: int, height: int, *, ascii_only: bool = False
) -> list[str]:
    """Return `values` as a curve of `height` lines of `width` characters, newest on the right.

    The largest value touches the top and the smallest the bottom. A braille character holds two
    values and four levels; in ASCII it is one value and one level.
    """
    across, down = (1, 1) if ascii_only else (2, 4)
    points = resample(values, width * across)
    low, high = min(points, default=0.0), max(points, default=0.0)
    span = (high - low) or 1.0
    levels = height * down
    cells = [[0] * width for _ in range(height)]
    previous = None
    for x, value in enumerate(points):
        y = round((high - value) / span * (levels - 1))
        # join the points: a steep curve is a line, not a cloud
        before = y if previous is None else previous
        for level in range(min(y, before), max(y, before) + 1):
            cells[level // down][x // across] |= dot(x % across, level % down)
        previous = y
    if ascii_only:
        return ["".join("*" if cell else " " for cell in row) for row in cells]
    return ["".join(chr(0x2800 + cell) if cell else " " for cell in row) for row in cells]


def dot(column: int, row: int) -> int:
    """Return the bit of one dot of a braille character (Unicode, block U+2800)."""
    return ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))[column][row]


def resample(values: Sequence[float], count: int) -> list[float]:
    """Return `count` values: means of neighbours where there are more, repeated where fewer."""
    edges = [i * len(values) / count for i in range(count + 1)]
    parts = [values[int(a) : max(math.ceil(b), 1)] for a, b in itertools.pairwise(edges)]
    return [sum(part) / len(part) for part in parts if part]
