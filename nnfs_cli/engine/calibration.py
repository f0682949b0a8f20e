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
PRECISION = 1e-7  # relative: as much as float32 can tell
STEPS = 60  # enough to come so close by halving alone; five or six do where Newton's do


def best_temperature(logits: Floats, labels: Labels) -> float:
    """Return the T > 0 for which softmax(logits / T) has the least cross-entropy on `labels (N,)`.

    The mean cross-entropy is convex in b = 1 / T. Its slope there,

        d/db  mean(log sum_c exp(b z_c) - b z_label)  =  mean(sum_c p_c z_c - z_label),

    is how far the mean of a row's logits, weighed by the softmax, lies above the logit of the true
    class. It grows with b: its own slope is their variance, weighed likewise. The best b is where
    it is 0: found by Newton's steps, or by halving the interval where such a step would leave it.
    """
    z = logits.astype(np.float64)
    mean_right = float(z[np.arange(len(labels)), labels].mean())
    probs = np.empty_like(z)

    def slope(b: float) -> tuple[float, float]:
        """Return the slope at `b`, and the slope of the slope."""
        ops.softmax(np.multiply(z, b, out=probs), out=probs)
        weighted = np.multiply(probs, z, out=probs)
        expected = weighted.sum(axis=1)
        variance = np.einsum("nc,nc->n", weighted, z) - expected**2
        return float(expected.mean()) - mean_right, float(variance.mean())

    low, high, b = 1.0 / HOTTEST, 1.0 / COLDEST, 1.0
    for _ in range(STEPS):
        height, rise = slope(b)
        low, high = (low, b) if height > 0 else (b, high)  # too sure of itself: a smaller b
        newton = b - height / rise if rise > 0 else 0.0
        following = newton if low < newton < high else math.sqrt(low * high)
        if abs(following - b) <= PRECISION * b:
            break
        b = following
    return 1.0 / b


def calibrate(network: Network, temperature: float) -> None:
    """Divide all logits of `network` by `temperature` for good.

    They are a linear function of the last layer's parameters, so it is these that are divided, and
    whoever uses the weights gets calibrated probabilities without knowing of it.
    """
    last = network.dense[-1]
    last.weight /= temperature
    last.bias /= temperature
