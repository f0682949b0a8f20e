"""Seeding: every random choice of a run comes from one seed, by a stream of its own.

A generator is made from (seed, stream, index), so that the shuffle of epoch 17 is the same whether
epochs 1 to 16 ran before it in this process or last week, and turning dropout on does not change
which weights the network starts from.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Stream(IntEnum):
    """What the random numbers are for. The values are part of what a seed means: never renumber."""

    WEIGHTS = 0
    SHUFFLE = 1
    DROPOUT = 2
    SPLIT = 3
    AUGMENT = 4


def generator(seed: int, stream: Stream, index: int = 0) -> np.random.Generator:
    """Return the generator of one stream; `index` is an epoch, a layer, or half of a batch."""
    return np.random.default_rng([seed, stream, index])
