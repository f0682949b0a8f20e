"""Heat maps: signed numbers as a picture, red above zero and blue below it.

Where there are colours, a half block shows two numbers, one above the other. Where there are none,
the character tells the sign and the strength, so that a map can be piped, pasted and printed.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nnfs_cli.cli.console import BLOCKS, can_show, stdout
from nnfs_cli.engine import Floats

if TYPE_CHECKING:
    from rich.text import Text

SIGNED = "=- +#"  # from the most negative to the most positive
KEY = "# much, + some, - some the other way, = much the other way"
RED, BLUE = "red", "blue"  # of text that tells the same; a terminal's own, readable on its ground
ZERO = np.array([18.0, 18.0, 22.0])  # nearly black: brightness is strength, hue is sign
ABOVE = np.array([255.0, 92.0, 56.0])  # red and blue that the colour-blind can tell apart, too
BELOW = np.array([64.0, 150.0, 255.0])
GAMMA = 0.8  # lifts the faint ones a little, as a terminal's dark colours run into each other


def in_colour() -> bool:
    """Return whether standard output shows enough colours for a heat map."""
    console = stdout()
    many = console.color_system in ("256", "truecolor")
    return many and not console.no_color and can_show(BLOCKS, sys.stdout)


def strongest(values: Floats) -> float:
    """Return the absolute value to draw at full strength: a few outliers do not dim the rest.

    It is beyond nearly all numbers that are not zero, and 1 where there are none.
    """
    sizes = np.abs(values[np.isfinite(values) & (values != 0)])
    return float(np.quantile(sizes, 0.995)) if sizes.size else 1.0


def heatmap(
    values: Floats, *, colour: bool, limit: float | None = None, big: bool = False
) -> list[Text]:
    """Return `values (rows, columns)` as lines of text, all of one length.

    Args:
        values: above zero is red or `+#`, below it is blue or `-=`.
        colour: draw with colours; else with characters.
        limit: the absolute value at full strength; more is drawn alike. None finds one that suits.
        big: two characters for a number; else one for two numbers, one above the other.
    """
    if not big:
        values = np.pad(values, ((0, len(values) % 2), (0, 0)))
        if not colour:
            values = (values[0::2] + values[1::2]) / 2
    levels = np.clip(np.nan_to_num(values / (limit or strongest(values))), -1.0, 1.0)
    return _coloured(levels, big=big) if colour else _lettered(levels, wide=1 + big)


def shrink(values: Floats, columns: int) -> Floats:
    """Return `values` with at most `columns` columns, each the mean of what it covers."""
    height, width = values.shape
    if width <= columns:
        return values
    rows = max(1, round(height * columns / width))
    return np.asarray(_shares(rows, height) @ values @ _shares(columns, width).T)


def _shares(few: int, many: int) -> NDArray[np.float64]:
    """Return (few, many): the share that each of `many` equal lengths has in each of the `few`."""
    edges = np.arange(few + 1) * (many / few)
    starts = np.arange(many)
    left = np.maximum(edges[:-1, None], starts)
    right = np.minimum(edges[1:, None], starts + 1)
    overlap = np.maximum(right - left, 0.0)
    return np.asarray(overlap / overlap.sum(axis=1, keepdims=True))


def _coloured(levels: Floats, *, big: bool) -> list[Text]:
    from rich.text import Text

    strength = np.abs(levels[..., None]) ** GAMMA
    towards = np.where(levels[..., None] > 0, ABOVE, BELOW)
    colours = np.rint(ZERO + strength * (towards - ZERO)).astype(int)
    names = [[f"#{r:02x}{g:02x}{b:02x}" for r, g, b in row] for row in colours.tolist()]
    pairs = zip(names, names, strict=True) if big else zip(names[0::2], names[1::2], strict=True)
    lines = []
    for above, below in pairs:
        line = Text()
        for upper, lower in zip(above, below, strict=True):
            line.append("▀" * (1 + big), f"{upper} on {lower}")  # a blank might be trimmed
        lines.append(line)
    return lines


def _lettered(levels: Floats, *, wide: int) -> list[Text]:
    from rich.text import Text

    steps = len(SIGNED) // 2
    places = np.rint(levels * steps).astype(int) + steps
    lines = []
    for row in places.tolist():
        line = Text()
        for place in row:
            style = RED if place > steps else BLUE if place < steps else ""
            line.append(SIGNED[place] * wide, style)
        lines.append(line)
    return lines
