"""`nnfs draw`: a sheet to draw on, and a network that reads along."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from nnfs_cli.cli.console import BLOCKS, can_show, emit, note, printable, whole
from nnfs_cli.cli.models import chosen_model
from nnfs_cli.cli.options import DebugOption, ModelOption
from nnfs_cli.errors import ExitCode, NnfsError
from nnfs_cli.text import typed

if TYPE_CHECKING:
    from nnfs_cli.cli.drawing.app import DrawApp
    from nnfs_cli.cli.drawing.look import Look

FOLDER = Path("my-digits")
FEW_COLOURS = 8  # fewer than these show no greys


def draw(
    model: ModelOption = None,
    folder: Annotated[
        Path, typer.Option("--folder", metavar="DIR", help="Where labelled drawings are saved.")
    ] = FOLDER,
    debug: DebugOption = False,
) -> int:
    """Draw a digit and watch the network read it.

    Draw with the mouse, or with the arrow keys and space. A digit key says what it is and saves it
    in a folder of its class: nnfs train --data learns from such a folder. Ends with q, and writes
    the names of the saved pictures when it ends.

    \b
    Examples:
      nnfs draw
      nnfs draw --model model/model.npz --folder my-digits
    """
    app_class = drawing_app()
    check_terminal()
    from nnfs_cli.workflows.labelled import LabelledFolder
    from nnfs_cli.workflows.predict import check_pictures

    network = chosen_model(model)
    check_pictures(network)
    app = app_class(network, LabelledFolder(folder), fitting_look())
    app.run()
    report_saved(app.saved, folder, model, network.classes)
    if app.bug is not None:
        raise app.bug
    return app.return_code or ExitCode.OK


def drawing_app() -> type[DrawApp]:
    """Return the app, or say what it takes to have it."""
    try:
        from nnfs_cli.cli.drawing.app import DrawApp
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "textual":
            raise
        raise NnfsError("nnfs draw needs Textual", hint="pip install 'nnfs-cli[draw]'") from error
    return DrawApp


def check_terminal() -> None:
    """Refuse to draw where nothing can be drawn, or no key can be read."""
    hint = "run nnfs draw by itself, in a terminal; nnfs predict reads pictures from files"
    streams = {"input": sys.stdin, "output": sys.stdout, "error": sys.stderr}
    for name, stream in streams.items():
        if not stream.isatty():
            raise NnfsError(f"nnfs draw needs a terminal, and standard {name} is none", hint=hint)
    if os.environ.get("TERM") == "dumb":
        raise NnfsError("nnfs draw needs a terminal that can move its cursor", hint=hint)


def fitting_look() -> Look:
    """Return the best of what the terminal can show."""
    from nnfs_cli.cli.drawing.look import Look

    if not can_show(BLOCKS, display()):
        return Look.ASCII
    return Look.COLOUR if has_colours() else Look.BLOCKS


def display() -> TextIO:
    """Return the stream that Textual draws on."""
    return sys.stdout if sys.platform == "win32" else sys.stderr


def has_colours() -> bool:
    """Return whether there are colours, and they are wanted."""
    if "NO_COLOR" in os.environ:
        return False
    try:
        import curses
    except ImportError:  # Windows, whose terminals have colours
        return True
    try:
        curses.setupterm(fd=display().fileno())
    except (curses.error, OSError):  # nobody knows this terminal: it is a new one
        return True
    return curses.tigetnum("colors") >= FEW_COLOURS


def report_saved(
    saved: list[Path], folder: Path, model: Path | None, classes: Collection[str]
) -> None:
    """Name the pictures that were saved, and say what they are good for.

    A model goes on from what it knows: a network of its own would need all classes, many times.
    """
    from nnfs_cli.workflows.models import BUILTIN

    for path in saved:
        emit(printable(str(path)))
    labelled = sum(path.parent != Path() for path in saved)
    if labelled:
        them = "it" if labelled == 1 else "them"
        labels = {path.parent.name for path in saved if path.parent != Path()}
        start = ("--from", model or BUILTIN) if labels <= set(classes) else ()
        again = typed("nnfs", "train", *start, "--data", folder)
        note(f"{labelled} labelled in {folder}. Learn from {them}: {whole(again)}")
