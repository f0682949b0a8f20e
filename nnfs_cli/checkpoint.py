"""Checkpoint: one file from which an interrupted training goes on exactly as if it had not been.

Beside a model there are the latest checkpoint, the one before it, and that of the best epoch so far
where there is validation. Writing is atomic, so the latest is whole; should a disk have damaged it,
the one before serves.
"""

from __future__ import annotations

import json
import math
import os
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from nnfs_cli.engine import TrainingState
from nnfs_cli.errors import ModelError
from nnfs_cli.files import TEMPORARY, atomic_write, one_line, sync_folder, writing
from nnfs_cli.manifest import Manifest, describe, pack, unpack
from nnfs_cli.npz import read_npz, write_npz

FORMAT = 2  # 1 had no first loss
HEADER = "checkpoint"  # the member that describes the others
MAX_BYTES = 2**30
MAX_HEADER = 2**28  # bytes: a million epochs of history
LATEST, PREVIOUS, BEST = "checkpoint.npz", "checkpoint.previous.npz", "checkpoint.best.npz"
UNFINISHED = "checkpoint.unfinished.npz"  # the latest of a run whose place another one took


class DataMark(msgspec.Struct, frozen=True):
    """What a training was fed with, to notice that it is not what it is fed with now."""

    name: str
    rows: int
    inputs: int
    digest: str
    classes: tuple[str, ...] = ()  # what the labels stand for; empty in files of older versions


class Header(Manifest, frozen=True, kw_only=True):
    """The JSON of the member `checkpoint`."""

    config: dict[str, Any]
    data: DataMark
    threads: Literal["pair"] | Annotated[int, msgspec.Meta(ge=1, le=1024)]
    history: tuple[dict[str, float | int | None], ...]  # the epochs so far
    counters: dict[str, int | float | None]  # None stands for infinity, which JSON has not
    generators: str  # JSON again: its integers have 128 bits
    # accuracies of the model that a fine-tuning started from
    before: dict[str, float] = msgspec.field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A checkpoint that was read and found whole."""

    path: Path
    header: Header
    arrays: dict[str, NDArray[Any]]
    instead_of: str | None = None  # why it is not the latest, if it is not: `PATH is damaged: ...`

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
            if self.header.format == 1:
                counters = {**counters, "first_loss": None}
            state.restore_counters(
                {name: math.inf if n is None else n for name, n in counters.items()}
            )
            state.restore_generators(json.loads(self.header.generators))
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise ModelError(f"{self.path} is damaged: {one_line(error)}") from error
        for name, vector in vectors.items():
            np.copyto(vector, self.arrays[name])


class Checkpoints:
    """The checkpoints of one run: its first drops those of an earlier run, the next keep one.

    Args:
        folder: where they are written.
        resume: the command that goes on from them.
        resumed: the one that the run goes on from, if it was not begun anew.
        spare: whether that of an earlier run is kept as `UNFINISHED`.
    """

    def __init__(
        self, folder: Path, *, resume: str, resumed: Checkpoint | None, spare: bool = False
    ) -> None:
        self.folder = folder
        self._spare = spare
        self._resume = resume
        self._first = resumed is None
        self._keep_latest = resumed is not None and resumed.path.name == LATEST
        self._written = time.perf_counter()

    @property
    def age(self) -> float:
        """The seconds since the latest was written, or since the run began."""
        return time.perf_counter() - self._written

    @property
    def way_on(self) -> str:
        """How to go on from where the run is written down."""
        return "start again" if self._first else self._resume

    def save(self, state: TrainingState, *, best: bool, **header: Any) -> None:
        """Write the latest; `header` is what `save_checkpoint` wants to know beside the state.

        Raises:
            ModelError: it cannot be written.
        """
        if self._spare:
            self._keep_unfinished()
        save_checkpoint(
            self.folder,
            state,
            best=best,
            first=self._first,
            keep_latest=self._keep_latest,
            again=self.way_on,
            **header,
        )
        self._spare, self._first, self._keep_latest = False, False, True
        self._written = time.perf_counter()

    def _keep_unfinished(self) -> None:
        """Keep the checkpoint of an earlier run, unless somebody has taken it away meanwhile."""
        try:
            earlier = find_checkpoint(self.folder).path
        except ModelError:
            return
        place = self.folder / UNFINISHED
        with writing(place, error=ModelError, hint=f"free some space, then: {self.way_on}"):
            keep(earlier, place)


def save_checkpoint(
    folder: Path,
    state: TrainingState,
    *,
    config: dict[str, Any],
    data: DataMark,
    threads: int | Literal["pair"],
    history: list[dict[str, Any]],
    best: bool,
    first: bool,
    keep_latest: bool,
    again: str,
    before: dict[str, float] | None = None,
) -> None:
    """Write the latest checkpoint in `folder`.

    The one before is kept as `PREVIOUS` with `keep_latest`, which is for one that is whole: a
    damaged one would take the place of a whole one. With `best` the new one is kept as `BEST`, too.
    The `first` one of a run drops what an earlier run left. `again` is how to go on if it fails.

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
        before=before or {},
    )
    latest = folder / LATEST
    with writing(latest, error=ModelError, hint=f"free some space, then: {again}"):
        if keep_latest and latest.exists():
            keep(latest, folder / PREVIOUS)
        with atomic_write(latest) as file:
            write_npz(file, {HEADER: pack(header), **arrays})
        if first:
            (folder / PREVIOUS).unlink(missing_ok=True)
            (folder / BEST).unlink(missing_ok=True)
        if best:
            keep(latest, folder / BEST)
        if first or best:
            sync_folder(folder)


def keep(path: Path, name: Path) -> None:
    """Give the file at `path` the second name `name`, in one step and, if possible, uncopied."""
    temporary = name.with_name(f".{name.name}.link{TEMPORARY}")
    temporary.unlink(missing_ok=True)
    try:
        os.link(path, temporary)
    except OSError:  # a file system without links, such as that of a memory stick
        with atomic_write(name) as file:
            file.write(path.read_bytes())
        return
    try:
        temporary.replace(name)
    finally:  # replacing a file by itself does nothing, says POSIX
        temporary.unlink(missing_ok=True)


def find_checkpoint(folder: Path) -> Checkpoint:
    """Return the latest checkpoint in `folder` that is whole: should it be damaged, the one before.

    Raises:
        ModelError: there is none; or there are, but each is damaged.
    """
    latest, previous = folder / LATEST, folder / PREVIOUS
    if not (latest.exists() or previous.exists()):
        raise ModelError(f"nothing to resume: there is no {latest}", hint="start with: nnfs train")
    try:
        return load_checkpoint(latest)
    except ModelError as error:
        if not previous.exists():
            raise
        problem = error
    try:
        found = load_checkpoint(previous)
    except ModelError as error:
        raise (problem if latest.exists() else error) from None
    return replace(found, instead_of=problem.message)


def load_checkpoint(path: Path) -> Checkpoint:
    """Read the checkpoint at `path`.

    Raises:
        ModelError: it is missing, damaged, or something else.
    """
    hint = "it cannot be resumed; start again: nnfs train"
    arrays = read_npz(path, limit=MAX_BYTES, error=ModelError, compressed=False)
    text = arrays.pop(HEADER, None)
    if text is None or text.dtype != np.uint8 or text.ndim != 1:
        raise ModelError(f"{path} is not a checkpoint of nnfs", hint=hint)
    if text.size > MAX_HEADER:
        raise ModelError(
            f"{path} has a header of {text.size:,} bytes, the limit is {MAX_HEADER:,}", hint=hint
        )
    header = unpack(text, Header, arrays, path=path, formats=[1, FORMAT], hint=hint)
    return Checkpoint(path, header, arrays)
