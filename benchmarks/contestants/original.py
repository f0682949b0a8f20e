"""The original's loop: float64, fresh arrays for everything, the rows themselves shuffled.

Without the full pass over the training set that the original makes after each epoch.
"""

import sys

import numpy as np

from benchmarks.data import mnist, report

batch_size, units = int(sys.argv[1]), int(sys.argv[2])
pixels, labels = mnist()
x_all, y_all = pixels / 255.0, np.eye(10)[labels]
rng = np.random.default_rng(0)
w1, b1 = rng.standard_normal((784, units)) * np.sqrt(1 / 784), np.zeros((1, units))
w2, b2 = rng.standard_normal((units, 10)) * np.sqrt(1 / units), np.zeros((1, 10))


def epoch(number: int) -> None:
    """Shuffle all rows, then one update a batch."""
    global w1, b1, w2, b2
    order = rng.permutation(len(x_all))
    shuffled, targets = x_all[order], y_all[order]
    for start in range(0, len(order), batch_size):
        x, y = shuffled[start : start + batch_size], targets[start : start + batch_size]
        hidden = 1 / (1 + np.exp(-(x @ w1 + b1)))
        scores = hidden @ w2 + b2
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        probs = powers / powers.sum(axis=1, keepdims=True)
        d2 = (probs - y) / len(x)
        d1 = (d2 @ w2.T) * hidden * (1 - hidden)
        w2 = w2 - 0.1 * (hidden.T @ d2)
        b2 = b2 - 0.1 * d2.sum(axis=0, keepdims=True)
        w1 = w1 - 0.1 * (x.T @ d1)
        b1 = b1 - 0.1 * d1.sum(axis=0, keepdims=True)


report(epoch)
