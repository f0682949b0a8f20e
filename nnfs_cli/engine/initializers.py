"""Initializers: how large the first random weights are.

A unit adds up D inputs. Were the weights all of size 1, its sum would grow with the square root of
D and the signal would explode layer by layer; each rule here picks the spread that keeps it level.
Biases start at zero.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from nnfs_cli.engine.arrays import Floats

Initializer: TypeAlias = Callable[[int, int], float]


def lecun(inputs: int, units: int) -> float:
    """sqrt(1 / D): level while units are roughly linear (LeCun et al. 1998, Efficient BackProp)."""
    return math.sqrt(1.0 / inputs)


def glorot(inputs: int, units: int) -> float:
    """sqrt(2 / (D + H)): level forward and backward at once (Glorot and Bengio 2010, eq. 12)."""
    return math.sqrt(2.0 / (inputs + units))


def he(inputs: int, units: int) -> float:
    """sqrt(2 / D): makes up for the half that ReLU cuts off (He et al. 2015, eq. 10)."""
    return math.sqrt(2.0 / inputs)


INITIALIZERS: dict[str, Initializer] = {"lecun": lecun, "glorot": glorot, "he": he}


def initialize(weight: Floats, *, spread: Initializer, rng: np.random.Generator) -> None:
    """Fill `weight (D, H)` with normal random numbers of mean 0 and standard deviation `spread`.

    The draws are float64 whatever the dtype of `weight`, so a float32 and a float64 network of the
    same seed start from the same weights up to rounding.
    """
    inputs, units = weight.shape
    weight[...] = rng.standard_normal((inputs, units)) * spread(inputs, units)
