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


@pytest.mark.parametrize(
    ("labels", "index"), [([0, 9, 5], None), ([9, 10, 11], 1), ([3, 3, -1], 2), ([10], 0)]
)
def test_the_first_label_that_is_no_class_is_found(labels: list[int], index: int | None) -> None:
    assert first_outside(np.array(labels), 10) == index
