"""nnfs on a memory-mapped data set: seconds of an epoch, all rows and labels read from the file.

On one thread: what two take depends on which cores they were given, more than on anything here.
"""

import sys
import time
from pathlib import Path

from threadpoolctl import threadpool_limits

from nnfs_cli.datasets import load
from nnfs_cli.engine import Minibatches, Stream, fit, generator, multilayer_perceptron

examples = load(Path(sys.argv[1]), splits=["train"]).split("train")
network = multilayer_perceptron(784, [128], 10).initialize(generator(0, Stream.WEIGHTS))
batches = Minibatches(examples, 64, seed=0)
started = time.perf_counter()
with threadpool_limits(1):
    for _ in fit(network, batches, epochs=1):
        pass
print(time.perf_counter() - started)
