"""`nnfs predict`: read the digits in pictures."""

from __future__ import annotations

import json as jsonlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nnfs_cli.cli.charts import bar
from nnfs_cli.cli.console import BLOCKS, can_show, emit, note, print_error, printable
from nnfs_cli.cli.options import DebugOption, JsonOption, ModelOption, QuietOption, Style
from nnfs_cli.errors import ExitCode

if TYPE_CHECKING:
    from nnfs_cli.model import Model
    from nnfs_cli.workflows.predict import Prediction, Refusal

DEFAULT_PICTURE = "image.png"  # what is read when nothing is named, as in the original project
DRAWN = 4  # at most so many pictures are drawn; more get a line each
BAR = 20  # characters of a probability of 1


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
      nnfs predict image.png
      nnfs predict scans/ --json
      cat photo.jpg | nnfs predict -
    """
    from nnfs_cli.workflows.models import find_model
    from nnfs_cli.workflows.predict import Refusal

    _, network = find_model(model)
    sources = images or ([DEFAULT_PICTURE] if Path(DEFAULT_PICTURE).exists() else [])
    results = answers(network, sources)
    if json:
        failed = write_json(results)
    elif quiet or not sys.stdout.isatty():
        failed = write_plain(results, several=len(sources) > 1 or any_folder(sources))
    else:
        found = list(results)
        drawn = len(found) <= DRAWN
        for result in found:
            if isinstance(result, Refusal):
                print_error(result.error.message, result.error.hint)
            else:
                emit(picture_and_bars(result, top) if drawn else summary(result))
        failed = any(isinstance(result, Refusal) for result in found)
    return ExitCode.FAILURE if failed else ExitCode.OK


def answers(model: Model, sources: list[str]) -> Iterator[Prediction | Refusal]:
    """Yield the answers to `sources`, or to a random test digit if there are none."""
    from nnfs_cli.workflows.predict import STDIN, predict_pictures

    if sources:
        stdin = sys.stdin.buffer.read() if STDIN in sources else None
        yield from predict_pictures(model, sources, stdin=stdin)
        return
    from nnfs_cli.workflows.show import random_prediction

    note(f"no picture named, and no {DEFAULT_PICTURE} here: a random test digit")
    yield random_prediction(model)


def any_folder(sources: list[str]) -> bool:
    """Return whether one of `sources` may stand for several pictures."""
    return any(Path(source).is_dir() for source in sources)


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
            print_error(result.error.message, result.error.hint)
        elif several:
            emit(f"{printable(result.path)}\t{result.label}\t{result.confidence:.4f}")
        else:
            emit(printable(result.label))
    return failed


def summary(prediction: Prediction) -> str:
    """Return the answer, the picture's name and what was done to it, in one line."""
    detail = f" ({prediction.note})" if prediction.note else ""
    label = "" if prediction.truth is None else f", which is a {printable(prediction.truth)}"
    return (
        f"{printable(prediction.label):>2}  {prediction.confidence:6.1%}   "
        f"{printable(prediction.path)}{label}{detail}"
    )


def picture_and_bars(prediction: Prediction, top: int) -> str:
    """Return the picture as the network saw it beside its best guesses."""
    from nnfs_cli.cli.pictures import beside, draw

    blocks = can_show(BLOCKS, sys.stdout)
    guesses = [
        f"{printable(prediction.classes[i]):>2} "
        f"{bar(prediction.probabilities[i], BAR, ascii_only=not blocks):{BAR}} "
        f"{prediction.probabilities[i]:6.1%}"
        for i in prediction.best[:top]
    ]
    picture = draw(prediction.pixels, Style.blocks if blocks else Style.ascii)
    top_blank = max(0, (len(picture) - len(guesses)) // 2)
    lines = beside([picture, [""] * top_blank + guesses], gap=3)
    return "\n".join([summary(prediction), "", *lines, ""])
