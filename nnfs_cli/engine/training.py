"""Training: guess, see how wrong the guess was, adjust every weight a little; again and again.

`fit` is a generator. It knows no console and no disk: progress bars, histories and checkpoints are
made by whoever consumes its events.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from nnfs_cli.engine.arrays import Floats
from nnfs_cli.engine.averaging import WeightAverage
from nnfs_cli.engine.batching import Batch, Minibatches
from nnfs_cli.engine.evaluation import evaluate
from nnfs_cli.engine.examples import Examples
from nnfs_cli.engine.losses import SoftmaxCrossEntropy
from nnfs_cli.engine.metrics import count_correct
from nnfs_cli.engine.network import Network
from nnfs_cli.engine.optimizers import SGD, Optimizer
from nnfs_cli.engine.schedules import Constant, Schedule
from nnfs_cli.errors import DivergedError

SENSIBLE_RATE = 0.5  # the largest learning rate that is worth suggesting
LOSS_LIMIT = 1e4  # nats; beyond it training has run away, whether or not numbers overflow


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


@dataclass
class Progress:
    """Where a run stands: with the arrays, all that its next step depends on."""

    epoch: int = 0  # finished epochs
    batch: int = 0  # finished batches of the epoch under way
    step: int = 0  # updates made in all
    rows: int = 0  # rows seen in the epoch under way
    loss_sum: float = 0.0  # of the loss over those rows
    correct: int = 0  # right guesses among those rows
    seconds: float = 0.0  # spent on the epoch under way
    lowest_loss: float = math.inf  # on the validation examples, of all finished epochs

    def start_epoch(self) -> None:
        """Count the epoch under way as finished and begin the next."""
        self.epoch += 1
        self.batch = self.rows = self.correct = 0
        self.loss_sum = self.seconds = 0.0


class EarlyStopping:
    """Stops when the validation loss has not improved for `patience` epochs; keeps the best.

    With a `patience` of 0 it never stops, and still keeps the best.
    """

    def __init__(self, network: Network, patience: int = 0) -> None:
        self.patience = patience
        self.best_params: Floats = network.params.copy()
        self.best_loss = math.inf
        self.best_epoch = 0

    def update(self, epoch: int, params: Floats, val_loss: float) -> bool:
        """Take in the result of an epoch; return whether it is the best so far."""
        if not val_loss < self.best_loss:  # not a number is never better
            return False
        self.best_loss, self.best_epoch = val_loss, epoch
        np.copyto(self.best_params, params)
        return True

    def should_stop(self, epoch: int) -> bool:
        """Return whether patience has run out after `epoch`."""
        return 0 < self.patience <= epoch - self.best_epoch

    def __repr__(self) -> str:
        return f"EarlyStopping(patience={self.patience})"


def train_step(
    network: Network,
    batch: Batch,
    *,
    loss: SoftmaxCrossEntropy,
    optimizer: Optimizer,
    learning_rate: float,
) -> tuple[float, int]:
    """Make one update from one batch; return its mean loss and how many rows were guessed right."""
    logits = network.forward(batch.x, training=True)
    value = loss.forward(logits, batch.labels)
    if not ran_away(value):  # an update from such a loss would only do harm
        network.backward(loss.backward())
        optimizer.step(learning_rate)
    return value, count_correct(logits, batch.labels)


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
) -> Iterator[StepEnd | EpochEnd]:
    """Train `network`; yield a `StepEnd` after each update and an `EpochEnd` after each pass.

    Without more said it is plain stochastic gradient descent at a rate of 0.1. The optimizer is
    bound to the network unless it already is. `progress` is where to begin, and is kept up to date,
    so a run that was cut off goes on from there. When the events have all been consumed the network
    holds the weights to keep: see `settle`.

    Raises:
        DivergedError: the loss of a step ran away, and that step was not made; or a weight or the
            validation loss did at the end of an epoch, which has no `EpochEnd`.
        ValueError: early stopping without validation examples to judge by.
    """
    if early_stopping and validation is None:
        raise ValueError("early stopping needs validation examples")
    loss = loss or SoftmaxCrossEntropy()
    optimizer = optimizer or SGD()
    schedule = schedule or Constant(0.1)
    progress = progress or Progress()
    if not optimizer.is_bound_to(network.params):
        optimizer.bind(network.params, network.grads, weights=network.weights)

    def finished() -> bool:
        stopped = early_stopping is not None and early_stopping.should_stop(progress.epoch)
        return stopped or progress.epoch >= epochs

    while not finished():
        yield from _steps(network, minibatches, loss, optimizer, schedule, average, progress)
        yield _finish_epoch(network, validation, average, early_stopping, progress, schedule)
    settle(network, average=average, early_stopping=early_stopping)


def settle(
    network: Network,
    *,
    average: WeightAverage | None = None,
    early_stopping: EarlyStopping | None = None,
) -> None:
    """Give the network the weights to keep: the best ones, or the average, or else the last."""
    if early_stopping and early_stopping.best_epoch:
        np.copyto(network.params, early_stopping.best_params)
    elif average:
        np.copyto(network.params, average.params)


def _steps(
    network: Network,
    minibatches: Minibatches,
    loss: SoftmaxCrossEntropy,
    optimizer: Optimizer,
    schedule: Schedule,
    average: WeightAverage | None,
    progress: Progress,
) -> Iterator[StepEnd]:
    """Make the steps of the epoch under way that are still to be made."""
    batches = len(minibatches)
    started = time.perf_counter() - progress.seconds
    for batch in minibatches.epoch(progress.epoch, start=progress.batch):
        rate = schedule(progress.step)
        with np.errstate(over="ignore", invalid="ignore"):  # checked below, and said in words
            value, correct = train_step(
                network, batch, loss=loss, optimizer=optimizer, learning_rate=rate
            )
        if ran_away(value):
            raise diverged(progress, progress.batch + 1, f"the loss is {say(value)}", rate)
        if average:
            average.update()
        progress.batch += 1
        progress.step += 1
        progress.rows += len(batch.labels)
        progress.loss_sum += value * len(batch.labels)
        progress.correct += correct
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
    network: Network,
    validation: Examples | None,
    average: WeightAverage | None,
    early_stopping: EarlyStopping | None,
    progress: Progress,
    schedule: Schedule,
) -> EpochEnd:
    """Validate, remember the best, and close the books of the epoch."""
    started = time.perf_counter()
    rate = schedule(progress.step - 1)
    val_loss = val_accuracy = None
    best = True
    if not np.isfinite(network.params).all():  # the last step was too large: no loss has seen it
        raise diverged(progress, progress.batch, "a weight is no finite number", rate)
    if validation is not None:
        applied: AbstractContextManager[None] = average.applied() if average else nullcontext()
        with applied:
            result = evaluate(network, validation)
            val_loss, val_accuracy = result.loss, result.accuracy
            if ran_away(val_loss):
                what = f"the validation loss is {say(val_loss)}"
                raise diverged(progress, progress.batch, what, rate)
            if early_stopping:
                early_stopping.update(progress.epoch + 1, network.params, val_loss)
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


def diverged(progress: Progress, step: int, what: str, learning_rate: float) -> DivergedError:
    """Say where training ran away and what to try."""
    return DivergedError(
        f"training diverged at epoch {progress.epoch + 1}, step {step}: {what}",
        hint=f"the learning rate {learning_rate:g} is too large for this network; "
        f"try --learning-rate {min(learning_rate / 10, SENSIBLE_RATE):g}",
    )


def ran_away(loss: float) -> bool:
    """Return whether a loss is beyond all reason, or no number at all."""
    return not loss < LOSS_LIMIT


def say(loss: float) -> str:
    """Return a loss that has run away in words."""
    return "not a number" if math.isnan(loss) else "infinite" if math.isinf(loss) else f"{loss:.3g}"
