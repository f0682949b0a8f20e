"""nnfs taken apart: microseconds a step that each operation takes, timed where it is used."""

import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from benchmarks.data import EPOCHS, mnist
from nnfs_cli.engine import (
    SGD,
    Constant,
    EpochEnd,
    Examples,
    Minibatches,
    Pair,
    Sigmoid,
    SoftmaxCrossEntropy,
    Stream,
    TrainingState,
    fit,
    generator,
    multilayer_perceptron,
    ops,
    training,
)
from nnfs_cli.engine.halves import Sum
from nnfs_cli.workflows.threads import Threads

spent: defaultdict[str, float] = defaultdict(float)


def timed(owner: Any, name: str, label: str = "") -> None:
    """Replace a function by itself with a stop watch."""
    function: Callable[..., Any] = getattr(owner, name)

    def watched(*words: Any, **options: Any) -> Any:
        started = time.perf_counter()
        result = function(*words, **options)
        spent[label or name] += time.perf_counter() - started
        return result

    setattr(owner, name, watched)


for operation in (
    *("dense_forward", "dense_backward", "cross_entropy_forward", "cross_entropy_backward"),
):
    timed(ops, operation)
timed(Sigmoid, "_forward", "sigmoid_forward")
timed(Sigmoid, "_backward", "sigmoid_backward")
timed(training, "count_correct")
timed(Examples, "gather")
timed(SGD, "update")

timed(Sum, "forward", "exchange of the scores")

setting = sys.argv[1]
network = multilayer_perceptron(784, [128], 10).initialize(generator(0, Stream.WEIGHTS))
batches = Minibatches(Examples(*mnist()), 64, seed=0)
loss, schedule, optimizer = SoftmaxCrossEntropy(), Constant(0.1), SGD()
optimizer.bind(network.params, network.grads, weights=network.weights)
state = TrainingState(network, optimizer)
Threads(1 if setting == "pair" else int(setting))
with Pair(state, batches, loss=loss, schedule=schedule) as pair:
    if setting == "pair":
        pair.start()
    started = 0.0
    for event in fit(
        network,
        batches,
        epochs=1 + EPOCHS,
        loss=loss,
        optimizer=optimizer,
        schedule=schedule,
        progress=state.progress,
        team=pair,
    ):
        if isinstance(event, EpochEnd) and event.epoch == 1:
            spent.clear()
            started = time.perf_counter()
    spent["everything"] = time.perf_counter() - started
steps = EPOCHS * len(batches)
print(json.dumps({name: seconds / steps * 1e6 for name, seconds in spent.items()}))
