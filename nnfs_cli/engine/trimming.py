"""Trimming: what is blank in most rows of a batch is left out of its products, as it adds nothing.

The rim of a picture is blank in nearly all pictures. So while they are learned from, the pixels
stand in another order, those that are used most in front: what is blank in a whole batch then lies
at the end of its rows, and is cut off. Within a batch the rows come by their length, so the columns
beyond the shorter ones are multiplied with the longer ones alone:

        columns       0             502          613           784
        48 rows       | multiplied  |                            |
        16 rows       | multiplied  | multiplied |               |

Of the 784 pixels of MNIST a row of a batch of 64 is multiplied with some 500, one of 512 with 470.
The sums, the gradients and the network are those of whole rows; only rounding may differ.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from nnfs_cli.engine.arrays import Floats, Strip, Strips
from nnfs_cli.engine.examples import Examples
from nnfs_cli.engine.state import TrainingState
from nnfs_cli.engine.training import Team

SAMPLE = 64  # rows at a time: a pixel counts once in each batch of a usual size that uses it
WORTH = 0.9  # of the inputs: if batches need more than this, leaving out the rest gains too little
ROOM = 64e6  # bytes: of larger sets there is no copy, so that mapped files take no memory


class TrimmedExamples(Examples):
    """Examples with their columns in another order, so that each batch needs only parts of them.

    Args:
        examples: uint8 pixels; their rows are copied.
        order: (D,) the columns, those that hardly any row uses last.
    """

    in_order = False

    def __init__(self, examples: Examples, order: NDArray[np.intp]) -> None:
        super().__init__(examples.x.take(order, axis=1), examples.all_labels, rows=examples.rows)
        self.order = order
        widths = np.concatenate([used(rows) for rows in samples(self.x)])
        few_bytes = np.min_scalar_type(examples.inputs)
        self._used = np.maximum(widths, 1).astype(few_bytes)  # (N,)

    def arrange(
        self, order: NDArray[np.intp], batch_size: int
    ) -> tuple[NDArray[np.intp], Sequence[Strips]]:
        """Return `order` with the rows of each batch by how many columns they use, and its strips.

        What a row uses ends with its last column that is not zero.
        """
        widths = self._used.take(order if self.rows is None else self.rows[order])
        arranged = np.empty_like(order)
        strips: list[Strips] = []
        full = len(order) - len(order) % batch_size
        for part in (slice(full), slice(full, None)):  # all full batches at once, then the last one
            rows = min(batch_size, len(order[part]))
            if not rows:
                continue
            by_width = widths[part].reshape(-1, rows).argsort(axis=1, kind="stable")
            by_width += np.arange(0, by_width.size, rows)[:, None]
            arranged[part] = order[part].take(by_width.reshape(-1))
            starts = [0, *(int(share * rows) for share in cuts(rows))]
            ends = widths[part].take(by_width[:, [start - 1 for start in (*starts[1:], rows)]])
            for stops in ends.tolist():
                columns = map(slice, [0, *stops], stops)
                strips.append(tuple(map(Strip, starts, columns)))
        return arranged, strips


class Trimmed(Team):
    """The team that `fit` trains a network with on `TrimmedExamples`: a copy of it in their order.

    A `pair` made for its `state` shares the work. The network itself is brought up to date by
    `collect`.
    """

    def __init__(self, whole: TrainingState, order: NDArray[np.intp]) -> None:
        self.whole = whole
        self.order = order
        self.state = whole.of_part([copy.copy(layer) for layer in whole.network.layers])
        self.pair: Team | None = None
        self._at_work = True
        for ours, theirs in self._vectors():
            np.copyto(theirs, ours)
            self._first_weights(theirs)[...] = self._first_weights(ours)[order]

    @property
    def share(self) -> TrainingState:
        """What the steps of this process change: the copy, or what the pair has of it."""
        return self.pair.share if self.pair else self.state

    def collect(self) -> None:
        """Bring the network up to date: it then is as the last step left the copy."""
        if not self._at_work:
            return
        if self.pair:
            self.pair.collect()
        for ours, theirs in self._vectors():
            np.copyto(ours, theirs)
            self._first_weights(ours)[self.order] = self._first_weights(theirs)
        self.whole.count_like(self.state)

    def stop(self) -> None:
        """End the work. What was not collected is lost."""
        self._at_work = False
        if self.pair:
            self.pair.stop()

    def _vectors(self) -> list[tuple[Floats, Floats]]:
        """Return all vectors (P,) of the network that are trained, each beside the copy's."""
        ours = self.whole.arrays()
        return [(ours[name], theirs) for name, theirs in self.state.arrays().items()]

    def _first_weights(self, vector: Floats) -> Floats:
        return self.whole.network.named(vector)["W1"]


def trim(examples: Examples) -> Examples:
    """Return the examples trimmed where that is worth it, else as they are.

    It is worth nothing where most inputs are used in every batch; floats and large sets stay as
    they are, too. Whether the rows lie in memory or in a mapped file is no matter, so that the same
    rows are always summed up in the same way.
    """
    x = examples.x
    if x.dtype != np.uint8 or not 0 < x.nbytes <= ROOM:
        return examples
    brightest = np.array([rows.max(axis=0) for rows in samples(x)])
    order = np.argsort(-np.count_nonzero(brightest, axis=0), kind="stable")
    if used(brightest[:, order]).mean() > WORTH * examples.inputs:
        return examples
    return TrimmedExamples(examples, order)


def cuts(rows: int) -> tuple[float, ...]:
    """Return at which shares of its rows a batch of so many has a new strip.

    More of them would cost what they save: each takes some calls, a few microseconds.
    """
    return (0.5, 0.75, 0.9) if rows >= 256 else (0.75,) if rows >= 32 else ()


def samples(x: NDArray[np.uint8]) -> Iterator[NDArray[np.uint8]]:
    """Yield the rows of `x (N, D)`, some at a time."""
    for start in range(0, len(x), SAMPLE):
        yield x[start : start + SAMPLE]


def used(x: NDArray[np.uint8]) -> NDArray[np.intp]:
    """Return for each row of `x (N, D)` the number of columns up to its last that is not zero (N,).

    Only the second half of the columns is looked through: the answer is at least D // 2.
    """
    half = x.shape[1] // 2
    found = np.ones((len(x), x.shape[1] - half + 1), dtype=bool)
    np.not_equal(x[:, half:], 0, out=found[:, 1:])
    widths: NDArray[np.intp] = x.shape[1] - found[:, ::-1].argmax(axis=1)
    return widths
