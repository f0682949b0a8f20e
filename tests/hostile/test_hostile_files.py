"""Hostile files: each is refused by the one line that it deserves, at once, and runs nothing.

Every case goes through the reader, whose message is compared to the letter, and then through the
command that a user would type. Under both, an audit hook watches for programs and unpicklings.
"""

from __future__ import annotations

import gzip
import inspect
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import hostile_bytes as make
import numpy as np
import pytest
from hostile_bytes import CANARY, ESC, w1, with_shape, zipped
from limits import bounded
from mutate import FORMATS, LABELS, healthy, idx_bytes, picture, pixels

from nnfs_cli.cli.app import main
from nnfs_cli.errors import NnfsError

SECONDS, MEMORY = 2.0, 300 << 20  # of any case
BOMB_SECONDS, BOMB_MEMORY = 0.1, 50 << 20  # of what is small and would become large
STARTERS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork")
WATCHED = (*STARTERS, "pickle.find_class", "socket.connect", "ctypes.dlopen")
seen: list[str] = []
watching = False


def watch(event: str, _: tuple[Any, ...]) -> None:
    if watching and event in WATCHED:
        seen.append(event)


sys.addaudithook(watch)  # for good: Python has no way to remove one


class Case(NamedTuple):
    """A file: what is in it, or how it is made; and what is said of it, None if it is read."""

    content: Callable[..., Any]
    message: str | None
    bomb: bool = False


def just(content: bytes) -> Callable[[], bytes]:
    return lambda: content


def bomb(content: Callable[[], bytes], message: str) -> Case:
    return Case(content, message, bomb=True)


UNKNOWN = "cannot read PATH: it is not a picture of a kind that is known"
DAMAGED = "cannot read PATH: the picture is damaged"
TOO_MANY = "PATH has too many pixels, the limit is 40 million"
BLANK = "no digit found in PATH: the picture looks blank"
NO_ZIP = "PATH is no .npz file, or its beginning is damaged"
NO_HEADER = "PATH: the array 'W1' has no header of a plain array"

MODELS: dict[str, Case] = {
    "a pickle": Case(lambda: make.PICKLE, NO_ZIP),
    "a pickled array": Case(
        lambda: make.npz(W1=make.objects()), "PATH: the array 'W1' is of type '|O', not numbers"
    ),
    "a pickled array as header": Case(
        lambda: make.npz(nnfs=make.objects()),
        "PATH: the array 'nnfs' is of type '|O', not numbers",
    ),
    "a pickle as header": Case(
        lambda: zipped({"nnfs": make.PICKLE}), "PATH: the array 'nnfs' is not a NumPy array"
    ),
    "a pickle as data.pkl": Case(
        lambda: zipped({"model/data.pkl": make.PICKLE}),
        "PATH: the array 'model/data.pkl' is not a NumPy array",
    ),
    "a pickle after the arrays": Case(
        lambda: healthy(FORMATS["model"])[0] + make.PICKLE,
        "PATH is damaged: it is cut short, or has bytes after its end",
    ),
    "a bare array": Case(lambda: make.npy(), NO_ZIP),
    "text": Case(lambda: b"hello\n", NO_ZIP),
    "nothing": Case(lambda: b"", NO_ZIP),
    "gzip": Case(lambda: gzip.compress(healthy(FORMATS["model"])[0]), NO_ZIP),
    "HDF5": Case(lambda: b"\x89HDF\r\n\x1a\n" + bytes(99), NO_ZIP),
    "a program before it": Case(lambda: b"#!/bin/sh\n" + healthy(FORMATS["model"])[0], NO_ZIP),
    "an empty archive": Case(lambda: zipped({}), "PATH has no arrays W1, b1, W2, b2 (found: none)"),
    "cut short": Case(
        lambda: healthy(FORMATS["model"])[0][:-9],
        "PATH is damaged: it is cut short, or has bytes after its end",
    ),
    "zip bomb": bomb(
        lambda: make.swollen(400), "PATH unpacks to 419,430,400 bytes, the limit is 268,435,456"
    ),
    "zip bomb that lies": bomb(
        lambda: make.swollen(200, 1000), "PATH is damaged: Bad CRC-32 for file 'W1.npy'"
    ),
    "zip bomb that lies a little": bomb(
        lambda: make.swollen(200, 100 << 20), "PATH: the array 'W1' is not a NumPy array"
    ),
    "overlapping zip bomb": bomb(
        lambda: make.overlapping(255),
        "PATH is damaged: File name in directory ...",
    ),
    "a zip in a zip": Case(
        lambda: zipped({"W1.npy": make.swollen(1)}), "PATH: the array 'W1' is not a NumPy array"
    ),
    "a member twice": Case(lambda: make.twice("W1.npy", "W1.npy"), "PATH has the array 'W1' twice"),
    "a member under two names": Case(
        lambda: make.twice("W1.npy", "W1"), "PATH has the array 'W1' twice"
    ),
    "a renamed member": Case(
        lambda: zipped({"w1.npy": make.npy(), "b1.npy": make.npy()}),
        "PATH has no arrays W1, b1, W2, b2 (found: b1, w1)",
    ),
    "members that are paths": Case(
        lambda: zipped({"../../evil.npy": make.npy(), "/etc/passwd": make.npy()}),
        "PATH has no arrays W1, b1, W2, b2 (found: ../../evil, /etc/passwd)",
    ),
    "a member's name with escapes": Case(
        lambda: zipped({f"{ESC}\n[red]": b"x"}),
        "PATH: the array '\\x1b[2J\\n[red]' has no name that can be shown",
    ),
    "a long member's name": Case(
        lambda: zipped({"W" * 60_000: make.npy()}),
        "PATH: the array 'WWWWWWWWWWWW...WWWWWWWWWWWWW' has no name that can be shown",
    ),
    "257 members": Case(
        lambda: zipped({f"{i}.npy": make.npy() for i in range(257)}),
        "PATH has 257 arrays, the limit is 256",
    ),
    "60,000 members": bomb(
        lambda: zipped({str(i): b"" for i in range(60_000)}),
        "PATH has a directory that is too large for 256 arrays",
    ),
    "encrypted": Case(lambda: make.flagged(w1(make.npy())), "PATH: the array 'W1' is encrypted"),
    "LZMA": Case(
        lambda: zipped({"W1.npy": make.npy()}, 14),
        "PATH: the array 'W1' is compressed in an unknown way",
    ),
    "bzip2": Case(
        lambda: zipped({"W1.npy": make.npy()}, 12),
        "PATH: the array 'W1' is compressed in an unknown way",
    ),
    "a shape of terabytes": bomb(
        lambda: w1(with_shape("(500000000000, 2)")),
        "PATH: the array 'W1' should have 4,000,000,000,000 bytes for (500000000000, 2) "
        "float32, and has 24",
    ),
    "a shape beyond 64 bits": bomb(
        lambda: w1(with_shape(f"({2**63 - 1}, {2**63 - 1})")),
        "PATH: the array 'W1' should have "
        "340,282,366,920,938,463,389,587,631,136,930,004,996 bytes for "
        "(9223372036854775807, 9223372036854775807) float32, and has 24",
    ),
    "a shape below zero": Case(lambda: w1(with_shape("(-2, -3)")), NO_HEADER),
    "a shape of zeros": Case(
        lambda: w1(with_shape("(0, 9999999999999)")),
        "PATH: the array 'W1' should have 0 bytes for (0, 9999999999999) float32, and has 24",
    ),
    "a shape of 4,000 digits": Case(lambda: w1(with_shape("(" + "9" * 4000 + ",)")), NO_HEADER),
    "a shape of 64 sides": Case(lambda: w1(with_shape("(" + "1," * 64 + ")")), NO_HEADER),
    "a shape that is a call": Case(
        lambda: w1(with_shape("(__import__('os').abort(),)")), NO_HEADER
    ),
    "a type that is code": Case(
        lambda: w1(with_shape("(6,)", descr="__import__('os').system('touch fired')")), NO_HEADER
    ),
    "a type that is an escape": Case(
        lambda: w1(with_shape("(6,)", descr=f"'{ESC}'")),
        "PATH: the array 'W1' is of type '\\x1b[2J', not numbers",
    ),
    "text as numbers": Case(
        lambda: make.npz(W1=np.array(["a", "b"])),
        "PATH: the array 'W1' is of type '<U1', not numbers",
    ),
    "bytes as numbers": Case(
        lambda: make.npz(W1=np.array([b"a", b"b"])),
        "PATH: the array 'W1' is of type '|S1', not numbers",
    ),
    "dates as numbers": Case(
        lambda: make.npz(W1=np.zeros(3, "M8[s]")),
        "PATH: the array 'W1' is of type '<M8[s]', not numbers",
    ),
    "complex numbers": Case(
        lambda: make.npz(W1=np.zeros((2, 3), complex)),
        "PATH: the array 'W1' is of type '<c16', not numbers",
    ),
    "records": Case(lambda: make.npz(W1=np.zeros(3, [("x", "f4")])), NO_HEADER),
    "a header of 64 kB": Case(lambda: w1(make.npy(" " * 65_000)), NO_HEADER),
    "a header of 4 GB": bomb(lambda: w1(make.npy(version=b"\2\0", length=2**32 - 1)), NO_HEADER),
    "a header of brackets": Case(lambda: w1(make.npy("(" * 3000)), NO_HEADER),
    "version 3": Case(
        lambda: w1(make.npy(version=b"\3\0")), "PATH: the array 'W1' is not a NumPy array"
    ),
    "JSON of nested lists": bomb(
        lambda: make.model_with(make.nested("[", "]")),
        "PATH has a damaged header: ...",
    ),
    "JSON of nested objects": bomb(
        lambda: make.model_with(make.nested('{"a":', "}")),
        "PATH has a damaged header: ...",
    ),
    "JSON nested where anything may be": bomb(
        lambda: make.model_with(
            make.model_text().replace(
                b'"config":{', b'"config":{"x":' + make.nested("[", "]") + b",", 1
            )
        ),
        "PATH has a damaged header: ...",
    ),
    "JSON with NUL": Case(
        lambda: make.model_with(b'{"format":\0 1}'),
        "PATH has a damaged header: ...",
    ),
    "JSON in UTF-16": Case(
        lambda: make.model_with("{}".encode("utf-16")),
        "PATH has a damaged header: ...",
    ),
    "JSON with broken UTF-8": Case(
        lambda: make.model_with(b'{"\xff": 1}'),
        "PATH has a damaged header: ...",
    ),
    "JSON with NaN": Case(
        lambda: make.model_with(b'{"format": NaN}'),
        "PATH has a damaged header: ...",
    ),
    "JSON with a number of 400,000 digits": bomb(
        lambda: make.model_with(b'{"format": ' + b"9" * 400_000 + b"}"),
        "PATH has a damaged header: ...",
    ),
    "JSON that is a list": Case(
        lambda: make.model_with(b"[1, 2]"),
        "PATH has a damaged header: ...",
    ),
    "an empty header": Case(lambda: make.model_with(b""), "PATH has a damaged header: ..."),
    "a header of fractions": Case(
        lambda: make.model_member(np.array([1e300, np.nan])),
        "PATH has a header of float64, not of bytes",
    ),
    "a header of one number": Case(
        lambda: make.model_member(np.uint8(7)),
        "PATH has a damaged header: ...",
    ),
    "a table as header": Case(
        lambda: make.model_member(np.zeros((3, 3), np.uint8)),
        "PATH has a damaged header: ...",
    ),
    "a future format": Case(
        lambda: make.header_of_model(format=2), "PATH has format 2, this program reads format 1"
    ),
    "a format of 80 bits": Case(
        lambda: make.header_of_model(format=2**80),
        "PATH has format 1208925819614629174706176, this program reads format 1",
    ),
    "an activation that is code": Case(
        lambda: make.header_of_model(activation="__import__('os').abort"),
        "PATH has an unknown activation \"__import__('os').abort\"",
    ),
    "an activation that is a path": Case(
        lambda: make.header_of_model(activation=f"../../{ESC}"),
        "PATH has an unknown activation '../../\\x1b[2J'",
    ),
    "a layer of exabytes": bomb(
        lambda: make.header_of_model(hidden=[2**62]),
        "PATH: W1 is (784, 3), and should be (784, 4611686018427387904)",
    ),
    "a layer without units": Case(
        lambda: make.header_of_model(hidden=[0]), "PATH: W1 is (784, 3), and should be (784, 0)"
    ),
    "a million layers": bomb(
        lambda: make.header_of_model(hidden=[1] * 1_000_000),
        "PATH has a damaged header: ...",
    ),
    "a million classes": bomb(
        lambda: make.header_of_model(classes=[""] * 1_000_000),
        "PATH: W2 is (3, 10), and should be (3, 1000000)",
    ),
    "no classes": Case(
        lambda: make.header_of_model(classes=[]), "PATH: W2 is (3, 10), and should be (3, 0)"
    ),
    "pictures of another size": Case(
        lambda: make.header_of_model(image_shape=[-28, -28]),
        "PATH: pictures of -28x-28 do not have 784 pixels",
    ),
    "other pixels": Case(
        lambda: make.header_of_model(pixel_scale=1e300),
        "PATH was trained on pixels times 1e+300, this program multiplies them by 1/255",
    ),
    "a tensor that is not there": Case(
        lambda: make.header_of_model(tensors={}),
        "PATH is damaged: its arrays are not those it lists",
    ),
    "weights that are no numbers": Case(
        lambda: make.npz(W1=np.full((784, 10), np.nan), b1=np.zeros(10)),
        "PATH has weights that are no finite numbers",
    ),
    "layers that do not meet": Case(
        lambda: make.npz(W1=np.ones((784, 3)), b1=np.ones(3), W2=np.ones((4, 10)), b2=np.ones(10)),
        "PATH: W2 is (4, 10), and should be (3, 10)",
    ),
    "a FIFO": Case(make.fifo, "cannot read PATH: it is not a regular file"),
    "a folder": Case(make.folder, "cannot read PATH: it is a folder"),
    "a socket": Case(make.listening, "cannot read PATH: it is not a regular file"),
    "a loop of links": Case(make.loop, "no model at PATH"),
    "a link to nowhere": Case(make.dangling, "no model at PATH"),
    "/dev/zero": Case(make.link("/dev/zero"), "cannot read PATH: it is not a regular file"),
    "/dev/null": Case(make.link("/dev/null"), "cannot read PATH: it is not a regular file"),
    "/dev/stdin": Case(make.link("/dev/tty"), "cannot read PATH: it is not a regular file"),
    "/proc/self/mem": Case(make.link("/proc/self/mem"), "cannot read PATH: Input/output error"),
    "a terabyte of nothing": bomb(
        make.sparse(2**40, b"PK\3\4"),
        "cannot read PATH: 1,099,511,627,776 bytes, the limit is 268,435,456",
    ),
}

CHECKPOINTS: dict[str, Case] = {
    "a pickle": Case(lambda: make.PICKLE, "PATH is no .npz file, or its beginning is damaged"),
    "a pickled header": Case(
        lambda: make.npz(checkpoint=make.objects()),
        "PATH: the array 'checkpoint' is of type '|O', not numbers",
    ),
    "a model": Case(lambda: healthy(FORMATS["model"])[0], "PATH is not a checkpoint of nnfs"),
    "zip bomb": bomb(
        lambda: make.swollen(1100),
        "PATH unpacks to 1,153,433,600 bytes, the limit is 1,073,741,824",
    ),
    "zip bomb of a gigabyte, which a checkpoint may have": bomb(
        lambda: make.swollen(1000, name="params.npy"),
        "PATH: the array 'params' is compressed, which nnfs never does",
    ),
    "zip bomb that lies": bomb(
        lambda: make.swollen(200, 1000, "params.npy"),
        "PATH: the array 'params' is compressed, which nnfs never does",
    ),
    "many arrays in the same bytes": bomb(
        lambda: make.overlapping(200, make.w1(bytes(2**22))),
        "PATH unpacks to 838,860,800 bytes, and has 4,204,762",
    ),
    "JSON of nested lists": bomb(
        lambda: make.checkpoint_with(make.nested("[", "]")),
        "PATH has a damaged header: ...",
    ),
    "generators of nested lists": bomb(
        lambda: make.header_of_checkpoint(generators=make.nested("[", "]").decode()),
        "PATH is damaged: ...",
    ),
    "generators that are none": Case(
        lambda: make.header_of_checkpoint(generators="[1]"),
        "PATH is damaged: 1 generators for 0 dropout layers",
    ),
    "a million threads": Case(
        lambda: make.header_of_checkpoint(threads=10**6),
        "PATH has a damaged header: ...",
    ),
    "counters that are missing": Case(
        lambda: make.header_of_checkpoint(counters={}),
        "PATH is damaged: counters [] are not ...",
    ),
    "another format": Case(
        lambda: make.header_of_checkpoint(format=99),
        "PATH has format 99, this program reads format 2",
    ),
    "a tensor that is not there": Case(
        lambda: make.header_of_checkpoint(tensors={}),
        "PATH is damaged: its arrays are not those it lists",
    ),
    "a FIFO": Case(make.fifo, "cannot read PATH: it is not a regular file"),
    "a loop of links": Case(make.loop, "cannot read PATH: Too many levels of symbolic links"),
    "/dev/zero": Case(make.link("/dev/zero"), "cannot read PATH: it is not a regular file"),
}


def idx(*sizes: int, magic: int = 0x0803, data: bytes = bytes(9 * 784)) -> bytes:
    header = b"".join(size.to_bytes(4, "big") for size in sizes)
    return magic.to_bytes(4, "big") + header + data


MOST = 2**32 - 1

IDX: dict[str, Case] = {
    "sizes of 79 octillion": bomb(
        lambda: idx(MOST, MOST, MOST),
        "PATH: the header declares 4294967295 x 4294967295 x 4294967295, "
        "79228162458924105385300197391 bytes in all, but the file has 7072",
    ),
    "more rows than there are": Case(
        lambda: idx(10, 28, 28),
        "PATH: the header declares 10 x 28 x 28, 7856 bytes in all, but the file has 7072",
    ),
    "fewer rows than there are": Case(
        lambda: idx(8, 28, 28),
        "PATH: the header declares 8 x 28 x 28, 6288 bytes in all, but the file has 7072",
    ),
    "no rows": Case(
        lambda: idx(0, 28, 28, data=b""),
        "PATH holds no data: its header declares 0 x 28 x 28",
    ),
    "numbers of four bytes": Case(
        lambda: idx(9, 28, 28, magic=0x0D03),
        "PATH starts with 00 00 0d 03, not with the 00 00 08 of an IDX file of bytes",
    ),
    "255 dimensions": Case(
        lambda: idx(9, 28, 28, magic=0x08FF),
        "PATH has 255 dimensions, but images have 2 or 3",
    ),
    "labels in the place of images": Case(
        lambda: idx_bytes(LABELS), "PATH has 1 dimensions, but images have 2 or 3"
    ),
    "a header cut short": Case(lambda: idx(9, 28, 28)[:9], "PATH ends inside its header"),
    "nothing": Case(lambda: b"", "PATH is empty"),
    "zeros": Case(
        lambda: bytes(5000),
        "PATH starts with 00 00 00 00, not with the 00 00 08 of an IDX file of bytes",
    ),
    "no labels of that number": Case(
        lambda: idx_bytes(pixels(8)),
        "PATH has 8 images, but t10k-labels-idx1-ubyte has 9 labels",
    ),
    "sizes of terabytes in gzip": bomb(
        lambda: gzip.compress(idx(MOST, MOST, MOST)),
        "PATH: the header declares 4294967295 x 4294967295 x 4294967295, "
        "79228162458924105385300197391 bytes in all, but 48 compressed bytes hold 49536 "
        "at most",
    ),
    "a gigabyte in gzip": bomb(
        lambda: gzip.compress(idx(9, 28, 28, data=bytes(2**27))),
        "PATH: the data goes on after the 7072 bytes that its header declares",
    ),
    "a gzip cut short": Case(
        lambda: gzip.compress(idx(9, 28, 28))[:-9],
        "PATH: the gzip data is cut short after byte 7072 of the 7072 bytes that its "
        "header declares",
    ),
    "a gzip with a wrong checksum": Case(
        lambda: gzip.compress(idx(9, 28, 28))[:-8] + bytes(8),
        "PATH: the gzip data is damaged after byte 16 of the 7072 bytes that its header declares",
    ),
    "two gzips": Case(
        lambda: gzip.compress(idx(9, 28, 28)) * 2,
        "PATH: the gzip data is damaged after byte 7072 of the 7072 bytes that its header declares",
    ),
    "a gzip in a gzip": Case(
        lambda: gzip.compress(gzip.compress(idx(9, 28, 28))),
        "PATH is no IDX, NPZ or CSV file",
    ),
    "an empty gzip": Case(lambda: gzip.compress(b""), "PATH has no rows of data"),
    "a FIFO": Case(make.fifo, "PATH is neither a file nor a folder"),
    "a socket": Case(make.listening, "PATH is neither a file nor a folder"),
    "a loop of links": Case(make.loop, "cannot read PATH: too many levels of symbolic links"),
    "/dev/zero": Case(make.link("/dev/zero"), "PATH is neither a file nor a folder"),
    "/dev/null": Case(make.link("/dev/null"), "PATH is neither a file nor a folder"),
    "an empty folder": Case(make.folder, "PATH is empty"),
    "a petabyte of nothing": bomb(
        make.sparse(2**42, idx(9, 28, 28)),
        "PATH: the header declares 9 x 28 x 28, 7072 bytes in all, but the file has 4398046511104",
    ),
}


def rows(*lines: str) -> Callable[[], bytes]:
    return lambda: "\n".join(lines).encode("utf-8", "surrogateescape")


CSV: dict[str, Case] = {
    "a line without end": bomb(
        lambda: b"1," * (4 << 20), "PATH line 1 is longer than 1048576 characters"
    ),
    "a line without end in gzip": bomb(
        lambda: gzip.compress(b"1," * (32 << 20)), "PATH line 1 is longer than 1048576 characters"
    ),
    "NUL": Case(rows("1,2,3", "1,\0,3"), "PATH is no IDX, NPZ or CSV file"),
    "UTF-16": Case(lambda: "1,2\n".encode("utf-16"), "PATH is no IDX, NPZ or CSV file"),
    "only a byte order mark": Case(lambda: b"\xef\xbb\xbf", "PATH has no rows of data"),
    "blank lines": Case(lambda: b"\n \n\t\n", "PATH has no rows of data"),
    "only a header": Case(rows("label,pixel0"), "PATH has no rows of data"),
    "ragged": Case(rows("1,2,3", "1,2"), "PATH line 2: 2 values, but line 1 has 3"),
    "text": Case(rows("1,2,3", "1,x,3"), "PATH line 2, column 2: 'x' is not a whole number"),
    "a formula": Case(
        rows("1,2,3", "1,=cmd|'/C calc'!A0,3"),
        "PATH line 2, column 2: \"=cmd|'/C calc'!A0\" is not a whole number",
    ),
    "an escape": Case(
        rows("1,2,3", f"1,{ESC}[red],3"),
        "PATH line 2, column 2: '\\x1b[2J[red]' is not a whole number",
    ),
    "code": Case(
        rows("1,2,3", "1,__import__('os').abort(),3"),
        "PATH line 2, column 2: \"__import__('os').abort()\" is not a whole number",
    ),
    "a letter that made NumPy crash": Case(
        rows("1,2,3", *["1,\U0010ffff,3"] * 1000),
        "PATH line 2, column 2: '\\U0010ffff' is not a whole number",
    ),
    "a space that is none": Case(
        rows("1,2,3", "1,\xa02,3"), "PATH line 2, column 2: '\\xa02' is not a whole number"
    ),
    "infinity": Case(
        rows("1,2,3", "1,inf,3"), "PATH line 2, column 2: 'inf' is not a whole number"
    ),
    "1e999": Case(
        rows("1,2,3", "1,1e999,3"), "PATH line 2, column 2: '1e999' is not a whole number"
    ),
    "a number of 100,000 digits": bomb(
        rows("1,2,3", "1," + "9" * 100_000 + ",3"),
        "PATH line 2, column 2: pixel 999999999999999999 is outside 0-255",
    ),
    "a pixel of 256": Case(rows("1,2,256"), "PATH line 1, column 3: pixel 256 is outside 0-255"),
    "a pixel below zero": Case(rows("1,2,-1"), "PATH line 1, column 3: pixel -1 is outside 0-255"),
    "a label of 99": Case(rows("99,2,3"), "PATH line 1: label 99 is outside the 10 classes (0-9)"),
    "a label below zero": Case(
        rows("-1,2,3"), "PATH line 1: label -1 is outside the 10 classes (0-9)"
    ),
    "labels alone": Case(rows("1", "2"), "PATH line 1: a label without pixels"),
    "a pickle": Case(lambda: make.PICKLE, "PATH is no IDX, NPZ or CSV file"),
}

NPZ: dict[str, Case] = {
    "pickled images": Case(
        lambda: make.npz(x_test=make.objects(), y_test=LABELS),
        "PATH: the array 'x_test' is of type '|O', not numbers",
    ),
    "pickled labels": Case(
        lambda: make.npz(x_test=pixels(), y_test=make.objects()),
        "PATH: the array 'y_test' is of type '|O', not numbers",
    ),
    "zip bomb": bomb(
        lambda: make.swollen(2100),
        "PATH unpacks to 2,202,009,600 bytes, the limit is 2,147,483,648",
    ),
    "zip bomb that lies": bomb(lambda: make.swollen(200, 1000, "x_test.npy"), "PATH has no y_test"),
    "other names": Case(lambda: make.npz(a=pixels()), "PATH holds ['a'], no images with labels"),
    "names with escapes": Case(
        lambda: zipped({f"{ESC}.npy": make.npy()}),
        "PATH: the array '\\x1b[2J' has no name that can be shown",
    ),
    "no labels": Case(lambda: make.npz(x_test=pixels()), "PATH has no y_test"),
    "labels of fractions": Case(
        lambda: make.npz(x_test=pixels(), y_test=LABELS / 2),
        "PATH: y_test has the type float64, but labels are integers",
    ),
    "labels of 99": Case(
        lambda: make.npz(x_test=pixels(), y_test=LABELS + 91),
        "PATH: y_test[0]: label 91 is outside the 10 classes (0-9)",
    ),
    "fewer labels": Case(
        lambda: make.npz(x_test=pixels(), y_test=LABELS[1:]),
        "PATH: x_test has 9 images, but y_test has 8 labels",
    ),
    "no images": Case(
        lambda: make.npz(x_test=pixels()[:0], y_test=LABELS),
        "PATH: x_test is empty: its shape is (0, 28, 28)",
    ),
    "images of five sides": Case(
        lambda: make.npz(x_test=np.zeros((9, 1, 1, 1, 1)), y_test=LABELS),
        "PATH: x_test has the shape (9, 1, 1, 1, 1), but images are (N, D) or (N, rows, columns)",
    ),
    "pixels that are no numbers": Case(
        lambda: make.npz(x_test=np.full((9, 4), np.nan), y_test=LABELS),
        "PATH: x_test[0] has a pixel, 0, that is NaN: no number",
    ),
    "pixels of 1e30": Case(
        lambda: make.npz(x_test=np.full((9, 4), 1e30), y_test=LABELS),
        "PATH: x_test ranges from 1e+30 to 1e+30, but pixels are from 0 to 255",
    ),
}

PICTURES: dict[str, Case] = {
    **{f"{kind} renamed": Case(just(content), UNKNOWN) for kind, content in make.OTHERS.items()},
    "ICO renamed": Case(make.icon, UNKNOWN),
    "nothing": Case(lambda: b"", "cannot read PATH: it is empty"),
    "one byte": Case(lambda: b"\x89", UNKNOWN),
    "PNG of 900 megapixels": bomb(lambda: make.png(30_000, 30_000), TOO_MANY),
    "PNG of 100 megapixels": bomb(
        lambda: make.png(10_000, 10_000), "PATH has 10000 x 10000 pixels, the limit is 40 million"
    ),
    "PNG of 2 billion columns": bomb(lambda: make.png(2**31 - 1, 1), TOO_MANY),
    "PNG of 4 billion columns": bomb(lambda: make.png(2**32 - 1, 2**32 - 1), TOO_MANY),
    "PNG of no pixels": Case(lambda: make.png(0, 0), UNKNOWN),
    "PNG of 3 bits": Case(lambda: make.png(depth=3), UNKNOWN),
    "PNG of unknown colours": Case(lambda: make.png(colour=99), UNKNOWN),
    "PNG with a gigabyte for 81 pixels": Case(
        lambda: make.png().replace(make.zlib.compress(bytes(9 * 28), 9), make.zeros(1000)), DAMAGED
    ),
    "PNG with too few rows": Case(lambda: make.png(rows=bytes(40)), DAMAGED),
    "PNG without pixels": Case(lambda: make.png().partition(b"IDAT")[0][:-4], UNKNOWN),
    "PNG with a chunk of 4 GB": bomb(
        lambda: make.png(9, 9, make.chunk(b"abcd", b"", length=MOST)), DAMAGED
    ),
    "PNG with a wrong checksum": Case(
        lambda: make.png().replace(b"IHDR\0\0\0\x09", b"IHDR\0\0\0\x08"), UNKNOWN
    ),
    "PNG with a text of a gigabyte": bomb(
        lambda: make.png(9, 9, make.chunk(b"zTXt", b"a\0\0" + make.zeros(1000))), DAMAGED
    ),
    "PNG with an international text of a gigabyte": bomb(
        lambda: make.png(9, 9, make.chunk(b"iTXt", b"a\0\1\0\0\0" + make.zeros(1000))), DAMAGED
    ),
    "PNG with a colour profile of a gigabyte": bomb(
        lambda: make.png(9, 9, make.chunk(b"iCCP", b"a\0\0" + make.zeros(1000))), DAMAGED
    ),
    "PNG with 63 texts of a megabyte": Case(
        lambda: make.png(
            9, 9, *[make.chunk(b"zTXt", b"%d\0\0" % i + make.zeros(1)) for i in range(63)]
        ),
        BLANK,
    ),
    "PNG with 100 texts of a megabyte": Case(
        lambda: make.png(
            9, 9, *[make.chunk(b"zTXt", b"%d\0\0" % i + make.zeros(1)) for i in range(100)]
        ),
        DAMAGED,
    ),
    "PNG with a text of 20 MB": Case(
        lambda: make.png(9, 9, make.chunk(b"tEXt", b"a\0" + bytes(20 << 20))), BLANK
    ),
    "PNG with 100,000 chunks": Case(
        lambda: make.png(9, 9, make.chunk(b"abCd", b"") * 100_000), BLANK
    ),
    "PNG with EXIF that names itself": Case(
        lambda: make.png(9, 9, make.exif_chunk(make.exif_loop())), BLANK
    ),
    "APNG of 4 billion frames": Case(
        lambda: make.png(9, 9, make.chunk(b"acTL", b"\xff" * 8)), BLANK
    ),
    "GIF of 4 gigapixels": bomb(lambda: make.gif(65_535, 65_535), TOO_MANY),
    "GIF of 900 megapixels": bomb(lambda: make.gif(30_000, 30_000), TOO_MANY),
    "GIF of no pixels": Case(lambda: make.gif(0, 0), None),
    "GIF whose frame is larger": Case(
        lambda: picture("GIF").replace(b"\x2c\0\0\0\0", b"\x2c\0\xff\0\xff"), TOO_MANY
    ),
    "GIF without a frame": Case(lambda: picture("GIF").partition(b"\x2c")[0] + b"\x3b", UNKNOWN),
    "GIF of 10,000 frames": Case(lambda: make.gif_of_frames(10_000), None),
    "GIF whose second frame is of 81 megapixels": bomb(
        lambda: make.gif_of_frames(2, side=9_000, disposal=2), None
    ),
    "GIF of comments": Case(
        lambda: picture("GIF")[:13] + b"\x21\xfe" + b"\x01a" * 500_000, UNKNOWN
    ),
    "BMP of 900 megapixels": bomb(lambda: make.bmp(30_000, 30_000), TOO_MANY),
    "BMP of 2 billion columns": bomb(lambda: make.bmp(2**31 - 1, -(2**31)), TOO_MANY),
    "BMP of columns below zero": Case(lambda: make.bmp(-9, 9), TOO_MANY),
    "BMP of no pixels": Case(lambda: make.bmp(0, 0), UNKNOWN),
    "BMP with a header of 4 GB": bomb(
        lambda: picture("BMP")[:14] + b"\xff\xff\xff\xff" + picture("BMP")[18:], DAMAGED
    ),
    "TIFF of 900 megapixels": bomb(
        lambda: make.tiff({256: (4, 1, 30_000), 257: (4, 1, 30_000)}), TOO_MANY
    ),
    "TIFF of 2 billion columns": bomb(lambda: make.tiff({256: (4, 1, 2**31 - 1)}), TOO_MANY),
    "TIFF of 4 billion values": bomb(lambda: make.tiff({258: (3, MOST, 8)}), None),
    "TIFF of 4 billion samples": bomb(lambda: make.tiff({277: (4, 1, MOST)}), None),
    "TIFF with pixels outside": Case(lambda: make.tiff({273: (4, 1, MOST)}), DAMAGED),
    "TIFF that compresses in an unknown way": Case(lambda: make.tiff({259: (3, 1, 999)}), UNKNOWN),
    "TIFF whose directory follows itself": Case(lambda: make.tiff({}, following=8), None),
    "TIFF of LZW that is none": Case(
        lambda: make.tiff({279: (4, 1, 3)}, compression="tiff_lzw"), DAMAGED
    ),
    "TIFF with its directory outside": Case(lambda: b"II*\0" + b"\xff" * 4, UNKNOWN),
    "WebP of 900 megapixels": bomb(lambda: make.webp_canvas(30_000, 30_000), TOO_MANY),
    "WebP of 30 megapixels in 34 bytes": bomb(
        lambda: make.webp(6000, 5000), "PATH has 6000 x 5000 pixels, the limit is 16 million"
    ),
    "WebP of 16,383 x 16,383": bomb(lambda: make.webp(16_383, 16_383), TOO_MANY),
    "WebP cut short": Case(lambda: picture("WEBP", "RGB")[:-9], DAMAGED),
    "JPEG of 4 gigapixels": bomb(lambda: make.jpeg(65_500, 65_500), TOO_MANY),
    "JPEG of no pixels": Case(lambda: make.jpeg(0, 0), UNKNOWN),
    "JPEG without tables": Case(lambda: picture("JPEG").replace(b"\xff\xdb", b"\xff\xfe"), DAMAGED),
    "JPEG of EXIF that names itself": Case(
        lambda: picture("JPEG", exif=b"Exif\0\0" + make.exif_loop()), None
    ),
    "JPEG of EXIF that is noise": Case(
        lambda: picture("JPEG", exif=b"Exif\0\0" + bytes(range(256)) * 200), None
    ),
    "JPEG that lies on its ninth side": Case(
        lambda: picture(
            "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\1\0\x12\1\x03\0\1\0\0\0\x63\0\0\0\0\0\0\0"
        ),
        None,
    ),
    "PPM of 900 megapixels": bomb(lambda: b"P5 30000 30000 255\n", TOO_MANY),
    "PPM of many digits": Case(lambda: b"P5 " + b"9" * 5000 + b" 9 255\n", DAMAGED),
    "PPM of a side below zero": Case(lambda: b"P5 -9 9 255\n" + bytes(81), UNKNOWN),
    "PPM of no range": Case(lambda: b"P5 9 9 0\n" + bytes(81), DAMAGED),
    "PPM of words": Case(lambda: b"P2 9 9 255\n" + b"x " * 81, DAMAGED),
    "PPM of more than 8 bits' odd range": bomb(
        lambda: b"P6 6000 4000 200\n" + bytes(1000),
        "PATH has 6000 x 4000 pixels, the limit is 1 million",
    ),
    "PPM of 4 megapixels of words": bomb(
        lambda: b"P2 2000 2000 255\n" + b"7 " * 9000,
        "PATH has 2000 x 2000 pixels, the limit is 1 million",
    ),
    "PPM of a million comments": bomb(lambda: b"P5 " + b"#\n" * 1_000_000, DAMAGED),
    "PPM of a comment without end": bomb(lambda: b"P5 #" + b"a" * 10_000_000, DAMAGED),
    "blank": Case(lambda: make.png(), BLANK),
    "a FIFO": Case(make.fifo, "cannot read PATH: it is not a regular file"),
    "a socket": Case(make.listening, "cannot read PATH: it is not a regular file"),
    "a loop of links": Case(make.loop, "cannot read PATH: Too many levels of symbolic links"),
    "a link to nowhere": Case(make.dangling, "cannot read PATH: No such file or directory"),
    "/dev/zero": Case(make.link("/dev/zero"), "cannot read PATH: it is not a regular file"),
    "/dev/null": Case(make.link("/dev/null"), "cannot read PATH: it is not a regular file"),
    "/dev/random": Case(make.link("/dev/random"), "cannot read PATH: it is not a regular file"),
    "a terabyte of nothing": bomb(
        make.sparse(2**40, b"\x89PNG"),
        "cannot read PATH: 1,099,511,627,776 bytes, the limit is 268,435,456",
    ),
}

LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join([f'*{chr(97 + i)}'] * 9)}]\n" for i in range(9)
)

YAML: dict[str, Case] = {
    "a billion laughs": bomb(
        lambda: LAUGHS.encode(),
        "PATH line 1, column 4: anchors and aliases (& and *) are not supported",
    ),
    "an object": Case(
        rows("data: !!python/object/apply:os.system ['touch fired']"),
        "PATH line 1, column 7: tags such as "
        "'tag:yaml.org,2002:python/object/apply:os.system' are not supported",
    ),
    "a module": Case(
        rows("data: !!python/module:antigravity"),
        "PATH line 1, column 7: tags such as "
        "'tag:yaml.org,2002:python/module:antigravity' are not supported",
    ),
    "a merge": Case(rows("<<: {epochs: 3}"), "PATH line 1, column 1: merge keys are not supported"),
    "nested lists": bomb(lambda: b"hidden: " + b"[" * 60_000, "PATH: nested too deep for a config"),
    "nested objects": bomb(
        lambda: b"hidden: " + b"{a: " * 16_000, "PATH: nested too deep for a config"
    ),
    "NUL": Case(
        lambda: b"epochs: 3\nseed: \0\n",
        "PATH line 2: not valid YAML: special characters are not allowed",
    ),
    "an escape": Case(
        lambda: f"epochs: {ESC}".encode(),
        "PATH line 1: not valid YAML: special characters are not allowed",
    ),
    "UTF-16": Case(lambda: "epochs: 3".encode("utf-16"), "PATH line 1: not UTF-8 text"),
    "broken UTF-8": Case(lambda: b"epochs: 3\ndata: \xff\n", "PATH line 2: not UTF-8 text"),
    "a byte order mark": Case(lambda: b"\xef\xbb\xbfepochs: 3\n", None),
    "a megabyte": bomb(
        lambda: b"# \n" * 350_000, "PATH: too big for a config: more than 65,536 bytes"
    ),
    "a key twice": Case(
        rows("epochs: 1", "epochs: 2"),
        "PATH line 2, column 1: epochs is given twice, first on line 1",
    ),
    "two documents": Case(
        rows("epochs: 1", "---", "epochs: 2"),
        "PATH line 2, column 1: a second document begins; a config is one document",
    ),
    "a number of 60,000 digits": bomb(
        lambda: b"epochs: " + b"9" * 60_000,
        "PATH line 1: epochs must be a whole number, got "
        "'999999999999999999999999999999999999999999999999999999999...'",
    ),
    "a key of 60,000 letters": bomb(
        lambda: b"e" * 60_000 + b": 1",
        "PATH line 1, column 1: a config is made of lines KEY: VALUE",
    ),
    "a right-to-left key": Case(
        rows("\u202eepochs: 1"), "PATH line 1: unknown key '\\u202eepochs'"
    ),
    "a letter that looks like another": Case(
        rows("\u0435pochs: 1"), "PATH line 1: unknown key '\u0435pochs'"
    ),
    "a FIFO": Case(make.fifo, "PATH: not a regular file"),
    "a socket": Case(make.listening, "PATH: cannot be read: No such device or address"),
    "a folder": Case(make.folder, "PATH: a folder, not a config file"),
    "a loop of links": Case(make.loop, "no config file PATH"),
    "a link to nowhere": Case(make.dangling, "no config file PATH"),
    "/dev/zero": Case(make.link("/dev/zero"), "PATH: not a regular file"),
    "a terabyte of nothing": bomb(
        make.sparse(2**40), "PATH: too big for a config: more than 65,536 bytes"
    ),
}

TOML: dict[str, Case] = {
    "nested lists": bomb(
        lambda: b"hidden = " + b"[" * 60_000, "PATH line 1: nested too deep for a config"
    ),
    "nested tables": bomb(
        lambda: b"[" + b"a." * 32_000 + b"a]", "PATH line 1: nested too deep for a config"
    ),
    "a key of 30,000 parts": bomb(
        lambda: b"a." * 30_000 + b"a=1", "PATH line 1: nested too deep for a config"
    ),
    "NUL": Case(lambda: b"epochs = 3\nseed = \0\n", "PATH line 2, column 8: not valid TOML: ..."),
    "UTF-16": Case(lambda: "epochs = 3".encode("utf-16"), "PATH line 1: not UTF-8 text"),
    "UTF-32": Case(
        lambda: "epochs = 3".encode("utf-32-be"),
        "PATH line 1, column 1: not valid TOML: ...",
    ),
    "a byte order mark": Case(lambda: b"\xef\xbb\xbfepochs = 3\n", None),
    "a megabyte": bomb(
        lambda: b"#\n" * 500_000, "PATH: too big for a config: more than 65,536 bytes"
    ),
    "a key twice": Case(
        rows("epochs = 1", "epochs = 2"), "PATH line 2: epochs is given twice, first on line 1"
    ),
    "a table in the place of a number": Case(
        rows("[epochs]", "a = 1"),
        "PATH line 1: epochs must be a whole number, got a group of keys",
    ),
    "a number of 60,000 digits": bomb(
        lambda: b"seed = " + b"9" * 60_000, "PATH: not valid TOML: ..."
    ),
    "infinity": Case(
        rows("learning_rate = inf"), "PATH line 1: learning_rate must be a finite number, got inf"
    ),
    "no number": Case(
        rows("learning_rate = nan"), "PATH line 1: learning_rate must be a finite number, got nan"
    ),
    "an escape": Case(
        rows('optimizer = "\\u001b[2J"'), "PATH line 1: unknown optimizer '\\x1b[2J'"
    ),
    "an escape as key": Case(rows('"\\u001b[2J" = 1'), "PATH: unknown key '\\x1b[2J'"),
    "YAML": Case(
        rows("epochs: 3"),
        "PATH line 1, column 7: not valid TOML: ...",
    ),
    "a pickle": Case(lambda: make.PICKLE, "PATH line 1: not UTF-8 text"),
    "/dev/zero": Case(make.link("/dev/zero"), "PATH: not a regular file"),
}

CASES: dict[str, dict[str, Case]] = {
    "model": MODELS,
    "checkpoint": CHECKPOINTS,
    "IDX": IDX,
    "CSV": CSV,
    "NPZ": NPZ,
    "PNG": PICTURES,
    "YAML": YAML,
    "TOML": TOML,
}
EXIT = {"YAML": 2, "TOML": 2}  # a wrong config is the user's own; anything else fails with 1


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty folder with a model and a picture, in which nothing is started or unpickled."""
    global watching
    monkeypatch.chdir(tmp_path)
    Path("model").mkdir()
    Path("model/good.npz").write_bytes(healthy(FORMATS["model"])[0])
    Path("good.png").write_bytes(picture("PNG"))
    seen.clear()
    watching = True
    yield
    watching = False
    assert not seen
    assert not CANARY.exists()


def written(case: Case, path: Path) -> None:
    """Make the hostile file: from bytes, or by a maker that is given the place."""
    if inspect.signature(case.content).parameters:
        case.content(path)
    else:
        path.write_bytes(case.content())


def said(case: Case, message: str | None, path: Path) -> bool:
    """Return whether a reader said what it should; `...` stands for the words of a library."""
    if message is None or case.message is None:
        return message is case.message
    expected = case.message.replace("PATH", str(path))
    return message == expected or (
        expected.endswith("...") and message.startswith(expected.removesuffix("..."))
    )


def words(kind: str, path: Path) -> list[str]:
    """Return the command that reads the file."""
    command = FORMATS[kind].words.replace("{}.npz", str(path.with_name("model.npz")))
    command = command.replace("PICTURE", "good.png").replace("MODEL", "model/good.npz")
    return command.replace("{}", str(path)).split()


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind, cases in CASES.items() for name in cases]
)
def test_a_hostile_file_is_told_in_one_line(
    kind: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    case, path = CASES[kind][name], Path(FORMATS[kind].file)
    path = path.with_suffix(".gz") if "gzip" in name and kind in ("IDX", "CSV") else path
    written(case, path)
    message = None
    FORMATS[kind].read(Path("good.png")) if kind == "PNG" else None  # what is imported once
    with bounded(SECONDS) as cost:
        try:
            FORMATS[kind].read(path)
        except NnfsError as error:
            message = error.message
    assert said(case, message, path)
    assert cost.work < (BOMB_SECONDS if case.bomb else SECONDS)
    assert cost.growth < (BOMB_MEMORY if case.bomb else MEMORY)

    capsys.readouterr()
    with bounded(2 * SECONDS):
        code = main(words(kind, path))
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    if message is None:
        assert code == 0
        return
    assert code == EXIT.get(kind, 1)
    error, hint = err.splitlines()
    assert error.startswith("error: ")
    assert error.isprintable()
    assert hint.startswith("hint: ")
    assert not out


def test_there_are_many_cases() -> None:
    assert sum(map(len, CASES.values())) >= 150


@pytest.mark.parametrize("kind", ["EPS", "EPS for DOS", "PDF", "shell script"])
def test_no_program_is_started_for_a_picture(kind: str) -> None:
    programs = Path("bin").absolute()
    programs.mkdir()
    for name in ("gs", "gswin64c", "sh", "convert", "inkscape", "pdftoppm"):
        (programs / name).write_text(f"#!/bin/bash\n: > {CANARY.absolute()}\n")
        (programs / name).chmod(0o755)
    Path("p.png").write_bytes(make.OTHERS[kind])
    done = subprocess.run(
        [sys.executable, "-m", "nnfs_cli", "predict", "p.png", "--model", "model/good.npz"],
        capture_output=True,
        env={"PATH": str(programs), "PYTHONPATH": str(Path(make.__file__).parents[2])},
        timeout=60,
    )
    seen.clear()  # of our own start of Python
    assert done.returncode == 1
    assert done.stderr.startswith(b"error: cannot read p.png: it is not a picture")


def test_the_watch_would_notice() -> None:
    import pickle

    subprocess.run(["true"], check=True)
    pickle.loads(pickle.dumps(Path))
    assert {"subprocess.Popen", "pickle.find_class"} <= set(seen)
    seen.clear()


@pytest.mark.parametrize("name", ["nothing", "blank", "PNG without pixels", "text renamed"])
def test_a_picture_that_is_refused_comes_with_advice(name: str) -> None:
    path = Path("p.png")
    written(PICTURES[name], path)
    with pytest.raises(NnfsError) as caught:
        FORMATS["PNG"].read(path)
    assert caught.value.hint
    with pytest.raises(NnfsError) as caught:
        FORMATS["PNG"].read(Path("missing.png"))
    assert caught.value.hint == "check the spelling of the path"
