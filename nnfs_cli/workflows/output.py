"""Output: the files that a training leaves, and that no other training writes at the same time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nnfs_cli.checkpoint import BEST, LATEST, PREVIOUS, UNFINISHED, keep
from nnfs_cli.config import EffectiveConfig, to_dict, to_toml
from nnfs_cli.errors import ConfigError, ModelError
from nnfs_cli.files import (
    LineFile,
    atomic_write,
    folder_lock,
    prepare_output,
    prepare_place,
    writing,
)
from nnfs_cli.model import MAX_BYTES, Model, load_model, save_model
from nnfs_cli.npz import npz_names
from nnfs_cli.text import typed
from nnfs_cli.workflows.resume import FREE

CONFIG = "config.toml"  # the effective config, beside the model
HISTORY = "history.jsonl"  # a line an epoch, beside the model
ARCHIVE = b"PK"  # the beginning of each .npz file
WEIGHTS = "W1"  # an array that each model has
BEGIN = b'{"epoch": '  # of each line of a history
CONFIG_BEGINS = b"# data\n"  # as the heading of its first keys does
BESIDE = (CONFIG, HISTORY, LATEST, PREVIOUS, BEST, UNFINISHED)


@contextmanager
def own_folder(output: Path) -> Iterator[None]:
    """Have the folder of the model `output` to ourselves while the block runs.

    Raises:
        ConfigError: the model has the name of a file that is written beside it, or somebody else's
            file has.
        NnfsError: nothing can be written there, or another training is writing there.
    """
    if output.name in BESIDE:
        raise ConfigError(
            f"output is {output}: a file of this name is written beside the model",
            hint="name the model otherwise: --output FILE",
        )
    if is_no_model(output):
        raise ConfigError(
            f"output is {output}: there is a file of this name that is no model",
            hint="move it away, or name the model otherwise: --output FILE",
        )
    if found := foreign(output.parent):
        raise ConfigError(
            f"{found} seems to be your own, and a file of this name is written beside the model",
            hint=f"move it away, or name another folder: --output FOLDER/{output.name}",
        )
    if not output.parent.is_dir():
        prepare_output(output)
    with folder_lock(output.parent):
        prepare_output(output)  # removes temporary files: those of another training until now
        for path in (previous(output), *map(output.with_name, BESIDE)):
            prepare_place(path)
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
        self.resume = typed("nnfs", "train", "--resume", "--output", path)
        self._hint = f"free some space, then: {self.resume}"  # mostly it is the disk that fails

    def history(self, lines: Iterable[dict[str, Any]]) -> LineFile:
        """Return the history, with the epochs so far in it."""
        return LineFile(self.path.with_name(HISTORY), map(json.dumps, lines), hint=self._hint)

    def write(self, model: Model) -> None:
        """Write the config and the model, once; what an earlier run left is kept first.

        Raises:
            NnfsError: they cannot be written.
        """
        if self._foreign and self.path.exists():
            self.kept = previous(self.path)
            with writing(self.kept, hint=self._hint):
                keep(self.path, self.kept)
        config = self.path.with_name(CONFIG)
        with writing(config, hint=self._hint), atomic_write(config) as file:
            file.write(to_toml(self._effective, annotate=True).encode())
        save_model(self.path, model)


def foreign(folder: Path) -> Path | None:
    """Return the config or history in `folder` that no training wrote, if there is one.

    A training writes its history first, and each line of it begins alike; so does each config.
    """
    history, config = folder / HISTORY, folder / CONFIG
    try:
        if history.is_file():
            with history.open("rb") as file:
                begin = file.read(len(BEGIN))
            if begin and begin != BEGIN:
                return history
            written = not config.is_file() or config.read_bytes().startswith(CONFIG_BEGINS)
            return None if written else config
        return config if config.is_file() else None
    except (OSError, ValueError):  # it will be told when it is to be written
        return None


def is_no_model(path: Path) -> bool:
    """Return whether something else than a model is at `path`; a damaged model may be replaced."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            begin = file.read(len(ARCHIVE))
    except (OSError, ValueError):  # it will be told when it is to be written
        return False
    if begin != ARCHIVE:
        return begin != b""
    try:
        return WEIGHTS not in npz_names(path, limit=MAX_BYTES, error=ModelError)
    except ModelError:
        return False


def previous(path: Path) -> Path:
    """Return where the model at `path` is kept when another one takes its place."""
    return path.with_name(f"{path.stem}.previous{path.suffix}")


def is_of_another(path: Path, config: dict[str, Any]) -> bool:
    """Return whether a model is there that was not trained by this config, but for its length."""
    if not path.exists():
        return False
    try:
        stored = load_model(path).config
    except ModelError:
        return True
    return any(stored.get(key) != config[key] for key in config.keys() - FREE - {"epochs"})
