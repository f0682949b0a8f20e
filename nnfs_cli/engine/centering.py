"""Centering: inputs around zero let all weights of a unit learn at the same speed.

Pixels are 0 or more, so for one row the gradients of a unit's weights all have one sign, and a
change that needs both takes a zigzag of steps. Inputs with a mean of zero have no such trouble
(LeCun, Bottou, Orr and Mueller 1998, "Efficient BackProp", section 4.3).
"""

from __future__ import annotations

import copy

import numpy as np
from numpy.typing import DTypeLike

from nnfs_cli.engine.arrays import Floats
from nnfs_cli.engine.examples import Examples, spread
from nnfs_cli.engine.layers import Layer
from nnfs_cli.engine.network import Network

SAMPLE = 4096  # rows that tell the mean


class Center(Layer):
    """out = x - mean;  the first layer of a network, if any, and never trained."""

    def __init__(self, mean: Floats) -> None:
        self.mean = mean

    def build(self, width: int, *, dtype: DTypeLike, needs_input_grad: bool) -> int:
        if self.mean.shape != (width,):
            raise ValueError(f"a mean {self.mean.shape} does not fit {width} inputs")
        self.mean = self.mean.astype(dtype)
        return super().build(width, dtype=dtype, needs_input_grad=needs_input_grad)

    def forward(self, x: Floats, *, training: bool = False) -> Floats:
        out = self._out.rows(len(x))
        np.subtract(x, self.mean, out=out)
        return out

    def backward(self, dout: Floats) -> Floats:
        return dout


def mean_input(examples: Examples) -> Floats:
    """Return the mean (D,) of up to `SAMPLE` rows, evenly from the first to the last; float64."""
    rows = spread(len(examples), SAMPLE)
    mean: Floats = examples.inputs_at(rows, dtype=np.float32).mean(axis=0, dtype=np.float64)
    return mean


def folded(network: Network) -> Network:
    """Return a network without `Center` that says the same, a copy; if it has none, itself.

    (x - mean) W + b = x W + (b - mean W): whoever uses the network later needs no mean.
    """
    first = network.layers[0]
    if not isinstance(first, Center):
        return network
    plain = Network([copy.copy(layer) for layer in network.layers[1:]], dtype=network.dtype)
    np.copyto(plain.params, network.params)
    plain.dense[0].bias[...] -= first.mean @ plain.dense[0].weight
    return plain


def take_folded(network: Network, params: Floats) -> None:
    """Give a network the parameters (P,) of a folded one, so that it says the same."""
    np.copyto(network.params, params)
    first = network.layers[0]
    if isinstance(first, Center):
        network.dense[0].bias[...] += first.mean @ network.dense[0].weight
