"""Train: from a config to a saved model, one event at a time."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nnfs_cli.config import EffectiveConfig, to_dict, to_toml
from nnfs_cli.datasets import Dataset, hold_out, load
from nnfs_cli.engine import (
    EpochEnd,
    Examples,
    Minibatches,
    Progress,
    SoftmaxCrossEntropy,
    StepEnd,
    evaluate,
    fit,
    settle,
)
from nnfs_cli.errors import DivergedError
from nnfs_cli.files import atomic_write, prepare_output
from nnfs_cli.model import Model, save_model
from nnfs_cli.workflows.build import (
    build_average,
    build_early_stopping,
    build_network,
    build_optimizer,
    build_schedule,
)
from nnfs_cli.workflows.threads import Threads

CONFIG = "config.toml"  # the effective config, beside the model
HISTORY = "history.jsonl"  # a line an epoch, beside the model


@dataclass(frozen=True)
class TrainingReport:
    """What a training came to. Accuracies are true passes over the whole of each split."""

    train_accuracy: float
    test_accuracy: float | None  # None without a test split
    test_loss: float | None  # nats
    epochs: int  # that were finished
    seconds: float  # of training, without reading the data
    parameters: int
    threads: int
    model: Path

    def to_dict(self) -> dict[str, object]:
        """Return the last line of `nnfs train --json`."""
        return {**vars(self), "model": str(self.model)}


class TrainingRun:
    """One training: make it, consume its `events`, then `finish` it.

    Everything that can be refused is refused when it is made, before time is spent.

    Raises:
        NnfsError: the output cannot be written, or the data cannot be read.
    """

    def __init__(self, effective: EffectiveConfig) -> None:
        config = self.config = effective.values
        self.effective = effective
        self.output = Path(config.output)
        prepare_output(self.output)
        source = Path(config.data) if config.data else None
        self.dataset: Dataset = load(source, classes=config.classes)
        self.examples: Examples = self.dataset.split("train")
        self.validation: Examples | None = None
        if config.validation:
            self.examples, self.validation = hold_out(
                self.examples, config.validation, seed=config.seed
            )
        self.network = build_network(config, self.examples.inputs)
        self.loss = SoftmaxCrossEntropy(label_smoothing=config.label_smoothing)
        self.optimizer = build_optimizer(config)
        self.minibatches = Minibatches(
            self.examples, config.batch_size, seed=config.seed, dtype=config.dtype
        )
        self.schedule = build_schedule(config, len(self.minibatches))
        self.average = build_average(config, self.network)
        self.early_stopping = build_early_stopping(config, self.network)
        self.progress = Progress()
        self.threads = Threads(config.threads)
        self._started = time.perf_counter()

    def events(self) -> Iterator[StepEnd | EpochEnd]:
        """Train; write the history line by line; yield what happens.

        Raises:
            DivergedError: the loss ran away. The weights are those of the last finished epoch, and
                are saved if there was one.
        """
        probe = self._probe()
        self.threads.choose(probe)
        last_good = self.network.params.copy()
        with self.output.with_name(HISTORY).open("w", encoding="utf-8") as history:
            try:
                for event in self._fit():
                    if isinstance(event, EpochEnd):
                        np.copyto(last_good, self.network.params)
                        print(json.dumps(epoch_line(event)), file=history, flush=True)
                    yield event
                    self.threads.watch(probe)
            except DivergedError as error:
                np.copyto(self.network.params, last_good)
                if self.progress.epoch:
                    self.finish()
                    kept = f"; the model of epoch {self.progress.epoch} is kept in {self.output}"
                    raise DivergedError(error.message, hint=f"{error.hint}{kept}") from error
                raise

    def _fit(self) -> Iterator[StepEnd | EpochEnd]:
        return fit(
            self.network,
            self.minibatches,
            epochs=self.config.epochs,
            loss=self.loss,
            optimizer=self.optimizer,
            schedule=self.schedule,
            validation=self.validation,
            average=self.average,
            early_stopping=self.early_stopping,
            progress=self.progress,
        )

    def _probe(self) -> Callable[[], None]:
        """Return a step that takes as long as a real one and changes no weight."""
        batch = next(self.minibatches.epoch(0))

        def probe() -> None:
            self.loss.forward(self.network.forward(batch.x), batch.labels)
            self.network.backward(self.loss.backward())

        return probe

    def finish(self) -> TrainingReport:
        """Evaluate the network as it is now; write the model and its config."""
        seconds = time.perf_counter() - self._started
        settle(self.network, average=self.average, early_stopping=self.early_stopping)
        train = evaluate(self.network, self.examples)
        test = evaluate(self.network, self.dataset.test) if self.dataset.test else None
        report = TrainingReport(
            train_accuracy=train.accuracy,
            test_accuracy=test.accuracy if test else None,
            test_loss=test.loss if test else None,
            epochs=self.progress.epoch,
            seconds=seconds,
            parameters=self.network.params.size,
            threads=self.threads.count,
            model=self.output,
        )
        self._save(report)
        return report

    def _save(self, report: TrainingReport) -> None:
        """Write the config first: a model is never without it."""
        with atomic_write(self.output.with_name(CONFIG)) as file:
            file.write(to_toml(self.effective, annotate=True).encode())
        model = Model(
            network=self.network,
            activation=self.config.activation,
            classes=self.dataset.classes,
            image_shape=self.dataset.image_shape,
            config=to_dict(self.config),
            training={
                "data": self.dataset.name,
                "rows": len(self.examples),
                "epochs": report.epochs,
                "threads": report.threads,
                "train_accuracy": report.train_accuracy,
                "test_accuracy": report.test_accuracy,
                "test_loss": report.test_loss,
            },
        )
        save_model(self.output, model)


def epoch_line(event: EpochEnd) -> dict[str, object]:
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
