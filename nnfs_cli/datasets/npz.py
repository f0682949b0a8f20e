"""NPZ: NumPy's zip of arrays, as Keras ships MNIST (`x_train, y_train, x_test, y_test`).

Read by hand, and not by `np.load`, because a file may lie: sizes are compared before memory is
taken, and a member is numbers or it is refused. There is no way from here to `pickle`.

Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
"""

from __future__ import annotations

import math
import re
import reprlib
import struct
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, Literal, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from nnfs_cli.datasets.dataset import Part, Split, square
from nnfs_cli.datasets.files import DEFLATE_LIMIT, MEMORY_LIMIT, fill, opened, reserve, size_of
from nnfs_cli.datasets.labels import first_outside, outside
from nnfs_cli.datasets.pixels import as_pixels
from nnfs_cli.errors import DataError

_NAMES: dict[Split, tuple[str, str]] = {
    "train": ("x_train", "y_train"),
    "test": ("x_test", "y_test"),
}
_UNNAMED = ("images", "labels")
_EXPECTED = "expected x_train, y_train, x_test and y_test, or images and labels"

_MEMBERS = 256  # more members than that is no data set
_DIRECTORY_END = struct.Struct("<4s4H2LH")  # the last 22 bytes of a zip file
_LOCATOR_SIZE = 20  # bytes before those, in a large file, that say where its 64-bit directory is
_DIRECTORY_LIMIT = _MEMBERS * 256  # bytes
_HEADER = re.compile(  # without its white space
    rb"\{'descr':'([^']+)','fortran_order':(True|False),'shape':\(([0-9L,]*)\),?\}"
)
_HEADER_LIMIT = 10_000  # bytes, NumPy's own limit
_NUMBERS = re.compile(r"[<>|=]?(b1|[iu][1248]|f[248])")
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    LookupError,
    OverflowError,
    RuntimeError,  # NotImplementedError too
    ValueError,
)


class _Header(NamedTuple):
    """What the text before the numbers of a member says about them."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    order: Literal["C", "F"]
    size: int  # bytes of the header itself


def read(path: Path, splits: Sequence[Split], *, classes: int) -> dict[Split, Part]:
    """Read those of `splits` that the file has; `images, labels` count as the first of them.

    Images are (N, D), (N, rows, columns) or (N, rows, columns, 1) numbers, see `as_pixels`; labels
    are integers, (N,) or (N, 1).
    """
    with opened(path) as file:
        try:
            _check_directory(path, file)
            with zipfile.ZipFile(file) as archive:
                _check_sizes(path, archive)
                return _read_splits(path, archive, splits, classes)
        except _ZIP_ERRORS as error:
            raise DataError(f"{path} is damaged: {str(error)[:80]!r}") from error


def _check_directory(path: Path, file: BinaryIO) -> None:
    """Refuse a large directory before `zipfile` reads all of it into memory."""
    end = max(0, size_of(file) - _DIRECTORY_END.size)
    file.seek(end)
    tail = file.read()
    if len(tail) < _DIRECTORY_END.size or not tail.startswith(b"PK\5\6"):
        raise DataError(
            f"{path} is cut short, or has bytes after its end", hint="fetch the file again"
        )
    *_, members, size, _, _ = _DIRECTORY_END.unpack(tail)
    file.seek(max(0, end - _LOCATOR_SIZE))
    has_64_bit_directory = file.read(4) == b"PK\6\7"  # which would overrule these two numbers
    if members > _MEMBERS or size > _DIRECTORY_LIMIT or has_64_bit_directory:
        raise DataError(f"{path} has a directory for more than {_MEMBERS} members", hint=_EXPECTED)
    file.seek(0)


def _check_sizes(path: Path, archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    if len(members) > _MEMBERS or len({member.filename for member in members}) < len(members):
        raise DataError(f"{path} has too many members, or two of one name", hint=_EXPECTED)
    declared = sum(member.file_size for member in members)
    if declared > MEMORY_LIMIT:
        raise DataError(f"{path} declares {declared} bytes, more than the limit of {MEMORY_LIMIT}")
    for member in members:
        place = f"{path}: {reprlib.repr(member.filename)}"
        if member.flag_bits & 1 or member.compress_type not in (
            zipfile.ZIP_STORED,
            zipfile.ZIP_DEFLATED,
        ):
            raise DataError(f"{place} is encrypted, or not compressed by deflate")
        most = member.compress_size
        if member.compress_type == zipfile.ZIP_DEFLATED:
            most *= DEFLATE_LIMIT
        if member.file_size > most:
            raise DataError(
                f"{place} declares {member.file_size} bytes, but its "
                f"{member.compress_size} stored bytes hold {most} at most"
            )


def _read_splits(
    path: Path, archive: zipfile.ZipFile, splits: Sequence[Split], classes: int
) -> dict[Split, Part]:
    present = {name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy")}
    names = {split: pair for split, pair in _NAMES.items() if present.intersection(pair)}
    if not names and present.intersection(_UNNAMED):
        names = {splits[0]: _UNNAMED}
    if not names:
        held = reprlib.repr(sorted(present))
        raise DataError(f"{path} holds {held}, no images with labels", hint=_EXPECTED)
    for pair in names.values():
        if missing := [name for name in pair if name not in present]:
            raise DataError(f"{path} has no {missing[0]}", hint=_EXPECTED)
    return {
        split: _read_part(path, archive, names[split], classes)
        for split in splits
        if split in names
    }


def _read_part(path: Path, archive: zipfile.ZipFile, names: tuple[str, str], classes: int) -> Part:
    place, labels_place = (f"{path}: {name}" for name in names)
    labels = _read_labels(labels_place, _read_array(path, archive, names[1], kinds="iu"), classes)
    images = _read_array(path, archive, names[0], kinds="biuf")
    sides = images.shape[1:3] if images.ndim in (3, 4) else None
    if images.ndim not in (2, 3, 4) or (images.ndim == 4 and images.shape[3] != 1):
        raise DataError(
            f"{place} has the shape {images.shape}, but images are (N, D) or (N, rows, columns)"
        )
    if len(images) != len(labels):
        raise DataError(
            f"{place} has {len(images)} images, but {names[1]} has {len(labels)} labels"
        )
    x = np.ascontiguousarray(images.reshape(len(images), -1))
    rows_columns = (sides[0], sides[1]) if sides else square(x.shape[1])
    return Part(as_pixels(x, place=place), labels, rows_columns)


def _read_labels(place: str, labels: NDArray[Any], classes: int) -> NDArray[Any]:
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1:
        raise DataError(f"{place} has the shape {labels.shape}, but labels are (N,)")
    if (index := first_outside(labels, classes)) is not None:
        raise outside(f"{place}[{index}]", int(labels[index]), classes)
    return labels


def _read_array(path: Path, archive: zipfile.ZipFile, name: str, *, kinds: str) -> NDArray[Any]:
    """Read one member into an array of numbers, at least one of them."""
    member = archive.getinfo(f"{name}.npy")
    place = f"{path}: {name}"
    with cast(zipfile.ZipExtFile, archive.open(member)) as file:
        header = _read_header(place, file)
        if header.dtype.kind not in kinds:
            raise DataError(f"{place} has the type {header.dtype}, but labels are integers")
        size = math.prod(header.shape) * header.dtype.itemsize
        if header.size + size != member.file_size:
            raise DataError(
                f"{place} declares {header.dtype} {header.shape}, {header.size + size} bytes in "
                f"all, but has {member.file_size}"
            )
        if not size:
            raise DataError(f"{place} is empty: its shape is {header.shape}")
        block = reserve(path, size)
        if fill(file, block) < size or file.read(1):  # at its very end, zipfile checks the CRC-32
            raise DataError(f"{place} is not as long as the {member.file_size} bytes it declares")
    return block.view(header.dtype).reshape(header.shape, order=header.order)


def _read_header(place: str, file: zipfile.ZipExtFile) -> _Header:
    magic = file.read(8)
    if magic[:6] != b"\x93NUMPY" or magic[6:7] not in (b"\1", b"\2", b"\3"):
        raise DataError(f"{place} is not a NumPy array")
    width = 2 if magic[6] == 1 else 4
    length = int.from_bytes(file.read(width), "little")
    text = b"".join(file.read(min(length, _HEADER_LIMIT)).split())
    header = _HEADER.fullmatch(text)
    if not header:
        raise DataError(f"{place} has no header of a plain array")
    descr = header[1].decode("latin-1")
    if not _NUMBERS.fullmatch(descr):
        raise DataError(f"{place} has the type {reprlib.repr(descr)}, but only numbers are read")
    sizes = [size.rstrip(b"L") for size in header[3].split(b",") if size]  # 28L: Python 2
    return _Header(
        dtype=np.dtype(descr),
        shape=tuple(int(size[:19]) for size in sizes),
        order="F" if header[2] == b"True" else "C",
        size=len(magic) + width + length,
    )
