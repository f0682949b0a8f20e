"""Pictures: digits drawn with characters, in four styles.

`ascii` runs on anything and can be pasted anywhere; `blocks` puts two pixels into one character;
`braille` puts eight, so that a row of digits fits on a line; `small` is ASCII of half the size.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnfs_cli.cli.options import Style

if TYPE_CHECKING:
    from rich.text import Text

Pixels = NDArray[np.uint8]

RAMP = " .:-=+*#%@"  # from black to white; each is about as much brighter as the next
HALF = 128  # brightness from which a pixel counts as ink where there is only on and off


def draw(pixels: Pixels, style: Style) -> list[str]:
    """Return `pixels (height, width)`, 0 to 255, as lines of text, all of one length."""
    return _DRAW[style](pixels)


def ascii_lines(pixels: NDArray[np.integer[Any]]) -> list[str]:
    """Two equal characters a pixel, because a character is twice as high as it is wide."""
    levels = (pixels.astype(np.intp) * (len(RAMP) - 1) + 127) // 255
    return ["".join(RAMP[level] * 2 for level in row) for row in levels]


def block_lines(pixels: Pixels) -> list[str]:
    """One character for two pixels, one above the other."""
    ink = padded(pixels, 2, 1) >= HALF
    return [
        "".join(" ▀▄█"[upper + 2 * lower] for upper, lower in zip(above, below, strict=True))
        for above, below in zip(ink[0::2], ink[1::2], strict=True)
    ]


def braille_lines(pixels: Pixels) -> list[str]:
    """One character for 4 x 2 pixels: the eight dots of braille."""
    ink = padded(pixels, 4, 2) >= HALF
    # the bits of the dots in the order of Unicode, U+2800: 1 2 3 7 down the left, 4 5 6 8 the right
    bits = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])
    height, width = ink.shape
    cells = ink.reshape(height // 4, 4, width // 2, 2)
    codes = np.einsum("rica,ia->rc", cells.astype(np.intp), bits)
    return ["".join(chr(0x2800 + code) for code in row) for row in codes]


def small_lines(pixels: Pixels) -> list[str]:
    """One ASCII character for two pixels, one above the other: half of `ascii`, and still grey."""
    even = padded(pixels, 2, 1).astype(np.intp)
    return [line[::2] for line in ascii_lines((even[0::2] + even[1::2]) // 2)]


_DRAW = {
    Style.ascii: ascii_lines,
    Style.blocks: block_lines,
    Style.braille: braille_lines,
    Style.small: small_lines,
}


def padded(pixels: Pixels, rows: int, columns: int) -> Pixels:
    """Return `pixels` with black added below and right, to multiples of `rows` and `columns`."""
    height, width = pixels.shape
    return np.pad(pixels, ((0, -height % rows), (0, -width % columns)))


def beside(blocks: Sequence[Sequence[Text]], *, gap: int = 2) -> list[Text]:
    """Put blocks of lines next to each other; the shorter ones are filled up with blanks."""
    from rich.text import Text

    widths = [max((line.cell_len for line in block), default=0) for block in blocks]
    lines = []
    for row in itertools.zip_longest(*blocks, fillvalue=Text()):
        line = Text()
        for part, width in zip(row, widths, strict=True):
            line.append_text(part).append(" " * (width - part.cell_len + gap))
        line.rstrip()
        lines.append(line)
    return lines
