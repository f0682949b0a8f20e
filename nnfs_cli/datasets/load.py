"""Load: one door for every data set. What a file is, its first bytes say, and not its name.

A further format is a reader, its line in `_READERS`, and the lines of `_kind` that recognise it.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, TypeAlias

from nnfs_cli.datasets import builtin, csv_table, idx, npz, pictures
from nnfs_cli.datasets.dataset import Dataset, Part, Split
from nnfs_cli.datasets.files import Gunzip, damage, is_folder, is_gzip, opened
from nnfs_cli.datasets.folder import file_names, find_split, labels_of
from nnfs_cli.datasets.labels import PLAUSIBLE, Classes, OutsideError, more_classes
from nnfs_cli.engine.examples import Examples
from nnfs_cli.errors import DataError

_SPLITS: tuple[Split, ...] = ("train", "test")
_HINT = (
    "data is a folder of IDX files, of train.csv and test.csv, or of a folder of pictures for each "
    "class; or one IDX, CSV or NPZ file"
)


class Wanted(NamedTuple):
    """What a reader is asked for."""

    splits: list[Split]  # at least one, in order
    classes: Classes
    tell: Callable[[str], None]


def load(
    source: Path | None = None,
    *,
    splits: Collection[Split] = _SPLITS,
    classes: int | Sequence[str] = 10,
    tell: Callable[[str], None] | None = None,
) -> Dataset:
    """Read a data set; MNIST when `source` is None.

    Only `splits` are read, so that an evaluation does not pay for the training rows. A single file
    that does not say which split it is counts as the one that is asked for, or as the training
    split when both are. A split that is not there is None.

    Args:
        source: a folder or a file.
        splits: what to read, at least one.
        classes: how many there are: labels are 0 to `classes - 1`, and a folder of pictures whose
            folders are called otherwise brings its own classes. Or the names of all classes, in
            order, which then no data set may go beyond.
        tell: is called with a sentence before something that takes a while.

    Raises:
        DataError: the data is missing, damaged, or not what it says it is.
    """
    path = builtin.folder() if source is None else source
    in_order = [split for split in _SPLITS if split in splits]
    wanted = Wanted(in_order, Classes.of(classes), tell or (lambda text: None))
    read = _READERS[_kind(path)]
    try:
        return read(path, wanted)
    except OutsideError as error:
        raise DataError(error.message, hint=_enough(read, path, wanted) or error.hint) from error


def _enough(read: _Reader, path: Path, wanted: Wanted) -> str | None:
    """Return what to do for all labels of the data, not only for the first that is no class."""
    if wanted.classes.fixed:
        return "the model does not know this class: train a new one on data that has it"
    try:
        dataset = read(path, wanted._replace(classes=Classes.of(PLAUSIBLE)))
    except DataError:  # there is more amiss than the number of classes
        return None
    return more_classes(
        max(int(part.labels.max()) for part in (dataset.train, dataset.test) if part is not None)
    )


def _read_folder(path: Path, wanted: Wanted) -> Dataset:
    found = {split: find_split(path, split) for split in _SPLITS}
    if not any(found.values()):
        if pictures.are_in(path):
            raise DataError(
                f"{path} holds pictures, but no folder for each class",
                hint=f"put them into folders named after what they show, such as {path / '7'}",
            )
        what = "holds no data set" if file_names(path) else "is empty"
        raise DataError(f"{path} {what}", hint=_HINT)
    files = {split: file for split in wanted.splits if (file := found[split])}
    count = len(wanted.classes.names)

    def read(file: Path) -> Part:
        if ".csv" in file.name:
            return csv_table.read(file, classes=count)
        return idx.read(file, labels_of(file), classes=count)

    with ThreadPoolExecutor() as pool:  # to unpack a file does not take Python's lock
        parts = dict(zip(files, pool.map(read, files.values()), strict=True))
    return _dataset(path, parts, wanted.classes.names)


def _read_pictures(path: Path, wanted: Wanted) -> Dataset:
    found = pictures.read(path, wanted.splits, classes=wanted.classes, tell=wanted.tell)
    return replace(_dataset(path, found.parts, found.classes), warnings=found.warnings)


def _read_idx(path: Path, wanted: Wanted) -> Dataset:
    split: Split = "test" if path.name.startswith("t10k") else wanted.splits[0]
    parts: dict[Split, Part] = {}
    if split in wanted.splits:
        parts[split] = idx.read(path, labels_of(path), classes=len(wanted.classes.names))
    return _dataset(path, parts, wanted.classes.names)


def _read_csv(path: Path, wanted: Wanted) -> Dataset:
    part = csv_table.read(path, classes=len(wanted.classes.names))
    return _dataset(path, {wanted.splits[0]: part}, wanted.classes.names)


def _read_npz(path: Path, wanted: Wanted) -> Dataset:
    names = wanted.classes.names
    return _dataset(path, npz.read(path, wanted.splits, classes=len(names)), names)


_Reader: TypeAlias = Callable[[Path, Wanted], Dataset]

_READERS: dict[str, _Reader] = {
    "folder": _read_folder,
    "pictures": _read_pictures,
    "idx": _read_idx,
    "csv": _read_csv,
    "npz": _read_npz,
}


def _kind(path: Path) -> str:
    """Return the name of the format, a key of `_READERS`, by looking at the first bytes."""
    if is_folder(path):
        is_tables = any(find_split(path, split) for split in _SPLITS)
        return "folder" if is_tables or not pictures.holds_classes(path) else "pictures"
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
