"""Averaging: the mean of the weights of the last steps is better than the last weights."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from nnfs_cli.engine.arrays import Floats
from nnfs_cli.engine.network import Network


class WeightAverage:
    """An exponential moving average of a network's parameters.

    Polyak and Juditsky (1992) weigh all steps alike; here old ones fade: average <- d average +
    (1 - d) params after every step. d grows to `decay` over the first steps, as in TensorFlow:
    min(decay, (1 + t) / (10 + t)), so that the random start is soon forgotten.

    Args:
        network: whose parameters are averaged.
        decay: 0 to under 1; some 1 / (1 - decay) steps count.
    """

    def __init__(self, network: Network, decay: float) -> None:
        self.network = network
        self.decay = decay
        self.params: Floats = network.params.copy()
        self.steps = 0
        self._scratch = np.empty_like(self.params)

    def update(self) -> None:
        """Take in the parameters of the step that was just made."""
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        self.steps += 1
        np.subtract(self.network.params, self.params, out=self._scratch)
        np.multiply(self._scratch, 1.0 - decay, out=self._scratch)
        np.add(self.params, self._scratch, out=self.params)

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Put the average in the place of the network's parameters for a while."""
        np.copyto(self._scratch, self.network.params)
        np.copyto(self.network.params, self.params)
        try:
            yield
        finally:
            np.copyto(self.network.params, self._scratch)

    def __repr__(self) -> str:
        return f"WeightAverage(decay={self.decay:g})"
