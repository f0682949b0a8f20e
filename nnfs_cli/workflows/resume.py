"""Resume: finding the checkpoint of an interrupted training, and refusing one that does not fit."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import msgspec

from nnfs_cli.checkpoint import Checkpoint, DataMark, find_checkpoint
from nnfs_cli.config import KEYS, EffectiveConfig, RunConfig, from_dict
from nnfs_cli.engine import Examples, Minibatches, TrainingState, can_work_in_pairs
from nnfs_cli.errors import ConfigError, DataError, ModelError, NnfsError
from nnfs_cli.text import typed
from nnfs_cli.workflows.fingerprint import fingerprint

FREE = {"output", "threads"}  # keys that a resumed run may change at will
ENDLESS = {"constant", "step"}  # schedules that do not depend on the number of epochs


def resume_config(wanted: EffectiveConfig) -> tuple[EffectiveConfig, Checkpoint]:
    """Return the config to go on with, and the checkpoint to go on from.

    The config is that of the interrupted run. What the user set now must agree with it, but for
    where the output lies, the threads, and, where the learning rate does not depend on it, a larger
    number of epochs.

    Raises:
        ModelError: there is no checkpoint, or none that is whole.
        ConfigError: something was set that would make it another training, or write over the model
            of another one; says what.
    """
    output = Path(wanted.values.output)
    checkpoint = find_checkpoint(output.parent)
    try:
        stored = from_dict(checkpoint.header.config)
    except ConfigError as error:
        raise ModelError(f"{checkpoint.path} is damaged: {error.message}") from error
    own = output.with_name(Path(stored.output).name)
    if output != own and output.exists():
        raise ConfigError(
            f"cannot resume {output}: the run that was interrupted here is that of {own}",
            hint=typed("nnfs", "train", "--resume", "--output", own),
        )
    changes = {key: getattr(wanted.values, key) for key in KEYS if wanted.sources[key] != "default"}
    for key, value in changes.items():
        if key not in FREE and value != getattr(stored, key) and not extends(key, value, stored):
            source = wanted.sources[key]
            raise ConfigError(
                f"cannot resume with {key} = {said(value)} ({source}): "
                f"the run was started with {said(getattr(stored, key))}",
                hint="leave it out to go on as before, or train anew without --resume",
            )
    if wanted.sources["threads"] == "default":
        before = checkpoint.header.threads
        changes["threads"] = "auto" if before == "pair" and not can_work_in_pairs() else before
    changes["output"] = wanted.values.output
    sources = {key: str(checkpoint.path) for key in KEYS}
    sources.update(
        {key: wanted.sources[key] for key in changes if wanted.sources[key] != "default"}
    )
    return EffectiveConfig(msgspec.structs.replace(stored, **changes), sources), checkpoint


def said(value: object) -> str:
    """Return a value of a key as it is written in a config."""
    if value is None:
        return "nothing"
    return str(list(value)) if isinstance(value, tuple) else str(value)


def unfinished(folder: Path) -> tuple[int, int] | None:
    """Return after how many epochs, and of how many, a run in `folder` was cut off, if one was."""
    try:
        header = find_checkpoint(folder).header
        config = from_dict(header.config)
    except NnfsError:
        return None
    done = len(header.history)
    waited = done - int(header.counters.get("best_epoch") or 0)
    stopped = 0 < config.patience <= waited
    return None if stopped or done >= config.epochs else (done, config.epochs)


def extends(key: str, value: object, stored: RunConfig) -> bool:
    """Return whether setting `key` only makes the run longer, leaving each step as it was."""
    return (
        key == "epochs"
        and isinstance(value, int)
        and value >= stored.epochs
        and stored.schedule in ENDLESS
    )


def check_size(checkpoint: Checkpoint, config: RunConfig, inputs: int) -> None:
    """Check that the network to be made has as many parameters as the checkpoint has for it.

    Raises:
        ModelError: it has not; found before memory is asked for, in whatever amount.
    """
    widths = [inputs, *config.hidden, config.classes]
    params = checkpoint.arrays.get("params")
    if params is None or params.size != sum((before + 1) * now for before, now in pairwise(widths)):
        raise ModelError(f"{checkpoint.path} does not fit the network of its own config")


def check_place(checkpoint: Checkpoint, state: TrainingState, minibatches: Minibatches) -> None:
    """Check that the restored counters and the history name one place in this training.

    Raises:
        ModelError: they contradict each other.
    """
    place = state.progress
    numbers = state.counters()
    rows = min(place.batch * minibatches.batch_size, minibatches.rows)
    epochs = [line.get("epoch") for line in checkpoint.header.history]
    agreed = (
        place.batch <= len(minibatches)
        and place.correct <= place.rows == rows
        and place.step == place.epoch * len(minibatches) + place.batch
        and numbers["updates"] == numbers.get("averaged", place.step) == place.step
        and numbers.get("best_epoch", 0) <= place.epoch == len(epochs)
        and epochs == list(range(1, place.epoch + 1))
    )
    if not agreed:
        raise ModelError(f"{checkpoint.path} is damaged: its counters contradict each other")


def mark_data(
    name: str, examples: Examples, *, classes: tuple[str, ...], others: DataMark | None = None
) -> DataMark:
    """Return the mark by which the data will be known again, with that of what is mixed in.

    It covers what `fingerprint` does of either.
    """
    if others is None:
        return DataMark(name, len(examples), examples.inputs, fingerprint(examples), classes)
    return DataMark(
        f"{name} and {others.name}",
        len(examples) + others.rows,
        examples.inputs,
        fingerprint(examples, others.digest),
        classes,
    )


def check_data(checkpoint: Checkpoint, now: DataMark) -> None:
    """Check that the data is what the interrupted run was trained on.

    Raises:
        DataError: it is not; says in what it differs.
    """
    before = checkpoint.header.data
    if not before.classes:
        now = msgspec.structs.replace(now, classes=())
    if before == now:
        return
    if (before.rows, before.inputs) != (now.rows, now.inputs):
        difference = (
            f"{before.rows:,} rows of {before.inputs} then, {now.rows:,} rows of {now.inputs} now"
        )
    elif before.digest != now.digest:
        difference = "its contents are not the same"
    elif before.classes != now.classes:
        difference = "its classes have other names"
    else:
        difference = f"it was {before.name} then, and is {now.name} now"
    raise DataError(
        f"cannot resume: the training data has changed ({difference})",
        hint="put the data back, or train anew without --resume",
    )
