"""`nnfs show`: digits drawn in the terminal, and what is inside a model."""

from __future__ import annotations

import re
import shutil
import sys
import textwrap
from pathlib import Path
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
from nnfs_cli.cli.looks import check_picture, chosen_look
from nnfs_cli.cli.options import (
    DataOption,
    DebugOption,
    JsonOption,
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
GLYPHS = {Style.ascii: "", Style.blocks: BLOCKS, Style.braille: BRAILLE, Style.small: ""}
VARIATIONS = 7  # of a digit that are shown as training sees it
RECIPE = Path("best")  # whose augmentation is shown when no config is named
# characters a pixel
ACROSS = {Style.ascii: 2, Style.blocks: 1, Style.braille: 0.5, Style.small: 1}


def show(
    context: typer.Context,
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="[INDEX|IMAGE]",
            help="A row of the data set, a picture file, or a FILE for --history.",
        ),
    ] = None,
    split: SplitOption = SplitName.test,
    digit: Annotated[
        str | None, typer.Option("--digit", metavar="D", help="Only digits of this class.")
    ] = None,
    count: Annotated[
        int | None,
        typer.Option("--count", metavar="N", min=1, max=1000, help="How many digits or neurons."),
    ] = None,
    style: Annotated[
        Style | None, typer.Option("--style", help="How to draw. [default: ascii for digits]")
    ] = None,
    weights: Annotated[
        bool, typer.Option("--weights", help="What the first layer of the model looks for.")
    ] = False,
    neuron: Annotated[
        int | None,
        typer.Option("--neuron", metavar="N", help="Of the weights, those of one neuron."),
    ] = None,
    network: Annotated[
        bool, typer.Option("--network", help="The layers of the model and how it was trained.")
    ] = False,
    history: Annotated[
        bool,
        typer.Option(
            "--history",
            help="The learning curves of the training, from beside the model or from FILE.",
        ),
    ] = False,
    augmented: Annotated[
        bool, typer.Option("--augmented", help="A training digit as augmentation changes it.")
    ] = False,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            metavar="FILE",
            readable=False,
            help="Whose augmentation. [default: best]",
        ),
    ] = None,
    model: ModelOption = None,
    data: DataOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Draw digits in the terminal, or look inside a model.

    Each digit comes with its label and, where there is a model, the model's guess. Without a row
    or a picture they are chosen at random.

    \b
    Examples:
      nnfs show 7
      nnfs show --digit 5 --count 8 --style braille
      nnfs show image.png
      nnfs show --weights
      nnfs show --weights --neuron 3
      nnfs show --network
      nnfs show --history
      nnfs show --augmented --digit 7
    """
    look = chosen_look(context)
    if look == "weights":
        from nnfs_cli.cli.weights import show_weights

        show_weights(model, data, split.value, neuron=neuron, count=count, style=style, json=json)
    elif look == "network":
        from nnfs_cli.cli.anatomy import show_network

        show_network(model, json=json)
    elif look == "history":
        from nnfs_cli.cli.history import show_history

        show_history(model, history_file(what), style=style, json=json)
    elif look == "augmented":
        show_variations(what, config or RECIPE, digit=digit, count=count, style=style, data=data)
    else:
        if what is not None and row_number(what) is None:
            check_picture(context, what)
        show_digits(what, split, digit=digit, count=count or 1, style=style, model=model, data=data)
    return ExitCode.OK


def history_file(what: str | None) -> Path | None:
    """Return the file that is named, or None for the one beside the model."""
    if what is not None and row_number(what) is not None:
        raise ConfigError(
            f"--history and row {what} exclude each other",
            hint=f"leave one of them out; a file of that name is ./{what}",
        )
    return None if what is None else Path(what)


def show_digits(
    what: str | None,
    split: SplitName,
    *,
    digit: str | None,
    count: int,
    style: Style | None,
    model: Path | None,
    data: Path | None,
) -> None:
    """Draw rows of a data set, or a picture."""
    from nnfs_cli.workflows.show import optional_model, show_picture, show_rows

    first = row_number(what)
    check_together(what, first, digit=digit, count=count)
    network = optional_model(model)
    if what is None or first is not None:
        shown = show_rows(network, data, split.value, first=first, label=digit, count=count)
    else:
        shown = show_picture(what, network)
        style = style or Style.small  # so that it fits beside what the network sees of it
    emit_pictures(shown, style or Style.ascii)


def show_variations(
    what: str | None,
    config: Path,
    *,
    digit: str | None,
    count: int | None,
    style: Style | None,
    data: Path | None,
) -> None:
    """Draw a training digit, and what the augmentation of `config` makes of it."""
    from nnfs_cli.config import load
    from nnfs_cli.workflows.augmented import show_augmented

    row = row_number(what)
    if what is not None and row is None:
        raise ConfigError(
            f"--augmented changes digits of the training set, and {what} is none",
            hint="name a row, 7 for example, or none",
        )
    check_together(what, row, digit=digit, count=1)
    values = load(config).values
    shown = show_augmented(values, data, row=row, label=digit, count=count or VARIATIONS)
    usual = Style.braille if can_show(BRAILLE, sys.stdout) else Style.ascii
    emit_pictures(shown, style or usual)


def emit_pictures(shown: list[Shown], style: Style) -> None:
    """Draw pictures in `style`, or in one that is possible here."""
    width = shutil.get_terminal_size().columns
    style = fitting_style(style, max(item.pixels.shape[1] for item in shown), width)
    for line in [*lay_out(shown, style, width), *notes(shown, width)]:
        emit_styled(line)


def notes(shown: list[Shown], width: int) -> list[Text]:
    """Return what was done to the pictures, under them."""
    from rich.text import Text

    wrapped = [textwrap.wrap(item.note, max(width, 40)) for item in shown if item.note]
    return [Text(line, "dim") for lines in wrapped for line in lines]


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
    return [part for part in (shortened(name, room), label, guess) if part]


def shortened(name: Text, room: int) -> Text:
    """Return the end of a long name, which says more of a path than its beginning."""
    from rich.text import Text

    if name.cell_len <= room:
        return name
    dots = "…" if can_show("…", sys.stdout) else "..."
    rest = name
    while rest and rest.cell_len + len(dots) > room:
        rest = rest[1:]
    return Text(dots).append_text(rest)
