"""Models: which model file a command uses when none is named."""

from __future__ import annotations

from pathlib import Path

from nnfs_cli.errors import ModelError
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
