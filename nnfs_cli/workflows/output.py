"""Output: the files that a training leaves, and that no other training writes at the same time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nnfs_cli.checkpoint import BEST, LATEST, PREVIOUS, keep
from nnfs_cli.config import EffectiveConfig, to_dict, to_toml
from nnfs_cli.errors import ModelError
from nnfs_cli.files import LineFile, atomic_write, folder_lock, prepare_output, sweep, writing
from nnfs_cli.model import Model, load_model, save_model
from nnfs_cli.workflows.resume import FREE

CONFIG = "config.toml"  # the effective config, beside the model
HISTORY = "history.jsonl"  # a line an epoch, beside the model
RESUME = "free some space, then: nnfs train --resume"  # where it is the disk that fails


@contextmanager
def own_folder(output: Path) -> Iterator[None]:
    """Have the folder of the model `output` to ourselves while the block runs.

    Raises:
        NnfsError: nothing can be written there, or another training is writing there.
    """
    if not output.parent.is_dir():
        prepare_output(output)
    with folder_lock(output.parent):
        prepare_output(output)  # removes temporary files: those of another training until now
        for name in (LATEST, PREVIOUS, BEST, CONFIG, HISTORY):
            sweep(output.with_name(name))
        yield


class Output:
    """The model of a run, with its config and history beside it.

    Nothing is written before there is something to show: until then what an earlier run left stays
    as it is. Its model is never written over, but kept under another name.

    Args:
        path: the model.
        effective: the config.
        resumed: whether this run may have been here before.
    """

    def __init__(self, path: Path, effective: EffectiveConfig, *, resumed: bool) -> None:
        self.path = path
        self.kept: Path | None = None  # where the model is that was there before
        self._effective = effective
        self._foreign = not resumed or is_of_another(path, to_dict(effective.values))

    def history(self, lines: Iterable[dict[str, Any]]) -> LineFile:
        """Return the history, with the epochs so far in it."""
        return LineFile(self.path.with_name(HISTORY), map(json.dumps, lines), hint=RESUME)

    def write(self, model: Model) -> None:
        """Write the config and the model, once; what an earlier run left is kept first.

        Raises:
            NnfsError: they cannot be written.
        """
        if self._foreign and self.path.exists():
            self.kept = self.path.with_name(f"{self.path.stem}.previous{self.path.suffix}")
            with writing(self.kept, hint=RESUME):
                keep(self.path, self.kept)
        config = self.path.with_name(CONFIG)
        with writing(config, hint=RESUME), atomic_write(config) as file:
            file.write(to_toml(self._effective, annotate=True).encode())
        save_model(self.path, model)


def is_of_another(path: Path, config: dict[str, Any]) -> bool:
    """Return whether a model is there that was not trained by this config, but for its length."""
    if not path.exists():
        return False
    try:
        stored = load_model(path).config
    except ModelError:
        return True
    return any(stored.get(key) != config[key] for key in config.keys() - FREE - {"epochs"})
