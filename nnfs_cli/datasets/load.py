"""Load: one door for every data set. What a file is, its first bytes say, and not its name.

A further format is a reader, its line in `_READERS`, and the lines of `_kind` that recognise it.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TypeAlias

from nnfs_cli.datasets import builtin, csv_table, idx, npz
from nnfs_cli.datasets.dataset import Dataset, Part, Split
from nnfs_cli.datasets.files import Gunzip, damage, is_folder, is_gzip, opened
from nnfs_cli.datasets.folder import file_names, find_split, labels_of
from nnfs_cli.engine.examples import Examples
from nnfs_cli.errors import DataError

_SPLITS: tuple[Split, ...] = ("train", "test")
_HINT = "data is a folder of IDX files or of train.csv and test.csv, or one IDX, CSV or NPZ file"


def load(
    source: Path | None = None,
    *,
    splits: Collection[Split] = _SPLITS,
    classes: int = 10,
) -> Dataset:
    """Read a data set; MNIST when `source` is None.

    Only `splits` are read, so that an evaluation does not pay for the training rows. A single file
    that does not say which split it is counts as the one that is asked for, or as the training
    split when both are. A split that is not there is None.

    Args:
        source: a folder or a file.
        splits: what to read, at least one.
        classes: labels are 0 to `classes - 1`.

    Raises:
        DataError: the data is missing, damaged, or not what it says it is.
    """
    path = builtin.folder() if source is None else source
    names = tuple(str(label) for label in range(classes))
    read = _READERS[_kind(path)]
    return read(path, [split for split in _SPLITS if split in splits], names)


def _read_folder(path: Path, splits: list[Split], classes: tuple[str, ...]) -> Dataset:
    found = {split: find_split(path, split) for split in _SPLITS}
    if not any(found.values()):
        what = "holds no data set" if file_names(path) else "is empty"
        raise DataError(f"{path} {what}", hint=_HINT)
    parts: dict[Split, Part] = {}
    for split in splits:
        file, count = found[split], len(classes)
        if file and ".csv" in file.name:
            parts[split] = csv_table.read(file, classes=count)
        elif file:
            parts[split] = idx.read(file, labels_of(file), classes=count)
    return _dataset(path, parts, classes)


def _read_idx(path: Path, splits: list[Split], classes: tuple[str, ...]) -> Dataset:
    split: Split = "test" if path.name.startswith("t10k") else splits[0]
    parts: dict[Split, Part] = {}
    if split in splits:
        parts[split] = idx.read(path, labels_of(path), classes=len(classes))
    return _dataset(path, parts, classes)


def _read_csv(path: Path, splits: list[Split], classes: tuple[str, ...]) -> Dataset:
    return _dataset(path, {splits[0]: csv_table.read(path, classes=len(classes))}, classes)


def _read_npz(path: Path, splits: list[Split], classes: tuple[str, ...]) -> Dataset:
    return _dataset(path, npz.read(path, splits, classes=len(classes)), classes)


# path, the splits to read (at least one, in order), what the labels stand for
_Reader: TypeAlias = Callable[[Path, list[Split], tuple[str, ...]], Dataset]

_READERS: dict[str, _Reader] = {
    "folder": _read_folder,
    "idx": _read_idx,
    "csv": _read_csv,
    "npz": _read_npz,
}


def _kind(path: Path) -> str:
    """Return the name of the format, a key of `_READERS`, by looking at the first bytes."""
    if is_folder(path):
        return "folder"
    with opened(path) as file:
        start = file.read(2)
        file.seek(0)
        if start == b"PK":
            return "npz"
        try:
            sample = (Gunzip(file) if is_gzip(file) else file).read(4096) or b""
        except (EOFError, zlib.error) as error:
            raise damage(path, error, place="at its start") from error
    if sample.startswith(b"\0\0"):
        return "idx"
    if b"\0" in sample:
        raise DataError(f"{path} is no IDX, NPZ or CSV file", hint=_HINT)
    return "csv"


def _dataset(path: Path, parts: Mapping[Split, Part], classes: tuple[str, ...]) -> Dataset:
    """Put the parts together; DataError when their rows are not of one length."""
    inputs = {split: part.x.shape[1] for split, part in parts.items()}
    if len(set(inputs.values())) > 1:
        train, test = inputs["train"], inputs["test"]
        raise DataError(f"{path}: a training row has {train} pixels, but a test row has {test}")
    splits = {split: Examples(part.x, part.labels) for split, part in parts.items()}
    return Dataset(
        name=path.resolve().name.lstrip(".").partition(".")[0] or "data",
        source=path,
        train=splits.get("train"),
        test=splits.get("test"),
        image_shape=next((part.image_shape for part in parts.values()), None),
        classes=classes,
    )
