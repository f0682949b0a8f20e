"""Manifest: what a file says about the arrays in it, so that a changed one is noticed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray


class Tensor(msgspec.Struct, frozen=True):
    """One array: its type, shape and SHA-256."""

    dtype: str
    shape: tuple[int, ...]
    sha256: str


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
