"""`nnfs evaluate`: how good a model is, and what it confuses."""

from __future__ import annotations

import json as jsonlib
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nnfs_cli.cli.console import (
    emit,
    emit_prose,
    note,
    percent,
    print_error,
    printable,
    warn,
    whole,
)
from nnfs_cli.cli.mistakes import show_mistakes
from nnfs_cli.cli.options import (
    DataOption,
    DebugOption,
    JsonOption,
    ModelOption,
    QuietOption,
    SplitName,
    SplitOption,
)
from nnfs_cli.cli.prose import plural
from nnfs_cli.cli.report import prepare_report, write_report
from nnfs_cli.cli.tables import show_table, table_of
from nnfs_cli.errors import ExitCode
from nnfs_cli.text import typed

if TYPE_CHECKING:
    from rich.table import Table

    from nnfs_cli.workflows.evaluate import Evaluated, EvaluationReport
    from nnfs_cli.workflows.mistakes import Mistake

MOST_CLASSES = 12  # of which the confusion matrix is shown
MISTAKES = 24  # in a folder or on a page, where no number is given


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
    mistakes: Annotated[
        int | None,
        typer.Option(
            "--mistakes",
            metavar="N",
            min=1,
            max=9999,
            show_default=False,
            help="Draw the N wrong answers that the model was surest of.",
        ),
    ] = None,
    save_mistakes: Annotated[
        Path | None,
        typer.Option(
            "--save-mistakes",
            metavar="DIR",
            help=f"Write them as PNG and a list, index.csv, into an empty folder "
            f"[N: {MISTAKES} unless given].",
        ),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            "--report",
            metavar="FILE.html",
            help="Write all of it, with pictures and learning curves, as one web page.",
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
      nnfs evaluate --mistakes 8
      nnfs evaluate --report report.html
      nnfs evaluate --split train --json
      nnfs evaluate --min-accuracy 0.9
    """
    from nnfs_cli.workflows.evaluate import evaluate_model

    prepare(save_mistakes, report)
    evaluated = evaluate_model(model, data, split.value, tell=None if quiet else note)
    count = mistakes or (MISTAKES if save_mistakes else 0)
    worst = worst_of(evaluated, count)
    again = options_again(model=model, data=data, split=split)
    written = write(evaluated, worst, save_mistakes, report, options=again)
    figures = evaluated.report
    if json:
        told = {"mistakes": [mistake.to_dict() for mistake in worst]} if count else {}
        emit(jsonlib.dumps(figures.to_dict() | told))
    elif quiet:
        emit(f"{figures.accuracy:.4f}")
    else:
        show_report(figures)
        if mistakes:
            show_mistakes(worst, wrong=evaluated.wrong, options=again)
    if not quiet:
        show_notes(evaluated, written)
    if min_accuracy is not None and figures.accuracy < min_accuracy:
        print_error(
            f"accuracy {figures.accuracy:.6g} is under the {min_accuracy:g} that was asked for",
            "lower the gate, or train a better model: nnfs train --config best",
        )
        return ExitCode.GATE
    return ExitCode.OK


def prepare(save_mistakes: Path | None, report: Path | None) -> None:
    """Check what is to be written before the evaluation runs; each raises an NnfsError."""
    if report is not None:
        prepare_report(report)
    if save_mistakes is not None:
        from nnfs_cli.workflows.mistakes import prepare_folder

        prepare_folder(save_mistakes)


def show_notes(evaluated: Evaluated, written: list[str]) -> None:
    """Say what seems wrong with the data and the model, and which files there are now."""
    for text in (*evaluated.dataset.warnings, *map(str, evaluated.report.diagnoses)):
        warn(text)
    for line in written:
        note(line)


def options_again(*, model: Path | None, data: Path | None, split: SplitName) -> str:
    """Return the options as they are to be typed for another command on the same rows."""
    named = {
        "model": model and str(model),
        "data": data and str(data),
        "split": None if split is SplitName.test else split.value,
    }
    return "".join(f" {typed(f'--{name}', value)}" for name, value in named.items() if value)


def worst_of(evaluated: Evaluated, count: int) -> list[Mistake]:
    """Return the worst mistakes; nothing is imported for none."""
    if not count:
        return []
    from nnfs_cli.workflows.mistakes import worst_mistakes

    return worst_mistakes(evaluated, count)


def write(
    evaluated: Evaluated,
    worst: list[Mistake],
    save_mistakes: Path | None,
    report: Path | None,
    *,
    options: str,
) -> list[str]:
    """Write the files that are asked for; return a line about each. `options` find its rows."""
    lines = []
    if save_mistakes is not None:
        from nnfs_cli.workflows.mistakes import save_mistakes as save

        count = save(save_mistakes, worst)
        lines.append(f"{count:,} mistake{'s' * (count != 1)} saved in {save_mistakes}")
    if report is not None:
        write_report(report, evaluated, len(worst) or MISTAKES, options=options)
        lines.append(f"report written to {report}")
    return lines


def show_report(report: EvaluationReport) -> None:
    """Print the report for a reader."""
    low, high = report.interval
    where = f"{printable(report.data)}, {report.rows:,} {report.split}"
    emit_prose(f"{printable(report.model)} on {where}")
    interval = f"(95 % interval {low * 100:.2f}-{high * 100:.2f})"
    emit_prose(f"accuracy {percent(report.accuracy, 2)} {interval}")
    error = percent(report.calibration_error, 2)
    emit_prose(f"loss {report.loss:.4f}   calibration error {error}")
    emit("")
    show_table(class_table(report))
    if len(report.per_class) <= MOST_CLASSES:
        show_table(confusion_table(report))
    pairs = (f"{m.truth} as {m.guess}: {plural(m.count, 'time')}" for m in report.most_confused)
    emit_prose(f"most confused: {', '.join(whole(printable(pair)) for pair in pairs) or 'nothing'}")


def class_table(report: EvaluationReport) -> Table:
    """Return precision, recall and F1 of each class."""
    digits = all(score.label.isdecimal() for score in report.per_class)
    table = table_of(["digit" if digits else "class", "precision", "recall", "F1", "rows"])
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


def shade(count: int, right: bool, worst: int) -> str:
    """Return the style of a cell: green if right, redder the commoner a mistake."""
    if right:
        return "green"
    if not count:
        return "dim"
    return "bold red" if count > worst / 2 else "red" if count > worst / 5 else "yellow"
