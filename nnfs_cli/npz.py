"""NPZ: NumPy's archive of named arrays, read strictly. Nothing in it can run code or fill memory.

`np.load` trusts the file: a header may promise a gigabyte, and damage can surface as any of a dozen
exceptions. Here limits come before allocation, every byte count must agree with every other, and
whatever is wrong becomes one kind of error.
"""

from __future__ import annotations

import math
import struct
import tokenize
import warnings
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from nnfs_cli.errors import NnfsError
from nnfs_cli.files import check_regular

MEMBERS = 256  # a network of 32 layers with its optimizer's state has fewer
HEADER = 4096  # bytes of a member that may be its description

# what zipfile, zlib and NumPy raise on bytes that are not what they say they are
DAMAGE = (
    *(OSError, EOFError, ValueError, LookupError, TypeError, SyntaxError, NotImplementedError),
    *(RuntimeError, OverflowError, MemoryError, struct.error, zlib.error, zipfile.BadZipFile),
    tokenize.TokenError,
)


def write_npz(file: IO[bytes], arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write `arrays` to `file`, uncompressed, the same bytes for the same arrays."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            member = zipfile.ZipInfo(f"{name}.npy")  # dated 1980, whenever it is written
            with archive.open(member, "w", force_zip64=True) as stream:
                npy.write_array(stream, np.asarray(array, order="C"), allow_pickle=False)


def read_npz(path: Path, *, limit: int, error: type[NnfsError]) -> dict[str, NDArray[Any]]:
    """Return the arrays in the file at `path`.

    Args:
        path: the file.
        limit: the most bytes that the file, and its arrays together, may take.
        error: what to raise when the file is missing, damaged or over the limit.
    """
    check_regular(path, limit=limit, error=error)
    try:
        with zipfile.ZipFile(path) as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # NumPy's remarks about odd headers are not for users
            return _read_members(archive, path, limit=limit, error=error)
    except NnfsError:
        raise
    except DAMAGE as reason:
        raise error(f"{path} is damaged: {one_line(reason)}") from reason


def _read_members(
    archive: zipfile.ZipFile, path: Path, *, limit: int, error: type[NnfsError]
) -> dict[str, NDArray[Any]]:
    members = archive.infolist()
    declared = sum(member.file_size for member in members)
    if len(members) > MEMBERS:
        raise error(f"{path} has {len(members):,} arrays, the limit is {MEMBERS}")
    if declared > limit:
        raise error(f"{path} unpacks to {declared:,} bytes, the limit is {limit:,}")
    arrays: dict[str, NDArray[Any]] = {}
    for member in members:
        name = member.filename.removesuffix(".npy")
        if name in arrays:
            raise error(f"{path} has the array {name!r} twice")
        arrays[name] = _read_member(archive, member, path, error=error)
    return arrays


def _read_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path, *, error: type[NnfsError]
) -> NDArray[Any]:
    name = member.filename.removesuffix(".npy")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise error(f"{path}: the array {name!r} is compressed in an unknown way")
    with archive.open(member) as stream:
        read_header = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
        version = npy.read_magic(stream)
        shape, fortran, dtype = read_header[version](stream, max_header_size=HEADER)
        if dtype.kind not in "biuf" or dtype.hasobject:
            raise error(f"{path}: the array {name!r} is of type {dtype}, not numbers")
        if any(size < 0 for size in shape):
            raise error(f"{path}: the array {name!r} has the shape {shape}")
        expected = math.prod(shape) * dtype.itemsize
        stored = member.file_size - stream.tell()
        if expected != stored:
            raise error(
                f"{path}: the array {name!r} should have {expected:,} bytes "
                f"for {shape} {dtype}, and has {stored:,}"
            )
        # to the declared end, where zipfile compares the checksum, and not a byte further: what is
        # compressed may be a thousand times longer than it declares
        payload = stream.read(expected)
        if len(payload) != expected:
            raise error(f"{path}: the array {name!r} ends after {len(payload):,} bytes")
    array = np.frombuffer(payload, dtype=dtype).reshape(shape, order="F" if fortran else "C")
    return array.astype(dtype.newbyteorder("="), copy=False)


def one_line(error: Exception) -> str:
    """Return what an exception says, as one line that is not too long."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 120 else text[:117] + "..."
