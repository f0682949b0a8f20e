"""Batching: each epoch sees every example once, in a new order, a few rows at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import DTypeLike

from nnfs_cli.engine.arrays import Floats, Labels, Scratch
from nnfs_cli.engine.examples import Examples
from nnfs_cli.engine.seeding import Stream, generator

# changes the inputs (N, D) of a batch with labels (N,) in place, at random
Augment: TypeAlias = Callable[[Floats, Labels, np.random.Generator], None]


class Batch(NamedTuple):
    """Rows to learn from together; valid until the next batch is made."""

    x: Floats  # (N, D) inputs, pixels scaled to 0..1; fewer columns if the rest is zero
    labels: Labels  # (N,)


class Minibatches:
    """The examples in random batches. The last batch of an epoch may be short; none is left out.

    Only row numbers are shuffled, never the rows: copying 60,000 images into a new order would take
    longer than learning from them. What `augment` does to a batch it does anew in every epoch.
    """

    def __init__(
        self,
        examples: Examples,
        batch_size: int,
        *,
        seed: int,
        dtype: DTypeLike = np.float32,
        augment: Augment | None = None,
    ) -> None:
        self.examples = examples
        self.batch_size = batch_size
        self.seed = seed
        self.augment = augment
        self._x = Scratch(examples.inputs, dtype=dtype)
        self._raw = Scratch(examples.inputs, dtype=examples.x.dtype)

    def __len__(self) -> int:
        """The number of batches in an epoch."""
        return -(-self.rows // self.batch_size)

    @property
    def rows(self) -> int:
        """The number of rows in an epoch."""
        return len(self.examples)

    def order(self, number: int) -> Labels:
        """Return the indices (rows,) of the examples in the order in which an epoch sees them."""
        return generator(self.seed, Stream.SHUFFLE, number).permutation(self.rows)

    def epoch(self, number: int, *, start: int = 0) -> Iterator[Batch]:
        """Yield the batches of one epoch, from batch `start` on.

        The order depends on the seed and the epoch's number alone, and the augmentation on the seed
        and how many batches there were before, so a run that was interrupted finds its place again.
        """
        order = self.order(number)
        for index in range(start, len(self)):
            first = index * self.batch_size
            batch = self.gather(order[first : first + self.batch_size])
            if self.augment:
                rng = generator(self.seed, Stream.AUGMENT, number * len(self) + index)
                self.augment(batch.x, batch.labels, rng)
            yield batch

    def gather(self, indices: Labels) -> Batch:
        """Return the examples at `indices (n,)`, in the memory that every batch uses."""
        out, raw = self._x.rows(len(indices)), self._raw.rows(len(indices))
        x = self.examples.gather(indices, out=out, raw=raw)
        return Batch(x, self.examples.labels[indices])

    def __repr__(self) -> str:
        return f"Minibatches({len(self)} of {self.batch_size} from {self.examples!r})"
