"""Load: what a path means, by its contents; and what is said when it means nothing."""

from __future__ import annotations

import gzip
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnfs_cli import packaged
from nnfs_cli.datasets import Dataset, builtin, load
from nnfs_cli.errors import DataError

from .writers import csv_text, error_of, labels, npz_bytes, pictures, write_idx

FLAT = pictures().reshape(12, 16)


def write_both(folder: Path, **options: Any) -> None:
    write_idx(folder, pictures(), labels(), **options)
    write_idx(folder, pictures(5), labels(5), prefix="t10k", **options)


def sizes(data: Dataset) -> tuple[int | None, int | None]:
    return (
        None if data.train is None else len(data.train),
        None if data.test is None else len(data.test),
    )


def test_every_format_gives_equal_arrays(tmp_path: Path) -> None:
    (tmp_path / "gz").mkdir()
    text = csv_text(pictures(), labels())
    paths = [
        write_idx(tmp_path, pictures(), labels()),
        write_idx(tmp_path / "gz", pictures(), labels(), gz=True),
    ]
    for name, content in {
        "a.csv": text.encode(),
        "a.csv.gz": gzip.compress(text.encode()),
        "headless.csv": csv_text(pictures(), labels(), header=False).encode(),
        "a.npz": npz_bytes(images=pictures(), labels=labels()),
        "b.npz": npz_bytes(compressed=True, x_train=FLAT, y_train=labels()),
    }.items():
        (tmp_path / name).write_bytes(content)
        paths.append(tmp_path / name)

    for path in paths:
        data = load(path, splits=["train"])
        train = data.split("train")
        assert train.x.dtype == np.uint8
        assert np.array_equal(train.x, FLAT)
        assert np.array_equal(train.labels, labels())
        assert data.image_shape == (4, 4)
        assert data.source == path


@pytest.mark.parametrize("gz", [False, True])
@pytest.mark.parametrize("dot", ["-", "."])
def test_a_folder_of_four_idx_files_is_a_data_set(tmp_path: Path, gz: bool, dot: str) -> None:
    write_both(tmp_path, gz=gz, dot=dot)

    assert sizes(load(tmp_path)) == (12, 5)
    assert load(tmp_path).name == tmp_path.name


def test_a_suffix_that_lies_does_not_matter(tmp_path: Path) -> None:
    write_both(tmp_path, gz=True)
    for path in list(tmp_path.iterdir()):
        path.rename(path.with_suffix(""))
    csv = tmp_path / "really.npz"
    csv.write_text(csv_text(pictures(), labels()))

    assert sizes(load(tmp_path)) == (12, 5)
    assert sizes(load(csv)) == (12, None)


@pytest.mark.parametrize("prefix", ["", "mnist_", "fashion-mnist_"])
def test_a_folder_of_two_tables_is_a_data_set(tmp_path: Path, prefix: str) -> None:
    (tmp_path / f"{prefix}train.csv").write_text(csv_text(pictures(), labels()))
    (tmp_path / f"{prefix}test.csv").write_text(csv_text(pictures(5), labels(5)))

    assert sizes(load(tmp_path)) == (12, 5)


def test_only_the_splits_that_are_asked_for_are_read(tmp_path: Path) -> None:
    write_both(tmp_path)
    (tmp_path / "train-images-idx3-ubyte").write_bytes(b"damage")

    assert sizes(load(tmp_path, splits=["test"])) == (None, 5)
    with pytest.raises(DataError):
        load(tmp_path)


@pytest.mark.parametrize("name", ["a.csv", "a.npz", "train-images-idx3-ubyte", "my-images-idx3"])
def test_a_file_without_a_split_is_the_one_that_is_asked_for(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name == "a.csv":
        path.write_text(csv_text(pictures(), labels()))
    elif name == "a.npz":
        path.write_bytes(npz_bytes(images=pictures(), labels=labels()))
    else:
        write_idx(tmp_path, pictures(), labels()).rename(path)
        (tmp_path / "train-labels-idx1-ubyte").rename(
            tmp_path / name.replace("images", "labels").replace("idx3", "idx1")
        )

    assert sizes(load(path, splits=["test"])) == (None, 12)
    assert sizes(load(path, splits=["train"])) == (12, None)
    assert sizes(load(path, splits=["test", "train"])) == (12, None)


def test_a_file_called_t10k_is_the_test_split(tmp_path: Path) -> None:
    path = write_idx(tmp_path, pictures(), labels(), prefix="t10k")

    assert sizes(load(path)) == (None, 12)
    assert sizes(load(path, splits=["train"])) == (None, None)


def test_labels_are_found_whether_or_not_they_are_compressed(tmp_path: Path) -> None:
    path = write_idx(tmp_path, pictures(), labels())
    partner = tmp_path / "train-labels-idx1-ubyte"
    other = tmp_path / "train-labels.idx1-ubyte.gz"
    other.write_bytes(gzip.compress(partner.read_bytes()))
    partner.unlink()

    assert sizes(load(path)) == (12, None)
    other.unlink()
    error = error_of(lambda: load(path))
    assert error.message == f"{path} has no labels file beside it"
    assert error.hint == "expected train-labels-idx1-ubyte"


def test_a_labels_file_is_not_taken_for_images(tmp_path: Path) -> None:
    write_idx(tmp_path, pictures(), labels())
    path = tmp_path / "train-labels-idx1-ubyte"

    assert error_of(lambda: load(path)).message == (
        f"{path} is not named as an images file, so its labels cannot be found"
    )


def test_a_split_that_is_not_there_is_none_until_it_is_needed(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text(csv_text(pictures(), labels()))

    data = load(tmp_path)

    assert data.test is None
    error = error_of(lambda: data.split("test"))
    assert error.message == f"{tmp_path} has no test split"
    assert error.hint == (
        "name a folder that holds t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, or test.csv, "
        "or test/"
    )
    assert sizes(load(tmp_path, splits=["test"])) == (None, None)


def test_rows_of_two_lengths_are_no_data_set(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text("1,2,3\n")
    (tmp_path / "test.csv").write_text("1,2\n")

    assert error_of(lambda: load(tmp_path)).message == (
        f"{tmp_path}: a training row has 2 pixels, but a test row has 1"
    )


def test_more_classes_have_more_names(tmp_path: Path) -> None:
    path = tmp_path / "letters.csv"
    path.write_text("25,0\n3,1\n")

    data = load(path, classes=26)

    assert data.classes == tuple(map(str, range(26)))
    assert data.split("train").labels.tolist() == [25, 3]
    assert data.name == "letters"


def test_a_path_that_is_no_data_gets_its_message(tmp_path: Path) -> None:
    nothing, empty, other = tmp_path / "nothing", tmp_path / "empty", tmp_path / "other"
    fifo, loop, inside = tmp_path / "fifo", tmp_path / "loop", tmp_path / "inside"
    for folder in (empty, other, inside):
        folder.mkdir()
    (other / "notes.txt").write_text("hello")
    binary, blank = other / "a.bin", other / "blank"
    binary.write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    blank.write_bytes(b"")
    os.mkfifo(fifo)
    os.mkfifo(inside / "train.csv")
    loop.symlink_to(loop)
    long = tmp_path / ("x" * 300)
    nul = Path("a\0b")

    for path, message in {
        nothing: f"{nothing} does not exist",
        empty: f"{empty} is empty",
        other: f"{other} holds no data set",
        blank: f"{blank} is empty",
        binary: f"{binary} is no IDX, NPZ or CSV file",
        fifo: f"{fifo} is neither a file nor a folder",
        inside: f"{inside}/train.csv is neither a file nor a folder",
        loop: f"cannot read {loop}: too many levels of symbolic links",
        long: f"cannot read {long}: file name too long",
        nul: f"cannot read {nul}: no file can have such a name",
        Path("/dev/zero"): "/dev/zero is neither a file nor a folder",
    }.items():
        assert error_of(lambda path=path: load(path)).message == message  # type: ignore[misc]


@pytest.mark.parametrize("place", ["open", "iterdir"])
def test_what_the_system_refuses_is_a_data_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")  # root would be let in

    path = tmp_path / "a.csv"
    path.write_text("1,2\n")
    monkeypatch.setattr(Path, place, refuse)
    target = path if place == "open" else tmp_path

    assert error_of(lambda: load(target)).message == f"cannot read {target}: permission denied"


def test_an_error_of_the_disk_while_reading_is_a_data_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    path = write_idx(tmp_path, pictures(), labels(), gz=True)
    monkeypatch.setattr("nnfs_cli.datasets.idx.fill", fail)

    assert error_of(lambda: load(path)).message == (
        f"cannot read {tmp_path}/train-labels-idx1-ubyte.gz: input/output error"
    )


def test_the_path_is_said_as_it_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.csv").write_text("1,2\n1\n")

    assert error_of(lambda: load(Path("a.csv"))).message == (
        "a.csv line 2: 1 value, but line 1 has 2"
    )


def test_a_missing_built_in_data_set_says_where_it_should_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packaged, "PACKAGE", tmp_path / "nnfs_cli")

    error = error_of(load)

    assert error.message == (
        f"the MNIST data that comes with nnfs is neither at {tmp_path}/nnfs_cli/data/mnist "
        f"nor at {tmp_path}/data/mnist"
    )
    (tmp_path / "nnfs_cli/data/mnist").mkdir(parents=True)
    assert builtin.folder() == tmp_path / "nnfs_cli/data/mnist"
