"""Pictures: a folder for each class, `my-digits/7/photo.png`; every picture becomes 28x28.

They go through the same door as those that are predicted, so a network learns from what it will be
shown. A few that cannot be used are left out and named; many are an error.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from nnfs_cli.datasets.dataset import Part, Split
from nnfs_cli.datasets.files import unreadable
from nnfs_cli.datasets.labels import Classes
from nnfs_cli.errors import DataError, ImageError
from nnfs_cli.text import typed

MAX_CLASSES = 1000
MAX_PICTURES = 200_000  # in one split; as IDX or NPZ there may be more, and they are read faster
TOLERATED = 0.1  # share of the pictures that may be unusable
NAMED = 3  # pictures that a warning names
MANY = 100  # pictures that take a second or more
CLUTTER = {"thumbs.db", "desktop.ini"}  # what Windows leaves in folders that were looked at
_SPLITS: tuple[Split, ...] = ("train", "test")


class Pictures(NamedTuple):
    """What a folder of pictures came to."""

    parts: dict[Split, Part]
    classes: tuple[str, ...]
    warnings: tuple[str, ...]


class _Contents(NamedTuple):
    """What there is to see in a folder, by name."""

    folders: list[Path]
    files: list[Path]


def holds_classes(folder: Path) -> bool:
    """Return whether `folder` has folders in it, as a data set of pictures has."""
    return bool(_contents(folder).folders)


def are_in(folder: Path) -> bool:
    """Return whether pictures lie directly in `folder`."""
    return any(map(_is_picture, _contents(folder).files))


def read(
    folder: Path,
    splits: Sequence[Split],
    *,
    classes: Classes,
    tell: Callable[[str], None] = lambda text: None,
) -> Pictures:
    """Read `folder/CLASS/*` or `folder/train/CLASS/*` and `folder/test/CLASS/*`.

    Pictures without a split count as the first of `splits`. The classes are `classes.names` where
    these cover the folders, as the ten digits cover 3 and 7, and else the names of the folders.

    Raises:
        DataError: there is nothing to learn from, or not what it should be.
    """
    places = _places(folder, splits[0])
    found = {split: _class_folders(place) for split, place in places.items()}
    names = _names(folder, found, classes)
    parts: dict[Split, Part] = {}
    warnings: list[str] = []
    for split in splits:
        if split in found:
            files = _files_of(places[split], found[split])
            if (count := sum(map(len, files.values()))) >= MANY:
                tell(f"reading {count:,} pictures in {places[split]}")
            parts[split], unusable = _read_split(places[split], files, names)
            if unusable:
                warnings.append(unusable)
    return Pictures(parts, names, tuple(warnings))


def natural(name: str) -> tuple[bool, int, str, str]:
    """Return the key that sorts names as people do: 2 before 10, numbers before words."""
    is_number = name.isascii() and name.isdecimal()
    return not is_number, int(name) if is_number else 0, name.casefold(), name


def _places(folder: Path, unnamed: Split) -> dict[Split, Path]:
    """Return where the class folders of each split lie; those beside one another are `unnamed`."""
    contents = _contents(folder)
    splits: dict[Split, Path] = {
        split: folder / split
        for split in _SPLITS
        if folder / split in contents.folders and holds_classes(folder / split)
    }
    if not splits:
        return {unnamed: folder}
    if others := [path for path in contents.folders if path not in splits.values()]:
        raise DataError(
            f"{others[0]} lies beside {next(iter(splits.values()))}",
            hint="either all class folders lie in train and test, or there are no such folders",
        )
    _refuse_strays(contents)
    return splits


def _class_folders(place: Path) -> list[Path]:
    contents = _contents(place)
    if not contents.folders:
        raise DataError(
            f"{place} holds no class folders",
            hint=f"put pictures into folders named after what they show: {place / '7'}",
        )
    _refuse_strays(contents)
    if len(contents.folders) > MAX_CLASSES:
        raise DataError(
            f"{place} holds {len(contents.folders):,} folders, the limit is {MAX_CLASSES:,}",
            hint="a data set of pictures has one folder for each class",
        )
    for path in contents.folders:
        try:
            path.name.encode()
        except UnicodeEncodeError:
            raise DataError(
                f"{place}: the folder {path.name!r} has a name that is not UTF-8",
                hint="rename it: a class is called what its folder is called",
            ) from None
    return contents.folders


def _refuse_strays(contents: _Contents) -> None:
    """Refuse a picture that lies where no class is: left out, it would be missed by nobody."""
    if strays := [path for path in contents.files if _is_picture(path)]:
        raise DataError(
            f"{strays[0]} lies beside the class folders, not in one",
            hint="move it into the folder that is named after what it shows",
        )


def _names(folder: Path, found: dict[Split, list[Path]], classes: Classes) -> tuple[str, ...]:
    """Return what the labels stand for."""
    own = {split: {path.name for path in paths} for split, paths in found.items()}
    names = tuple(sorted(set().union(*own.values()), key=natural))
    foreign = [name for name in names if name not in classes.names]
    if classes.fixed:
        if foreign:
            raise DataError(
                f"{folder} has the class {foreign[0]}, the model knows {_listed(classes.names)}",
                hint="for other classes train a model of their own: "
                + typed("nnfs", "train", "--data", folder),
            )
        return classes.names
    if "train" in own and (untaught := own.get("test", set()) - own["train"]):
        raise DataError(
            f"{folder / 'test' / min(untaught)} has no counterpart in {folder / 'train'}",
            hint="a network can only be tested on classes that it has learned",
        )
    if len(names) == 1:
        raise DataError(
            f"{folder} holds only one class, {names[0]}",
            hint="a network tells classes apart: add a folder for another one",
        )
    return names if foreign else classes.names


def _files_of(place: Path, folders: list[Path]) -> dict[Path, list[Path]]:
    """Return the files of each class folder."""
    files = {folder: _pictures_of(folder) for folder in folders}
    if (total := sum(map(len, files.values()))) > MAX_PICTURES:
        raise DataError(
            f"{place} holds {total:,} pictures, the limit is {MAX_PICTURES:,}",
            hint="more are read faster, and in any number, as IDX or NPZ",
        )
    return files


def _read_split(
    place: Path, files: dict[Path, list[Path]], names: tuple[str, ...]
) -> tuple[Part, str | None]:
    """Return the pictures of one split and, if some are left out, which."""
    total = sum(map(len, files.values()))
    rows: list[np.ndarray] = []
    labels: list[int] = []
    problems: list[str] = []
    for folder, paths in files.items():
        before, complaints = len(rows), len(problems)
        for path in paths:
            try:
                rows.append(_pixels(path))
            except ImageError as error:
                problems.append(error.message)
        if len(rows) == before:
            reason = f": {problems[complaints]}" if len(problems) > complaints else ""
            raise DataError(
                f"{folder} holds no picture that can be used{reason}",
                hint="add pictures to it, or remove the folder",
            )
        labels += [names.index(folder.name)] * (len(rows) - before)
    if len(problems) > TOLERATED * total:
        raise DataError(
            f"{len(problems):,} of the {total:,} pictures in {place} cannot be used; "
            f"the first: {problems[0]}",
            hint="mend or remove them; up to a tenth is left out with a warning",
        )
    side = rows[0].shape
    part = Part(np.stack(rows).reshape(len(rows), -1), np.array(labels), (side[0], side[1]))
    return part, _warning(place, problems, total) if problems else None


def _pixels(path: Path) -> np.ndarray:
    """Return a picture as MNIST would hold it, (28, 28) uint8; ImageError when it has no digit."""
    from nnfs_cli.images import normalise, read_picture  # Pillow: only for those who need it

    if not _is_picture(path):
        raise ImageError(f"{path} is not named like a picture")
    return normalise(read_picture(path, name=str(path)), name=str(path)).pixels


def _warning(place: Path, problems: list[str], total: int) -> str:
    named = "; ".join(problems[:NAMED])
    more = f"; and {len(problems) - NAMED:,} more" if len(problems) > NAMED else ""
    return f"{len(problems):,} of the {total:,} pictures in {place} are left out: {named}{more}"


def _pictures_of(folder: Path) -> list[Path]:
    """Return the files of a class folder."""
    contents = _contents(folder)
    if inner := [path for path in contents.folders if not path.is_symlink()]:
        raise DataError(
            f"{inner[0]} is a folder inside of a class folder",
            hint=f"put its pictures into {folder}, or into a class folder of their own",
        )
    return contents.files


def _contents(folder: Path) -> _Contents:
    """Look into a folder. What is hidden, no file or folder, or a link in a circle is not seen."""
    folders: list[Path] = []
    files: list[Path] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith(".") or entry.name.lower() in CLUTTER:
                    continue
                path = folder / entry.name
                if path.is_file():
                    files.append(path)
                elif path.is_dir() and not _leads_back(path, folder):
                    folders.append(path)
                if len(folders) + len(files) > MAX_PICTURES:
                    raise DataError(
                        f"{folder} holds more than {MAX_PICTURES:,} files",
                        hint="more are read faster, and in any number, as IDX or NPZ",
                    )
    except OSError as error:
        raise unreadable(folder, error) from error
    return _Contents(
        sorted(folders, key=lambda path: natural(path.name)),
        sorted(files, key=lambda path: (natural(path.stem), path.suffix)),
    )


def _leads_back(path: Path, folder: Path) -> bool:
    """Return whether `path` is a link to the folder it lies in, or to one above."""
    return path.is_symlink() and folder.resolve().is_relative_to(path.resolve())


def _is_picture(path: Path) -> bool:
    from nnfs_cli.images.reading import SUFFIXES

    return path.suffix.lower() in SUFFIXES


def _listed(names: Sequence[str]) -> str:
    few = 12
    return ", ".join(names[:few]) + (f" and {len(names) - few} more" if len(names) > few else "")
