"""`nnfs train`: learn from a data set and save the model."""

from __future__ import annotations

import json as jsonlib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nnfs_cli.cli.console import emit, emit_prose, if_lost, note, percent, printable, warn, whole
from nnfs_cli.cli.options import DEFAULT_PICTURE, DebugOption, JsonOption
from nnfs_cli.cli.prose import crew, plural
from nnfs_cli.errors import ExitCode
from nnfs_cli.text import typed

if TYPE_CHECKING:
    from nnfs_cli.cli.interruption import Interruption
    from nnfs_cli.config import EffectiveConfig
    from nnfs_cli.workflows.diagnoses import Diagnosis
    from nnfs_cli.workflows.fine_tuning import Change
    from nnfs_cli.workflows.train import TrainingRun
    from nnfs_cli.workflows.training_report import TrainingReport


DEFAULT_OUTPUT = Path("model/model.npz")
INDENT = 9  # characters of the word that each line of the summary begins with


def train(
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            "-c",
            metavar="FILE",
            readable=False,
            help="TOML or YAML file, or a recipe: seed, fast, best.",
        ),
    ] = None,
    assignments: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Set any key of the config; repeatable."),
    ] = None,
    epochs: Annotated[
        int | None, typer.Option("--epochs", metavar="N", help="Passes over the training set.")
    ] = None,
    batch_size: Annotated[
        int | None, typer.Option("--batch-size", metavar="N", help="Rows of an update.")
    ] = None,
    learning_rate: Annotated[
        float | None, typer.Option("--learning-rate", metavar="X", help="Size of an update.")
    ] = None,
    hidden: Annotated[
        str | None,
        typer.Option("--hidden", metavar="WIDTHS", help="Units of the hidden layers: 128,64."),
    ] = None,
    activation: Annotated[
        str | None, typer.Option("--activation", metavar="NAME", help="sigmoid, tanh or relu.")
    ] = None,
    optimizer: Annotated[
        str | None,
        typer.Option("--optimizer", metavar="NAME", help="sgd, momentum, nesterov, adam or adamw."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", metavar="N", help="Seed of every random choice.")
    ] = None,
    threads: Annotated[
        str | None,
        typer.Option(
            "--threads",
            metavar="N",
            help="Threads, or pair: two processes; auto measures which is fastest.",
        ),
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(
            "--data",
            metavar="PATH",
            help="Data set: a folder of IDX files, of train.csv and test.csv, or of a folder of "
            "pictures for each class; or an IDX, CSV or NPZ file. [default: MNIST]",
        ),
    ] = None,
    start: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help="Go on from this model: learn new --data, forget nothing.",
        ),
    ] = None,
    mix: Annotated[
        float | None,
        typer.Option(
            "--mix", metavar="SHARE", help="Share of an epoch that is old data, with --from."
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Model to write. [default: model/model.npz]"
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the run that was interrupted here.")
    ] = False,
    print_config: Annotated[
        bool, typer.Option("--print-config", help="Show the config that results, and stop.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Write the result and nothing else.")
    ] = False,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Train a network and save it.

    Without options: 784-128-10, sigmoid, plain gradient descent at 0.1, batches of 64, 20 epochs of
    the 60,000 MNIST digits. An option beats --set, which beats the config file.

    \b
    Examples:
      nnfs train
      nnfs train --epochs 5 --hidden 256,128 --activation relu --set init=he
      nnfs train --config fast --json
      nnfs train --from model/model.npz --data my-digits/
      nnfs train --resume
    """
    from nnfs_cli.config import check_start, load

    flags = {
        "epochs": epochs,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "hidden": hidden,
        "activation": activation,
        "optimizer": optimizer,
        "seed": seed,
        "threads": int(threads) if threads and threads.isdecimal() else threads,
        "data": data,
        "start": start,
        "mix": mix,
        "output": output,
    }
    effective = load(config, assignments=assignments or (), flags=flags)
    checkpoint = None
    if resume:
        from nnfs_cli.workflows.resume import resume_config

        effective, checkpoint = resume_config(effective)
    else:
        check_start(effective)
        if print_config and effective.values.start:
            from nnfs_cli.workflows.fine_tuning import begin

            effective, _ = begin(effective)
    if print_config:
        emit(printed(effective, json=json))
        return ExitCode.OK

    from nnfs_cli.cli.interruption import interruptible
    from nnfs_cli.workflows.train import training_run

    tell = None if quiet else note
    with interruptible() as interruption, training_run(effective, checkpoint, tell=tell) as run:
        if checkpoint is not None and checkpoint.instead_of:
            warn(
                f"{checkpoint.instead_of}; going on from {checkpoint.path}, "
                f"after epoch {run.epochs_done}"
            )
        if not quiet:
            for text in run.warnings:
                warn(text)
        if not (quiet or json):
            introduce(run)
        if run.finished:
            note(f"nothing left to do: the run finished after {plural(run.epochs_done, 'epoch')}")
        return follow(run, interruption, quiet=quiet, json=json)


def printed(config: EffectiveConfig, *, json: bool) -> str:
    """Return the config with where each value comes from, as TOML or JSON."""
    from nnfs_cli.config import to_dict, to_toml

    if json:
        return jsonlib.dumps({"config": to_dict(config.values), "sources": dict(config.sources)})
    return to_toml(config, annotate=True).rstrip("\n")


def introduce(run: TrainingRun) -> None:
    """Say what is going to be trained, on what."""
    from nnfs_cli.engine import MixedMinibatches

    splits = [f"{len(run.examples):,} train"]
    if run.validation is not None:
        splits.append(f"{len(run.validation):,} validation")
    if run.dataset.test is not None:
        splits.append(f"{len(run.dataset.test):,} test")
    pixels = f"({run.examples.inputs} pixels)"
    note(f"data     {run.dataset.name}: {', '.join(splits)} {pixels}", indent=INDENT)
    if isinstance(run.minibatches, MixedMinibatches):
        old, drawn = run.minibatches.others, run.minibatches.drawn
        assert run.data.original is not None
        rows = f"{drawn:,} of {len(old):,} rows of {run.data.original.name}"
        note(f"mixed in {rows} in each epoch", indent=INDENT)
    parameters = f"{run.network.params.size:,} parameters"
    note(f"network  {run.network.summary()}, {parameters}", indent=INDENT)
    if run.config.start:
        note(f"start    {run.config.start}", indent=INDENT)


def follow(run: TrainingRun, interruption: Interruption, *, quiet: bool, json: bool) -> int:
    """Train, showing what happens; save and report, or save and stop when asked to."""
    from nnfs_cli.cli.progress import display_for
    from nnfs_cli.engine import EpochEnd
    from nnfs_cli.workflows.training_report import epoch_line

    with display_for(run.config.epochs, quiet=quiet, json=json, first=run.epochs_done) as display:
        told = 0
        for event in run.events():
            if isinstance(event, EpochEnd):
                display.epoch(event)
                if json:
                    with if_lost(f"epoch {event.epoch} is kept: {resume_command(run.output.path)}"):
                        emit(jsonlib.dumps(epoch_line(event)))
            else:
                display.step(event)
            if not quiet:
                warn_of(run.diagnoses[told:])
            told = len(run.diagnoses)
            if interruption:
                break
    if interruption and not run.finished:
        run.pause()
        resume = whole(resume_command(run.output.path))
        note(f"stopped after epoch {run.epochs_done} of {run.config.epochs}. Continue: {resume}")
        if run.output.kept:
            note(f"the model that was here before is kept in {run.output.kept}")
        return interruption.exit_code
    report = run.finish()
    if not quiet:
        warn_of(run.diagnoses[told:])
    with if_lost(f"the model is saved all the same: {report.model}"):
        if json:
            emit(jsonlib.dumps(report.to_dict()))
        elif quiet:
            emit(result_line(report))
        else:
            summarise(report)
    return interruption.exit_code


def warn_of(diagnoses: Iterable[Diagnosis]) -> None:
    """Warn of what seems to go wrong."""
    for diagnosis in diagnoses:
        warn(str(diagnosis))


def resume_command(output: Path) -> str:
    """Return the command that goes on with a run."""
    named = [] if output == DEFAULT_OUTPUT else ["--output", output]
    return typed("nnfs", "train", "--resume", *named)


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
