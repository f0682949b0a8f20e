"""Judgement: how good a network is when its training ends, and what fine-tuning did to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from nnfs_cli.engine import Evaluation, best_temperature, calibrate, evaluate
from nnfs_cli.engine.divergence import diverged, loss_limit, ran_away, say
from nnfs_cli.workflows import fine_tuning
from nnfs_cli.workflows.setup import Setup


class Judgement(NamedTuple):
    """True passes over the whole of each split, and the changes that a fine-tuning made."""

    train: Evaluation
    test: Evaluation | None  # None without a test split
    changes: tuple[fine_tuning.Change, ...]


def judge(setup: Setup, before: Mapping[str, float], *, calibrated: bool) -> Judgement:
    """Return how good the network of `setup` is, after calibrating it if that is wanted.

    Args:
        before: the accuracies that `measure` returned before a fine-tuning.

    Raises:
        DivergedError: the last step led so far away that the network says nothing any more.
    """
    network, validation = setup.network, setup.validation
    train = evaluate(network, setup.examples)
    progress = setup.state.progress
    if ran_away(train.loss, loss_limit(network.classes, progress.first_loss)):
        raise diverged(  # no step has seen what the last one did
            f"afterwards the loss is {say(train.loss)}",
            progress=progress,
            step=progress.step,
            learning_rate=setup.config.learning_rate,
            x=setup.examples.x,
        )
    if calibrated:
        judged = evaluate(network, validation) if validation else train
        calibrate(network, best_temperature(judged.logits, judged.labels))
    test = evaluate(network, setup.dataset.test) if setup.dataset.test else None
    changes: tuple[fine_tuning.Change, ...] = ()
    if setup.config.start:
        changes = fine_tuning.changes(yardsticks(setup), before, measure(setup))
    return Judgement(train, test, changes)


def measure(setup: Setup) -> dict[str, float]:
    """Return the accuracies by which a fine-tuning is judged."""
    return fine_tuning.measure(setup.network, yardsticks(setup))


def yardsticks(setup: Setup) -> list[fine_tuning.Yardstick]:
    """Return by what a fine-tuning is measured, before and after."""
    return fine_tuning.yardsticks(setup.data, setup.examples, setup.validation)
