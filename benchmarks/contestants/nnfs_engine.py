"""nnfs: the product's own loop, with loss, accuracy and its choice of threads."""

import math
import sys

from benchmarks.data import mnist, report
from nnfs_cli.engine import (
    EpochEnd,
    Examples,
    Minibatches,
    Progress,
    SoftmaxCrossEntropy,
    Stream,
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
progress = Progress()


probe = step_probe(network, batches, loss)
threads = Threads("auto")
threads.choose(probe)


def epoch(number: int) -> None:
    """Train for an epoch."""
    for event in fit(network, batches, epochs=number + 1, loss=loss, progress=progress):
        if isinstance(event, EpochEnd):
            assert math.isfinite(event.loss)
        threads.watch(probe)


report(epoch)
