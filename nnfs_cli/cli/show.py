"""`nnfs show`: digits drawn in the terminal."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nnfs_cli.cli.console import BLOCKS, BRAILLE, can_show, emit, note, printable
from nnfs_cli.cli.options import (
    DataOption,
    DebugOption,
    ModelOption,
    SplitName,
    SplitOption,
    Style,
)
from nnfs_cli.errors import ExitCode

if TYPE_CHECKING:
    from nnfs_cli.workflows.show import Shown

GAP = 2


def show(
    what: Annotated[
        str | None,
        typer.Argument(metavar="[INDEX|IMAGE]", help="A row of the data set, or a picture file."),
    ] = None,
    split: SplitOption = SplitName.test,
    digit: Annotated[
        str | None, typer.Option("--digit", metavar="D", help="Only digits of this class.")
    ] = None,
    count: Annotated[
        int, typer.Option("--count", metavar="N", min=1, max=1000, help="How many digits.")
    ] = 1,
    style: Annotated[Style, typer.Option("--style", help="How to draw.")] = Style.ascii,
    model: ModelOption = None,
    data: DataOption = None,
    debug: DebugOption = False,
) -> int:
    """Draw digits in the terminal, with their label and the model's guess.

    \b
    Examples:
      nnfs show
      nnfs show 7
      nnfs show --digit 5 --count 8 --style braille
      nnfs show image.png
    """
    from nnfs_cli.workflows.show import optional_model, show_picture, show_rows

    network = optional_model(model)
    if what is not None and not what.lstrip("-").isdecimal():
        shown = [show_picture(Path(what), network)]
    else:
        first = None if what is None else int(what)
        shown = show_rows(network, data, split.value, first=first, label=digit, count=count)
    for line in lay_out(shown, fitting_style(style), shutil.get_terminal_size().columns):
        emit(line)
    return ExitCode.OK


def fitting_style(style: Style) -> Style:
    """Return `style`, or ASCII where the output cannot encode it."""
    glyphs = {Style.ascii: "", Style.blocks: BLOCKS, Style.braille: BRAILLE}[style]
    if can_show(glyphs, sys.stdout):
        return style
    note(f"the output cannot show {style.value}: using ascii")
    return Style.ascii


def lay_out(shown: list[Shown], style: Style, width: int) -> list[str]:
    """Return the pictures, each with its caption, as many beside each other as fit in `width`."""
    from nnfs_cli.cli.pictures import beside, draw

    blocks = []
    for item in shown:
        picture = draw(item.pixels, style)
        blocks.append([line.ljust(len(picture[0])) for line in caption(item, len(picture[0]))])
        blocks[-1] += picture
    across = max(1, (width + GAP) // (max(len(block[-1]) for block in blocks) + GAP))
    lines: list[str] = []
    for start in range(0, len(blocks), across):
        lines += [*beside(blocks[start : start + across], gap=GAP), ""]
    return lines[:-1]


def caption(item: Shown, width: int) -> list[str]:
    """Return label and guess, in one line where there is room and in short ones where not."""
    name, guess = printable(item.name), ""
    if item.prediction is not None:
        sure = f"{item.prediction.confidence:.0%}"
        guess = f"guess {printable(item.prediction.label)} {sure}"
        if item.label is not None and item.label != item.prediction.label:
            guess += " wrong"
    label = "" if item.label is None else f"label {printable(item.label)}"
    line = "   ".join(part for part in (name, label, guess) if part)
    if len(line) <= width:
        return [line]
    return [part[:width] for part in (name.rpartition(" ")[2], label, guess) if part]
