"""`nnfs predict`: read the digits in pictures."""

from __future__ import annotations

import contextlib
import itertools
import json as jsonlib
import shutil
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nnfs_cli.cli.charts import bar
from nnfs_cli.cli.console import (
    BLOCKS,
    can_show,
    emit,
    emit_styled,
    note,
    percent,
    print_error,
    printable,
)
from nnfs_cli.cli.options import DebugOption, JsonOption, ModelOption, QuietOption, Style
from nnfs_cli.errors import ExitCode

if TYPE_CHECKING:
    from rich.text import Text

    from nnfs_cli.model import Model
    from nnfs_cli.workflows.predict import Prediction, Refusal

DEFAULT_PICTURE = "image.png"  # what is read when nothing is named, as in the original project
DRAWN = 4  # at most so many pictures are drawn; more get a line each
BAR = 20  # characters of a probability of 1
GAP = 3  # characters between picture and bars


def predict(
    images: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[IMAGE]...", help="Picture files and folders; - for standard input."
        ),
    ] = None,
    model: ModelOption = None,
    top: Annotated[
        int, typer.Option("--top", metavar="N", min=1, help="How many guesses to show.")
    ] = 3,
    quiet: QuietOption = False,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Read the digit in each picture.

    Without a picture it reads image.png if there is one here, and otherwise a random test digit.
    Into a pipe it writes the digit alone, or path, digit and confidence of several pictures.

    \b
    Examples:
      nnfs predict
      nnfs predict image.png
      nnfs predict scans/ --json
      cat image.png | nnfs predict -
    """
    from nnfs_cli.workflows.models import find_model

    _, network = find_model(model)
    sources = images or ([DEFAULT_PICTURE] if Path(DEFAULT_PICTURE).exists() else [])
    results = answers(network, sources, quiet=quiet)
    if json:
        failed = write_json(results)
    elif quiet or not sys.stdout.isatty():
        failed = write_plain(results, several=len(sources) > 1 or any_folder(sources))
    else:
        failed = write_drawn(results, top)
    return ExitCode.FAILURE if failed else ExitCode.OK


def answers(
    model: Model, sources: list[str], *, quiet: bool = False
) -> Iterator[Prediction | Refusal]:
    """Yield the answers to `sources`, or to a random test digit if there are none."""
    from nnfs_cli.images.reading import MAX_BYTES
    from nnfs_cli.workflows.predict import STDIN, predict_pictures

    if sources:
        stdin = sys.stdin.buffer.read(MAX_BYTES + 1) if STDIN in sources else None
        yield from predict_pictures(model, sources, stdin=stdin)
        return
    from nnfs_cli.workflows.show import random_prediction

    prediction = random_prediction(model)
    if not quiet:
        digit = f"{prediction.path}, which is a {prediction.truth}"
        note(f"no picture named, and no {DEFAULT_PICTURE} here: {digit}")
    yield prediction


def any_folder(sources: list[str]) -> bool:
    """Return whether one of `sources` may stand for several pictures."""
    with contextlib.suppress(OSError):  # a name that is too long, say: refused in its turn
        return any(source and Path(source).is_dir() for source in sources)
    return False


def write_json(results: Iterator[Prediction | Refusal]) -> bool:
    """Write a JSON line for each picture; return whether one was refused."""
    from nnfs_cli.workflows.predict import Refusal

    failed = False
    for result in results:
        failed |= isinstance(result, Refusal)
        emit(jsonlib.dumps(result.to_dict()))
    return failed


def write_plain(results: Iterator[Prediction | Refusal], *, several: bool) -> bool:
    """Write the digit alone, or a line for each of several; return whether one was refused."""
    from nnfs_cli.workflows.predict import Refusal

    failed = False
    for result in results:
        if isinstance(result, Refusal):
            failed = True
            refuse(result)
        elif several:
            name, label = printable(result.path), printable(result.label)
            emit(f"{name}\t{label}\t{result.confidence:.4f}")
        else:
            emit(printable(result.label))
    return failed


def write_drawn(results: Iterator[Prediction | Refusal], top: int) -> bool:
    """Draw the pictures, or write a line for each of many; return whether one was refused."""
    from nnfs_cli.workflows.predict import Refusal

    failed = False
    width = shutil.get_terminal_size().columns
    first = list(itertools.islice(results, DRAWN + 1))
    for result in itertools.chain(first, results):
        if isinstance(result, Refusal):
            failed = True
            refuse(result)
        elif len(first) > DRAWN:
            emit_styled(summary(result))
        else:
            for line in [summary(result), *detail(result, width), *drawing(result, top, width)]:
                emit_styled(line)
    return failed


def refuse(refusal: Refusal) -> None:
    """Say why a picture has no answer."""
    print_error(refusal.error.message, refusal.error.hint or "see nnfs predict --help")


def summary(prediction: Prediction) -> Text:
    """Return the answer and the picture's name in one line."""
    from rich.text import Text

    digit = (f"{printable(prediction.label):>2}", f"bold {colour(prediction)}")
    truth = "" if prediction.truth is None else f", which is a {printable(prediction.truth)}"
    sure = percent(prediction.confidence, 1)
    return Text.assemble(digit, f"  {sure:>7}   {printable(prediction.path)}{truth}")


def colour(prediction: Prediction) -> str:
    """Return the colour of an answer: red if it is known to be wrong."""
    return "green" if prediction.truth in (None, prediction.label) else "red"


def detail(prediction: Prediction, width: int) -> list[Text]:
    """Return what was done to the picture, under its name."""
    from rich.text import Text

    indent = " " * len(" 8   52.2 %   ")
    lines = textwrap.wrap(
        prediction.note, max(width, 40), initial_indent=indent, subsequent_indent=indent
    )
    return [Text(line, "dim") for line in lines]


def drawing(prediction: Prediction, top: int, width: int) -> list[Text]:
    """Return the picture as the network saw it, beside its best guesses or, if narrow, above."""
    from rich.text import Text

    from nnfs_cli.cli.pictures import beside, draw

    blocks = can_show(BLOCKS, sys.stdout)
    guesses = [
        Text(
            f"{printable(prediction.classes[i]):>2} "
            f"{bar(prediction.probabilities[i], BAR, ascii_only=not blocks):{BAR}} "
            f"{percent(prediction.probabilities[i], 1):>7}",
            style=colour(prediction) if place == 0 else "",
        )
        for place, i in enumerate(prediction.best[:top])
    ]
    style = Style.blocks if blocks else Style.ascii
    picture = [Text(line) for line in draw(prediction.pixels, style)]
    if picture[0].cell_len + GAP + guesses[0].cell_len > width:
        return [Text(), *picture, Text(), *guesses, Text()]
    above = [Text()] * max(0, (len(picture) - len(guesses)) // 2)
    return [Text(), *beside([picture, [*above, *guesses]], gap=GAP), Text()]
