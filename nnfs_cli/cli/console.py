"""Console: what reaches the terminal. Results go to stdout, everything else to stderr.

Names and labels are data. Nothing in them is read as markup, and control characters, which could
move the cursor or hide text, are shown as escapes.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import shutil
import sys
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO

from nnfs_cli.errors import NnfsError
from nnfs_cli.files import why
from nnfs_cli.text import printable as printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

BLOCKS = "▀▄█▏▍▋"
BRAILLE = "⠁⣿"
NARROWEST = 20  # columns: in less, a word a line is no text
UNBROKEN = "\u00a0"  # stands for a space at which no line ends


def prepare_streams() -> None:
    """Let a terminal that cannot show a character show its escape, instead of crashing.

    A standard input that the caller has closed (`<&-` in a shell) is read as an empty file, and
    what is meant for a closed standard error is dropped. A result cannot be: what is written to a
    closed standard output fails.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            access = os.O_RDONLY if name == "stdout" else os.O_RDWR
            setattr(sys, name, os.fdopen(os.open(os.devnull, access), mode))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if os.environ.get("COLUMNS", "1").strip("0") == "":
        del os.environ["COLUMNS"]  # none at all: Rich would believe it and show nothing


def print_error(message: str, hint: str | None) -> None:
    """Write the two lines of an error to stderr."""
    _marked("error: ", message, "bold red")
    if hint:
        _marked("hint: ", hint, "cyan")


def warn(text: str) -> None:
    """Write a line to stderr that the user should not miss, though things go on."""
    _marked("warning: ", text, "bold yellow")


def _marked(mark: str, text: str, style: str) -> None:
    """Write a line to stderr that begins with a coloured word."""
    from rich.text import Text

    lines = "\n".join(wrapped(mark + printable(text), sys.stderr))
    with if_possible():
        stderr().print(Text(mark, style=style).append(lines[len(mark) :], style="default"))


def note(text: str, *, indent: int = 0) -> None:
    """Write a line for the user, not for the result, to stderr; see `wrapped` for `indent`."""
    for line in wrapped(printable(text), sys.stderr, indent=indent):
        with if_possible():
            print(line, file=sys.stderr)  # noqa: T201


@contextlib.contextmanager
def if_possible() -> Iterator[None]:
    """Drop what stderr cannot take, on a full disk, say: no result is lost for a remark."""
    try:
        yield
    except BrokenPipeError:  # its reader has gone, and wants no more of anything
        raise
    except OSError:
        give_up(sys.stderr)


def emit(text: str) -> None:
    """Write a line of the result to stdout, as it is: a program may read it."""
    with arriving():
        print(text, file=sys.stdout, flush=True)  # noqa: T201


def emit_prose(text: str, *, indent: int = 0) -> None:
    """Write a line of the result that is for reading to stdout; see `wrapped` for `indent`."""
    for line in wrapped(text, sys.stdout, indent=indent):
        emit(line)


def emit_styled(text: Text) -> None:
    """Write a line of the result to stdout, in colour where there is any."""
    with arriving():
        stdout().print(text)


def percent(share: float, digits: int) -> str:
    """Return a share, 0 to 1, as it is written in text: `97.9 %`."""
    return f"{share * 100:.{digits}f} %"


def whole(text: str) -> str:
    """Return `text` marked as one that `wrapped` breaks nowhere: a command that is to be copied."""
    return text.replace(" ", UNBROKEN)


def wrapped(text: str, stream: TextIO, *, indent: int = 0) -> list[str]:
    """Return `text` in lines that fit on the terminal; in one line for a pipe.

    A terminal would break it anywhere. Words that are too long for a line, such as paths, stay
    whole; lines after the first are moved by `indent`.
    """
    lines = [text]
    if stream.isatty():
        lines = textwrap.wrap(
            text,
            max(NARROWEST, columns_of(stream)),
            subsequent_indent=" " * indent,
            break_long_words=False,
            break_on_hyphens=False,  # `--output` is one word
        )
    return [line.replace(UNBROKEN, " ") for line in lines]


def columns_of(stream: TextIO) -> int:
    """Return the width of the terminal that `stream` is, or of ours if that cannot be told."""
    if "COLUMNS" not in os.environ:
        with contextlib.suppress(OSError, ValueError):
            return os.get_terminal_size(stream.fileno()).columns or 80
    return shutil.get_terminal_size().columns


def give_up(stream: TextIO) -> None:
    """Drop what `stream` cannot write: Python would try, and fail again, at its end."""
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


class LostError(NnfsError):
    """A result that was written to standard output and did not arrive."""


@contextlib.contextmanager
def arriving() -> Iterator[None]:
    """Turn what the system has against the block's writing to stdout into a LostError."""
    try:
        yield
    except BrokenPipeError:  # the reader has gone, and is told nothing
        raise
    except OSError as error:
        reason = "it is closed" if error.errno == errno.EBADF else why(error)
        hint = "free some space, or send the output elsewhere"
        raise LostError(f"cannot write to standard output: {reason}", hint=hint) from error


@contextlib.contextmanager
def if_lost(hint: str) -> Iterator[None]:
    """Say what is left, in `hint`, when a result of the block is lost."""
    try:
        yield
    except LostError as error:
        raise LostError(error.message, hint=hint) from error


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
