"""nnfs: the product's own loop, with loss, accuracy and its choice of threads."""

import math
import sys
from contextlib import nullcontext

from benchmarks.data import EPOCHS, mnist, report
from nnfs_cli.engine import (
    SGD,
    Constant,
    EpochEnd,
    Examples,
    Minibatches,
    Pair,
    SoftmaxCrossEntropy,
    Stream,
    TrainingState,
    can_be_halved,
    fit,
    generator,
    multilayer_perceptron,
)
from nnfs_cli.workflows.threads import Threads, step_probe

batch_size = int(sys.argv[1])
hidden = [int(units) for units in sys.argv[2].split(",")]
examples = Examples(*mnist())
network = multilayer_perceptron(784, hidden, 10).initialize(generator(0, Stream.WEIGHTS))
batches = Minibatches(examples, batch_size, seed=0)
loss = SoftmaxCrossEntropy()
schedule = Constant(0.1)
optimizer = SGD()
optimizer.bind(network.params, network.grads, weights=network.weights)
state = TrainingState(network, optimizer)
pair = None
if can_be_halved(network):
    pair = Pair(state, batches, loss=loss, schedule=schedule)
probe = step_probe(network, batches, loss)
threads = Threads("auto", pair=pair)
threads.choose(probe)
events = fit(
    network,
    batches,
    epochs=1 + EPOCHS,
    loss=loss,
    optimizer=optimizer,
    schedule=schedule,
    progress=state.progress,
    team=pair,
)


def epoch(number: int) -> None:
    """Train for an epoch."""
    for event in events:
        threads.watch(probe)
        if isinstance(event, EpochEnd):
            assert math.isfinite(event.loss)
            return


with pair or nullcontext():
    report(epoch)
