"""Summary: what is said of a training before it begins and after it has ended."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nnfs_cli.cli.console import emit, emit_prose, note, percent, printable
from nnfs_cli.cli.options import DEFAULT_PICTURE
from nnfs_cli.cli.prose import crew, plural
from nnfs_cli.text import typed

if TYPE_CHECKING:
    from nnfs_cli.workflows.fine_tuning import Change
    from nnfs_cli.workflows.train import TrainingRun
    from nnfs_cli.workflows.training_report import TrainingReport

DEFAULT_OUTPUT = Path("model/model.npz")
INDENT = 9  # characters of the word that each line begins with


def introduce(run: TrainingRun) -> None:
    """Say what is going to be trained, on what."""
    from nnfs_cli.engine import MixedMinibatches

    setup, data = run.setup, run.setup.data
    splits = [f"{len(setup.examples):,} train"]
    if setup.validation is not None:
        splits.append(f"{len(setup.validation):,} validation")
    if data.dataset.test is not None:
        splits.append(f"{len(data.dataset.test):,} test")
    pixels = f"({setup.examples.inputs} pixels)"
    note(f"data     {data.dataset.name}: {', '.join(splits)} {pixels}", indent=INDENT)
    if isinstance(setup.minibatches, MixedMinibatches):
        old, drawn = setup.minibatches.others, setup.minibatches.drawn
        assert data.original is not None
        rows = f"{drawn:,} of {len(old):,} rows of {data.original.name}"
        note(f"mixed in {rows} in each epoch", indent=INDENT)
    parameters = f"{run.network.params.size:,} parameters"
    note(f"network  {run.network.summary()}, {parameters}", indent=INDENT)
    if run.config.start:
        note(f"start    {run.config.start}", indent=INDENT)


def result_line(report: TrainingReport) -> str:
    """Return the result in one line."""
    test = "" if report.test_accuracy is None else f" test_accuracy={report.test_accuracy:.4f}"
    return f"train_accuracy={report.train_accuracy:.4f}{test} model={printable(str(report.model))}"


def summarise(report: TrainingReport) -> None:
    """Say how it went, where the model is, and what to do next."""
    accuracy = f"training set {percent(report.train_accuracy, 2)}"
    if report.test_accuracy is not None:
        accuracy += f", test set {percent(report.test_accuracy, 2)}"
    threads = crew(report.threads)
    emit_prose(
        f"trained  {plural(report.epochs, 'epoch')} in {report.seconds:.1f} s on {threads}",
        indent=INDENT,
    )
    emit_prose(f"accuracy {accuracy}", indent=INDENT)
    for change in report.changes:
        emit_prose(" " * INDENT + change_line(change), indent=INDENT)
    model = printable(str(report.model))
    emit_prose(f"model    {model} ({report.parameters:,} parameters)", indent=INDENT)
    if report.kept:
        kept = f"kept     {printable(str(report.kept))}, which was here before"
        emit_prose(kept, indent=INDENT)
    propose(report.model)


def resume_command(output: Path) -> str:
    """Return the command that goes on with a run."""
    named = [] if output == DEFAULT_OUTPUT else ["--output", output]
    return typed("nnfs", "train", "--resume", *named)


def propose(model: Path) -> None:
    """Say what can be done with a model, in commands that work as they stand."""
    named = [] if model == DEFAULT_OUTPUT else ["--model", model]
    picture = [DEFAULT_PICTURE] if Path(DEFAULT_PICTURE).exists() else []
    emit("next     " + printable(typed("nnfs", "evaluate", *named)))
    emit(" " * INDENT + printable(typed("nnfs", "predict", *picture, *named)))
    if not picture:
        after = "(with the name of a picture after it: reads your own digit)"
        emit_prose(" " * INDENT + after, indent=INDENT)


def change_line(change: Change) -> str:
    """Return what became of one accuracy: `my-digits, 30 held out: 58.3 % -> 91.7 %`."""
    before = "unknown" if change.before is None else percent(change.before, 2)
    what = f"{printable(change.data)}, {change.rows:,} {change.part}"
    return f"{what}: {before} -> {percent(change.after, 2)}"
