"""Mistakes: the worst of an evaluation, drawn in the terminal beside each other."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

from nnfs_cli.cli.console import (
    BRAILLE,
    can_show,
    emit,
    emit_prose,
    emit_styled,
    percent,
    printable,
    whole,
)
from nnfs_cli.cli.options import Style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text

    from nnfs_cli.workflows.mistakes import Mistake

GAP = 3
LONGEST = 16  # characters of the name of a class under a picture; --json has them whole


def show_mistakes(mistakes: Sequence[Mistake], *, wrong: int, options: str) -> None:
    """Draw `mistakes`, of `wrong` in all, as many beside each other as the terminal is wide.

    `nnfs show ROW` with `options` finds the same rows.
    """
    emit("")
    if not mistakes:
        emit("mistakes: none")
        return
    count = f"{len(mistakes):,} of {wrong:,}" if len(mistakes) < wrong else f"all {wrong:,}"
    command = whole(printable(f"nnfs show ROW{options}"))
    emit_prose(f"mistakes, the surest first: {count} (in large: {command})")
    emit("")
    for text in lay_out(mistakes, shutil.get_terminal_size().columns):
        emit_styled(text)


def lay_out(mistakes: Sequence[Mistake], width: int) -> list[Text]:
    """Return all pictures in lines of `width`, each with what is known about it above it."""
    from rich.text import Text

    from nnfs_cli.cli.pictures import beside

    blocks = [[*caption(mistake), *picture(mistake)] for mistake in mistakes]
    room = max(line.cell_len for block in blocks for line in block)
    across = max(1, (width + GAP) // (room + GAP))
    lines: list[Text] = []
    for start in range(0, len(blocks), across):
        row = blocks[start : start + across]
        for block in row:  # equally wide, so that the rows have the same columns
            block[0].append(" " * (room - block[0].cell_len))
        lines += [*beside(row, gap=GAP), Text()]
    return lines[:-1]


def caption(mistake: Mistake) -> list[Text]:
    """Return row, truth, guess and confidence in short lines."""
    from rich.text import Text

    truth, guess = shortened(mistake.truth), shortened(mistake.guess)
    return [
        Text(f"row {mistake.row}"),
        Text.assemble(f"{truth} read as ", (guess, "bold red")),
        Text(f"{percent(mistake.confidence, 1)} sure"),
    ]


def shortened(name: str) -> str:
    """Return the name of a class, cut where it is long."""
    shown = printable(name)
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 3] + "..."


def picture(mistake: Mistake) -> list[Text]:
    """Return the picture of a mistake in small, or nothing where rows are no pictures."""
    from rich.text import Text

    from nnfs_cli.cli.pictures import draw

    if mistake.pixels is None:
        return []
    style = Style.braille if can_show(BRAILLE, sys.stdout) else Style.small
    return [Text(line) for line in draw(mistake.pixels, style)]
