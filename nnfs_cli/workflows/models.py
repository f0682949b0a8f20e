"""Models: which model file a command uses when none is named."""

from __future__ import annotations

import contextlib
from pathlib import Path

from nnfs_cli.errors import DataError, ModelError
from nnfs_cli.model import Model, load_model

DEFAULT = Path("model/model.npz")  # where `nnfs train` leaves its model


def find_model(path: Path | None) -> tuple[Path, Model]:
    """Return the model at `path`, or the one that was trained here.

    Raises:
        ModelError: there is none, with how to make one; or it is damaged.
    """
    if path is not None:
        return path, load_model(path)
    if DEFAULT.exists():
        return DEFAULT, load_model(DEFAULT)
    raise ModelError(
        f"no model yet: there is no {DEFAULT} here",
        hint="train one first: nnfs train   (or name one: --model FILE)",
    )


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
