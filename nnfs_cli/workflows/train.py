"""Train: from a config to a saved model, one event at a time."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from nnfs_cli.checkpoint import UNFINISHED, Checkpoint, Checkpoints
from nnfs_cli.config import EffectiveConfig, to_dict
from nnfs_cli.engine import EpochEnd, Floats, StepEnd, fit, folded
from nnfs_cli.errors import DivergedError, PartnerError
from nnfs_cli.files import LineFile
from nnfs_cli.model import Model
from nnfs_cli.workflows.diagnoses import Diagnosis
from nnfs_cli.workflows.judgement import judge, measure
from nnfs_cli.workflows.output import own_folder
from nnfs_cli.workflows.resume import unfinished
from nnfs_cli.workflows.setup import set_up
from nnfs_cli.workflows.threads import Threads, step_probe
from nnfs_cli.workflows.training_report import TrainingReport, epoch_line
from nnfs_cli.workflows.watch import Watch

CHECKPOINT_SECONDS = 60.0  # the most that a power cut may cost, however long an epoch is


@contextmanager
def training_run(
    effective: EffectiveConfig,
    checkpoint: Checkpoint | None = None,
    *,
    tell: Callable[[str], None] | None = None,
) -> Iterator[TrainingRun]:
    """Make a training that has its output folder to itself while the block runs.

    `tell` is called with a sentence before something that takes a while.

    Raises:
        NnfsError: the output cannot be written, or another training is writing there.
    """
    with own_folder(Path(effective.values.output)):
        run = TrainingRun(effective, checkpoint, tell=tell)
        try:
            yield run
        finally:
            run.close()


class TrainingRun:
    """One training: make it, consume its `events`, then `finish` it, or `pause` it before its end.

    Everything that can be refused is refused when it is made, before time is spent. With a
    `checkpoint` it goes on from there.

    Raises:
        NnfsError: the data cannot be read, or the checkpoint does not fit.
    """

    def __init__(
        self,
        effective: EffectiveConfig,
        checkpoint: Checkpoint | None = None,
        *,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        setup = self.setup = set_up(effective, checkpoint, tell=tell)
        config = self.config = setup.config
        self.network, self.state, self.schedule = setup.network, setup.state, setup.schedule
        self.output, self.team = setup.output, setup.team
        total, progress = config.epochs * len(setup.minibatches), setup.state.progress
        self.threads = Threads(
            config.threads, pair=setup.pair, steps_left=lambda: total - progress.step
        )
        self.diagnoses: list[Diagnosis] = []
        self.history: list[dict[str, Any]] = []
        self.before: dict[str, float] = {}
        self._cut_off = None
        if checkpoint is not None:
            self.history = list(checkpoint.header.history)
            self.before = checkpoint.header.before
        else:
            self.before = measure(setup) if config.start else {}
            self._cut_off = unfinished(self.output.path.parent)
        self._watch = Watch(
            self.network,
            setup.examples,
            setup.validation,
            classes=setup.dataset.classes,
            epoch_rows=setup.minibatches.rows,
        )
        self._events: Generator[StepEnd | EpochEnd] | None = None
        self._checkpoints = Checkpoints(
            self.output.path.parent,
            resume=self.output.resume,
            resumed=checkpoint,
            spare=bool(self._cut_off and self._cut_off[0]),
        )
        self._started = time.perf_counter()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the user should know before it begins, a sentence each."""
        told = self.setup.data.warnings + self.threads.warnings
        if self._cut_off:
            done, total = self._cut_off
            folder = self.output.path.parent
            kept = f"; its checkpoint will be {folder / UNFINISHED}" if done else ""
            told += (
                f"the run in {folder} was stopped after epoch {done} of {total}; "
                f"this one takes its place ({self.output.resume} goes on with it){kept}",
            )
        if self.config.start and self.config.data == self.config.mix_data:
            told += (
                f"this is the data that {self.config.start} had learned from; to teach it your own "
                "digits: --data PATH",
            )
        return told

    @property
    def epochs_done(self) -> int:
        """The number of finished epochs."""
        return self.state.progress.epoch

    @property
    def finished(self) -> bool:
        """Whether all epochs are done, or early stopping has ended the run."""
        return self.state.finished(self.config.epochs)

    def events(self) -> Iterator[StepEnd | EpochEnd]:
        """Train; keep the history and the checkpoints; yield what happens.

        Raises:
            DivergedError: the loss ran away. If an epoch was finished in this run, its weights are
                put back, those that are worth keeping, and are saved.
            PartnerError: one of two processes has ended; what was learned since the last checkpoint
                is lost.
        """
        self._events = self._train()  # kept, so that it ends when we say so: see `close`
        return self._events

    def _train(self) -> Generator[StepEnd | EpochEnd]:
        try:
            yield from self._train_on()
        except PartnerError as error:
            again = self._checkpoints.way_on
            hint = f"to go on: {again}; without a second process: --threads 1"
            raise PartnerError(error.message, hint=hint) from error

    def _train_on(self) -> Generator[StepEnd | EpochEnd]:
        self.diagnoses += self._watch.begin()
        probe = step_probe(self.network, self.setup.minibatches, self.setup.loss)
        self.threads.choose(probe)
        last_good: Floats | None = None
        with ExitStack() as stack, self.team or nullcontext():
            lines: LineFile | None = None
            try:
                for event in self._fit():
                    if isinstance(event, EpochEnd):
                        last_good = self.state.to_keep.copy()
                        lines = lines or stack.enter_context(self.output.history(self.history))
                        self.history.append(epoch_line(event))
                        lines.append(json.dumps(self.history[-1]))
                        self.checkpoint(best=event.best and event.val_loss is not None)
                        rate = self.config.learning_rate
                        self.diagnoses += self._watch.epoch(self.history, rate)
                    elif self._checkpoints.age > CHECKPOINT_SECONDS:
                        self.checkpoint()
                    yield event
                    if isinstance(event, StepEnd):
                        self.threads.watch(probe)
                    else:
                        self.threads.skip()
            except DivergedError as error:
                if last_good is None:
                    raise
                np.copyto(self.network.params, last_good)
                raise self._kept(error) from error

    def _fit(self) -> Iterator[StepEnd | EpochEnd]:
        return fit(
            self.network,
            self.setup.minibatches,
            epochs=self.config.epochs,
            loss=self.setup.loss,
            optimizer=self.state.optimizer,
            schedule=self.schedule,
            validation=self.setup.validation,
            average=self.state.average,
            early_stopping=self.state.early_stopping,
            progress=self.state.progress,
            team=self.team,
        )

    def _kept(self, error: DivergedError) -> DivergedError:
        """Save the last good model, and say so."""
        self.output.write(self._model(self._report()))
        kept = f"; the model of epoch {self.epochs_done} is kept in {self.output.path}"
        return DivergedError(error.message, hint=f"{error.hint}{kept}")

    def checkpoint(self, *, best: bool = False) -> None:
        """Write down everything that is needed to go on from here."""
        if self.team:
            self.team.collect()
        self._checkpoints.save(
            self.state,
            best=best,
            config=to_dict(self.config),
            data=self.setup.data.mark,
            threads=self.threads.used,
            history=self.history,
            before=self.before,
        )

    def pause(self) -> None:
        """Write a checkpoint, and the model as it is once an epoch is finished.

        Raises:
            PartnerError: one of two processes has ended, and what it learned is lost.
        """
        self.close()
        self.checkpoint()
        if self.epochs_done:
            self._settle()
            self.output.write(self._model(None))

    def finish(self) -> TrainingReport:
        """Evaluate the network; write the model and its config.

        Raises:
            DivergedError: the last step led so far away that the network says nothing any more.
        """
        self.close()
        self._settle()
        report = self._report(calibrated=self.config.calibrate)
        self.output.write(self._model(report))
        return replace(report, kept=self.output.kept)

    def close(self) -> None:
        """End the events. Several processes bring together what they have learned, and part.

        Raises:
            PartnerError: one of two processes has ended.
        """
        if self._events is not None:
            self._events.close()

    def _settle(self) -> None:
        np.copyto(self.network.params, self.state.to_keep)

    def _report(self, *, calibrated: bool = False) -> TrainingReport:
        """Return what the training came to, after calibrating the network if that is wanted."""
        seconds = time.perf_counter() - self._started
        self.threads.rest()
        train, test, changes = judge(self.setup, self.before, calibrated=calibrated)
        old = next(iter(changes[1:]), None)  # the first is of the new rows
        self.diagnoses += self._watch.end(
            self.history,
            self.config.learning_rate,
            accuracy=train.accuracy,
            old=old,
            mix=self.config.mix,
        )
        return TrainingReport(
            train_accuracy=train.accuracy,
            test_accuracy=test.accuracy if test else None,
            test_loss=test.loss if test else None,
            epochs=self.epochs_done,
            seconds=seconds,
            parameters=self.network.params.size,
            threads=self.threads.used,
            model=self.output.path,
            changes=changes,
            diagnoses=tuple(self.diagnoses),
        )

    def _model(self, report: TrainingReport | None) -> Model:
        """Return the model to save; without a report, of a run that is not finished."""
        return Model(
            network=folded(self.network),
            activation=self.config.activation,
            classes=self.setup.dataset.classes,
            image_shape=self.setup.dataset.image_shape,
            config=to_dict(self.config),
            training={
                "data": self.setup.dataset.name,
                "digest": self.setup.data.digest,
                "rows": len(self.setup.examples),
                "epochs": self.epochs_done,
                "loss": self.history[-1]["loss"] if self.history else None,  # by which it is known
                "threads": self.threads.used,
                "train_accuracy": report.train_accuracy if report else None,
                "test_accuracy": report.test_accuracy if report else None,
                "test_loss": report.test_loss if report else None,
            },
        )
