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
from nnfs_cli.cli.confidence import Outcome, watched, with_warnings
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
from nnfs_cli.cli.models import chosen_model
from nnfs_cli.cli.multi import write_readings
from nnfs_cli.cli.options import (
    DEFAULT_PICTURE,
    DebugOption,
    JsonOption,
    ModelOption,
    QuietOption,
    Style,
)
from nnfs_cli.errors import ConfigError

if TYPE_CHECKING:
    from rich.text import Text

    from nnfs_cli.model import Model
    from nnfs_cli.workflows.multi import Reading
    from nnfs_cli.workflows.predict import Prediction, Refusal

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
    explain: Annotated[
        bool, typer.Option("--explain", help="Show how the network comes to its answer.")
    ] = False,
    multi: Annotated[
        bool, typer.Option("--multi", help="Read all the digits in each picture, line by line.")
    ] = False,
    min_confidence: Annotated[
        float | None,
        typer.Option(
            "--min-confidence",
            metavar="P",
            min=0.0,
            max=1.0,
            help="Give no answer that is less sure, and exit with 3 then.",
        ),
    ] = None,
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
      nnfs predict image.png --explain
      nnfs predict scans/ --json --min-confidence 0.9
      nnfs predict image.png --multi
      cat image.png | nnfs predict -
    """
    if explain and quiet:
        raise ConfigError("--explain and --quiet exclude each other", hint="leave one of them out")
    if explain and multi:
        raise ConfigError("--explain and --multi exclude each other", hint="leave one of them out")
    least = checked_share(min_confidence)
    from nnfs_cli.workflows.confidence import withheld

    network = chosen_model(model, quiet=quiet)
    sources = images or ([DEFAULT_PICTURE] if Path(DEFAULT_PICTURE).exists() else [])
    several = len(sources) > 1 or any_folder(sources)
    outcome = Outcome()
    if multi:
        readings = multi_answers(network, sources, least)
        write_readings(readings, outcome, top=top, several=several, quiet=quiet, json=json)
        return outcome.code
    results = watched(withheld(answers(network, sources, quiet=quiet), least), outcome)
    if not quiet and not json:
        results = with_warnings(results)
    if explain:
        write_explained(network, results, top, json=json)
    elif json:
        write_json(results)
    elif quiet or not sys.stdout.isatty():
        write_plain(results, several=several)
    else:
        write_drawn(results, top)
    return outcome.code


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
        digit = f"{prediction.path}, labelled {prediction.truth}"
        note(f"no picture named, and no {DEFAULT_PICTURE} here: {digit}")
    yield prediction


def multi_answers(model: Model, sources: list[str], least: float) -> Iterator[Reading | Refusal]:
    """Yield what is written in the pictures of several digits."""
    from nnfs_cli.images.reading import MAX_BYTES
    from nnfs_cli.workflows.multi import read_pictures
    from nnfs_cli.workflows.predict import STDIN

    if not sources:
        raise ConfigError(
            f"no picture named, and no {DEFAULT_PICTURE} here",
            hint="name a picture: nnfs predict --multi number.png",
        )
    stdin = sys.stdin.buffer.read(MAX_BYTES + 1) if STDIN in sources else None
    yield from read_pictures(model, sources, stdin=stdin, least=least)


def checked_share(value: float | None) -> float:
    """Return a share, 0 for none; what is no number is in no range, and passes Typer's check."""
    if value is not None and not 0.0 <= value <= 1.0:
        raise ConfigError(
            f"--min-confidence must be between 0 and 1, not {value}",
            hint="for 90 %, say --min-confidence 0.9",
        )
    return value or 0.0


def any_folder(sources: list[str]) -> bool:
    """Return whether one of `sources` may stand for several pictures."""
    with contextlib.suppress(OSError):  # a name that is too long, say: refused in its turn
        return any(source and Path(source).is_dir() for source in sources)
    return False


def write_json(results: Iterator[Prediction | Refusal]) -> None:
    """Write a JSON line for each picture."""
    for result in results:
        emit(jsonlib.dumps(result.to_dict()))


def write_plain(results: Iterator[Prediction | Refusal], *, several: bool) -> None:
    """Write the digit alone, or a line for each of several."""
    from nnfs_cli.workflows.confidence import Withheld
    from nnfs_cli.workflows.predict import Refusal

    for result in results:
        if isinstance(result, Refusal):
            if isinstance(result, Withheld) and several:
                emit(f"{printable(result.path)}\t?\t{result.guess.confidence:.4f}")
            refuse(result)
        elif several:
            name, label = printable(result.path), printable(result.label)
            emit(f"{name}\t{label}\t{result.confidence:.4f}")
        else:
            emit(printable(result.label))


def write_drawn(results: Iterator[Prediction | Refusal], top: int) -> None:
    """Draw the pictures, or write a line for each of many."""
    from nnfs_cli.workflows.predict import Refusal

    width = shutil.get_terminal_size().columns
    first = list(itertools.islice(results, DRAWN + 1))
    for result in itertools.chain(first, results):
        if isinstance(result, Refusal):
            refuse(result)
        elif len(first) > DRAWN:
            emit_styled(summary(result))
        else:
            for line in [summary(result), *detail(result, width), *drawing(result, top, width)]:
                emit_styled(line)


def write_explained(
    model: Model, results: Iterator[Prediction | Refusal], top: int, *, json: bool
) -> None:
    """Draw each picture and the way to its answer."""
    from nnfs_cli.cli.explain import explanation_lines
    from nnfs_cli.workflows.explain import explain
    from nnfs_cli.workflows.predict import Refusal

    width = shutil.get_terminal_size().columns
    for result in results:
        if isinstance(result, Refusal):
            if json:
                emit(jsonlib.dumps(result.to_dict()))
            else:
                refuse(result)
            continue
        explanation = explain(model, result)
        if json:
            details = explanation.to_dict(result.classes)
            emit(jsonlib.dumps({**result.to_dict(), "explanation": details}))
            continue
        head = [summary(result), *detail(result, width), *drawing(result, top, width)]
        for line in [*head, *explanation_lines(result, explanation, top)]:
            emit_styled(line)


def refuse(refusal: Refusal) -> None:
    """Say why a picture has no answer."""
    print_error(refusal.error.message, refusal.error.hint or "see nnfs predict --help")


def summary(prediction: Prediction) -> Text:
    """Return the answer and the picture's name in one line."""
    from rich.text import Text

    digit = (f"{printable(prediction.label):>2}", f"bold {colour(prediction)}")
    truth = "" if prediction.truth is None else f", labelled {printable(prediction.truth)}"
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
    best = prediction.best[:top]
    names = {i: Text(printable(prediction.classes[i])) for i in best}
    widest = max(2, *(name.cell_len for name in names.values()))
    guesses = [
        Text(
            f"{' ' * (widest - names[i].cell_len)}{names[i]} "
            f"{bar(prediction.probabilities[i], BAR, ascii_only=not blocks):{BAR}} "
            f"{percent(prediction.probabilities[i], 1):>7}",
            style=colour(prediction) if place == 0 else "",
        )
        for place, i in enumerate(best)
    ]
    style = Style.blocks if blocks else Style.ascii
    picture = [Text(line) for line in draw(prediction.pixels, style)]
    if picture[0].cell_len + GAP + guesses[0].cell_len > width:
        return [Text(), *picture, Text(), *guesses, Text()]
    above = [Text()] * max(0, (len(picture) - len(guesses)) // 2)
    return [Text(), *beside([picture, [*above, *guesses]], gap=GAP), Text()]
