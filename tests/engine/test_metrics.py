"""Metrics: against numbers counted by hand, and against loops."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import reference

from nnfs_cli.engine.metrics import (
    calibration_error,
    confusion_matrix,
    count_correct,
    precision_recall_f1,
    reliability,
    wilson_interval,
)

# six rows of three classes; the guesses are 0 1 2 0 1 0, the truth is 0 1 1 2 1 0
PROBS = np.array(
    [[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.0, 0.4, 0.6], [0.5, 0.3, 0.2], [0.2, 0.5, 0.3], [1, 0, 0]]
)
LABELS = np.array([0, 1, 1, 2, 1, 0])


def drawn(rows: int = 200, classes: int = 7) -> tuple[Any, Any]:
    rng = np.random.default_rng(rows)
    return reference.softmax(2 * rng.standard_normal((rows, classes))), rng.integers(
        classes, size=rows
    )


def test_by_hand() -> None:
    assert count_correct(PROBS, LABELS) == 4
    confusion = confusion_matrix(PROBS.argmax(axis=1), LABELS, classes=3)
    assert confusion.tolist() == [[2, 0, 0], [0, 2, 1], [1, 0, 0]]
    precision, recall, f1 = precision_recall_f1(confusion)
    assert precision == pytest.approx([2 / 3, 1, 0])
    assert recall == pytest.approx([1, 2 / 3, 0])
    assert f1 == pytest.approx([4 / 5, 4 / 5, 0])


def test_calibration_by_hand() -> None:
    # two bins; all six are at least half sure, so: |4/6 - (0.7+0.8+0.6+0.5+0.5+1)/6|
    assert calibration_error(PROBS, LABELS, bins=2) == pytest.approx(abs(4 / 6 - 4.1 / 6))
    # four: 0.5 to 0.75 holds rows 0 2 3 4, of which 0 and 4 are right; the others are right
    expected = (abs(2 - 2.3) + abs(2 - 1.8)) / 6
    assert calibration_error(PROBS, LABELS, bins=4) == pytest.approx(expected)


def test_reliability_by_hand() -> None:
    rows, confidence, hits = reliability(PROBS, LABELS, bins=4)
    assert rows.tolist() == [0, 0, 4, 2]
    assert confidence == pytest.approx([0, 0, 0.7 + 0.6 + 0.5 + 0.5, 0.8 + 1])
    assert hits.tolist() == [0, 0, 2, 2]


def test_a_guess_that_is_no_number_counts_as_one_of_no_confidence() -> None:
    probs = np.array([[np.nan, np.nan], [0.9, 0.1]])
    rows, confidence, hits = reliability(probs, np.array([1, 0]), bins=2)
    assert (rows.tolist(), confidence.tolist(), hits.tolist()) == ([1, 1], [0, 0.9], [0, 1])
    assert calibration_error(probs, np.array([1, 0]), bins=2) == pytest.approx(0.05)


def test_a_perfect_guesser_is_calibrated() -> None:
    assert calibration_error(np.eye(4)[[0, 1, 2, 3, 0]], np.array([0, 1, 2, 3, 0])) == 0.0
    assert calibration_error(np.eye(4)[[0, 1]], np.array([1, 0])) == 1.0


def test_a_class_that_is_never_called_or_never_there_scores_zero() -> None:
    for scores in precision_recall_f1(np.array([[3, 0, 0], [0, 0, 0], [1, 0, 0]])):
        assert scores[1] == 0.0
        assert scores[2] == 0.0


@pytest.mark.parametrize("rows", [1, 2, 50, 333])
def test_metrics_agree_with_loops(rows: int) -> None:
    probs, labels = drawn(rows)
    predicted = probs.argmax(axis=1)
    assert count_correct(probs, labels) / rows == pytest.approx(reference.accuracy(probs, labels))
    confusion = confusion_matrix(predicted, labels, classes=7)
    np.testing.assert_array_equal(confusion, reference.confusion(predicted, labels, 7))
    scores = np.array(precision_recall_f1(confusion))
    for k in range(7):
        assert scores[:, k] == pytest.approx(reference.precision_recall_f1(predicted, labels, k))
    for bins in (1, 10, 15):
        assert calibration_error(probs, labels, bins=bins) == pytest.approx(
            reference.calibration_error(probs, labels, bins), abs=1e-12
        )


@pytest.mark.parametrize(
    ("hits", "rows", "low", "high"),
    [
        # Newcombe 1998, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (20, 20, 0.8389, 1.0),
    ],
)
def test_wilson_gives_the_published_intervals(
    hits: int, rows: int, low: float, high: float
) -> None:
    assert wilson_interval(hits, rows) == pytest.approx((low, high), abs=5e-5)


def test_wilson_is_symmetric_and_within_zero_and_one() -> None:
    for hits in range(31):
        low, high = wilson_interval(hits, 30)
        assert 0 <= low <= hits / 30 <= high <= 1
        assert wilson_interval(30 - hits, 30) == pytest.approx((1 - high, 1 - low), abs=1e-12)
