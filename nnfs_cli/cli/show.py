"""`nnfs show`: digits drawn in the terminal."""

from __future__ import annotations

import re
import shutil
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from nnfs_cli.cli.console import (
    BLOCKS,
    BRAILLE,
    can_show,
    emit_styled,
    note,
    percent,
    printable,
)
from nnfs_cli.cli.options import (
    DataOption,
    DebugOption,
    ModelOption,
    SplitName,
    SplitOption,
    Style,
)
from nnfs_cli.errors import ConfigError, ExitCode

if TYPE_CHECKING:
    from rich.text import Text

    from nnfs_cli.workflows.show import Shown

GAP = 2
GLYPHS = {Style.ascii: "", Style.blocks: BLOCKS, Style.braille: BRAILLE}
ACROSS = {Style.ascii: 2, Style.blocks: 1, Style.braille: 0.5}  # characters a pixel


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
    """Draw digits in the terminal.

    Each comes with its label and, where there is a model, the model's guess. Without a row or a
    picture they are chosen at random.

    \b
    Examples:
      nnfs show 7
      nnfs show --digit 5 --count 8 --style braille
      nnfs show image.png
    """
    from nnfs_cli.workflows.show import optional_model, show_picture, show_rows

    first = row_number(what)
    check_together(what, first, digit=digit, count=count)
    network = optional_model(model)
    if what is None or first is not None:
        shown = show_rows(network, data, split.value, first=first, label=digit, count=count)
    else:
        shown = [show_picture(what, network)]
    width = shutil.get_terminal_size().columns
    for line in lay_out(shown, fitting_style(style, shown[0].pixels.shape[1], width), width):
        emit_styled(line)
    return ExitCode.OK


def row_number(what: str | None) -> int | None:
    """Return the number that `what` is, or None if it is a picture or nothing."""
    return int(what) if what and re.fullmatch("-?[0-9]{1,30}", what) else None


def check_together(what: str | None, first: int | None, *, digit: str | None, count: int) -> None:
    """Refuse options that what is to be shown makes pointless."""
    if what is not None and digit is not None:
        raise ConfigError(
            f"--digit chooses at random, and {what} is chosen already", hint="leave one of them out"
        )
    if what is not None and first is None and count > 1:
        raise ConfigError(f"--count {count} of one picture: {what}", hint="leave --count out")


def fitting_style(style: Style, pixels: int, width: int) -> Style:
    """Return `style`, or one that the output can encode and that fits on the terminal."""
    usable = [each for each in Style if can_show(GLYPHS[each], sys.stdout)]
    if style not in usable:
        note(f"the output cannot show {style}: using ascii")
        style = Style.ascii
    if sys.stdout.isatty() and ACROSS[style] * pixels > width:
        fitting = [each for each in usable if ACROSS[each] * pixels <= width]
        if fitting:
            note(f"the terminal is too narrow for {style}: using {fitting[0]}")
            return fitting[0]
    return style


def lay_out(shown: list[Shown], style: Style, width: int) -> list[Text]:
    """Return the pictures, each with its caption, as many beside each other as fit in `width`."""
    from rich.text import Text

    from nnfs_cli.cli.pictures import beside, draw

    pictures = [[Text(line) for line in draw(item.pixels, style)] for item in shown]
    rooms = [len(picture[0]) for picture in pictures]
    captions = [
        caption(item, room if len(shown) > 1 else max(room, width))
        for item, room in zip(shown, rooms, strict=True)
    ]
    tall = max(map(len, captions))
    blocks = [
        [*words, *[Text()] * (tall - len(words)), *picture]
        for words, picture in zip(captions, pictures, strict=True)
    ]
    across = max(1, (width + GAP) // (max(rooms) + GAP))
    lines: list[Text] = []
    for start in range(0, len(blocks), across):
        lines += [*beside(blocks[start : start + across], gap=GAP), Text()]
    return lines[:-1]


def caption(item: Shown, room: int) -> list[Text]:
    """Return name, label and guess, in one line where there is room and in short ones if not."""
    from rich.text import Text

    name, label, guess = Text(printable(item.name)), Text(), Text()
    if item.label is not None:
        label.append(f"label {printable(item.label)}")
    if item.prediction is not None:
        wrong = item.label not in (None, item.prediction.label)
        sure = f"{printable(item.prediction.label)} {percent(item.prediction.confidence, 0)}"
        guess.append(f"{'wrong' if wrong else 'guess'} {sure}", "bold red" if wrong else "green")
    line = Text("   ").join(part for part in (name, label, guess) if part)
    if line.cell_len <= room:
        return [line]
    if item.label is not None:  # a row of a data set: its number is enough
        name = Text(item.name.rpartition(" ")[2])
    return [part for part in (name, label, guess) if part]
