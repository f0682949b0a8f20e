"""State: everything that the next step of a training depends on, in one place.

Weights, what the optimizer remembers, averages, best weights, random generators and counters. Taken
out and put back, training goes on as if it had never stopped, to the last bit.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from nnfs_cli.engine.arrays import Floats
from nnfs_cli.engine.averaging import WeightAverage
from nnfs_cli.engine.early_stopping import EarlyStopping
from nnfs_cli.engine.layers import Dropout, Layer
from nnfs_cli.engine.network import Network
from nnfs_cli.engine.optimizers import Optimizer
from nnfs_cli.engine.progress import Progress


@dataclass
class TrainingState:
    """The parts of a training that change with every step."""

    network: Network
    optimizer: Optimizer  # bound to the network
    average: WeightAverage | None = None
    early_stopping: EarlyStopping | None = None
    progress: Progress = field(default_factory=Progress)

    def arrays(self) -> dict[str, Floats]:
        """Return the vectors (P,) themselves, by name: writing to them puts a state back."""
        vectors = {"params": self.network.params, **self.optimizer.state}
        if self.average:
            vectors["average"] = self.average.params
        if self.early_stopping:
            vectors["best"] = self.early_stopping.best_params
        return vectors

    @property
    def to_keep(self) -> Floats:
        """The weights (P,) that are worth keeping: the best, or the average, or else the last."""
        if self.early_stopping and self.early_stopping.best_epoch:
            return self.early_stopping.best_params
        return self.average.params if self.average else self.network.params

    def finished(self, epochs: int) -> bool:
        """Return whether so many epochs are done, or early stopping has ended the training."""
        done, stopping = self.progress.epoch, self.early_stopping
        return done >= epochs or (stopping is not None and stopping.should_stop(done))

    def counters(self) -> dict[str, float]:
        """Return the numbers beside the vectors."""
        numbers: dict[str, float] = {**vars(self.progress), "updates": self.optimizer.steps}
        if self.average:
            numbers["averaged"] = self.average.steps
        if self.early_stopping:
            numbers["best_loss"] = self.early_stopping.best_loss
            numbers["best_epoch"] = self.early_stopping.best_epoch
        return numbers

    def of_part(self, layers: Sequence[Layer]) -> TrainingState:
        """Return a state in which a network of other layers is trained in the same way.

        Its vectors are still to be filled. The progress is that of this one, the very object.
        """
        network = Network(layers, dtype=self.network.dtype)
        optimizer = copy.copy(self.optimizer)
        optimizer.bind(network.params, network.grads, weights=network.weights)
        average = WeightAverage(network, self.average.decay) if self.average else None
        part = TrainingState(network, optimizer, average, progress=self.progress)
        part.count_like(self)
        return part

    def count_like(self, other: TrainingState) -> None:
        """Set the counters of the updates to those of another state."""
        self.optimizer.steps = other.optimizer.steps
        if self.average and other.average:
            self.average.steps = other.average.steps

    def restore_counters(self, numbers: dict[str, float]) -> None:
        """Put back what `counters` returned.

        Raises:
            ValueError: these are the counters of another kind of training, or no counters at all.
        """
        if numbers.keys() != self.counters().keys():
            raise ValueError(f"counters {sorted(numbers)} are not {sorted(self.counters())}")
        for name, now in self.counters().items():
            number = numbers[name]
            fits = isinstance(number, int) or (isinstance(now, float) and math.isfinite(number))
            unset = (
                name in ("best_loss", "lowest_loss", "first_loss") and number == math.inf
            )  # none judged yet
            if not (fits or unset) or number < 0:
                raise ValueError(f"{name} is {number!r}")
        for name in vars(self.progress):
            setattr(self.progress, name, numbers[name])
        self.optimizer.steps = int(numbers["updates"])
        if self.average:
            self.average.steps = int(numbers["averaged"])
        if self.early_stopping:
            self.early_stopping.best_loss = numbers["best_loss"]
            self.early_stopping.best_epoch = int(numbers["best_epoch"])

    def generators(self) -> list[dict[str, Any]]:
        """Return the states of the random generators, one for each Dropout."""
        return [dict(layer.rng.bit_generator.state) for layer in self._dropouts()]

    def restore_generators(self, states: list[dict[str, Any]]) -> None:
        """Put back what `generators` returned.

        Raises:
            ValueError: these are not states of the generators of this network.
        """
        dropouts = self._dropouts()
        if len(states) != len(dropouts):
            raise ValueError(f"{len(states)} generators for {len(dropouts)} dropout layers")
        for layer, state in zip(dropouts, states, strict=True):
            try:
                layer.rng.bit_generator.state = state
            except (TypeError, KeyError, OverflowError) as error:
                raise ValueError(f"no state of a generator: {error}") from error
            if layer.rng.bit_generator.state != state:  # NumPy rounds what is not whole
                raise ValueError("no state of a generator")

    def _dropouts(self) -> list[Dropout]:
        return [layer for layer in self.network.layers if isinstance(layer, Dropout)]
