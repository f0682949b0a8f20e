"""What the tests of resuming share: a tiny data set, a demanding run, and ways to stop it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nnfs_cli.checkpoint import find_checkpoint
from nnfs_cli.config import EffectiveConfig, load
from nnfs_cli.engine import EpochEnd, StepEnd
from nnfs_cli.model import load_model
from nnfs_cli.workflows.resume import resume_config
from nnfs_cli.workflows.train import TrainingRun, training_run

Event = StepEnd | EpochEnd

ROWS, HELD_OUT, EPOCHS = 150, 30, 6
BATCHES = 8  # of 16 rows, the last one of 8
DEMANDING: Mapping[str, object] = {  # everything that a step or an epoch can depend on
    "classes": 3,
    "validation": HELD_OUT,
    "hidden": "6,5",
    "dropout": 0.2,
    "epochs": EPOCHS,
    "batch_size": 16,
    "optimizer": "adam",
    "learning_rate": 0.02,
    "schedule": "one-cycle",
    "label_smoothing": 0.1,
    "rotation": 15,
    "shift": 0.5,
    "elastic": 0.3,
    "stretch": 0.5,
    "thickness": 0.3,
    "contrast": 0.5,
    "averaging": 0.9,
    "patience": 4,
    "threads": 1,
}
FAR = {**DEMANDING, "patience": 0, "schedule": "constant", "epochs": 40}  # 40 whole epochs


@dataclass(frozen=True)
class Outcome:
    """What a finished run leaves: weights to the last bit, and history but for the seconds."""

    weights: bytes
    history: list[dict[str, Any]]


def write_data(path: Path, *, rows: int = ROWS, size: int = 4, seed: int = 0) -> None:
    """Write noisy pictures of three classes."""
    rng = np.random.default_rng(seed)
    arrays = {}
    for split, count in (("train", rows), ("test", 30)):
        labels = rng.integers(0, 3, count).astype(np.uint8)
        pixels = rng.integers(0, 256, (count, size, size)) // 2 + 60 * labels[:, None, None]
        arrays |= {f"x_{split}": pixels.astype(np.uint8), f"y_{split}": labels}
    np.savez(path, **arrays)


def configure(folder: Path, /, **changes: object) -> EffectiveConfig:
    """Return the config of the demanding run on `data.npz` beside its output folder `run`."""
    places = {"data": str(folder / "data.npz"), "output": str(folder / "run" / "model.npz")}
    return load(flags={**DEMANDING, **places, **changes})


def flags(values: Mapping[str, object]) -> list[str]:
    """Return the words that set `values` on a command line."""
    return [word for key, value in values.items() for word in ("--set", f"{key}={value}")]


def train(
    effective: EffectiveConfig,
    *,
    resume: bool = False,
    stop: Callable[[TrainingRun, Event], bool] = lambda run, event: False,
    pause: bool = True,
) -> bool:
    """Train until `stop`; then pause, or vanish as a killed process does. Return if it finished."""
    checkpoint = None
    if resume:
        wanted = load(flags={"output": effective.values.output})
        effective, checkpoint = resume_config(wanted)
    with training_run(effective, checkpoint) as run:
        for event in run.events():
            if stop(run, event):
                if pause:
                    run.pause()
                return False
        run.finish()
    return True


def finished(folder: Path, /, **changes: object) -> Outcome:
    """Make a folder's data, train to the end without any interruption, and return the outcome."""
    write_data(folder / "data.npz")
    assert train(configure(folder, **changes))
    return outcome(folder)


def at_step(step: int) -> Callable[[TrainingRun, Event], bool]:
    """Stop after this many steps in all."""
    return lambda run, event: isinstance(event, StepEnd) and run.state.progress.step >= step


def at_epoch(epoch: int) -> Callable[[TrainingRun, Event], bool]:
    """Stop at the very end of an epoch, when its checkpoint is written."""
    return lambda run, event: isinstance(event, EpochEnd) and event.epoch >= epoch


def outcome(folder: Path) -> Outcome:
    """Return what the run in `folder/run` left; the history on disk is that of its checkpoint."""
    history = lines(folder)
    found = find_checkpoint(folder / "run").header.history
    assert history == [dict(line) for line in found]
    assert all(line.pop("seconds") >= 0 for line in history)
    assert [line["epoch"] for line in history] == list(range(1, len(history) + 1))
    return Outcome(load_model(folder / "run" / "model.npz").network.params.tobytes(), history)


def lines(folder: Path) -> list[dict[str, Any]]:
    """Return the lines of `history.jsonl`."""
    text = (folder / "run" / "history.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file in a folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
