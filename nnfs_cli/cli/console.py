"""Console: what reaches the terminal. Results go to stdout, everything else to stderr.

Names and labels are data. Nothing in them is read as markup, and control characters, which could
move the cursor or hide text, are shown as escapes.
"""

from __future__ import annotations

import io
import os
import shutil
import sys
import textwrap
from typing import TYPE_CHECKING, TextIO

from nnfs_cli.text import printable as printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

BLOCKS = "▀▄█▏▍▋"
BRAILLE = "⠁⣿"


def prepare_streams() -> None:
    """Let a terminal that cannot show a character show its escape, instead of crashing.

    A stream that the caller has closed (`>&-` in a shell) is read and written as an empty file.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def print_error(message: str, hint: str | None) -> None:
    """Write the two lines of an error to stderr."""
    console = stderr()
    from rich.text import Text

    console.print(Text("error: ", style="bold red").append(printable(message), style="default"))
    if hint:
        console.print(Text("hint: ", style="cyan").append(printable(hint), style="default"))


def warn(text: str) -> None:
    """Write a line to stderr that the user should not miss, though things go on."""
    from rich.text import Text

    stderr().print(Text("warning: ", style="bold yellow").append(printable(text), style="default"))


def note(text: str) -> None:
    """Write a line for the user, not for the result, to stderr."""
    print(printable(text), file=sys.stderr)  # noqa: T201


def emit(text: str) -> None:
    """Write a line of the result to stdout."""
    print(text, file=sys.stdout, flush=True)  # noqa: T201


def emit_styled(text: Text) -> None:
    """Write a line of the result to stdout, in colour where there is any."""
    stdout().print(text)


def percent(share: float, digits: int) -> str:
    """Return a share, 0 to 1, as it is written in text: `97.9 %`."""
    return f"{share * 100:.{digits}f} %"


def wrapped(text: str) -> list[str]:
    """Return `text` in lines that fit on the terminal; in one line for a pipe."""
    if not sys.stdout.isatty():
        return [text]
    return textwrap.wrap(text, max(20, shutil.get_terminal_size().columns))


def give_up(stream: TextIO) -> None:
    """Drop what `stream` cannot write: Python would try, and fail again, at its end."""
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def stdout() -> Console:
    """Return a console for results."""
    return _console(sys.stdout)


def stderr() -> Console:
    """Return a console for progress, notes and errors."""
    return _console(sys.stderr)


def _console(stream: TextIO) -> Console:
    from rich.console import Console

    return Console(file=stream, markup=False, highlight=False, emoji=False, soft_wrap=True)


def is_live(stream: TextIO) -> bool:
    """Return whether `stream` is a terminal on which lines may be drawn over."""
    return stream.isatty() and os.environ.get("TERM") != "dumb" and not os.environ.get("CI")


def can_show(glyphs: str, stream: TextIO) -> bool:
    """Return whether `stream` has these characters in its encoding."""
    try:
        glyphs.encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
