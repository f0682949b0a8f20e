"""Writers: the same few pictures in every format that the readers know."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnfs_cli.errors import DataError


def pictures(count: int = 12, rows: int = 4, columns: int = 4) -> NDArray[np.uint8]:
    """Return (count, rows, columns) random pixels, the same every time; 0 and 255 occur."""
    images = np.random.default_rng(0).integers(0, 256, (count, rows, columns), dtype=np.uint8)
    images[0, 0, :2] = 0, 255
    return images


def labels(count: int = 12) -> NDArray[np.uint8]:
    return (np.arange(count) % 10).astype(np.uint8)


def idx_bytes(array: NDArray[np.uint8]) -> bytes:
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    return header + array.tobytes()


def write_idx(
    folder: Path,
    images: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    *,
    prefix: str = "train",
    gz: bool = False,
    dot: str = "-",
) -> Path:
    """Write the two files, and return the images file."""
    pack: Callable[[bytes], bytes] = gzip.compress if gz else bytes
    suffix = ".gz" if gz else ""
    path = folder / f"{prefix}-images{dot}idx3-ubyte{suffix}"
    path.write_bytes(pack(idx_bytes(images)))
    (folder / f"{prefix}-labels{dot}idx1-ubyte{suffix}").write_bytes(pack(idx_bytes(labels)))
    return path


def csv_text(images: NDArray[Any], labels: NDArray[Any], *, header: bool = True) -> str:
    flat = images.reshape(len(images), -1)
    names = ",".join(["label", *(f"pixel{i}" for i in range(1, flat.shape[1] + 1))])
    lines = [",".join(map(str, [label, *row])) for label, row in zip(labels, flat, strict=True)]
    return "\n".join([names, *lines] if header else lines) + "\n"


def npz_bytes(*, compressed: bool = False, **arrays: NDArray[Any]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED if compressed else 0) as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as file:  # like np.savez
                np.save(file, array)
    return buffer.getvalue()


def error_of(call: Callable[[], object]) -> DataError:
    """Return the DataError that `call` raises, after checking its form."""
    try:
        call()
    except DataError as error:
        for text in (error.message, error.hint or "hint"):
            assert text
            assert "\n" not in text
            assert not text.endswith(".")
        return error
    raise AssertionError("no DataError")
