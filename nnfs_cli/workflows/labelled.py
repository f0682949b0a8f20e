"""Labelled: a folder of pictures that someone drew, one sub-folder for each class.

`my-digits/7/0001.png`: the form of data set that `nnfs train --data my-digits/` learns from.
"""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

from nnfs_cli.errors import DataError, NnfsError
from nnfs_cli.files import atomic_write, make_folder, why
from nnfs_cli.images.reading import SUFFIXES

LONGEST = 100  # bytes of a class name: file systems end at 255
# what Windows reserves, and what means something else in a path
UNUSABLE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]|^\.|[. ]$|^ ')
DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


class LabelledFolder:
    """The folder, and how many pictures of each class lie in it."""

    def __init__(self, path: Path) -> None:
        """Count what is there; the folder is made when the first picture is saved.

        Raises:
            DataError: it is not a folder, or cannot be read.
        """
        self.path = path
        try:
            if path.exists() and not path.is_dir():
                raise DataError(
                    f"{path} is not a folder", hint="name a folder for your digits: --folder DIR"
                )
            self.counts = count_pictures(path) if path.exists() else {}
        except (OSError, ValueError) as error:
            raise DataError(
                f"cannot read {path}: {why(error)}", hint="name another folder: --folder DIR"
            ) from error

    def __repr__(self) -> str:
        return f"LabelledFolder({str(self.path)!r}, {sum(self.counts.values())} pictures)"

    def save(self, label: str, png: bytes) -> Path:
        """Write a picture of the class `label` under its next number; return where it is.

        Raises:
            NnfsError: no folder can have that name, or it cannot be written.
        """
        check_class_name(label)
        path = write_numbered(self.path / label, png)
        self.counts[label] = self.counts.get(label, 0) + 1
        return path

    def take_back(self, path: Path) -> None:
        """Remove a picture that `save` wrote, and its folder where nothing else is in it.

        Raises:
            NnfsError: it cannot be removed.
        """
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise NnfsError(f"cannot remove {path}: {why(error)}") from error
        label = path.parent.name
        left = self.counts.pop(label, 1) - 1
        if left > 0:
            self.counts[label] = left
        else:
            with contextlib.suppress(OSError):  # there is something else in it
                path.parent.rmdir()


def count_pictures(folder: Path) -> dict[str, int]:
    """Return the number of pictures in each sub-folder that has any; hidden ones do not count."""
    counts = {}
    for place in sorted(folder.iterdir()):
        if place.is_dir() and not place.name.startswith("."):
            number = sum(each.suffix.lower() in SUFFIXES for each in place.iterdir())
            if number:
                counts[place.name] = number
    return counts


def check_class_name(name: str) -> None:
    """Refuse the name of a class that cannot be the name of a folder on every system."""
    if not name.strip():
        raise NnfsError("the class has no name", hint="type the name of what you drew")
    if len(name.encode(errors="surrogateescape")) > LONGEST:
        raise NnfsError(f"the name is longer than {LONGEST} bytes", hint="use a shorter one")
    if UNUSABLE.search(name) or DEVICES.match(name):
        raise NnfsError(
            f"no folder can be named {name}", hint="use letters, figures, - and _ in the name"
        )


def write_numbered(folder: Path, png: bytes, *, stem: str = "") -> Path:
    """Write a picture under the first number above those in `folder`; never over another file.

    Raises:
        NnfsError: it cannot be written.
    """
    try:
        make_folder(folder)
        number = 1 + max((number_of(path, stem) for path in folder.iterdir()), default=0)
        while not claim(path := folder / f"{stem}{number:04d}.png"):
            number += 1
        try:
            with atomic_write(path) as file:
                file.write(png)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise NnfsError(
            f"cannot save in {folder}: {why(error)}", hint="check its permissions and the disk"
        ) from error
    return path


def number_of(path: Path, stem: str) -> int:
    """Return the number in a name of ours, whatever its suffix, or 0 in any other."""
    found = re.fullmatch(re.escape(stem) + "([0-9]{1,9})", path.stem)
    return int(found[1]) if found else 0


def claim(path: Path) -> bool:
    """Make `path`, empty, and return whether it is ours: two programs never get one number."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError:
        return False
    return True
