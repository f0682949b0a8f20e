"""Hostile bytes: the makers of files that lie, swell, nest, or hope to be executed."""

from __future__ import annotations

import io
import json
import os
import pickle
import socket
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from mutate import checkpoint_bytes, digit, in_folder, model_bytes, npy_of, picture, replaced
from PIL import Image

CANARY = Path("fired")  # what an unpickled, evaluated or executed file would leave behind
ESC = "\x1b[2J"


class Canary:
    """Leaves a file behind where it is unpickled."""

    def __reduce__(self) -> Any:
        return os.system, (f"touch {CANARY}",)


PICKLE = pickle.dumps(Canary())

# -- npz


def npy(
    header: str = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }",
    payload: bytes = bytes(24),
    *,
    version: bytes = b"\1\0",
    length: int | None = None,
) -> bytes:
    """Return an `.npy` with any header, which may lie about its own length."""
    text = header.encode("latin-1")
    pack = "<H" if version == b"\1\0" else "<I"
    size = len(text) if length is None else length
    return b"\x93NUMPY" + version + struct.pack(pack, size) + text + payload


def with_shape(shape: str, *, descr: str = "'<f4'") -> bytes:
    return npy(f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}")


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def w1(content: bytes) -> bytes:
    """Return an archive whose only member is W1."""
    return zipped({"W1.npy": content})


def npz(**arrays: Any) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def objects() -> Any:
    array = np.empty(1, object)
    array[0] = Canary()
    return array


def twice(*names: str) -> bytes:
    import warnings

    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w") as archive:
        warnings.simplefilter("ignore")
        for name in names:
            archive.writestr(name, npy())
    return buffer.getvalue()


def zeros(megabytes: int, *, raw: bool = False) -> bytes:
    """Return compressed zeros, a thousandth of their size: one block, again and again."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    data = block * megabytes + b"\3\0"
    adler = ((megabytes << 20) % 65521 << 16) + 1
    return data if raw else b"\x78\xda" + data + struct.pack(">I", adler)


def swollen(megabytes: int, declared: int | None = None, name: str = "W1.npy") -> bytes:
    """Return a zip of zeros that unpacks to a thousand times its size, and may deny it."""
    data = zeros(megabytes, raw=True)
    size = (megabytes << 20) if declared is None else declared
    head = struct.pack("<5H3L2H", 20, 0, 8, 0, 33, 0, len(data), size, len(name), 0)
    local = b"PK\3\4" + head + name.encode() + data
    entry = b"PK\1\2" + struct.pack("<H", 20) + head + struct.pack("<3H2L", 0, 0, 0, 0, 0)
    entry += name.encode()
    return local + entry + b"PK\5\6" + struct.pack("<4H2LH", 0, 0, 1, 1, len(entry), len(local), 0)


def overlapping(count: int, one: bytes | None = None) -> bytes:
    """Return a zip in which many names share one block of data (D. Fifield 2019)."""
    one = one or swollen(1)
    start = one.rindex(b"PK\1\2")
    entry, end = one[start:-22], one[-22:]
    entries = b"".join(entry.replace(b"W1.npy", b"W%03d.n" % i) for i in range(count))
    counts = struct.pack("<2H2L", count, count, len(entries), start)
    return one[:start] + entries + end[:8] + counts + b"\0\0"


def flagged(content: bytes) -> bytes:
    """Return a zip that says it is encrypted."""
    changed = bytearray(content)
    for magic, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        changed[changed.index(magic) + offset] |= 1
    return bytes(changed)


def header_of_model(**changes: Any) -> bytes:
    """Return a model whose header is changed, and sealed again."""
    return model_with(json.dumps({**json.loads(model_text()), **changes}).encode())


def model_text() -> bytes:
    return np.load(io.BytesIO(in_folder(model_bytes)))["nnfs"].tobytes()


def model_with(text: bytes) -> bytes:
    return replaced(in_folder(model_bytes), "nnfs.npy", npy_of(text))


def model_member(array: Any) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return replaced(in_folder(model_bytes), "nnfs.npy", buffer.getvalue())


def header_of_checkpoint(**changes: Any) -> bytes:
    text = np.load(io.BytesIO(in_folder(checkpoint_bytes)))["checkpoint"].tobytes()
    return checkpoint_with(json.dumps({**json.loads(text), **changes}).encode())


def checkpoint_with(text: bytes) -> bytes:
    return replaced(in_folder(checkpoint_bytes), "checkpoint.npy", npy_of(text))


def nested(open_: str, close: str, depth: int = 100_000) -> bytes:
    return (open_ * depth + close * depth).encode()


# -- places that are no files


def fifo(path: Path) -> None:
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.mkdir()


def loop(path: Path) -> None:
    path.symlink_to(path.name)


def dangling(path: Path) -> None:
    path.symlink_to("nowhere")


def listening(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


def link(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


def sparse(size: int, start: bytes = b"") -> Callable[[Path], None]:
    def make(path: Path) -> None:
        path.write_bytes(start)
        os.truncate(path, size)

    return make


# -- pictures


def chunk(kind: bytes, data: bytes, *, length: int | None = None) -> bytes:
    size = len(data) if length is None else length
    return struct.pack(">I", size) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(
    width: int = 9,
    height: int = 9,
    *chunks: bytes,
    rows: bytes = bytes(9 * 28),
    depth: int = 8,
    colour: int = 2,
) -> bytes:
    """Return a PNG with any size in its header, and any chunks before its pixels."""
    header = struct.pack(">IIBBBBB", width % 2**32, height % 2**32, depth, colour, 0, 0, 0)
    first, body = chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows, 9))
    return b"".join([b"\x89PNG\r\n\x1a\n", first, *chunks, body, chunk(b"IEND", b"")])


def gif(width: int, height: int) -> bytes:
    content = bytearray(picture("GIF"))
    struct.pack_into("<2H", content, 6, width, height)
    return bytes(content)


def bmp(width: int, height: int) -> bytes:
    content = bytearray(picture("BMP", "RGB"))
    struct.pack_into("<2i", content, 18, width, height)
    return bytes(content)


def jpeg(width: int, height: int) -> bytes:
    content = bytearray(picture("JPEG"))
    struct.pack_into(">2H", content, content.index(b"\xff\xc0") + 5, height, width)
    return bytes(content)


def webp(width: int, height: int) -> bytes:
    """Return a lossless WebP of a few bytes: each pixel is the same."""
    buffer = io.BytesIO()
    Image.new("RGBA", (16, 16)).save(buffer, "WEBP", lossless=True)
    content = bytearray(buffer.getvalue())
    struct.pack_into("<I", content, 21, (width - 1) | (height - 1) << 14 | 1 << 28)
    return bytes(content)


def webp_canvas(width: int, height: int) -> bytes:
    """Return an animated WebP whose canvas is any size."""
    content = bytearray(
        picture("WEBP", "RGBA", save_all=True, append_images=[digit("RGBA").rotate(9)])
    )
    start = content.index(b"VP8X") + 12
    content[start : start + 6] = (
        struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    )
    return bytes(content)


def tiff(tags: dict[int, tuple[int, int, int]], *, following: int = 0, **options: Any) -> bytes:
    """Return a TIFF with tags overwritten: {tag: (type, count, value)}, and its next directory."""
    content = bytearray(picture("TIFF", **options))
    (start,) = struct.unpack_from("<I", content, 4)
    (count,) = struct.unpack_from("<H", content, start)
    for place in range(start + 2, start + 2 + 12 * count, 12):
        (tag,) = struct.unpack_from("<H", content, place)
        if tag in tags:
            struct.pack_into("<HII", content, place + 2, *tags[tag])
    struct.pack_into("<I", content, start + 2 + 12 * count, following)
    return bytes(content)


def gif_of_frames(count: int, *, side: int = 1, disposal: int = 0) -> bytes:
    """Return an animated GIF: one real frame, then the same two bytes of pixels again and again.

    The others say that they have `side` x `side` pixels. A `disposal` of 2 asks for as many of the
    background's colour after each.
    """
    first = picture("GIF")
    control = struct.pack("<4BHBB", 0x21, 0xF9, 4, disposal << 2, 1, 0, 0)
    frame = control + b"\x2c" + struct.pack("<4HB", 0, 0, side, side, 0) + b"\2\2\x44\1\0"
    return first[:-1] + frame * (count - 1) + b"\x3b"


def exif_chunk(data: bytes) -> bytes:
    return chunk(b"eXIf", data)


def exif_loop() -> bytes:
    """Return EXIF whose directories name themselves, with a count of four billion."""
    entries = struct.pack("<HHII", 0x0112, 3, 2**32 - 1, 8) + struct.pack("<HHII", 0x8769, 4, 1, 8)
    return b"II*\0\x08\0\0\0" + struct.pack("<H", 2) + entries + struct.pack("<I", 8)


EPS = (
    b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n"
    b"(touch fired) system (%pipe%touch fired) (w) file showpage\n"
)
OTHERS: dict[str, bytes] = {
    "EPS": EPS,
    "EPS for DOS": b"\xc5\xd0\xd3\xc6" + struct.pack("<2I", 30, len(EPS)) + bytes(18) + EPS,
    "PDF": b"%PDF-1.7\n1 0 obj<</OpenAction<</S/Launch/F(touch fired)>>>>endobj\n%%EOF",
    "SVG": b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
    "PSD": b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, 9, 9, 8, 3) + bytes(40),
    "ICNS": b"icns" + struct.pack(">I", 16) + b"ic07" + struct.pack(">I", 8),
    "WMF": b"\xd7\xcd\xc6\x9a\0\0" + bytes(40),
    "HEIC": b"\0\0\0\x18ftypheic\0\0\0\0heicmif1",
    "JPEG 2000": b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(40),
    "FITS": b"SIMPLE  =                    T".ljust(2880),
    "DICOM": bytes(128) + b"DICM" + bytes(40),
    "XPM": b'/* XPM */\nstatic char *a[] = {"1 1 1 1", "a c #000", "a"};\n',
    "ZIP": zipped({"p.png": b"x"}),
    "ELF": b"\x7fELF\2\1\1" + bytes(60),
    "shell script": b"#!/bin/sh\ntouch fired\n",
    "HTML": b"<!doctype html><script>alert(1)</script>",
    "text": b"hello\n",
    "zeros": bytes(999),
    "pickle": PICKLE,
}  # fmt: skip


def icon() -> bytes:
    buffer = io.BytesIO()
    digit().save(buffer, "ICO")
    return buffer.getvalue()
