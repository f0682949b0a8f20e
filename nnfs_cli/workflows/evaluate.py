"""Evaluate: a model's answers to a whole data set, and what they say about it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from nnfs_cli.datasets import Dataset, Split, load
from nnfs_cli.engine import Evaluation, Examples, evaluate
from nnfs_cli.engine.metrics import calibration_error, precision_recall_f1
from nnfs_cli.errors import ModelError
from nnfs_cli.model import Model
from nnfs_cli.workflows.diagnoses import Diagnosis, diagnose
from nnfs_cli.workflows.evidence import Evidence
from nnfs_cli.workflows.fingerprint import fingerprint
from nnfs_cli.workflows.models import data_for, find_model
from nnfs_cli.workflows.watch import examine


@dataclass(frozen=True)
class ClassScore:
    """How well one class is told from the others; shares from 0 to 1."""

    label: str
    precision: float
    recall: float
    f1: float
    rows: int  # that are of this class


@dataclass(frozen=True)
class Mixup:
    """How often one class was taken for another."""

    truth: str
    guess: str
    count: int


@dataclass(frozen=True)
class EvaluationReport:
    """All that `nnfs evaluate` tells."""

    model: str
    data: str
    split: str
    rows: int
    accuracy: float
    interval: tuple[float, float]  # 95 %, Wilson
    loss: float  # nats
    calibration_error: float  # share, over 15 bins
    per_class: list[ClassScore]
    confusion: list[list[int]]  # row = truth, column = guess
    most_confused: list[Mixup]  # the commonest mistakes, most frequent first
    diagnoses: tuple[Diagnosis, ...] = ()  # what seems to be wrong

    def to_dict(self) -> dict[str, object]:
        """Return the one line of `nnfs evaluate --json`."""
        return {
            **vars(self),
            "loss": self.loss if math.isfinite(self.loss) else None,  # JSON has finite numbers only
            "per_class": [vars(score) for score in self.per_class],
            "most_confused": [vars(mixup) for mixup in self.most_confused],
            "diagnoses": [diagnosis.to_dict() for diagnosis in self.diagnoses],
        }


@dataclass(frozen=True, eq=False)
class Evaluated:
    """What was asked, what was answered, and what that comes to.

    Row i of `result` is the answer to row i of `examples`, one split of `dataset`.
    """

    path: Path  # of the model
    model: Model
    dataset: Dataset
    split: Split
    examples: Examples
    result: Evaluation
    report: EvaluationReport

    @property
    def wrong(self) -> int:
        """The number of wrong answers."""
        return len(self.examples) - self.result.correct


def evaluate_model(
    model_path: Path | None,
    data: Path | None,
    split: Split = "test",
    *,
    tell: Callable[[str], None] | None = None,
) -> Evaluated:
    """Evaluate a model on one split of a data set.

    `tell` is called with a sentence before something that takes a while.

    Without `data` it is the data that the model was trained on, MNIST if it does not say.

    Raises:
        ModelError, DataError: either cannot be read, or the two do not fit together.
    """
    path, model = find_model(model_path)
    dataset = load(data_for(model, data), splits=(split,), classes=model.classes, tell=tell)
    examples = fitting(model, dataset.split(split), path)
    result = evaluate(model.network, examples)
    figures = report(result, model=str(path), dataset=dataset, split=split)
    own = data is None or str(data) == model.config.get("data")
    evidence = examine_result(model, examples, result, own=own, split=split)
    figures = replace(figures, diagnoses=tuple(diagnose(evidence)))
    return Evaluated(path, model, dataset, split, examples, result, figures)


def examine_result(
    model: Model, examples: Examples, result: Evaluation, *, own: bool, split: Split
) -> Evidence:
    """Return what speaks for or against a model; `own` is the data that it was trained on."""
    evidence = replace(
        examine(model.network, examples, classes=model.classes), accuracy=result.accuracy
    )
    if not own or split != "test":
        return evidence
    accuracy = model.training.get("train_accuracy")
    return replace(
        evidence,
        train_accuracy=accuracy if isinstance(accuracy, float) else None,
        seen=model.training.get("digest") == fingerprint(examples),
    )


def fitting(model: Model, examples: Examples, path: Path) -> Examples:
    """Return `examples` if their rows are as wide as the model expects."""
    if examples.inputs != model.network.inputs:
        raise ModelError(
            f"{path} expects {model.network.inputs} inputs, the data has {examples.inputs}",
            hint="use the model with the kind of data that it was trained on",
        )
    return examples


def report(result: Evaluation, *, model: str, dataset: Dataset, split: str) -> EvaluationReport:
    """Work out all figures of an evaluation."""
    confusion = result.confusion
    scores = zip(*precision_recall_f1(confusion), strict=True)
    return EvaluationReport(
        model=model,
        data=dataset.name,
        split=split,
        rows=len(result.labels),
        accuracy=result.accuracy,
        interval=result.interval,
        loss=result.loss,
        calibration_error=calibration_error(result.probs, result.labels),
        per_class=[
            ClassScore(label, float(precision), float(recall), float(f1), int(row.sum()))
            for label, (precision, recall, f1), row in zip(
                dataset.classes, scores, confusion, strict=True
            )
        ],
        confusion=confusion.tolist(),
        most_confused=most_confused(confusion, dataset.classes),
    )


def most_confused(confusion: np.ndarray, classes: tuple[str, ...], top: int = 5) -> list[Mixup]:
    """Return the commonest mistakes, at most `top`."""
    mistakes = confusion.copy()
    np.fill_diagonal(mistakes, 0)
    order = np.argsort(-mistakes, axis=None, kind="stable")[:top]
    pairs = [divmod(int(index), len(classes)) for index in order]
    return [
        Mixup(classes[truth], classes[guess], int(mistakes[truth, guess]))
        for truth, guess in pairs
        if mistakes[truth, guess]
    ]
