"""Look: what the terminal can show, and grey pictures drawn with it.

With colours a half block shows two pixels, one above the other, in 24 greys. Without them it shows
the same two as ink or no ink, and where there are no blocks a letter stands for their mean.
"""

from __future__ import annotations

import functools
from enum import Enum
from typing import Literal

import numpy as np
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from nnfs_cli.cli.console import printable
from nnfs_cli.cli.pictures import HALF, RAMP
from nnfs_cli.engine import Floats

DARKEST, LIGHTEST = 18, 250  # the grey of no ink and of full ink, 0 to 255
GREYS = 24  # as many as a terminal of 256 colours has


class Look(Enum):
    """How pictures are drawn."""

    COLOUR = "colour"
    BLOCKS = "blocks"  # NO_COLOR is set
    ASCII = "ascii"  # the terminal's encoding has no blocks

    @property
    def border(self) -> Literal["ascii", "round"]:
        """The kind of frame, in Textual's words."""
        return "ascii" if self is Look.ASCII else "round"

    def safe(self, text: str) -> str:
        """Return `text` as it can be shown without an effect or a broken line."""
        text = printable(text)
        if self is Look.ASCII:
            return text.encode("ascii", "backslashreplace").decode()
        return text


def grey_strips(ink: Floats, look: Look) -> list[Strip]:
    """Return `ink (2 rows, columns)`, 0 to 1, as lines of cells, light ink on a dark ground."""
    above, below = ink[0::2], ink[1::2]
    if look is Look.COLOUR:
        levels = np.rint(np.clip(ink, 0.0, 1.0) * (GREYS - 1)).astype(int).tolist()
        return [
            _strip([_grey(up, low) for up, low in zip(*pair, strict=True)])
            for pair in zip(levels[0::2], levels[1::2], strict=True)
        ]
    if look is Look.BLOCKS:
        half = HALF / 255
        codes = (above >= half).astype(int) + 2 * (below >= half)
        glyphs = " ▀▄█"
    else:
        codes = np.rint((above + below) / 2 * (len(RAMP) - 1)).astype(int)
        glyphs = RAMP
    return [_strip([Segment("".join(glyphs[code] for code in row))]) for row in codes.tolist()]


def _strip(cells: list[Segment]) -> Strip:
    return Strip(cells).simplify()


@functools.lru_cache(GREYS * GREYS)
def _grey(up: int, low: int) -> Segment:
    """Return a cell of two greys."""
    if up == low:
        return Segment(" ", Style(bgcolor=_colour(up)))
    return Segment("▀", Style(color=_colour(up), bgcolor=_colour(low)))


def _colour(level: int) -> str:
    value = DARKEST + round(level / (GREYS - 1) * (LIGHTEST - DARKEST))
    return f"#{value:02x}{value:02x}{value:02x}"
