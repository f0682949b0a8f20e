"""Gradient checking: the derivatives of `backward` against the slope of the loss itself.

Nudge one weight up and down a little and see how much the loss changes: that is the derivative,
with no calculus at all. Far too slow to train with, and just right to find a wrong formula.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnfs_cli.engine.arrays import Floats, Labels
from nnfs_cli.engine.losses import SoftmaxCrossEntropy
from nnfs_cli.engine.network import Network, quiet


@dataclass(frozen=True)
class GradientCheck:
    """How well the gradients of one array agree."""

    name: str
    error: float  # |backward - slope| / (|backward| + |slope|), norms over the whole array

    def __repr__(self) -> str:
        return f"{self.name}: {self.error:.1e}"


@quiet()
def check_gradients(
    network: Network,
    x: Floats,
    labels: Labels,
    *,
    loss: SoftmaxCrossEntropy | None = None,
    eps: float = 1e-5,
) -> list[GradientCheck]:
    """Compare the gradient of every parameter with central differences of the loss.

    Errors are about 1e-10, and anything over 1e-7 is a mistake. Dropout is left out, for a loss
    that is drawn anew at each call has no slope. The network's gradients are overwritten.

    Args:
        network: of float64; float32 cannot tell a mistake from rounding.
        x: (N, D), a few rows: each parameter takes two passes over them.
        labels: (N,)
        loss: with its label smoothing; None is without.
        eps: how far each parameter is moved to either side.

    Raises:
        ValueError: the network is not of float64.

    >>> from nnfs_cli.engine import Dense, Network, Tanh, check_gradients, generator
    >>> rng = generator(0, 0)
    >>> network = Network([Dense(3, 4), Tanh(), Dense(4, 2)], dtype="float64").initialize(rng)
    >>> checks = check_gradients(network, rng.random((5, 3)), rng.integers(2, size=5))
    >>> all(check.error < 1e-8 for check in checks)
    True
    """
    if network.dtype != np.float64:
        raise ValueError("gradients are checked in float64: Network(layers, dtype='float64')")
    loss = loss or SoftmaxCrossEntropy()
    loss.forward(network.forward(x), labels)
    network.backward(loss.backward())
    computed = {name: gradient.copy() for name, gradient in network.gradients.items()}

    def loss_now() -> float:
        return loss.forward(network.forward(x), labels)

    checks = []
    for name, values in network.arrays.items():
        slope = np.empty_like(values)
        for index in np.ndindex(values.shape):
            kept = values[index]
            values[index] = kept + eps
            above = loss_now()
            values[index] = kept - eps
            below = loss_now()
            values[index] = kept
            slope[index] = (above - below) / (2 * eps)
        gap = float(np.linalg.norm(computed[name] - slope))
        size = float(np.linalg.norm(computed[name]) + np.linalg.norm(slope))
        checks.append(GradientCheck(name, gap / size if size else 0.0))
    return checks
