"""Batching: each epoch sees every example once, in a new order, a few rows at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import DTypeLike

from nnfs_cli.engine.arrays import Floats, Labels, Scratch, Strips
from nnfs_cli.engine.examples import Examples
from nnfs_cli.engine.seeding import Stream, generator

# changes the inputs (N, D) of a batch with labels (N,) in place, at random
Augment: TypeAlias = Callable[[Floats, Labels, np.random.Generator], None]


class Batch(NamedTuple):
    """Rows to learn from together; valid until the next batch is made."""

    x: Floats  # (N, D) inputs, pixels scaled to 0..1; fewer columns if the rest is zero
    labels: Labels  # (N,)
    strips: Strips = ()  # where x is not zero, if that is known


class Together:
    """How two processes augment a batch together: each half of its rows, in memory that both see.

    Gathering alone is not worth it: each must fetch the other's half, and where their cores share
    no cache that takes as long as making it.

    Args:
        side: 0 for the first half of the rows, 1 for the second.
        room: (2, N, D) shared memory. Its two halves are used in turn: when one is written to, the
            other process may still be learning from the other.
        meet: blocks until the other process has come to the same point.
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

    Args:
        examples: what to learn from.
        batch_size: rows of a batch, at least 1.
        seed: of the order of each epoch, and of what `augment` draws.
        dtype: of the inputs, that of the network.
        augment: changes the pictures of a batch; None leaves them as they are.

    Raises:
        ValueError: a batch of no rows; or pictures to augment that are not in order.
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
        if batch_size < 1:
            raise ValueError(f"a batch needs at least one row, not {batch_size}")
        if augment and not examples.in_order:
            raise ValueError("trimmed examples cannot be augmented: they are no pictures any more")
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

    @property
    def highest_label(self) -> int:
        """The largest label of all examples."""
        return int(self.examples.labels.max(initial=0))

    def order(self, number: int) -> Labels:
        """Return the indices (rows,) of the examples in the order in which an epoch sees them."""
        return generator(self.seed, Stream.SHUFFLE, number).permutation(self.rows)

    def epoch(self, number: int, *, start: int = 0) -> Iterator[Batch]:
        """Yield the batches of one epoch, from batch `start` on.

        The order depends on the seed and the epoch's number alone, and the augmentation on the seed
        and how many batches there were before, so a run that was interrupted finds its place again.
        """
        order, strips = self.arrange(self.order(number))
        labels = self.labels(order)
        for index in range(start, len(self)):
            part = slice(index * self.batch_size, (index + 1) * self.batch_size)
            batch = number * len(self) + index  # of all epochs
            if self.augment:
                x = self._augmented(order[part], labels[part], batch)
            else:
                x = self.gather(order[part], strips[index])
            yield Batch(x, labels[part], strips[index])

    def _augmented(self, indices: Labels, labels: Labels, batch: int) -> Floats:
        """Return the inputs of an augmented batch, of which two processes may make half each.

        The halves draw by themselves, so it is the same whoever makes them.
        """
        assert self.augment
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

    def arrange(self, order: Labels) -> tuple[Labels, Sequence[Strips]]:
        """Return `order` with the rows of each batch in the best order, and the strips of each."""
        return self.examples.arrange(order, self.batch_size)

    def labels(self, indices: Labels) -> Labels:
        """Return the labels of the examples at `indices (n,)`."""
        return self.examples.labels[indices]

    def gather(self, indices: Labels, strips: Strips) -> Floats:
        """Return the inputs of the examples at `indices (n,)`, in the memory of every batch.

        They are (n, D), or the first columns if the strips end before.
        """
        n, width = len(indices), strips[-1][1].stop
        return self.fill(self._x.rows(n).reshape(-1)[: n * width].reshape(n, width), indices)

    def fill(self, x: Floats, indices: Labels) -> Floats:
        """Write the inputs of the examples at `indices (n,)` to `x`, and return it."""
        return self.examples.gather(indices, out=x, raw=self._raw.rows(len(indices)))

    def __repr__(self) -> str:
        return f"Minibatches({len(self)} of {self.batch_size} from {self.examples!r})"


def halves(rows: int) -> tuple[slice, slice]:
    """Return both halves of so many rows; of an odd number the second has one more."""
    return slice(0, rows // 2), slice(rows // 2, rows)
