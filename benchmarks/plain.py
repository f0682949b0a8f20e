"""The training that all contestants make: MNIST, sigmoid, plain SGD at 0.1, as nnfs makes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchmarks.data import mnist
from nnfs_cli.engine import (
    SGD,
    Constant,
    EpochEnd,
    Examples,
    Minibatches,
    Pair,
    SoftmaxCrossEntropy,
    StepEnd,
    Stream,
    TrainingState,
    fit,
    generator,
    multilayer_perceptron,
)


class Plain:
    """A training of a network with these hidden layers, before its first step."""

    def __init__(self, batch_size: int, hidden: Sequence[int]) -> None:
        network = multilayer_perceptron(784, hidden, 10).initialize(generator(0, Stream.WEIGHTS))
        self.batches = Minibatches(Examples(*mnist()), batch_size, seed=0)
        self.loss, self.schedule, optimizer = SoftmaxCrossEntropy(), Constant(0.1), SGD()
        optimizer.bind(network.params, network.grads, weights=network.weights)
        self.state = TrainingState(network, optimizer)

    def pair(self) -> Pair:
        """Return what trains it with two processes."""
        return Pair(self.state, self.batches, loss=self.loss, schedule=self.schedule)

    def events(self, epochs: int, *, team: Pair | None) -> Iterator[StepEnd | EpochEnd]:
        """Train."""
        return fit(
            self.state.network,
            self.batches,
            epochs=epochs,
            loss=self.loss,
            optimizer=self.state.optimizer,
            schedule=self.schedule,
            progress=self.state.progress,
            team=team,
        )
