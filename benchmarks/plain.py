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
    Trimmed,
    TrimmedExamples,
    fit,
    generator,
    multilayer_perceptron,
    trim,
)


class Plain:
    """A training of a network with these hidden layers, before its first step."""

    def __init__(self, batch_size: int, hidden: Sequence[int]) -> None:
        network = multilayer_perceptron(784, hidden, 10).initialize(generator(0, Stream.WEIGHTS))
        examples = trim(Examples(*mnist()))
        assert isinstance(examples, TrimmedExamples)
        self.batches = Minibatches(examples, batch_size, seed=0)
        self.loss, self.schedule, optimizer = SoftmaxCrossEntropy(), Constant(0.1), SGD()
        optimizer.bind(network.params, network.grads, weights=network.weights)
        self.state = TrainingState(network, optimizer)
        self.team = Trimmed(self.state, examples.order)

    def pair(self) -> Pair:
        """Return what trains it with two processes."""
        state = self.team.state
        self.team.pair = Pair(state, self.batches, loss=self.loss, schedule=self.schedule)
        return self.team.pair

    def events(self, epochs: int) -> Iterator[StepEnd | EpochEnd]:
        """Train."""
        return fit(
            self.state.network,
            self.batches,
            epochs=epochs,
            loss=self.loss,
            optimizer=self.state.optimizer,
            schedule=self.schedule,
            progress=self.state.progress,
            team=self.team,
        )
