"""`nnfs predict --multi`: pictures of several digits, drawn with a box around each of them."""

from __future__ import annotations

import itertools
import json as jsonlib
import shutil
import sys
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

from nnfs_cli.cli.confidence import Outcome
from nnfs_cli.cli.console import (
    BRAILLE,
    can_show,
    emit,
    emit_styled,
    percent,
    print_error,
    printable,
    warn,
)
from nnfs_cli.cli.options import Style

if TYPE_CHECKING:
    from rich.text import Text

    from nnfs_cli.workflows.multi import Read, Reading
    from nnfs_cli.workflows.predict import Refusal

DRAWN = 4  # at most so many pictures are drawn; more get a line each
ROWS = 20  # of characters, at most, in the drawing of a picture
WIDEST = 100  # characters of a drawing on a wide terminal
LISTED = 40  # digits; of a page of more, those are listed that are not sure
WARNINGS = 5  # of a picture; the rest is counted
FRAME = {False: "┌┐└┘─│", True: "++++-|"}  # of a box: corners, across, down; in ASCII?
EMPTY = " \u2800"  # characters that show nothing: a box may be drawn over them


def write_readings(
    results: Iterator[Reading | Refusal],
    outcome: Outcome,
    *,
    top: int,
    several: bool,
    quiet: bool,
    json: bool,
) -> None:
    """Write what the pictures say, and keep in `outcome` whether all of it could be told."""
    from nnfs_cli.workflows.predict import Refusal

    plain = json or quiet or not sys.stdout.isatty()
    first = list(itertools.islice(results, 0 if plain else DRAWN + 1))
    for result in itertools.chain(first, results):
        if isinstance(result, Refusal):
            outcome.refused = True
            if json:
                emit(jsonlib.dumps(result.to_dict()))
            else:
                print_error(result.error.message, result.error.hint or "see nnfs predict --help")
            continue
        outcome.withheld |= not all(digit.given for digit in result.digits)
        if json:
            emit(jsonlib.dumps(result.to_dict()))
            continue
        if plain and not several:
            for line in result.texts:
                emit(printable(line))
        elif plain:
            emit(f"{printable(result.path)}\t{printable(' '.join(result.texts))}")
        else:
            write_drawn(result, top=top, picture=len(first) <= DRAWN)
        report(result, quiet=quiet)


def report(reading: Reading, *, quiet: bool) -> None:
    """Say on stderr which digits were not given, and which may be wrong."""
    from nnfs_cli.workflows.confidence import GATE_HINT, doubt, share
    from nnfs_cli.workflows.predict import shown_name

    name = shown_name(reading.path)
    missing = [digit for digit in reading.digits if not digit.given]
    if missing:
        least = missing[0].least
        what = f"{len(missing)} of {len(reading.digits)} digits"
        gate = f"--min-confidence is {share(least, least)}"
        print_error(f"{name}: not sure enough of {what}, {gate}", GATE_HINT)
    if quiet:
        return
    doubts = [(d, doubt(d.prediction)) for d in reading.digits if d.given]
    doubts = [(digit, text) for digit, text in doubts if text]
    for digit, text in doubts[:WARNINGS]:
        warn(f"not sure about {name}, {where(digit, reading)}: {text}")
    if len(doubts) > WARNINGS:
        warn(f"not sure about {name}: {len(doubts) - WARNINGS} digits more")


def where(digit: Read, reading: Reading) -> str:
    """Return which of the digits of a picture one is, in words."""
    row, place = digit.place
    return f"digit {place}" if len(reading.lines) == 1 else f"line {row}, digit {place}"


def write_drawn(reading: Reading, *, top: int, picture: bool) -> None:
    """Write what a picture says, the picture with its boxes, and a line for each digit."""
    from rich.text import Text

    width = shutil.get_terminal_size().columns
    name = printable(reading.path)
    if not picture:
        emit_styled(Text.assemble((printable(" ".join(reading.texts)), "bold green"), "   ", name))
        return
    for line in reading.texts:
        emit_styled(Text(printable(line), "bold green"))
    note = f"{name}: {printable(reading.found.describe())}"
    for text in textwrap.wrap(note, max(width, 40)):
        emit_styled(Text(text, "dim"))
    emit_styled(Text())
    for row in drawing(reading, width):
        emit_styled(row)
    emit_styled(Text())
    for row in table(reading, top):
        emit_styled(row)


def drawing(reading: Reading, width: int) -> list[Text]:
    """Return the picture's ink as small as the terminal asks for, a box around each digit."""
    from rich.text import Text

    from nnfs_cli.cli.pictures import draw
    from nnfs_cli.images.several import fitted

    fine = can_show(BRAILLE + FRAME[False], sys.stdout)
    columns = min(width, WIDEST) - 3  # a character around it for boxes at its edge, and the cursor
    across, down = (2, 4) if fine else (0.5, 1)  # pixels of the drawing to a character
    pixels = fitted(reading.found.ink, round(columns * across), round(ROWS * down))
    drawn = draw(pixels, Style.braille if fine else Style.ascii)
    blank = " " * (len(drawn[0]) + 2)
    cells = [list(line) for line in [blank, *(f" {line} " for line in drawn), blank]]
    styles = [[""] * len(row) for row in cells]
    x = pixels.shape[1] / reading.found.size[0] / across
    y = pixels.shape[0] / reading.found.size[1] / down
    for digit in reading.digits:
        left, top, right, bottom = digit.box
        corners = (int(left * x), int(top * y), int(right * x) + 2, int(bottom * y) + 2)
        box(cells, styles, corners, FRAME[not fine], "cyan" if digit.given else "red")
    lines = []
    for row, looks in zip(cells, styles, strict=True):
        line = Text()
        for character, style in zip(row, looks, strict=True):
            line.append(" " if character in EMPTY else character, style)
        line.rstrip()
        lines.append(line)
    return lines


def box(
    cells: list[list[str]],
    styles: list[list[str]],
    corners: tuple[int, int, int, int],
    frame: str,
    style: str,
) -> None:
    """Draw a box of characters where nothing is, in place."""
    left, top, right, bottom = corners
    places = {(top, x): frame[4] for x in range(left, right + 1)}
    places |= {(bottom, x): frame[4] for x in range(left, right + 1)}
    places |= {(y, left): frame[5] for y in range(top + 1, bottom)}
    places |= {(y, right): frame[5] for y in range(top + 1, bottom)}
    places |= {(top, left): frame[0], (top, right): frame[1]}
    places |= {(bottom, left): frame[2], (bottom, right): frame[3]}
    for (row, column), character in places.items():
        if not (0 <= row < len(cells) and 0 <= column < len(cells[row])):
            continue
        if cells[row][column] in EMPTY:
            cells[row][column], styles[row][column] = character, style


def table(reading: Reading, top: int) -> list[Text]:
    """Return a line for each digit: how sure, what else it may be, and where it is."""
    from rich.text import Text

    from nnfs_cli.workflows.confidence import UNSURE

    digits = reading.digits
    note = ""
    if len(digits) > LISTED:
        digits = [d for d in digits if d.prediction.confidence < UNSURE or not d.given]
        note = f"{len(reading.digits) - len(digits)} digits that are sure are not listed"
    lines = [Text(f"{'digit':<7}{'confidence':>10}   {'or':<24}box", "bold")] if digits else []
    for digit in digits:
        guess = digit.prediction
        others = ", ".join(
            f"{printable(guess.classes[n])} {percent(guess.probabilities[n], 1)}"
            for n in guess.best[1 : min(top, 3)]
        )
        left, upper, right, lower = digit.box
        style = "" if digit.given and guess.confidence >= UNSURE else "yellow"
        sure = percent(guess.confidence, 1)
        place = f"{left},{upper} to {right},{lower}"
        lines.append(Text(f"  {printable(digit.label):<5}{sure:>10}   {others:<24}{place}", style))
    return [*lines, *([Text(note, "dim")] if note else [])]
