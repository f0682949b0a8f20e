"""Labels: the last class is one, and the number after it is none, in every format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from nnfs_cli.datasets import load
from nnfs_cli.datasets.labels import first_outside

from .writers import csv_text, error_of, npz_bytes, pictures, write_idx


def as_idx(folder: Path, marks: NDArray[np.uint8]) -> Path:
    return write_idx(folder, pictures(len(marks)), marks)


def as_gz(folder: Path, marks: NDArray[np.uint8]) -> Path:
    return write_idx(folder, pictures(len(marks)), marks, gz=True)


def as_csv(folder: Path, marks: NDArray[np.uint8]) -> Path:
    (folder / "train.csv").write_text(csv_text(pictures(len(marks)), marks))
    return folder / "train.csv"


def as_npz(folder: Path, marks: NDArray[np.uint8]) -> Path:
    (folder / "x.npz").write_bytes(npz_bytes(images=pictures(len(marks)), labels=marks))
    return folder / "x.npz"


@pytest.mark.parametrize("classes", [2, 10, 26])
@pytest.mark.parametrize("write", [as_idx, as_gz, as_csv, as_npz])
def test_the_last_class_is_taken_and_the_number_after_it_refused(
    write: Callable[..., Path], classes: int, tmp_path: Path
) -> None:
    marks = np.array([0, classes - 1, 1], np.uint8)
    good = load(write(tmp_path, marks), splits=["train"], classes=classes)
    assert good.split("train").labels.tolist() == marks.tolist()
    marks[1] = classes
    bad = write(tmp_path, marks)
    error = error_of(lambda: load(bad, splits=["train"], classes=classes))
    last = classes - 1
    assert error.message.endswith(f": label {classes} is outside the {classes} classes (0-{last})")
    assert error.hint == f"if the data has more classes: --set classes={classes + 1}"


@pytest.mark.parametrize("write", [as_idx, as_gz, as_csv, as_npz])
def test_the_hint_counts_all_labels_and_not_only_the_first_that_is_no_class(
    write: Callable[..., Path], tmp_path: Path
) -> None:
    bad = write(tmp_path, np.array([0, 5, 1, 12, 9], np.uint8))
    error = error_of(lambda: load(bad, classes=5))
    assert ": label 5 is outside the 5 classes (0-4)" in error.message
    assert error.hint == "if the data has more classes: --set classes=13"
    assert len(load(bad, splits=["train"], classes=13).classes) == 13


@pytest.mark.parametrize("kind", ["idx", "csv", "npz"])
def test_the_hint_counts_the_labels_of_the_test_split_too(kind: str, tmp_path: Path) -> None:
    train, test = np.array([0, 5, 1], np.uint8), np.array([3, 8, 2], np.uint8)
    if kind == "npz":
        x = pictures(3)
        (tmp_path / "x.npz").write_bytes(npz_bytes(x_train=x, y_train=train, x_test=x, y_test=test))
    for split, marks in (("train", train), ("test", test)):
        if kind == "csv":
            (tmp_path / f"{split}.csv").write_text(csv_text(pictures(3), marks))
        if kind == "idx":
            write_idx(tmp_path, pictures(3), marks, prefix="t10k" if split == "test" else split)
    source = tmp_path / "x.npz" if kind == "npz" else tmp_path
    error = error_of(lambda: load(source, classes=5))
    assert ": label 5 is outside the 5 classes (0-4)" in error.message
    assert error.hint == "if the data has more classes: --set classes=9"
    assert load(source, classes=9).split("test").labels.tolist() == test.tolist()


def test_a_label_that_can_be_none_is_no_class_more(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("5,0,9\n2000,0,9\n")
    error = error_of(lambda: load(tmp_path / "x.csv", classes=5))
    assert error.message == f"{tmp_path}/x.csv line 1: label 5 is outside the 5 classes (0-4)"
    assert error.hint == "if the data has more classes: --set classes=6"


def test_a_class_that_a_model_does_not_know_calls_for_another_model(tmp_path: Path) -> None:
    error = error_of(lambda: load(as_csv(tmp_path, np.array([0, 2], np.uint8)), classes=["a", "b"]))
    assert error.message.endswith(" line 3: label 2 is outside the 2 classes (0-1)")
    assert error.hint.startswith("the model does not know this class: train a new one")


@pytest.mark.parametrize(
    ("labels", "index"), [([0, 9, 5], None), ([9, 10, 11], 1), ([3, 3, -1], 2), ([10], 0)]
)
def test_the_first_label_that_is_no_class_is_found(labels: list[int], index: int | None) -> None:
    assert first_outside(np.array(labels), 10) == index
