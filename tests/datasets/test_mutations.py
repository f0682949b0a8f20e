"""Mutations: whatever happens to a file, it is read or it is a DataError, and soon."""

from __future__ import annotations

import gzip
import random
import time
import tracemalloc
from pathlib import Path

import pytest

from nnfs_cli.datasets import load
from nnfs_cli.errors import DataError

from .writers import csv_text, error_of, idx_bytes, labels, npz_bytes, pictures, write_idx

COUNT = 400
FILES = {
    "train-images-idx3-ubyte": idx_bytes(pictures()),
    "train-images-idx3-ubyte.gz": gzip.compress(idx_bytes(pictures()), mtime=0),
    "train-labels-idx1-ubyte": idx_bytes(labels()),
    "train.csv": csv_text(pictures(), labels()).encode(),
    "train.csv.gz": gzip.compress(csv_text(pictures(), labels()).encode(), mtime=0),
    "stored.npz": npz_bytes(x_train=pictures(), y_train=labels()),
    "deflated.npz": npz_bytes(compressed=True, images=pictures() / 255, labels=labels()),
}


def mutate(content: bytes, rng: random.Random) -> bytes:
    """Return `content` with one to four accidents."""
    result = bytearray(content)
    for _ in range(rng.randint(1, 4)):
        start = rng.randrange(len(result) + 1)
        end = min(len(result), start + rng.choice([1, 1, 2, 4, 50]))
        accident = rng.randrange(6)
        if accident == 0 and start < len(result):
            result[start] ^= 1 << rng.randrange(8)
        elif accident == 1:
            result[start:end] = rng.randbytes(end - start)
        elif accident == 2:
            result[start:end] = rng.choice([b"\0", b"\xff", b",", b"\n"]) * (end - start)
        elif accident == 3:
            del result[start:end]
        elif accident == 4:
            result[start:start] = result[: rng.randrange(60)]
        else:
            del result[start:]
    return bytes(result)


@pytest.mark.parametrize("name", FILES)
def test_a_mutated_file_is_read_or_refused(tmp_path: Path, name: str) -> None:
    rng = random.Random(name)
    is_partner = "labels" in name
    if "idx" in name:
        write_idx(tmp_path, pictures(), labels())
        (tmp_path / "train-images-idx3-ubyte").unlink(missing_ok=not is_partner)
        if is_partner:
            write_idx(tmp_path, pictures(), labels())
    path = tmp_path / name
    refused, slowest = 0, 0.0
    tracemalloc.start()
    for _ in range(COUNT):
        path.unlink(missing_ok=True)
        path.write_bytes(mutate(FILES[name], rng))
        begin = time.perf_counter()
        try:
            load(tmp_path if is_partner else path, classes=10)
        except DataError:
            refused += 1
        slowest = max(slowest, time.perf_counter() - begin)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert refused > COUNT // 4
    assert slowest < 2
    assert peak < 50 << 20


@pytest.mark.parametrize("name", ["train-images-idx3-ubyte.gz", "deflated.npz", "stored.npz"])
def test_every_file_that_is_cut_short_is_refused(tmp_path: Path, name: str) -> None:
    write_idx(tmp_path, pictures(), labels())
    content = FILES[name]
    path = tmp_path / name
    for size in range(0, len(content), 3):
        path.write_bytes(content[:size])
        error_of(lambda: load(path))
