"""The data set that comes with the program: MNIST."""

from __future__ import annotations

from pathlib import Path

from nnfs_cli.errors import DataError
from nnfs_cli.packaged import packaged, places

NAME = "mnist"


def folder() -> Path:
    """Return the folder of the four MNIST files."""
    found = packaged(f"data/{NAME}")
    if found is None:
        inside, beside = places(f"data/{NAME}")
        raise DataError(
            f"the MNIST data that comes with nnfs is neither at {inside} nor at {beside}",
            hint="install nnfs-cli again, or name other data: --data FOLDER",
        )
    return found
