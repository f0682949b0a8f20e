"""Mixing: new examples to learn from, and some old ones so that they are not forgotten.

A network that goes on to learn from new rows alone loses what it knew (catastrophic forgetting,
McCloskey and Cohen 1989). Rehearsal, a sample of the old rows in every epoch, is the plain remedy
(Robins 1995).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

from nnfs_cli.engine.arrays import Floats, Labels, Scratch
from nnfs_cli.engine.batching import Augment, Minibatches
from nnfs_cli.engine.examples import Examples
from nnfs_cli.engine.seeding import Stream, generator


class MixedMinibatches(Minibatches):
    """Each epoch sees all of the new examples, and a new sample of the old ones.

    Args:
        examples: the new ones, each of which is seen once an epoch.
        others: the old ones, of the same width and classes.
        share: of the rows of an epoch that are old, 0 to under 1.
        least: the fewest rows of an epoch; where there would be fewer, more old ones fill it up: a
            few new ones with a few old ones are no sample of what was known.

    Of the old ones there are never more than there are: none is seen twice in an epoch.
    """

    def __init__(
        self,
        examples: Examples,
        others: Examples,
        batch_size: int,
        *,
        share: float,
        least: int = 0,
        seed: int,
        dtype: DTypeLike = np.float32,
        augment: Augment | None = None,
    ) -> None:
        super().__init__(examples, batch_size, seed=seed, dtype=dtype, augment=augment)
        self.others = others
        wanted = round(len(examples) * share / (1.0 - share))
        self.drawn = min(len(others), max(wanted, least - len(examples)))
        self._raw_others = Scratch(others.inputs, dtype=others.x.dtype)
        self._some = Scratch(examples.inputs, dtype=dtype)

    @property
    def highest_label(self) -> int:
        return max(super().highest_label, int(self.others.labels.max(initial=0)))

    @property
    def rows(self) -> int:
        return len(self.examples) + self.drawn

    def order(self, number: int) -> Labels:
        """Return indices (rows,): those under `len(examples)` are new, the others old."""
        rng = generator(self.seed, Stream.SHUFFLE, number)
        drawn = rng.choice(len(self.others), size=self.drawn, replace=False)
        new = len(self.examples)
        return rng.permutation(np.concatenate([np.arange(new), new + drawn]))

    def labels(self, indices: Labels) -> Labels:
        """Return the labels of the examples at `indices (n,)`."""
        return np.concatenate([self.examples.labels, self.others.labels])[indices]

    def fill(self, x: Floats, indices: Labels) -> Floats:
        """Write the inputs of the examples at `indices (n,)` to `x`, and return it."""
        new = indices < len(self.examples)
        for where, examples, raw, first in (
            (new, self.examples, self._raw, 0),
            (~new, self.others, self._raw_others, len(self.examples)),
        ):
            rows = indices[where] - first
            some = self._some.rows(len(rows))
            x[where] = examples.gather(rows, out=some, raw=raw.rows(len(rows)))
        return x

    def __repr__(self) -> str:
        return f"MixedMinibatches({self.drawn:,} of {self.others!r} with {self.examples!r})"
