"""Losses: one number that says how wrong the network was, and the gradient that tells it so."""

from __future__ import annotations

import numpy as np

from nnfs_cli.engine import ops
from nnfs_cli.engine.arrays import Floats, Labels, Scratch


class SoftmaxCrossEntropy:
    """Softmax, then the mean over the batch of -log(probability of the true class), in nats.

    Guessing all C classes alike costs log(C): 2.303 for ten digits. With `label_smoothing` s the
    truth is taken to be s / C for every class and 1 - s more for the labelled one.
    """

    def __init__(self, *, label_smoothing: float = 0.0) -> None:
        if not 0.0 <= label_smoothing < 1.0:
            raise ValueError(
                f"label_smoothing must be at least 0 and under 1, got {label_smoothing}"
            )
        self.label_smoothing = label_smoothing
        self._scratch: Scratch | None = None

    def forward(self, logits: Floats, labels: Labels) -> float:
        """Return the loss of `logits (N, C)` against `labels (N,)`.

        It remembers the labels, the guesses and the probabilities.
        """
        if self._scratch is None or not self._scratch.suits(logits):
            self._scratch = Scratch(logits.shape[1], dtype=logits.dtype)
        self._labels = labels
        self._guesses: Labels = logits.argmax(axis=1)
        self._probs = self._scratch.rows(len(logits))
        return ops.cross_entropy_forward(
            logits,
            labels,
            probs=self._probs,
            smoothing=self.label_smoothing,
            guesses=self._guesses,
        )

    @property
    def correct(self) -> int:
        """In how many rows of the last `forward` the largest score was that of the label."""
        return int(np.count_nonzero(self._guesses == self._labels))

    def backward(self) -> Floats:
        """Return dlogits (N, C) of the last `forward`, in the memory of its probabilities."""
        return ops.cross_entropy_backward(
            self._probs, self._labels, dlogits=self._probs, smoothing=self.label_smoothing
        )

    def __repr__(self) -> str:
        smoothing = f"label_smoothing={self.label_smoothing:g}" if self.label_smoothing else ""
        return f"SoftmaxCrossEntropy({smoothing})"
