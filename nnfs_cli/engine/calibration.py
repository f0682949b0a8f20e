"""Calibration: confidences that mean what they say.

A network trained long is surer than it is right; one trained with label smoothing is less sure. One
number puts that right: divide all logits by a temperature T before the softmax (Guo et al. 2017,
section 4.2). The order of the classes, and so every answer, stays the same.
"""

from __future__ import annotations

import math

import numpy as np

from nnfs_cli.engine import ops
from nnfs_cli.engine.arrays import Floats, Labels
from nnfs_cli.engine.network import Network

COLDEST, HOTTEST = 1 / 32, 32.0  # a temperature beyond these would correct no honest network
HALVINGS = 24  # of the interval between them: as precise as float32 can tell


def best_temperature(logits: Floats, labels: Labels) -> float:
    """Return the T > 0 for which softmax(logits / T) has the least cross-entropy on `labels (N,)`.

    The mean cross-entropy is convex in b = 1 / T. Its slope there,

        d/db  mean(log sum_c exp(b z_c) - b z_label)  =  mean(sum_c p_c z_c - z_label),

    is how far the logit that the network expects lies above the one it got. It grows with b, and
    the best b is where it is 0: found by halving an interval.
    """
    z = logits.astype(np.float64)
    mean_right = float(z[np.arange(len(labels)), labels].mean())
    probs, expected = np.empty_like(z), np.empty_like(z)

    def slope(temperature: float) -> float:
        ops.softmax(np.divide(z, temperature, out=probs), out=probs)
        np.multiply(probs, z, out=expected)
        return float(expected.sum(axis=1).mean()) - mean_right

    cold, hot = math.log(COLDEST), math.log(HOTTEST)
    for _ in range(HALVINGS):
        middle = (cold + hot) / 2
        if slope(math.exp(middle)) > 0:  # too sure of itself: it needs to be hotter
            cold = middle
        else:
            hot = middle
    return math.exp((cold + hot) / 2)


def calibrate(network: Network, temperature: float) -> None:
    """Divide all logits of `network` by `temperature` for good.

    They are a linear function of the last layer's parameters, so it is these that are divided, and
    whoever uses the weights gets calibrated probabilities without knowing of it.
    """
    last = network.dense[-1]
    last.weight /= temperature
    last.bias /= temperature
