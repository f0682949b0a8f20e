"""nnfs taken apart: microseconds a step that each operation takes, timed where it is used."""

import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from benchmarks.data import EPOCHS
from benchmarks.plain import Plain
from nnfs_cli.engine import SGD, EpochEnd, Minibatches, Sigmoid, SoftmaxCrossEntropy, ops
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


for operation in ("dense_forward", "dense_backward", "cross_entropy_backward"):
    timed(ops, operation)
timed(Sigmoid, "_forward", "sigmoid_forward")
timed(Sigmoid, "_backward", "sigmoid_backward")
timed(SoftmaxCrossEntropy, "forward", "softmax and cross-entropy")
timed(Minibatches, "gather")
timed(SGD, "update")

timed(Sum, "forward", "exchange of the sums")

setting = sys.argv[1]
plain = Plain(64, [128])
Threads(1 if setting == "pair" else int(setting))
with plain.team:
    if setting == "pair":
        plain.pair().start()
    started = 0.0
    for event in plain.events(1 + EPOCHS):
        if isinstance(event, EpochEnd) and event.epoch == 1:
            spent.clear()
            started = time.perf_counter()
    spent["everything"] = time.perf_counter() - started
steps = EPOCHS * len(plain.batches)
print(json.dumps({name: seconds / steps * 1e6 for name, seconds in spent.items()}))
