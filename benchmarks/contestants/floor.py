"""The floor: the matrix products of the same steps, and nothing else."""

import itertools
import sys

import numpy as np

from benchmarks.data import report
from nnfs_cli.workflows.threads import Threads

batch_size = int(sys.argv[1])
widths = [784, *(int(units) for units in sys.argv[2].split(",")), 10]
rng = np.random.default_rng(0)
rows = [rng.random((batch_size, width), dtype=np.float32) for width in widths]
weights = [rng.random((d, h), dtype=np.float32) / d for d, h in itertools.pairwise(widths)]
gradients = [np.empty_like(weight) for weight in weights]
deltas = [np.empty_like(row) for row in rows]


def step() -> None:
    """Multiply what a step must multiply."""
    for x, weight, out in zip(rows, weights, rows[1:], strict=False):
        np.matmul(x, weight, out=out)
    for i in reversed(range(len(weights))):
        np.matmul(rows[i].T, deltas[i + 1], out=gradients[i])
        if i:
            np.matmul(deltas[i + 1], weights[i].T, out=deltas[i])


for delta in deltas:
    delta[...] = 1e-3
Threads("auto").choose(step)
steps, rest = divmod(60_000, batch_size)


def epoch(number: int) -> None:
    """Make the steps of an epoch; the short last one counts as what it is."""
    for _ in range(steps):
        step()


report(epoch)
