"""Models: which model file a command uses when none is named."""

from __future__ import annotations

import contextlib
from pathlib import Path

from nnfs_cli.errors import DataError, ModelError
from nnfs_cli.model import Model, load_model
from nnfs_cli.packaged import packaged

BUILTIN = "builtin"  # the name of the model that comes with nnfs, trained by configs/best.toml
DEFAULT = Path("model/model.npz")  # where `nnfs train` leaves its model


def find_model(path: Path | None) -> tuple[Path, Model]:
    """Return the model at `path`, or the one that was trained here, or the built-in one.

    `builtin` is a name of the last, unless there is a file of that name.

    Raises:
        ModelError: there is none, with how to make one; or it is damaged.
    """
    if path is not None and (str(path) != BUILTIN or path.exists()):
        return path, load_model(path)
    if path is None and DEFAULT.exists():
        return DEFAULT, load_model(DEFAULT)
    builtin = packaged(f"data/{BUILTIN}.npz")
    if builtin is None:
        raise ModelError(
            f"no model: there is no {DEFAULT} here, and the one that comes with nnfs is gone",
            hint="train one: nnfs train   (or name one: --model FILE)",
        )
    return builtin, load_model(builtin)


def is_builtin(path: Path) -> bool:
    """Return whether `path` is the model that comes with nnfs."""
    return path == packaged(f"data/{BUILTIN}.npz")


def data_for(model: Model, data: Path | None) -> Path | None:
    """Return `data`, or else what the model was trained on; None is MNIST.

    Raises:
        DataError: what it was trained on is no longer where it was.
    """
    source = model.config.get("data")
    if data is not None or not isinstance(source, str):
        return data
    with contextlib.suppress(OSError, ValueError):  # what a damaged file may name
        if Path(source).exists():
            return Path(source)
    raise DataError(
        f"the data that the model was trained on is not here: {source}",
        hint="name a data set: --data PATH",
    )
