"""`nnfs evaluate`: how good a model is, and what it confuses."""

from __future__ import annotations

import json as jsonlib
import math
import shutil
import sys
import textwrap
from typing import TYPE_CHECKING, Annotated

import typer

from nnfs_cli.cli.console import can_show, emit, note, percent, printable, stdout
from nnfs_cli.cli.options import (
    DataOption,
    DebugOption,
    JsonOption,
    ModelOption,
    QuietOption,
    SplitName,
    SplitOption,
)
from nnfs_cli.errors import ExitCode

if TYPE_CHECKING:
    from rich.table import Table

    from nnfs_cli.workflows.evaluate import EvaluationReport


MOST_CLASSES = 12  # of which the confusion matrix is shown
WIDEST = 1000  # columns that a table may have where nothing limits it


def a_number(value: float | None) -> float | None:
    """Refuse NaN, which no limit keeps out and every accuracy would pass."""
    if value is not None and math.isnan(value):
        raise typer.BadParameter("nan is not a number")
    return value


def evaluate(
    model: ModelOption = None,
    data: DataOption = None,
    split: SplitOption = SplitName.test,
    min_accuracy: Annotated[
        float | None,
        typer.Option(
            "--min-accuracy",
            metavar="X",
            min=0.0,
            max=1.0,
            show_default=False,
            callback=a_number,
            help="Exit with code 3 when the accuracy is lower.",
        ),
    ] = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Measure how good a model is.

    Shows accuracy, loss and calibration, precision and recall of each digit, and which digits are
    taken for which.

    \b
    Examples:
      nnfs evaluate
      nnfs evaluate --split train --json
      nnfs evaluate --min-accuracy 0.9
    """
    from nnfs_cli.workflows.evaluate import evaluate_model

    report = evaluate_model(model, data, split.value)
    if json:
        emit(jsonlib.dumps(report.to_dict()))
    elif quiet:
        emit(f"{report.accuracy:.4f}")
    else:
        show_report(report)
    if min_accuracy is not None and report.accuracy < min_accuracy:
        note(f"accuracy {report.accuracy:.6g} is under the {min_accuracy:g} that was asked for")
        return ExitCode.GATE
    return ExitCode.OK


def show_report(report: EvaluationReport) -> None:
    """Print the report for a reader."""
    low, high = report.interval
    emit(f"{printable(report.model)} on {printable(report.data)}, {report.rows:,} {report.split}")
    interval = f"(95 % interval {low * 100:.2f}-{high * 100:.2f})"
    for line in wrapped(f"accuracy {percent(report.accuracy, 2)} {interval}"):
        emit(line)
    error = percent(report.calibration_error, 2)
    emit(f"loss {report.loss:.4f}   calibration error {error}\n")
    show_table(class_table(report))
    if len(report.per_class) <= MOST_CLASSES:
        show_table(confusion_table(report))
    pairs = (f"{m.truth} read as {m.guess} {m.count}x" for m in report.most_confused)
    for line in wrapped(f"most confused: {printable(', '.join(pairs)) or 'nothing'}"):
        emit(line)


def show_table(table: Table) -> None:
    """Print a table as wide as it is, and an empty line; nothing on a terminal that is narrower."""
    console = stdout()
    console.width = WIDEST
    width = console.measure(table).maximum
    if sys.stdout.isatty() and width > shutil.get_terminal_size().columns:
        note(f"a table of {width} columns does not fit here: see --json")
    else:
        console.print(table)
    console.print()


def wrapped(text: str) -> list[str]:
    """Return `text` in lines that fit on the terminal; in one line for a pipe."""
    if not sys.stdout.isatty():
        return [text]
    return textwrap.wrap(text, max(20, shutil.get_terminal_size().columns))


def class_table(report: EvaluationReport) -> Table:
    """Return precision, recall and F1 of each class."""
    table = table_of(["digit", "precision", "recall", "F1", "rows"])
    for score in report.per_class:
        shares = (percent(share, 1) for share in (score.precision, score.recall, score.f1))
        table.add_row(printable(score.label), *shares, f"{score.rows:,}")
    return table


def confusion_table(report: EvaluationReport) -> Table:
    """Return the confusion matrix: a row for each truth, a column for each guess."""
    from rich.text import Text

    labels = [printable(score.label) for score in report.per_class]
    table = table_of(["truth \\ guess", *labels])
    worst = max((pair.count for pair in report.most_confused), default=1)
    for truth, row in enumerate(report.confusion):
        cells = [
            Text(str(count) if count else ".", style=shade(count, guess == truth, worst))
            for guess, count in enumerate(row)
        ]
        table.add_row(labels[truth], *cells)
    return table


def table_of(headings: list[str]) -> Table:
    """Return an empty table of right-aligned columns, close together."""
    from rich import box
    from rich.table import Table

    lines = box.SIMPLE_HEAD if can_show("─", sys.stdout) else box.ASCII2
    table = Table(box=lines, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def shade(count: int, right: bool, worst: int) -> str:
    """Return the style of a cell: green if right, redder the commoner a mistake."""
    if right:
        return "green"
    if not count:
        return "dim"
    return "bold red" if count > worst / 2 else "red" if count > worst / 5 else "yellow"
