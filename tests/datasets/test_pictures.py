"""Pictures: a folder for each class is a data set, and what it lacks is said in one line."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from nnfs_cli.datasets import Dataset, load, pictures
from nnfs_cli.errors import DataError
from nnfs_cli.images import normalise, read_picture

from .writers import csv_text, error_of, labels
from .writers import pictures as pixels


def draw(path: Path, *, slant: int = 0, size: int = 40) -> Path:
    """Write a picture of a stroke, dark on light; another `slant` is another picture."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.new("L", (size, size), 255)
    ImageDraw.Draw(image).line([(12 + slant, 8), (28 - slant, 32)], fill=0, width=4)
    image.save(path)
    return path


def fill(folder: Path, classes: Iterable[str], *, each: int = 2) -> Path:
    for number, name in enumerate(classes):
        for index in range(each):
            draw(folder / name / f"{index}.png", slant=number + index)
    return folder


def counts(data: Dataset) -> dict[str, int]:
    rows = data.split("train").labels
    return {name: int((rows == label).sum()) for label, name in enumerate(data.classes)}


def test_a_folder_for_each_class_is_a_data_set(tmp_path: Path) -> None:
    data = load(fill(tmp_path, ["beta", "alpha", "Gamma"]))

    assert data.classes == ("alpha", "beta", "Gamma")
    assert counts(data) == {"alpha": 2, "beta": 2, "Gamma": 2}
    assert data.image_shape == (28, 28)
    assert data.test is None
    assert data.warnings == ()
    assert data.name == tmp_path.name


def test_a_row_is_what_predict_makes_of_the_picture(tmp_path: Path) -> None:
    data = load(fill(tmp_path, ["a", "b"]))

    train = data.split("train")
    assert train.x.dtype == np.uint8
    paths = [tmp_path / name / f"{index}.png" for name in "ab" for index in (0, 1)]
    for row, label, path in zip(train.x, train.labels, paths, strict=True):
        expected = normalise(read_picture(path, name="it"), name="it").pixels
        assert np.array_equal(row, expected.reshape(-1)), path
        assert data.classes[label] == path.parent.name


def test_folders_of_some_digits_have_the_labels_of_these_digits(tmp_path: Path) -> None:
    data = load(fill(tmp_path, ["7", "3"]))

    assert data.classes == tuple("0123456789")
    assert data.split("train").labels.tolist() == [3, 3, 7, 7]


def test_numbers_beyond_the_digits_are_classes_in_the_order_of_numbers(tmp_path: Path) -> None:
    data = load(fill(tmp_path, ["10", "9", "100", "x"], each=1))

    assert data.classes == ("9", "10", "100", "x")


def test_the_classes_of_a_model_are_kept_to(tmp_path: Path) -> None:
    fill(tmp_path, ["beta"])

    data = load(tmp_path, classes=("gamma", "beta", "alpha"))
    assert data.classes == ("gamma", "beta", "alpha")
    assert data.split("train").labels.tolist() == [1, 1]

    fill(tmp_path, ["delta"])
    error = error_of(lambda: load(tmp_path, classes=("gamma", "beta", "alpha")))
    assert error.message == f"{tmp_path} has the class delta, the model knows gamma, beta, alpha"
    assert error.hint == (
        f"for other classes train a model of their own: nnfs train --data {tmp_path}"
    )


def test_train_and_test_may_be_folders_of_their_own(tmp_path: Path) -> None:
    fill(tmp_path / "train", ["a", "b", "c"], each=3)
    fill(tmp_path / "test", ["c", "a"], each=1)

    data = load(tmp_path)
    assert data.classes == ("a", "b", "c")
    assert len(data.split("train")) == 9
    assert data.split("test").labels.tolist() == [0, 2]
    assert load(tmp_path, splits=["test"]).classes == data.classes
    assert load(tmp_path, splits=["test"]).train is None


def test_classes_may_be_called_train_and_test(tmp_path: Path) -> None:
    assert load(fill(tmp_path, ["train", "test", "plane"])).classes == ("plane", "test", "train")


def test_without_a_split_the_pictures_are_the_one_that_is_asked_for(tmp_path: Path) -> None:
    fill(tmp_path, ["a", "b"])

    assert load(tmp_path, splits=["test"]).train is None
    assert len(load(tmp_path, splits=["test"]).split("test")) == 4
    assert load(tmp_path, splits=["test", "train"]).test is None


def test_the_order_does_not_depend_on_the_disk(tmp_path: Path) -> None:
    for index in (10, 2, 1):
        draw(tmp_path / "a" / f"{index}.png", slant=index)
    fill(tmp_path, ["b"])

    rows = load(tmp_path).split("train").x
    alone = [
        normalise(read_picture(tmp_path / "a" / f"{index}.png", name="it")).pixels.reshape(-1)
        for index in (1, 2, 10)
    ]
    assert np.array_equal(rows[:3], alone)


def test_a_table_in_the_folder_comes_first(tmp_path: Path) -> None:
    fill(tmp_path, ["a", "b"])
    (tmp_path / "train.csv").write_text(csv_text(pixels(), labels()))

    assert load(tmp_path).image_shape == (4, 4)


def test_a_few_that_cannot_be_used_are_left_out_and_named(tmp_path: Path) -> None:
    fill(tmp_path, ["a", "b"], each=25)
    blank, text = tmp_path / "a" / "blank.png", tmp_path / "b" / "notes.txt"
    Image.new("L", (30, 30), 255).save(blank)
    text.write_text("hello")
    broken = [tmp_path / "b" / f"z{index}.png" for index in range(3)]
    for path in broken:
        path.write_bytes(b"\x89PNG\r\n\x1a\n")

    data = load(tmp_path)

    assert counts(data) == {"a": 25, "b": 25}
    (warning,) = data.warnings
    assert warning.startswith(
        f"5 of the 55 pictures in {tmp_path} are left out: no digit found in {blank}: "
    )
    assert f"; {text} is not named like a picture; " in warning
    assert warning.endswith("; and 2 more")
    assert "\n" not in warning


def test_more_than_a_tenth_is_an_error(tmp_path: Path) -> None:
    fill(tmp_path, ["a", "b"], each=9)
    for name in ("x", "y"):
        (tmp_path / "a" / f"{name}.png").write_bytes(b"no picture")
    assert len(load(tmp_path).warnings) == 1  # 2 of 20

    (tmp_path / "a" / "z.png").write_bytes(b"")
    error = error_of(lambda: load(tmp_path))
    assert error.message.startswith(
        f"3 of the 21 pictures in {tmp_path} cannot be used; the first: "
        f"cannot read {tmp_path}/a/x.png: "
    )
    assert error.hint == "mend or remove them; up to a tenth is left out with a warning"


def test_what_is_hidden_or_leads_nowhere_is_not_seen(tmp_path: Path) -> None:
    fill(tmp_path, ["a", "b"])
    draw(tmp_path / "a" / ".hidden.png")
    draw(tmp_path / ".cache" / "x.png")
    (tmp_path / "README.txt").write_text("my letters")
    (tmp_path / "a" / "Thumbs.db").write_bytes(b"\0")
    (tmp_path / "b" / "loop").symlink_to(tmp_path / "b" / "loop")
    (tmp_path / "b" / "up").symlink_to(tmp_path)
    (tmp_path / "round").symlink_to(tmp_path)
    (tmp_path / "b" / "gone.png").symlink_to(tmp_path / "nothing.png")
    os.mkfifo(tmp_path / "b" / "pipe.png")

    data = load(tmp_path)
    assert counts(data) == {"a": 2, "b": 2}
    assert data.warnings == ()


def test_links_to_pictures_and_to_class_folders_are_followed(tmp_path: Path) -> None:
    fill(tmp_path / "else", ["b"])
    fill(tmp_path / "data", ["a"])
    (tmp_path / "data" / "b").symlink_to(tmp_path / "else" / "b")
    (tmp_path / "data" / "a" / "other.png").symlink_to(tmp_path / "else" / "b" / "1.png")

    assert counts(load(tmp_path / "data")) == {"a": 3, "b": 2}


def test_what_is_not_a_data_set_of_pictures_gets_its_message(tmp_path: Path) -> None:
    root = tmp_path
    loose, one, hollow, deep, stray, mixed, untaught, empty = (
        root / name
        for name in ("loose", "one", "hollow", "deep", "stray", "mixed", "untaught", "empty")
    )
    draw(loose / "7.png")
    fill(one, ["alpha"])
    fill(hollow, ["a", "b"])
    (hollow / "c").mkdir()
    fill(deep, ["a", "b"])
    draw(deep / "a" / "old" / "1.png")
    fill(stray, ["a", "b"])
    draw(stray / "photo.PNG")
    fill(mixed / "train", ["a", "b"])
    fill(mixed, ["c"])
    fill(untaught / "train", ["a", "b"])
    fill(untaught / "test", ["a", "z"])
    (empty / "a").mkdir(parents=True)
    (empty / "b").mkdir()

    for path, message in {
        loose: f"{loose} holds pictures, but no folder for each class",
        one: f"{one} holds only one class, alpha",
        hollow: f"{hollow}/c holds no picture that can be used",
        deep: f"{deep}/a/old is a folder inside of a class folder",
        stray: f"{stray}/photo.PNG lies beside the class folders, not in one",
        mixed: f"{mixed}/c lies beside {mixed}/train",
        untaught: f"{untaught}/test/z has no counterpart in {untaught}/train",
        empty: f"{empty}/a holds no picture that can be used",
    }.items():
        error = error_of(lambda path=path: load(path))  # type: ignore[misc]
        assert error.message == message
        assert error.hint


def test_a_class_of_which_nothing_can_be_used_says_why(tmp_path: Path) -> None:
    fill(tmp_path, ["a", "b"], each=30)
    Image.new("L", (30, 30), 255).save(draw(tmp_path / "c" / "0.png"))

    message = error_of(lambda: load(tmp_path)).message
    assert message.startswith(f"{tmp_path}/c holds no picture that can be used: no digit found in ")


def test_there_are_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, ["a", "b", "c"], each=3)
    with monkeypatch.context() as patch:
        patch.setattr(pictures, "MAX_PICTURES", 8)
        assert error_of(lambda: load(tmp_path)).message == (
            f"{tmp_path} holds 9 pictures, the limit is 8"
        )
        patch.setattr(pictures, "MAX_PICTURES", 2)
        assert error_of(lambda: load(tmp_path)).message == f"{tmp_path} holds more than 2 files"
    monkeypatch.setattr(pictures, "MAX_CLASSES", 2)
    assert error_of(lambda: load(tmp_path)).message == (
        f"{tmp_path} holds 3 folders, the limit is 2"
    )


def test_a_class_must_have_a_name_that_can_be_written(tmp_path: Path) -> None:
    fill(tmp_path, ["a"])
    os.mkdir(os.fsencode(tmp_path) + b"/\xff")  # noqa: PTH102 - a name that is no text

    with pytest.raises(DataError, match="has a name that is not UTF-8"):
        load(tmp_path)


def test_a_folder_that_may_not_be_read_is_a_data_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path, ["a", "b"])

    def refuse(path: object) -> None:
        raise PermissionError(13, "Permission denied")  # root would be let in

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(DataError, match="permission denied"):
        pictures.holds_classes(tmp_path)


def test_reading_many_is_announced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, ["a", "b"], each=3)
    said: list[str] = []
    load(tmp_path, tell=said.append)
    assert said == []
    monkeypatch.setattr(pictures, "MANY", 6)
    load(tmp_path, tell=said.append)
    assert said == [f"reading 6 pictures in {tmp_path}"]
