"""Mistakes: which are the worst, and the folder they are saved in."""

from __future__ import annotations

import csv
import errno
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from nnfs_cli.datasets import Dataset
from nnfs_cli.engine import Evaluation, Examples, multilayer_perceptron
from nnfs_cli.errors import DataError, NnfsError
from nnfs_cli.model import Model
from nnfs_cli.workflows.evaluate import Evaluated, report
from nnfs_cli.workflows.mistakes import (
    INDEX,
    Mistake,
    file_name,
    prepare_folder,
    save_mistakes,
    worst_mistakes,
)

CLASSES = ("zero", "one", "two")
PIXELS = np.arange(4, dtype=np.uint8).reshape(2, 2)


def evaluated(probs: Any, labels: list[int], *, pictures: bool = True) -> Evaluated:
    """Return an evaluation in which each row was given these probabilities."""
    x = np.arange(4 * len(labels), dtype=np.uint8).reshape(-1, 4)
    examples = Examples(x, np.array(labels))
    shape = (2, 2) if pictures else None
    dataset = Dataset("made", Path("made"), None, examples, shape, CLASSES)
    with np.errstate(divide="ignore"):
        result = Evaluation(np.log(np.array(probs, dtype=np.float64)), examples.labels)
    model = Model(multilayer_perceptron(4, (), 3), "sigmoid", CLASSES, shape)
    figures = report(result, model="m.npz", dataset=dataset, split="test")
    return Evaluated(Path("m.npz"), model, dataset, "test", examples, result, figures)


def mistake(truth: str = "one", guess: str = "two", **changes: Any) -> Mistake:
    values: dict[str, Any] = {"row": 7, "confidence": 0.984, "truth_probability": 0.01}
    return Mistake(truth=truth, guess=guess, **{**values, "pixels": PIXELS, **changes})


PROBS = [
    [0.6, 0.3, 0.1],  # right
    [0.7, 0.2, 0.1],
    [0.1, 0.1, 0.8],
    [0.7, 0.1, 0.2],  # as sure as row 1, and gives the truth less
    [0.9, 0.0, 0.1],
]


def test_the_surest_wrong_answers_come_first_and_then_those_that_gave_the_truth_least() -> None:
    found = worst_mistakes(evaluated(PROBS, [0, 1, 0, 1, 1]), 10)
    assert [each.row for each in found] == [4, 2, 3, 1]
    first = found[0]
    assert (first.truth, first.guess) == ("one", "zero")
    assert first.confidence == pytest.approx(0.9)
    assert first.truth_probability == 0
    assert first.pixels is not None
    assert first.pixels.tolist() == [[16, 17], [18, 19]]


def test_there_are_no_more_than_asked_for_and_than_there_are() -> None:
    assert [m.row for m in worst_mistakes(evaluated(PROBS, [0, 1, 0, 1, 1]), 2)] == [4, 2]
    assert worst_mistakes(evaluated(PROBS, [0, 0, 2, 0, 0]), 5) == []


def test_equals_come_in_the_order_of_their_rows() -> None:
    found = worst_mistakes(evaluated([[0.2, 0.4, 0.4]] * 4, [0, 0, 0, 0]), 3)
    assert [each.row for each in found] == [0, 1, 2]
    assert [each.guess for each in found] == ["one"] * 3


def test_an_answer_that_is_no_number_is_a_mistake_that_was_sure_of_nothing() -> None:
    probs = [[np.nan, np.nan, np.nan], [0.8, 0.1, 0.1]]
    found = worst_mistakes(evaluated(probs, [2, 1]), 5)
    assert [(each.row, each.confidence) for each in found] == [(1, pytest.approx(0.8)), (0, 0.0)]


def test_rows_that_are_not_pictures_have_no_pixels_and_cannot_be_saved(tmp_path: Path) -> None:
    found = worst_mistakes(evaluated(PROBS, [0, 1, 0, 1, 1], pictures=False), 3)
    assert [each.pixels for each in found] == [None] * 3
    with pytest.raises(DataError, match="are not pictures"):
        save_mistakes(tmp_path, found)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_holds_the_pixels_and_a_line_about_each(tmp_path: Path) -> None:
    found = worst_mistakes(evaluated(PROBS, [0, 1, 0, 1, 1]), 3)
    assert save_mistakes(tmp_path, found) == 3
    names = [
        "0001_row-4_is-one_read-as-zero_90.png",
        "0002_row-2_is-zero_read-as-two_80.png",
        "0003_row-3_is-one_read-as-zero_70.png",
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == [*names, INDEX]
    for name, each in zip(names, found, strict=True):
        with Image.open(tmp_path / name) as image:
            assert image.mode == "L"
            assert (np.asarray(image) == each.pixels).all()
    lines = list(csv.DictReader(io.StringIO((tmp_path / INDEX).read_text(encoding="utf-8"))))
    assert [line["file"] for line in lines] == names
    assert [int(line["row"]) for line in lines] == [4, 2, 3]
    assert [float(line["confidence"]) for line in lines] == [m.confidence for m in found]
    assert (lines[0]["truth"], lines[0]["guess"]) == ("one", "zero")


def test_no_mistakes_make_an_index_without_lines(tmp_path: Path) -> None:
    assert save_mistakes(tmp_path, []) == 0
    assert len((tmp_path / INDEX).read_text().splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "------etc-passwd"),
        ("a b\n\x1b[31m\u202e", "a-b---31m-"),
        ("c:\\con*?", "c--con--"),
        ("\u00e4\u03b1", "\u00e4\u03b1"),
        ("\udcff", "-"),
        ("", "-"),
        ("n" * 300, "n" * 24),
    ],
)
def test_the_name_of_a_class_cannot_lead_a_file_elsewhere(
    name: str, shown: str, tmp_path: Path
) -> None:
    assert file_name(12, mistake(name)) == f"0012_row-7_is-{shown}_read-as-two_98.png"
    save_mistakes(tmp_path, [mistake(name, name)])
    assert len(list(tmp_path.iterdir())) == 2
    (line,) = csv.DictReader(
        io.StringIO((tmp_path / INDEX).read_bytes().decode("utf-8"), newline="")
    )
    assert line["truth"] == name.encode("utf-8", "backslashreplace").decode()


def test_what_was_written_is_taken_back_when_the_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nnfs_cli.files import atomic_write

    written: list[Path] = []

    def full(path: Path) -> Any:
        if len(written) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(path)
        return atomic_write(path)

    monkeypatch.setattr("nnfs_cli.workflows.mistakes.atomic_write", full)
    with pytest.raises(NnfsError, match="No space left") as caught:
        save_mistakes(tmp_path, [mistake(row=row) for row in range(5)])
    assert caught.value.hint
    assert len(written) == 2
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_made_and_may_be_there_if_it_is_empty(tmp_path: Path) -> None:
    prepare_folder(tmp_path / "a" / "b")
    prepare_folder(tmp_path / "a" / "b")
    assert list((tmp_path / "a" / "b").iterdir()) == []


def test_a_folder_with_anything_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".hidden").touch()
    with pytest.raises(NnfsError, match="it is not empty"):
        prepare_folder(tmp_path)


@pytest.mark.parametrize("inside", ["", "/deeper"])
def test_a_file_in_the_place_of_the_folder_is_refused(inside: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NnfsError, match=r"cannot save mistakes in .*file is not a folder"):
        prepare_folder(Path(f"{tmp_path}/file{inside}"))
