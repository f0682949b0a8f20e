"""The data set that comes with the program: MNIST."""

from __future__ import annotations

from pathlib import Path

from nnfs_cli.errors import DataError

NAME = "mnist"
_PACKAGE = Path(__file__).resolve().parents[1]


def folder() -> Path:
    """Return the folder of the four MNIST files: inside the wheel, or beside it in a checkout."""
    places = (_PACKAGE / "data" / NAME, _PACKAGE.parent / "data" / NAME)
    for place in places:
        if place.is_dir():
            return place
    raise DataError(
        f"the MNIST data that comes with nnfs is neither at {places[0]} nor at {places[1]}",
        hint="install nnfs-cli again, or name other data: --data FOLDER",
    )
