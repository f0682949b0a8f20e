"""Halves: one network as two, each with half of the first hidden units; their sums add up.

A hidden unit reads all inputs and speaks to all units of the next layer, but it never hears of the
others of its own. So a network can be cut between two units of its first hidden layer:

    sums of the second layer = left hidden units  @ upper rows of W2 + b2
                             + right hidden units @ lower rows of W2

Each half is a network of its own, with the layers and the training of any other. The one thing it
needs from its neighbour is a table of sums (N, H), once a step: with one hidden layer they are the
scores of the classes. Layers beyond the second, if any, are not cut; both halves have them, hear
the same sums, and learn the same. This is tensor parallelism (Shoeybi et al. 2019,
section 3); there the sum is called all-reduce.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Iterator
from typing import TypeAlias

import numpy as np

from nnfs_cli.engine.arrays import Floats
from nnfs_cli.engine.centering import Center
from nnfs_cli.engine.layers import Activation, Dense, Layer
from nnfs_cli.engine.network import Network
from nnfs_cli.engine.state import TrainingState

# takes the sums (N, H) of one half, and returns those of the other for the same rows
Exchange: TypeAlias = Callable[[Floats], Floats]

LEFT, RIGHT = 0, 1  # the sides; the left one has the biases of the second layer


class Sum(Layer):
    """out = mine + theirs;  dx = dout on both sides, for a sum hands its gradient on unchanged."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def forward(self, x: Floats, *, training: bool = False) -> Floats:
        out = self._out.rows(len(x))
        np.add(x, self._exchange(x), out=out)
        return out

    def backward(self, dout: Floats) -> Floats:
        return dout


class Unbiased(Dense):
    """Dense with biases that stay zero, for they have no gradient: those of the left half count."""

    def backward(self, dout: Floats) -> Floats | None:
        dx = super().backward(dout)
        self.dbias[...] = 0.0
        return dx


def can_be_halved(network: Network) -> bool:
    """Return whether it has hidden units, two or more in the first layer, and no dropout."""
    layers = network.layers[isinstance(network.layers[0], Center) :]
    kinds = itertools.cycle((Dense, Activation))
    return (
        len(network.dense) > 1
        and all(map(isinstance, layers, kinds))
        and network.dense[0].units > 1
    )


def half_of(whole: TrainingState, side: int, *, exchange: Exchange) -> TrainingState:
    """Return half of a network in training, with half of all that its training remembers.

    Its parameters are W1 (D, H1/2), b1 (H1/2,), W2 (H1/2, H2) and b2 (H2,), which is zero on the
    right, and all of any further layers; if H1 is odd the left half has a unit less. The progress
    is that of the whole, the very object.
    """
    layers = list(map(copy.copy, whole.network.layers))
    first, second = whole.network.dense[:2]
    units = len(range(first.units)[_units(whole.network, side)])
    kind = Dense if side == LEFT else Unbiased
    start = whole.network.layers.index(first)
    layers[start] = Dense(first.inputs, units)
    layers[start + 2 : start + 3] = [kind(units, second.units), Sum(exchange)]
    half = whole.of_part(layers)
    for of_whole, of_half in _both(whole, half, side):
        np.copyto(of_half, of_whole)
    return half


def put_together(whole: TrainingState, left: TrainingState, right: TrainingState) -> None:
    """Write into the whole what its halves have learned; what both have is the left one's."""
    for half, side in ((right, RIGHT), (left, LEFT)):
        for of_whole, of_half in _both(whole, half, side):
            np.copyto(of_whole, of_half)
    whole.count_like(left)


def _units(network: Network, side: int) -> slice:
    """Return which of the hidden units belong to a side."""
    middle = network.dense[0].units // 2
    return slice(0, middle) if side == LEFT else slice(middle, None)


def _both(whole: TrainingState, half: TrainingState, side: int) -> Iterator[tuple[Floats, Floats]]:
    """Yield for each array of the half: its place in the whole, and itself."""
    units = _units(whole.network, side)
    vectors = half.arrays()
    for name, vector in whole.arrays().items():
        if name not in vectors:  # the best weights so far: they are kept, not trained
            continue
        of_whole, of_half = whole.network.named(vector), half.network.named(vectors[name])
        yield of_whole["W1"][:, units], of_half["W1"]
        yield of_whole["b1"][units], of_half["b1"]
        yield of_whole["W2"][units], of_half["W2"]
        cut = ("W1", "b1", "W2") if side == LEFT else ("W1", "b1", "W2", "b2")
        for part in of_whole.keys() - cut:
            yield of_whole[part], of_half[part]
