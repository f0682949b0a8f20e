"""Folder: the file names by which a folder says which split is where."""

from __future__ import annotations

from pathlib import Path

from nnfs_cli.datasets.dataset import Split
from nnfs_cli.datasets.files import unreadable
from nnfs_cli.errors import DataError

_IDX_NAMES: dict[Split, str] = {"train": "train-images", "test": "t10k-images"}
_CSV_PREFIXES = ("", "mnist_", "fashion-mnist_")
_SUFFIXES = ("", ".gz")


def find_split(folder: Path, split: Split) -> Path | None:
    """Return the IDX images file or the CSV file of a split, or None when there is neither."""
    names = [
        f"{_IDX_NAMES[split]}{dot}idx3-ubyte{suffix}" for dot in "-." for suffix in _SUFFIXES
    ] + [f"{prefix}{split}.csv{suffix}" for prefix in _CSV_PREFIXES for suffix in _SUFFIXES]
    present = file_names(folder)
    return next((folder / name for name in names if name in present), None)


def labels_of(images: Path) -> Path:
    """Return the labels file that lies beside an IDX images file; DataError when there is none."""
    if "images" not in images.name:
        raise DataError(
            f"{images} is not named as an images file, so its labels cannot be found",
            hint="name the two like MNIST's, train-images-idx3-ubyte and train-labels-idx1-ubyte",
        )
    name = images.name.replace("images", "labels").replace("idx3", "idx1")
    plain = name.removesuffix(".gz")
    dotted = (
        plain.replace("-idx1", ".idx1") if "-idx1" in plain else plain.replace(".idx1", "-idx1")
    )
    names = [name, *(stem + suffix for stem in (plain, dotted) for suffix in _SUFFIXES)]
    present = file_names(images.parent)
    for candidate in names:
        if candidate in present:
            return images.with_name(candidate)
    raise DataError(f"{images} has no labels file beside it", hint=f"expected {name}")


def file_names(folder: Path) -> set[str]:
    """Return the names of everything in a folder."""
    try:
        return {entry.name for entry in folder.iterdir()}
    except OSError as error:
        raise unreadable(folder, error) from error
