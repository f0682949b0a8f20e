"""Setup: all that a training is made of, before its first step, or the reason why it cannot be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nnfs_cli.checkpoint import Checkpoint
from nnfs_cli.config import EffectiveConfig, RunConfig
from nnfs_cli.datasets import Dataset
from nnfs_cli.engine import (
    Examples,
    Minibatches,
    Network,
    Pair,
    Schedule,
    SoftmaxCrossEntropy,
    Team,
    TrainingState,
)
from nnfs_cli.workflows import fine_tuning
from nnfs_cli.workflows.build import (
    build_minibatches,
    build_network,
    build_schedule,
    build_state,
    build_team,
)
from nnfs_cli.workflows.output import Output
from nnfs_cli.workflows.resume import check_data, check_place, check_size
from nnfs_cli.workflows.training_data import TrainingData, adopt_classes, gather


@dataclass(frozen=True, eq=False)
class Setup:
    """The parts of a training, which fit together; its state is that of a checkpoint, or new."""

    config: RunConfig
    data: TrainingData
    examples: Examples  # to learn from
    validation: Examples | None
    output: Output
    minibatches: Minibatches
    network: Network
    state: TrainingState
    loss: SoftmaxCrossEntropy
    schedule: Schedule
    team: Team | None  # who makes the steps; None is the network itself
    pair: Pair | None  # the two processes in the team, where there can be two

    @property
    def dataset(self) -> Dataset:
        """The data set that the examples are of."""
        return self.data.dataset


def set_up(
    effective: EffectiveConfig,
    checkpoint: Checkpoint | None = None,
    *,
    tell: Callable[[str], None] | None = None,
) -> Setup:
    """Return what the config describes, as the checkpoint left it.

    `tell` is called with a sentence before something that takes a while.

    Raises:
        NnfsError: the data cannot be read, the config does not fit it, or the checkpoint does not.
    """
    start = None
    if effective.values.start and checkpoint is None:
        effective, start = fine_tuning.begin(effective)
    names = start.classes if start else None
    data = gather(effective.values, checkpoint, names, tell=tell)
    if checkpoint is not None:
        check_data(checkpoint, data.mark)
        check_size(checkpoint, effective.values, data.dataset.split("train").inputs)
    effective = adopt_classes(effective, data.dataset)
    if start is not None:
        effective = fine_tuning.spare(effective, data.dataset)
    config = effective.values
    output = Output(Path(config.output), effective, resumed=checkpoint is not None)
    examples, validation = data.split(config)
    minibatches = build_minibatches(config, data, examples)
    network = build_network(config, examples)
    if start is not None:
        fine_tuning.take_weights(network, start, source=str(config.start))
    state = build_state(config, network)
    if checkpoint is not None:
        checkpoint.restore(state)
        check_place(checkpoint, state, minibatches)
    loss = SoftmaxCrossEntropy(label_smoothing=config.label_smoothing)
    schedule = build_schedule(config, len(minibatches))
    team, pair = build_team(config, state, minibatches, loss=loss, schedule=schedule)
    return Setup(
        config=config,
        data=data,
        examples=examples,
        validation=validation,
        output=output,
        minibatches=minibatches,
        network=network,
        state=state,
        loss=loss,
        schedule=schedule,
        team=team,
        pair=pair,
    )
