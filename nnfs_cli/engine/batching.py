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


class Together:
    """How two processes augment a batch together: each half of its rows, in memory that both see.

    Gathering alone is not worth it: each must fetch the other's half, and where their cores share
    no cache that takes as long as making it.

    Args:
        side: 0 for the first half of the rows, 1 for the second.
        room: (2, N, D) shared memory. Its two halves are used in turn: when one is written to, the
            other process may still be learning from the other.
        meet: waits until the other process has come as far.
    """

    def __init__(self, side: int, room: Floats, meet: Callable[[], object]) -> None:
        self.side = side
        self.meet = meet
        self._room = room
        self._turn = 0

    def rows(self, n: int) -> Floats:
        """Return the memory (n, D) of the next batch."""
        self._turn = 1 - self._turn
        return self._room[self._turn, :n]


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
        self.together: Together | None = None  # while another process makes half of each batch
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
        labels = self.labels(order)
        for index in range(start, len(self)):
            part = slice(index * self.batch_size, (index + 1) * self.batch_size)
            batch = number * len(self) + index  # of all epochs
            yield Batch(self._make(order[part], labels[part], batch), labels[part])

    def _make(self, indices: Labels, labels: Labels, batch: int) -> Floats:
        """Return the inputs of a batch. If it is augmented, two processes may make half of it each.

        The halves draw by themselves, so it is the same whoever makes them.
        """
        if not self.augment:
            return self.gather(indices)
        together = self.together
        x = (together or self._x).rows(len(indices))
        for side, half in enumerate(halves(len(indices))):
            if together is None or side == together.side:
                self.fill(x[half], indices[half])
                rng = generator(self.seed, Stream.AUGMENT, 2 * batch + side)
                self.augment(x[half], labels[half], rng)
        if together:
            together.meet()
        return x

    def labels(self, indices: Labels) -> Labels:
        """Return the labels of the examples at `indices (n,)`."""
        return self.examples.labels[indices]

    def gather(self, indices: Labels) -> Floats:
        """Return the inputs of the examples at `indices (n,)`, in the memory of every batch.

        They are (n, D), or the first (n, used) columns if no other is used.
        """
        n, width = len(indices), self.examples.width(indices)
        return self.fill(self._x.rows(n).reshape(-1)[: n * width].reshape(n, width), indices)

    def fill(self, x: Floats, indices: Labels) -> Floats:
        """Write the inputs of the examples at `indices (n,)` to `x`, and return it."""
        return self.examples.gather(indices, out=x, raw=self._raw.rows(len(indices)))

    def __repr__(self) -> str:
        return f"Minibatches({len(self)} of {self.batch_size} from {self.examples!r})"


def halves(rows: int) -> tuple[slice, slice]:
    """Return both halves of so many rows; of an odd number the second has one more."""
    return slice(0, rows // 2), slice(rows // 2, rows)
