"""Evaluation: the answers of a network to every one of some examples, and what they are worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnfs_cli.engine import ops
from nnfs_cli.engine.arrays import Floats, Labels, Scratch
from nnfs_cli.engine.examples import Examples
from nnfs_cli.engine.metrics import Counts, confusion_matrix, count_correct, wilson_interval
from nnfs_cli.engine.network import PREDICT_ROWS, Network, quiet


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The logits (N, C) that a network gave, beside the labels (N,)."""

    logits: Floats
    labels: Labels

    @property
    def correct(self) -> int:
        """The number of right answers."""
        return count_correct(self.logits, self.labels)

    @property
    def accuracy(self) -> float:
        """The share of right answers, 0 to 1."""
        return self.correct / len(self.labels)

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the accuracy: what other rows of the same kind might have given."""
        return wilson_interval(self.correct, len(self.labels))

    @property
    @quiet()
    def loss(self) -> float:
        """The mean cross-entropy in nats, without label smoothing, computed in float64.

        It is not a number where logits have overflowed.
        """
        logits = self.logits.astype(np.float64)
        return ops.cross_entropy_forward(logits, self.labels, probs=np.empty_like(logits))

    @property
    @quiet()
    def probs(self) -> Floats:
        """The probabilities (N, C), float64."""
        logits = self.logits.astype(np.float64)
        return ops.softmax(logits, out=logits)

    @property
    def predicted(self) -> Labels:
        """The most probable class of each row, (N,)."""
        predicted: Labels = self.logits.argmax(axis=1)
        return predicted

    @property
    def confusion(self) -> Counts:
        """(C, C) counts: row = the true class, column = the guess."""
        return confusion_matrix(self.predicted, self.labels, classes=self.logits.shape[1])


@quiet()
def evaluate(network: Network, examples: Examples) -> Evaluation:
    """Return the network's answers to all `examples`, a few hundred rows at a time.

    Without any examples there are no answers, and no accuracy.
    """
    n = len(examples)
    logits = np.empty((n, network.classes), dtype=network.dtype)
    x = Scratch(examples.inputs, dtype=network.dtype)
    raw = Scratch(examples.inputs, dtype=examples.x.dtype)
    for start in range(0, n, PREDICT_ROWS):
        indices = np.arange(start, min(start + PREDICT_ROWS, n))
        rows = x.rows(len(indices))
        examples.gather(indices, out=rows, raw=raw.rows(len(indices)))
        logits[indices] = network.forward(rows)
    return Evaluation(logits, examples.labels)
