"""`nnfs evaluate`: how good a model is, and what it confuses."""

from __future__ import annotations

import json as jsonlib
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from nnfs_cli.cli.console import emit, note, printable, stdout
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
            help="Exit with code 3 when the accuracy (0 to 1) is lower.",
        ),
    ] = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Evaluate a model: accuracy, loss, confusion matrix, precision and recall of each digit.

    \b
    Examples:
      nnfs evaluate
      nnfs evaluate --split train --json
      nnfs evaluate --min-accuracy 0.97
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
        note(f"accuracy {report.accuracy:.4f} is under the {min_accuracy:g} that was asked for")
        return ExitCode.GATE
    return ExitCode.OK


def show_report(report: EvaluationReport) -> None:
    """Print the report for a reader."""
    low, high = report.interval
    emit(f"{printable(report.model)} on {printable(report.data)}, {report.rows:,} {report.split}")
    emit(
        f"accuracy {report.accuracy:.2%} (95 % interval {low * 100:.2f}-{high * 100:.2f})   "
        f"loss {report.loss:.4f}   calibration error {report.calibration_error:.2%}"
    )
    console = stdout()
    console.print()
    console.print(class_table(report))
    console.print()
    if len(report.per_class) <= 12:  # wider ones do not fit on a terminal
        console.print(confusion_table(report))
        console.print()
    pairs = ", ".join(f"{m.truth} read as {m.guess} {m.count}x" for m in report.most_confused)
    emit(f"most confused: {printable(pairs) or 'nothing'}")


def class_table(report: EvaluationReport) -> Table:
    """Return precision, recall and F1 of each class."""
    table = table_of(["digit", "precision", "recall", "F1", "rows"])
    for score in report.per_class:
        shares = (f"{share:.2%}" for share in (score.precision, score.recall, score.f1))
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

    encoding = (sys.stdout.encoding or "ascii").lower()
    lines = box.SIMPLE_HEAD if encoding.startswith("utf") else box.ASCII2
    table = Table(box=lines, padding=(0, 1), show_edge=False)
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
