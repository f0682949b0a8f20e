"""Metrics: how good the answers are, in numbers that people compare."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnfs_cli.engine.arrays import Floats, Labels

Counts = NDArray[np.int64]
Scores = NDArray[np.float64]


def count_correct(logits: Floats, labels: Labels) -> int:
    """Return in how many rows of `logits (N, C)` the largest number is that of the label."""
    return int(np.count_nonzero(logits.argmax(axis=1) == labels))


def confusion_matrix(predicted: Labels, labels: Labels, *, classes: int) -> Counts:
    """Return (C, C) counts: row = the true class, column = the guess."""
    flat = np.bincount(labels * classes + predicted, minlength=classes * classes)
    return flat.reshape(classes, classes).astype(np.int64)


def precision_recall_f1(confusion: Counts) -> tuple[Scores, Scores, Scores]:
    """Return precision, recall and their harmonic mean for each class, each (C,).

    Precision: of the rows called k, the share that is k. Recall: of the rows that are k, the share
    called k. 0 where there is nothing to divide by.
    """
    hits = np.diag(confusion).astype(np.float64)
    called = confusion.sum(axis=0)
    actual = confusion.sum(axis=1)
    precision = np.divide(hits, called, out=np.zeros_like(hits), where=called > 0)
    recall = np.divide(hits, actual, out=np.zeros_like(hits), where=actual > 0)
    f1 = np.divide(2 * hits, called + actual, out=np.zeros_like(hits), where=called + actual > 0)
    return precision, recall, f1


def wilson_interval(hits: int, rows: int, *, z: float = 1.959964) -> tuple[float, float]:
    """Return the 95 % interval of a share, `hits` of `rows`, at least one (Wilson 1927).

    Unlike the share plus or minus z standard errors it stays within 0 and 1, and holds for shares
    near these ends.
    """
    share = hits / rows
    centre = share + z * z / (2 * rows)
    margin = z * math.sqrt(share * (1 - share) / rows + z * z / (4 * rows * rows))
    scale = 1 + z * z / rows
    return max(0.0, (centre - margin) / scale), min(1.0, (centre + margin) / scale)


class Reliability(NamedTuple):
    """Guesses sorted by their confidence into equal bins from 0 to 1, each array (bins,)."""

    rows: Counts  # how many guesses there are
    confidence: Scores  # the sum of their probabilities
    hits: Scores  # how many are right


def reliability(probs: Floats, labels: Labels, *, bins: int = 15) -> Reliability:
    """Return how often guesses of each confidence are right (DeGroot & Fienberg 1983).

    A guess whose probability is no number, because the logits overflowed, counts as one of 0.
    """
    confidence = np.nan_to_num(probs.max(axis=1).astype(np.float64))
    hit = probs.argmax(axis=1) == labels
    which = np.minimum((confidence * bins).astype(np.intp), bins - 1)
    return Reliability(
        np.bincount(which, minlength=bins),
        np.bincount(which, weights=confidence, minlength=bins).astype(np.float64),
        np.bincount(which, weights=hit, minlength=bins).astype(np.float64),
    )


def calibration_error(probs: Floats, labels: Labels, *, bins: int = 15) -> float:
    """Return how far confidence and accuracy lie apart, as a share (Guo et al. 2017, eq. 3).

    Rows are binned by the probability of their guess; 0 means that of the guesses made with 90 %
    confidence 90 % are right, and so on.
    """
    _, confidence, hits = reliability(probs, labels, bins=bins)
    return float(np.abs(hits - confidence).sum() / len(labels))
