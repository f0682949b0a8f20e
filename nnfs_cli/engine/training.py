"""Training: guess, see how wrong the guess was, adjust every weight a little; again and again.

`fit` is a generator. It knows no console and no disk: progress bars, histories and checkpoints are
made by whoever consumes its events.
"""

from __future__ import annotations

import math
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import NamedTuple, Self

import numpy as np

from nnfs_cli.engine.averaging import WeightAverage
from nnfs_cli.engine.batching import Batch, Minibatches
from nnfs_cli.engine.divergence import diverged, loss_limit, ran_away, say
from nnfs_cli.engine.early_stopping import EarlyStopping
from nnfs_cli.engine.evaluation import evaluate
from nnfs_cli.engine.examples import Examples
from nnfs_cli.engine.losses import SoftmaxCrossEntropy
from nnfs_cli.engine.network import Network, quiet
from nnfs_cli.engine.optimizers import SGD, Optimizer
from nnfs_cli.engine.progress import Progress
from nnfs_cli.engine.schedules import Constant, Schedule
from nnfs_cli.engine.state import TrainingState


class StepEnd(NamedTuple):
    """One update was made. `loss` and `accuracy` are the means over the epoch so far."""

    epoch: int  # from 1
    batch: int  # from 1 to `batches`
    batches: int
    loss: float
    accuracy: float
    learning_rate: float


class EpochEnd(NamedTuple):
    """One pass over the examples was made.

    `loss` and `accuracy` are the means over the steps as they were made, so they lag a little: a
    true pass over the training set would take half as long again. Validation figures are true.
    """

    epoch: int  # from 1
    loss: float  # nats
    accuracy: float  # 0 to 1
    val_loss: float | None
    val_accuracy: float | None
    learning_rate: float  # of the last step
    seconds: float
    best: bool  # the best validation loss so far, or simply the latest epoch without validation


class Team(ABC):
    """Makes the steps on parts or copies of a network: see `trimming` and `pair`."""

    @property
    @abstractmethod
    def share(self) -> TrainingState:
        """What the steps of this process change: a part of the network, or a copy, or itself."""

    @abstractmethod
    def collect(self) -> None:
        """Bring the network up to date: it then is as the last step left its parts."""

    @abstractmethod
    def stop(self) -> None:
        """End the work, and other processes. What was not collected is lost."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Collect and stop; only stop after an error, which may have come amid a step."""
        try:
            if kind in (None, GeneratorExit):
                self.collect()
        finally:
            self.stop()


@quiet()
def train_step(
    network: Network,
    batch: Batch,
    *,
    loss: SoftmaxCrossEntropy,
    optimizer: Optimizer,
    learning_rate: float,
    limit: float = math.inf,
) -> tuple[float, int]:
    """Make one update from one batch; return its mean loss and how many rows were guessed right.

    From a loss of `limit` or more no update is made. What overflows is not warned of: it shows in
    the loss.
    """
    logits = network.forward(batch.x, training=True, strips=batch.strips)
    value = loss.forward(logits, batch.labels)
    if not ran_away(value, limit):  # an update from such a loss would only do harm
        network.backward(loss.backward())
        optimizer.step(learning_rate)
    return value, loss.correct


def fit(
    network: Network,
    minibatches: Minibatches,
    *,
    epochs: int = 1,
    loss: SoftmaxCrossEntropy | None = None,
    optimizer: Optimizer | None = None,
    schedule: Schedule | None = None,
    validation: Examples | None = None,
    average: WeightAverage | None = None,
    early_stopping: EarlyStopping | None = None,
    progress: Progress | None = None,
    team: Team | None = None,
) -> Iterator[StepEnd | EpochEnd]:
    """Train `network`; yield a `StepEnd` after each update and an `EpochEnd` after each pass.

    Without more said it is plain stochastic gradient descent at a rate of 0.1. The optimizer is
    bound to the network unless it already is. `progress` is where to begin, and is kept up to date,
    so a run that was cut off goes on from there. When the events have all been consumed the network
    holds the weights to keep: see `TrainingState.to_keep`. A `team` makes the steps on parts of the
    network; between the ends of epochs it is then up to date only after `team.collect()`.

    Raises:
        DivergedError: the loss of a step ran away, and that step was not made; or a weight or the
            validation loss did at the end of an epoch, which has no `EpochEnd`.
        ValueError: early stopping without validation examples to judge by; or labels for which the
            network has no class.
    """
    if early_stopping and validation is None:
        raise ValueError("early stopping needs validation examples")
    if minibatches.highest_label >= network.classes:
        raise ValueError(
            f"there is a label {minibatches.highest_label}, and the network has {network.classes} "
            "classes, from 0"
        )
    loss = loss or SoftmaxCrossEntropy()
    optimizer = optimizer or SGD()
    schedule = schedule or Constant(0.1)
    progress = progress or Progress()
    if not optimizer.is_bound_to(network.params):
        optimizer.bind(network.params, network.grads, weights=network.weights)

    whole = TrainingState(network, optimizer, average, early_stopping, progress)

    while not whole.finished(epochs):
        yield from _steps(whole, minibatches, loss, schedule, team)
        if team:
            team.collect()
        yield _finish_epoch(whole, minibatches, schedule, validation)
    if team:
        team.stop()
    np.copyto(network.params, whole.to_keep)


def _steps(
    whole: TrainingState,
    minibatches: Minibatches,
    loss: SoftmaxCrossEntropy,
    schedule: Schedule,
    team: Team | None,
) -> Iterator[StepEnd]:
    """Make the steps of the epoch under way that are still to be made."""
    progress = whole.progress
    batches = len(minibatches)
    started = time.perf_counter() - progress.seconds
    for batch in minibatches.epoch(progress.epoch, start=progress.batch):
        share = team.share if team else whole
        rate = schedule(progress.step)
        limit = loss_limit(share.network.classes, progress.first_loss)
        value, correct = train_step(
            share.network,
            batch,
            loss=loss,
            optimizer=share.optimizer,
            learning_rate=rate,
            limit=limit,
        )
        if ran_away(value, limit):
            raise diverged(
                f"the loss is {say(value)}",
                progress=progress,
                step=progress.batch + 1,
                learning_rate=rate,
                x=batch.x,
            )
        if share.average:
            share.average.update()
        progress.count_step(value, rows=len(batch.labels), correct=correct)
        progress.seconds = time.perf_counter() - started
        yield StepEnd(
            progress.epoch + 1,
            progress.batch,
            batches,
            progress.loss_sum / progress.rows,
            progress.correct / progress.rows,
            rate,
        )


def _finish_epoch(
    whole: TrainingState,
    minibatches: Minibatches,
    schedule: Schedule,
    validation: Examples | None,
) -> EpochEnd:
    """Validate, remember the best, and close the books of the epoch."""
    network, average, progress = whole.network, whole.average, whole.progress
    started = time.perf_counter()
    rate = schedule(progress.step - 1)

    def check(fine: bool, what: str) -> None:
        if not fine:
            x = minibatches.examples.x
            raise diverged(what, progress=progress, step=progress.batch, learning_rate=rate, x=x)

    val_loss = val_accuracy = None
    best = True
    # the last step may have been too large: no loss has seen it
    check(bool(np.isfinite(network.params).all()), "a weight is no finite number")
    if validation is not None:
        applied: AbstractContextManager[None] = average.applied() if average else nullcontext()
        with applied:
            result = evaluate(network, validation)
            val_loss, val_accuracy = result.loss, result.accuracy
            limit = loss_limit(network.classes, progress.first_loss)
            check(not ran_away(val_loss, limit), f"the validation loss is {say(val_loss)}")
            if whole.early_stopping:
                whole.early_stopping.update(progress.epoch + 1, network.params, val_loss)
            best = val_loss < progress.lowest_loss
            progress.lowest_loss = min(val_loss, progress.lowest_loss)
    end = EpochEnd(
        epoch=progress.epoch + 1,
        loss=progress.loss_sum / progress.rows,
        accuracy=progress.correct / progress.rows,
        val_loss=val_loss,
        val_accuracy=val_accuracy,
        learning_rate=rate,
        seconds=progress.seconds + time.perf_counter() - started,
        best=best,
    )
    progress.start_epoch()
    return end
