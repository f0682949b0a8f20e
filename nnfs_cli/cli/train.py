"""`nnfs train`: learn from a data set and save the model."""

from __future__ import annotations

import json as jsonlib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nnfs_cli.cli.console import emit, if_lost, note, warn, whole
from nnfs_cli.cli.options import DebugOption, JsonOption
from nnfs_cli.cli.prose import plural
from nnfs_cli.cli.summary import introduce, result_line, resume_command, summarise
from nnfs_cli.errors import ExitCode

if TYPE_CHECKING:
    from nnfs_cli.cli.interruption import Interruption
    from nnfs_cli.config import EffectiveConfig
    from nnfs_cli.workflows.diagnoses import Diagnosis
    from nnfs_cli.workflows.train import TrainingRun


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
            help="Go on from this model: learn new --data, keep what it knows.",
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
