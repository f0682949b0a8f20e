"""Models: the model that a command uses, and a word about it when the user chose none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nnfs_cli.cli.console import note, percent

if TYPE_CHECKING:
    from nnfs_cli.model import Model


def chosen_model(path: Path | None, *, quiet: bool = False) -> Model:
    """Return the model at `path`, or the one that is used when none is named."""
    from nnfs_cli.workflows.models import find_model, is_builtin

    found, model = find_model(path)
    if path is None and is_builtin(found) and not quiet:
        note_builtin(model)
    return model


def note_builtin(model: Model) -> None:
    """Say that the model is the one that comes with nnfs, and how good it is."""
    accuracy = model.training.get("test_accuracy")
    text = "no model/model.npz here: using the built-in one"
    if isinstance(accuracy, float):
        text += f", {percent(accuracy, 1)} right on MNIST"
    note(text)
