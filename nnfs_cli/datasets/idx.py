"""IDX: the format of MNIST. A magic number, the size of each dimension, then one byte a value.

    00 00 08 03 | 00 00 EA 60 | 00 00 00 1C | 00 00 00 1C | pixels ...      60,000 x 28 x 28
    zero, type, dimensions    | sizes, four bytes each, big-endian

Source: Y. LeCun, http://yann.lecun.com/exdb/mnist/ (the end of the page).
"""

from __future__ import annotations

import io
import math
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nnfs_cli.datasets.dataset import Part, square
from nnfs_cli.datasets.files import Gunzip, damage, is_gzip, opened, reserve, size_of
from nnfs_cli.datasets.labels import first_outside, outside
from nnfs_cli.errors import DataError
from nnfs_cli.files import DEFLATE_LIMIT, Stream, fill

_UNSIGNED_BYTE = 0x08
_IMAGES, _LABELS = (2, 3), (1,)  # dimensions: N x D or N x rows x columns; N


def read(images_path: Path, labels_path: Path, *, classes: int) -> Part:
    """Read an images file and its labels file, each plain or gzip-compressed.

    A plain file is mapped into memory, not read: it costs nothing until its rows are used, and must
    not be cut short while the program runs.
    """
    labels = read_array(labels_path, dimensions=_LABELS)
    if (index := first_outside(labels, classes)) is not None:
        offset = _header_size(labels) + index
        raise outside(f"{labels_path} offset {offset}", int(labels[index]), classes)
    images = read_array(images_path, dimensions=_IMAGES)
    if len(images) != len(labels):
        raise DataError(
            f"{images_path} has {len(images)} images, but {labels_path} has {len(labels)} labels"
        )
    shape = images.shape[1:]
    sides = (shape[0], shape[1]) if len(shape) == 2 else square(shape[0])
    return Part(images.reshape(len(images), -1), labels, sides)


def read_array(path: Path, *, dimensions: tuple[int, ...]) -> NDArray[np.uint8]:
    """Read one file into an array of its own shape; DataError unless its bytes add up."""
    with opened(path) as file:
        if is_gzip(file):
            return _unpacked(path, file, dimensions)
        shape = _read_shape(path, file, dimensions)
        offset = file.tell()
        declared, actual = offset + math.prod(shape), size_of(file)
        if declared != actual:
            raise DataError(
                f"{path}: the header declares {_times(shape)}, {declared} bytes in all, "
                f"but the file has {actual}",
                hint="fetch the file again",
            )
        return np.asarray(np.memmap(file, dtype=np.uint8, mode="r", offset=offset, shape=shape))


def _unpacked(
    path: Path, file: io.BufferedReader, dimensions: tuple[int, ...]
) -> NDArray[np.uint8]:
    """Decompress straight into the array: the peak of memory is the array itself."""
    stream, declared = Gunzip(file), "its header"
    try:
        shape = _read_shape(path, stream, dimensions)
        size = math.prod(shape)
        total, limit = stream.position + size, DEFLATE_LIMIT * size_of(file)
        if total > limit:
            raise DataError(
                f"{path}: the header declares {_times(shape)}, {total} bytes in all, "
                f"but {size_of(file)} compressed bytes hold {limit} at most",
                hint="fetch the file again",
            )
        declared = f"the {total} bytes that its header declares"
        block = reserve(path, size)
        if fill(stream, block.data) < size:
            raise DataError(f"{path}: the data ends at byte {stream.position} of {declared}")
        if stream.read(1):
            raise DataError(f"{path}: the data goes on after {declared}")
    except (EOFError, zlib.error) as error:
        raise damage(path, error, place=f"after byte {stream.position} of {declared}") from error
    return block.reshape(shape)


def _read_shape(path: Path, file: Stream, dimensions: tuple[int, ...]) -> tuple[int, ...]:
    """Read and check the header, and nothing but the header."""
    magic = _read_bytes(path, file, 4)
    if magic[:3] != bytes([0, 0, _UNSIGNED_BYTE]):
        raise DataError(
            f"{path} starts with {magic.hex(' ')}, not with the 00 00 08 of an IDX file of bytes"
        )
    if magic[3] not in dimensions:
        expected = " or ".join(map(str, dimensions))
        what = "labels" if dimensions == _LABELS else "images"
        raise DataError(f"{path} has {magic[3]} dimensions, but {what} have {expected}")
    sizes = np.frombuffer(_read_bytes(path, file, 4 * magic[3]), dtype=">u4")
    shape = tuple(sizes.tolist())
    if 0 in shape:
        raise DataError(f"{path} holds no data: its header declares {_times(shape)}")
    return shape


def _read_bytes(path: Path, file: Stream, count: int) -> bytes:
    block = np.empty(count, dtype=np.uint8)
    if fill(file, block.data) < count:
        raise DataError(f"{path} ends inside its header", hint="fetch the file again")
    return block.tobytes()


def _header_size(array: NDArray[np.uint8]) -> int:
    return 4 + 4 * array.ndim


def _times(shape: tuple[int, ...]) -> str:
    """Write a shape as people say it: 60000 x 28 x 28."""
    return " x ".join(map(str, shape))
