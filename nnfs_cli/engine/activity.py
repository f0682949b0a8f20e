"""Activity: how many hidden units have fallen silent, or answer everything alike.

A ReLU whose input is negative for every row passes nothing on and gets no gradient: it is dead, and
stays so (Maas et al. 2013). A sigmoid or tanh at the end of its range is saturated: its slope is
nearly zero there, and so is the gradient that comes through it (Glorot and Bengio 2010).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnfs_cli.engine.arrays import Floats
from nnfs_cli.engine.layers import ReLU, Sigmoid, Tanh
from nnfs_cli.engine.network import Network, quiet

END = 0.01  # within this share of its range from an end, an output is saturated


class Activity(NamedTuple):
    """Shares from 0 to 1 over all hidden layers; None where no layer is of the kind."""

    dead: float | None  # of the ReLU units: never above 0
    saturated: float | None  # of the outputs of sigmoid and tanh units


def activity(network: Network, x: Floats) -> Activity:
    """Return how the hidden units answer the rows `x (N, D)`; the layers' buffers change."""
    dead: list[NDArray[Any]] = []
    saturated: list[float] = []
    weights: list[int] = []
    with quiet():
        for layer in network.layers:
            x = layer.forward(x)
            if isinstance(layer, ReLU):
                dead.append(np.asarray(~(x > 0).any(axis=0)))
            elif isinstance(layer, Sigmoid | Tanh):
                low = 0.0 if isinstance(layer, Sigmoid) else -1.0
                margin = END * (1.0 - low)
                saturated.append(float(np.mean((x < low + margin) | (x > 1.0 - margin))))
                weights.append(x.shape[1])
    return Activity(
        float(np.concatenate(dead).mean()) if dead else None,
        float(np.average(saturated, weights=weights)) if saturated else None,
    )
