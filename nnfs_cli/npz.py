"""NPZ: NumPy's archive of named arrays, read strictly. Nothing in it can run code or fill memory.

`np.load` trusts the file: a header may promise a gigabyte, and damage can surface as any of a dozen
exceptions. Here limits come before allocation, every byte count must agree with every other, a
member is numbers or it is refused, and whatever is wrong becomes one kind of error.

Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
"""

from __future__ import annotations

import contextlib
import math
import os
import re
import reprlib
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, BinaryIO, Literal, cast

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from nnfs_cli.errors import NnfsError
from nnfs_cli.files import DEFLATE_LIMIT, advice, check_regular, fill, one_line, why

MEMBERS = 256  # a network of 32 layers with its optimizer's state has fewer
DIRECTORY = MEMBERS * 256  # bytes at the end of the file that list them
HEADER = 4096  # bytes of a member that may be its description
NAME = 100  # characters of a member's name, which messages quote

_DIRECTORY_END = struct.Struct("<4s4H2LH")  # the last 22 bytes of a zip file
_LOCATOR = 20  # bytes before those, in a large file, that say where its 64-bit directory is
_LENGTH = {b"\x93NUMPY\1\0": 2, b"\x93NUMPY\2\0": 4}  # bytes of the header's length
_SIZE = rb"[0-9]{1,19}L?"  # 28L: Python 2
_HEADER = re.compile(  # without its white space
    rb"\{'descr':'([^']+)','fortran_order':(True|False),"
    rb"'shape':\(((?:%s,){0,7}(?:%s)?)\),?\}" % (_SIZE, _SIZE)
)
_NUMBERS = re.compile(r"[<>|=]?(b1|[iu][1248]|f[248])")

# what zipfile and zlib raise on bytes that are not what they say they are
_DAMAGE = (
    *(EOFError, ValueError, LookupError, RuntimeError, OverflowError),
    *(struct.error, zlib.error, zipfile.BadZipFile),
)


class _RefusedError(Exception):
    """Why a file is refused, in the words that follow its path."""


def write_npz(file: IO[bytes], arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write `arrays` to `file`, uncompressed, the same bytes for the same arrays."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            member = zipfile.ZipInfo(f"{name}.npy")  # dated 1980, whenever it is written
            with archive.open(member, "w", force_zip64=True) as stream:
                npy.write_array(stream, np.asarray(array, order="C"), allow_pickle=False)


def read_npz(
    path: Path,
    *,
    limit: int,
    error: type[NnfsError],
    names: Collection[str] | None = None,
    compressed: bool = True,
) -> dict[str, NDArray[Any]]:
    """Return the arrays in the file at `path`.

    Args:
        path: the file.
        limit: the most bytes that the file, and its arrays together, may take.
        error: what to raise when the file is missing, damaged or over the limit.
        names: those to read, of `npz_names(path)`; the others cost nothing. None reads them all.
        compressed: whether it may be. Of a file that may not be, no array is larger than the file.
    """
    with _opened(path, limit=limit, error=error, compressed=compressed) as (archive, members):
        wanted = members if names is None else names
        return {name: _read_member(archive, members[name]) for name in wanted}


def npz_names(path: Path, *, limit: int, error: type[NnfsError]) -> list[str]:
    """Return the names of the arrays that `read_npz` would read, which are not read."""
    with _opened(path, limit=limit, error=error) as (_, members):
        return list(members)


@contextlib.contextmanager
def _opened(
    path: Path, *, limit: int, error: type[NnfsError], compressed: bool = True
) -> Iterator[tuple[zipfile.ZipFile, dict[str, zipfile.ZipInfo]]]:
    """Open the file and list its members; whatever goes wrong in the block is an `error`."""
    size = check_regular(path, limit=limit, error=error)
    try:
        with path.open("rb") as file:
            _check_directory(file)
            with zipfile.ZipFile(file) as archive:
                members = _members(archive, limit=limit)
                if not compressed:
                    _check_plain(members, size=size)
                yield archive, members
    except _RefusedError as reason:
        raise error(f"{path}{reason}") from None
    except OSError as reason:
        raise error(f"cannot read {path}: {why(reason)}", hint=advice(reason)) from reason
    except MemoryError as reason:
        raise error(f"{path} needs more memory than there is") from reason
    except _DAMAGE as reason:
        raise error(
            f"{path} is damaged: {one_line(reason)}", hint="fetch the file again, or make it anew"
        ) from reason


def _check_directory(file: BinaryIO) -> None:
    """Refuse a large directory before `zipfile` reads all of it into memory."""
    if file.read(4) not in (b"PK\3\4", b"PK\5\6"):  # or of an empty one
        raise _RefusedError(" is no .npz file, or its beginning is damaged")
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _DIRECTORY_END.size - _LOCATOR))
    tail = file.read()
    end = tail[-_DIRECTORY_END.size :]
    if len(end) < _DIRECTORY_END.size or end[:4] != b"PK\5\6" or end[-2:] != b"\0\0":
        raise zipfile.BadZipFile("it is cut short, or has bytes after its end")
    directory, start = _DIRECTORY_END.unpack(end)[5:7]
    if directory > DIRECTORY or tail[:4] == b"PK\6\7":  # a 64-bit one would overrule this size
        raise _RefusedError(f" has a directory that is too large for {MEMBERS} arrays")
    if start + directory + _DIRECTORY_END.size != size:
        raise zipfile.BadZipFile("its directory is not where it should be")


def _members(archive: zipfile.ZipFile, *, limit: int) -> dict[str, zipfile.ZipInfo]:
    """Return the members by name, after a check of all that the directory says of them."""
    members = archive.infolist()
    declared = sum(member.file_size for member in members)
    if len(members) > MEMBERS:
        raise _RefusedError(f" has {len(members):,} arrays, the limit is {MEMBERS}")
    if declared > limit:
        raise _RefusedError(f" unpacks to {declared:,} bytes, the limit is {limit:,}")
    found: dict[str, zipfile.ZipInfo] = {}
    for member in members:
        name = member.filename.removesuffix(".npy")
        if name in found:
            raise _RefusedError(f" has the array {reprlib.repr(name)} twice")
        if len(name) > NAME or not name.isprintable():
            raise _RefusedError(f"{_place(member)} has no name that can be shown")
        found[name] = member
        _check_size(member)
    return found


def _check_plain(members: Mapping[str, zipfile.ZipInfo], *, size: int) -> None:
    """Refuse what `write_npz` never writes: compressed members, or two that share their bytes."""
    for member in members.values():
        if member.compress_type != zipfile.ZIP_STORED:
            raise _RefusedError(f"{_place(member)} is compressed, which nnfs never does")
    declared = sum(member.file_size for member in members.values())
    if declared > size:
        raise _RefusedError(f" unpacks to {declared:,} bytes, and has {size:,}")


def _check_size(member: zipfile.ZipInfo) -> None:
    if member.flag_bits & 1:
        raise _RefusedError(f"{_place(member)} is encrypted")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _RefusedError(f"{_place(member)} is compressed in an unknown way")
    deflated = member.compress_type == zipfile.ZIP_DEFLATED
    most = member.compress_size * (DEFLATE_LIMIT if deflated else 1)
    if member.file_size > most:
        raise _RefusedError(
            f"{_place(member)} declares {member.file_size:,} bytes, "
            f"but its {member.compress_size:,} stored bytes hold {most:,} at most"
        )


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> NDArray[Any]:
    place = _place(member)
    with cast(zipfile.ZipExtFile, archive.open(member)) as stream:
        dtype, shape, order = _read_header(place, stream)
        expected = math.prod(shape) * dtype.itemsize
        stored = member.file_size - stream.tell()
        if expected != stored:
            raise _RefusedError(
                f"{place} should have {expected:,} bytes for {shape} {dtype}, and has {stored:,}"
            )
        # to the declared end, where zipfile compares the checksum, and not a byte further: what is
        # compressed may be a thousand times longer than it declares
        block = np.empty(expected, dtype=np.uint8)
        if (count := fill(stream, block.data)) != expected:
            raise _RefusedError(f"{place} ends after {count:,} bytes")
    array = block.view(dtype).reshape(shape, order=order)
    return array.astype(dtype.newbyteorder("="), copy=False)


def _read_header(
    place: str, stream: zipfile.ZipExtFile
) -> tuple[np.dtype[Any], tuple[int, ...], Literal["C", "F"]]:
    """Read what comes before the numbers of a member: their type, shape and order."""
    width = _LENGTH.get(stream.read(8))
    if width is None:
        raise _RefusedError(f"{place} is not a NumPy array")
    length = int.from_bytes(stream.read(width), "little")
    header = _HEADER.fullmatch(b"".join(stream.read(min(length, HEADER)).split()))
    if header is None or length > HEADER:
        raise _RefusedError(f"{place} has no header of a plain array")
    descr = header[1].decode("latin-1")
    if not _NUMBERS.fullmatch(descr):
        raise _RefusedError(f"{place} is of type {reprlib.repr(descr)}, not numbers")
    sizes = (int(size.rstrip(b"L")) for size in header[3].split(b",") if size)
    return np.dtype(descr), tuple(sizes), "F" if header[2] == b"True" else "C"


def _place(member: zipfile.ZipInfo) -> str:
    return f": the array {reprlib.repr(member.filename.removesuffix('.npy'))}"
