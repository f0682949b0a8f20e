"""Training report: what a training came to, and each of its epochs, in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from nnfs_cli.engine import EpochEnd
from nnfs_cli.workflows.diagnoses import Diagnosis
from nnfs_cli.workflows.fine_tuning import Change


@dataclass(frozen=True)
class TrainingReport:
    """What a training came to. Accuracies are true passes over the whole of each split."""

    train_accuracy: float
    test_accuracy: float | None  # None without a test split
    test_loss: float | None  # nats
    epochs: int  # that were finished
    seconds: float  # of training in this process, without reading the data
    parameters: int
    threads: int | Literal["pair"]  # a pair of processes
    model: Path
    kept: Path | None = None  # where the model is that was there before
    changes: tuple[Change, ...] = ()  # of a fine-tuning
    diagnoses: tuple[Diagnosis, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """Return the last line of `nnfs train --json`; `changes` is there after a fine-tuning."""
        line: dict[str, object] = {
            **vars(self),
            "model": str(self.model),
            "kept": str(self.kept) if self.kept else None,
            "diagnoses": [diagnosis.to_dict() for diagnosis in self.diagnoses],
        }
        line.pop("changes")
        if self.changes:
            line["changes"] = [vars(change) for change in self.changes]
        return line


def epoch_line(event: EpochEnd) -> dict[str, Any]:
    """Return the epoch as a line of `history.jsonl` and of `nnfs train --json`."""
    return {
        "epoch": event.epoch,
        "loss": event.loss,
        "accuracy": event.accuracy,
        "val_loss": event.val_loss,
        "val_accuracy": event.val_accuracy,
        "learning_rate": event.learning_rate,
        "seconds": event.seconds,
    }
