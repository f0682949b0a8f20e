"""Prose: sentences that explain a picture, in lines that are easy to read."""

from __future__ import annotations

import shutil
import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.text import Text

WIDEST = 100  # columns: longer lines are hard to follow
NARROWEST = 24  # columns: in less, a word a line is no text


def columns() -> int:
    """Return the width of the terminal; 80 in a pipe."""
    return shutil.get_terminal_size().columns


def prose(text: str, *, style: str = "", indent: int = 0) -> list[Text]:
    """Return `text` in lines that fit; a word that does not, a path say, is left whole."""
    from rich.text import Text

    blank = " " * indent
    width = max(NARROWEST, min(columns(), WIDEST))
    lines = textwrap.wrap(
        text, width, initial_indent=blank, subsequent_indent=blank, break_long_words=False
    )  # fmt: skip
    return [Text(line, style) for line in lines]


def plural(count: int, noun: str) -> str:
    """Return `1 epoch` or `2 epochs`."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def crew(threads: int | str) -> str:
    """Say who trained: `1 thread`, `2 threads` or `a pair of processes`."""
    if threads == "pair":
        return "a pair of processes"
    return f"{threads:,} thread" + ("" if threads == 1 else "s")


def shorten(text: str, width: int) -> str:
    """Return `text`, or its beginning with two dots, in `width` characters."""
    return text if len(text) <= width else text[: max(width - 2, 0)] + ".."[:width]
