"""Checkpoint: one file from which an interrupted training goes on exactly as if it had not been.

Beside a model there are the latest checkpoint, the one before it, and that of the best epoch so far
where there is validation. Writing is atomic, so the latest is whole; should a disk have damaged it,
the one before serves.
"""

from __future__ import annotations

import json
import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from nnfs_cli.engine import TrainingState
from nnfs_cli.errors import ModelError
from nnfs_cli.files import atomic_write, why
from nnfs_cli.manifest import Tensor, describe, pack
from nnfs_cli.npz import one_line, read_npz, write_npz

FORMAT = 1
HEADER = "checkpoint"  # the member that describes the others
MAX_BYTES = 2**30
MAX_HEADER = 2**28  # bytes: a million epochs of history
LATEST, PREVIOUS, BEST = "checkpoint.npz", "checkpoint.previous.npz", "checkpoint.best.npz"


class DataMark(msgspec.Struct, frozen=True):
    """What a training was fed with, to notice that it is not what it is fed with now."""

    name: str
    rows: int
    inputs: int
    digest: str


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """The JSON of the member `checkpoint`."""

    format: int
    config: dict[str, Any]
    data: DataMark
    threads: Annotated[int, msgspec.Meta(ge=1, le=1024)]
    history: tuple[dict[str, float | int | None], ...]  # the epochs so far
    counters: dict[str, int | float | None]  # None stands for infinity, which JSON has not
    generators: str  # JSON again: its integers have 128 bits
    tensors: dict[str, Tensor]


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A checkpoint that was read and found whole."""

    path: Path
    header: Header
    arrays: dict[str, NDArray[Any]]

    def restore(self, state: TrainingState) -> None:
        """Put everything back into `state`.

        Raises:
            ModelError: it is the checkpoint of another kind of training.
        """
        vectors = state.arrays()
        found = {name: (array.shape, array.dtype) for name, array in self.arrays.items()}
        if found != {name: (vector.shape, vector.dtype) for name, vector in vectors.items()}:
            raise ModelError(f"{self.path} does not fit the network of its own config")
        try:
            counters = self.header.counters
            state.restore_counters(
                {name: math.inf if n is None else n for name, n in counters.items()}
            )
            state.restore_generators(json.loads(self.header.generators))
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise ModelError(f"{self.path} is damaged: {one_line(error)}") from error
        for name, vector in vectors.items():
            np.copyto(vector, self.arrays[name])


def save_checkpoint(
    folder: Path,
    state: TrainingState,
    *,
    config: dict[str, Any],
    data: DataMark,
    threads: int,
    history: list[dict[str, Any]],
    best: bool,
    first: bool,
    keep_latest: bool,
) -> None:
    """Write the latest checkpoint in `folder`; `keep_latest`, the one before, and keep the `best`.

    The `first` one of a run drops what an earlier run left. A damaged one is not worth keeping: it
    would take the place of the one before, which is whole.

    Raises:
        ModelError: the file cannot be written.
    """
    arrays = state.arrays()
    header = Header(
        format=FORMAT,
        config=config,
        data=data,
        threads=threads,
        history=tuple(history),
        counters={
            name: number if math.isfinite(number) else None
            for name, number in state.counters().items()
        },
        generators=json.dumps(state.generators()),
        tensors=describe(arrays),
    )
    latest = folder / LATEST
    try:
        if keep_latest and latest.exists():
            keep(latest, folder / PREVIOUS)
        with atomic_write(latest) as file:
            write_npz(file, {HEADER: pack(header), **arrays})
        if first:
            (folder / PREVIOUS).unlink(missing_ok=True)
            (folder / BEST).unlink(missing_ok=True)
        if best:
            keep(latest, folder / BEST)
    except OSError as error:
        raise ModelError(
            f"cannot write {latest}: {why(error)}",
            hint="free some space, then: nnfs train --resume",
        ) from error


def keep(path: Path, name: Path) -> None:
    """Give the file at `path` the second name `name`, in one step and, if possible, uncopied."""
    temporary = name.with_name(f".{name.name}.link")
    temporary.unlink(missing_ok=True)
    try:
        os.link(path, temporary)
    except OSError:  # a file system without links, such as that of a memory stick
        with atomic_write(name) as file:
            file.write(path.read_bytes())
        return
    temporary.replace(name)
    temporary.unlink(missing_ok=True)  # replacing a file by itself does nothing, says POSIX


def find_checkpoint(folder: Path) -> Checkpoint:
    """Return the latest checkpoint in `folder` that is whole.

    Raises:
        ModelError: there is none; or there are, but each is damaged.
    """
    candidates = [folder / name for name in (LATEST, PREVIOUS) if (folder / name).exists()]
    if not candidates:
        raise ModelError(
            f"nothing to resume: there is no {folder / LATEST}", hint="start with: nnfs train"
        )
    problems = []
    for path in candidates:
        try:
            return load_checkpoint(path)
        except ModelError as error:
            problems.append(error)
    raise problems[0]


def load_checkpoint(path: Path) -> Checkpoint:
    """Read the checkpoint at `path`.

    Raises:
        ModelError: it is missing, damaged, or something else.
    """
    hint = "it cannot be resumed; start again: nnfs train"
    arrays = read_npz(path, limit=MAX_BYTES, error=ModelError)
    text = arrays.pop(HEADER, None)
    if text is None or text.dtype != np.uint8 or text.ndim != 1:
        raise ModelError(f"{path} is not a checkpoint of nnfs", hint=hint)
    if text.size > MAX_HEADER:
        raise ModelError(
            f"{path} has a header of {text.size:,} bytes, the limit is {MAX_HEADER:,}", hint=hint
        )
    try:
        header = msgspec.json.decode(text.tobytes(), type=Header)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise ModelError(f"{path} has a damaged header: {one_line(error)}", hint=hint) from error
    if header.format != FORMAT:
        raise ModelError(
            f"{path} has format {header.format}, this program reads format {FORMAT}",
            hint="it was written by a newer nnfs: update nnfs",
        )
    if header.tensors != describe(arrays):
        raise ModelError(f"{path} is damaged: its arrays are not those it lists", hint=hint)
    return Checkpoint(path, header, arrays)
