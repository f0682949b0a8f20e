"""Manifest: what a file says about the arrays in it, so that a changed one is noticed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from nnfs_cli.errors import ModelError
from nnfs_cli.files import one_line


class Tensor(msgspec.Struct, frozen=True):
    """One array: its type, shape and SHA-256."""

    dtype: str
    shape: tuple[int, ...]
    sha256: str


class Format(msgspec.Struct, frozen=True, kw_only=True):
    """What the JSON of a file says first, and will say whatever else changes."""

    format: int


class Manifest(Format, frozen=True, kw_only=True):
    """What the JSON of every file of ours says, among other things."""

    tensors: dict[str, Tensor]


Header = TypeVar("Header", bound=Manifest)


def describe(arrays: Mapping[str, NDArray[Any]]) -> dict[str, Tensor]:
    """Return the manifest of `arrays`."""
    return {
        name: Tensor(
            dtype=str(array.dtype),
            shape=array.shape,
            sha256=hashlib.sha256(np.ascontiguousarray(array).data).hexdigest(),
        )
        for name, array in arrays.items()
    }


def pack(header: msgspec.Struct) -> NDArray[np.uint8]:
    """Return a header as an array: JSON in UTF-8, a byte an element."""
    return np.frombuffer(msgspec.json.encode(header), dtype=np.uint8)


def unpack(
    text: NDArray[Any],
    kind: type[Header],
    arrays: Mapping[str, NDArray[Any]],
    *,
    path: Path,
    formats: Sequence[int],
    hint: str,
) -> Header:
    """Return the header that `pack` made into `text`, if `arrays` are those that it lists.

    Args:
        text: (bytes,) uint8.
        kind: what kind of header it should be.
        arrays: the other members of the file.
        path: the file, for messages.
        formats: the format numbers that can be read, the newest last.
        hint: what to do when the file is damaged.

    Raises:
        ModelError: it is damaged, of a newer format, or says something else about the arrays.
    """
    try:
        number = msgspec.json.decode(text.tobytes(), type=Format).format
        if number not in formats:
            raise ModelError(
                f"{path} has format {number}, this program reads format {formats[-1]}",
                hint="it was written by a newer nnfs: update nnfs",
            )
        header = msgspec.json.decode(text.tobytes(), type=kind)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise ModelError(f"{path} has a damaged header: {one_line(error)}", hint=hint) from error
    if header.tensors != describe(arrays):
        raise ModelError(f"{path} is damaged: its arrays are not those it lists", hint=hint)
    return header
