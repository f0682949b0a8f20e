"""Batching: each epoch sees every example once, in a new order, a few rows at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from nnfs_cli.engine.arrays import Floats, Labels, Scratch
from nnfs_cli.engine.examples import Examples
from nnfs_cli.engine.seeding import Stream, generator


class Batch(NamedTuple):
    """Rows to learn from together; valid until the next batch is made."""

    x: Floats  # (N, D) inputs, pixels scaled to 0..1
    labels: Labels  # (N,)


class Minibatches:
    """The examples in random batches. The last batch of an epoch may be short; none is left out.

    Only row numbers are shuffled, never the rows: copying 60,000 images into a new order would take
    longer than learning from them.
    """

    def __init__(
        self, examples: Examples, batch_size: int, *, seed: int, dtype: DTypeLike = np.float32
    ) -> None:
        self.examples = examples
        self.batch_size = batch_size
        self.seed = seed
        self._x = Scratch(examples.inputs, dtype=dtype)
        self._raw = Scratch(examples.inputs, dtype=examples.x.dtype)

    def __len__(self) -> int:
        """The number of batches in an epoch."""
        return -(-len(self.examples) // self.batch_size)

    def epoch(self, number: int, *, start: int = 0) -> Iterator[Batch]:
        """Yield the batches of one epoch, from batch `start` on.

        The order depends on the seed and the epoch's number alone, so a run that was interrupted
        finds its place again.
        """
        order = generator(self.seed, Stream.SHUFFLE, number).permutation(len(self.examples))
        for first in range(start * self.batch_size, len(order), self.batch_size):
            yield self.gather(order[first : first + self.batch_size])

    def gather(self, indices: Labels) -> Batch:
        """Return the examples at `indices (n,)`, in the memory that every batch uses."""
        x = self._x.rows(len(indices))
        self.examples.gather(indices, out=x, raw=self._raw.rows(len(indices)))
        return Batch(x, self.examples.labels[indices])

    def __repr__(self) -> str:
        return f"Minibatches({len(self)} of {self.batch_size} from {self.examples!r})"
