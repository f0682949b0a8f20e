"""IDX: every byte is accounted for, before memory is taken."""

from __future__ import annotations

import gzip
import hashlib
import struct
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnfs_cli.datasets import builtin, idx, load
from nnfs_cli.errors import DataError

from .writers import error_of, idx_bytes, labels, pictures, write_idx

SHA256 = {  # of the uncompressed files, as data/README.md says
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}


@pytest.mark.parametrize("name", SHA256)
def test_built_in_mnist_is_the_original_byte_for_byte(name: str) -> None:
    array = idx.read_array(builtin.folder() / f"{name}.gz", dimensions=(1, 3))

    assert hashlib.sha256(idx_bytes(array)).hexdigest() == SHA256[name]


def test_built_in_mnist_is_what_everybody_calls_mnist() -> None:
    data = load()
    train, test = data.split("train"), data.split("test")

    assert (data.name, data.image_shape, data.classes) == ("mnist", (28, 28), tuple("0123456789"))
    assert (train.x.shape, test.x.shape) == ((60_000, 784), (10_000, 784))
    assert train.x.dtype == test.x.dtype == np.uint8
    assert train.labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert test.labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    assert np.bincount(test.labels).tolist() == [
        980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009,
    ]  # fmt: skip
    assert train.x.mean() == pytest.approx(33.318421, abs=1e-6)


@pytest.mark.parametrize("gz", [False, True])
def test_pixels_and_labels_come_back_as_they_were_written(tmp_path: Path, gz: bool) -> None:
    path = write_idx(tmp_path, pictures(), labels(), gz=gz)

    data = load(path, splits=["train"])

    assert np.array_equal(data.split("train").x, pictures().reshape(12, 16))
    assert np.array_equal(data.split("train").labels, labels())
    assert data.image_shape == (4, 4)


@given(
    shape=st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(1, 5)),
    gz=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_any_shape_survives_the_round_trip(
    tmp_path_factory: pytest.TempPathFactory, shape: tuple[int, int, int], gz: bool, seed: int
) -> None:
    array = np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)
    path = tmp_path_factory.getbasetemp() / "any-shape"
    path.write_bytes(gzip.compress(idx_bytes(array)) if gz else idx_bytes(array))

    assert np.array_equal(idx.read_array(path, dimensions=(3,)), array)


def test_rows_of_two_dimensions_have_a_picture_only_if_they_are_square(tmp_path: Path) -> None:
    flat = pictures().reshape(12, 16)
    assert load(write_idx(tmp_path, flat, labels())).image_shape == (4, 4)
    assert load(write_idx(tmp_path, flat[:, :15], labels())).image_shape is None
    assert load(write_idx(tmp_path, pictures(12, 2, 8), labels())).image_shape == (2, 8)


def test_a_plain_images_file_is_mapped_and_not_read(tmp_path: Path) -> None:
    count = 1_300_000  # a gigabyte of zeros, which takes no room on the disk
    images, names = tmp_path / "train-images-idx3-ubyte", tmp_path / "train-labels-idx1-ubyte"
    for path, header, size in (
        (images, struct.pack(">4B3I", 0, 0, 8, 3, count, 28, 28), 784 * count),
        (names, struct.pack(">4BI", 0, 0, 8, 1, count), count),
    ):
        with path.open("wb") as file:
            file.write(header)
            file.truncate(len(header) + size)

    begin = time.perf_counter()
    train = load(tmp_path).split("train")

    assert time.perf_counter() - begin < 0.5
    assert train.x.shape == (count, 784)
    assert not train.x.flags.writeable


@pytest.mark.skipif(sys.platform == "win32", reason="the resource module is Unix's")
def test_reading_mnist_takes_no_more_memory_than_its_pixels() -> None:
    program = """
import resource, sys
from nnfs_cli.datasets import load
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
before = peak()
rows = len(load(splits=["train"]).split("train"))
print(rows, (peak() - before) // (1024 if sys.platform == "linux" else 1 << 20))
"""
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    rows, megabytes = map(int, run.stdout.split())

    assert rows == 60_000
    assert megabytes < 55  # the pixels are 45 MiB


# what is wrong, the images file, and the whole message
IMAGES = idx_bytes(pictures())
PACKED = gzip.compress(IMAGES, mtime=0)
BAD_IMAGES = {
    "not IDX": (
        b"\0\0\x0d\3" + IMAGES[4:],
        "{path} starts with 00 00 0d 03, not with the 00 00 08 of an IDX file of bytes",
    ),
    "labels instead": (
        idx_bytes(labels()),
        "{path} has 1 dimensions, but images have 2 or 3",
    ),
    "header cut": (IMAGES[:15], "{path} ends inside its header"),
    "magic cut": (IMAGES[:3], "{path} ends inside its header"),
    "empty": (b"", "{path} is empty"),
    "one byte missing": (
        IMAGES[:-1],
        "{path}: the header declares 12 x 4 x 4, 208 bytes in all, but the file has 207",
    ),
    "one byte more": (
        IMAGES + b"\0",
        "{path}: the header declares 12 x 4 x 4, 208 bytes in all, but the file has 209",
    ),
    "no rows": (
        idx_bytes(pictures()[:0]),
        "{path} holds no data: its header declares 0 x 4 x 4",
    ),
    "a lie of 64 bits": (
        struct.pack(">4B3I", 0, 0, 8, 3, 2**32 - 1, 2**32 - 1, 2**32 - 1),
        "{path}: the header declares 4294967295 x 4294967295 x 4294967295, "
        "79228162458924105385300197391 bytes in all, but the file has 16",
    ),
    "gz with its end missing": (
        PACKED[:-9],
        "{path}: the gzip data is cut short after byte 207 "
        "of the 208 bytes that its header declares",
    ),
    "gz cut in its header": (
        PACKED[:5],
        "{path}: the gzip data is cut short after byte 0 of its header",
    ),
    "gz with a wrong CRC": (
        PACKED[:-8] + bytes([PACKED[-8] ^ 1]) + PACKED[-7:],
        "{path}: the gzip data is damaged after byte 16 of the 208 bytes that its header declares",
    ),
    "gz with a wrong length": (
        PACKED[:-1] + b"\1",
        "{path}: the gzip data is damaged after byte 16 of the 208 bytes that its header declares",
    ),
    "gz with bytes after it": (
        PACKED + b"x",
        "{path}: the gzip data is damaged after byte 208 of the 208 bytes that its header declares",
    ),
    "gz of too little": (
        gzip.compress(IMAGES[:-8]),
        "{path}: the data ends at byte 200 of the 208 bytes that its header declares",
    ),
    "gz of too much": (
        gzip.compress(IMAGES + b"\0"),
        "{path}: the data goes on after the 208 bytes that its header declares",
    ),
}


@pytest.mark.parametrize("case", BAD_IMAGES)
def test_a_bad_images_file_gets_its_message(tmp_path: Path, case: str) -> None:
    content, message = BAD_IMAGES[case]
    write_idx(tmp_path, pictures(), labels())
    path = tmp_path / "train-images-idx3-ubyte"
    path.write_bytes(content)

    error = error_of(lambda: load(tmp_path))

    assert error.message == message.format(path=path)


def test_damage_in_the_middle_of_mnist_is_found_at_its_offset(tmp_path: Path) -> None:
    write_idx(tmp_path, pictures(), labels(), prefix="t10k")
    whole = (builtin.folder() / "t10k-images-idx3-ubyte.gz").read_bytes()
    path = tmp_path / "t10k-images-idx3-ubyte.gz"
    path.write_bytes(whole[: len(whole) // 2])
    (tmp_path / "t10k-images-idx3-ubyte").unlink()

    error = error_of(lambda: load(tmp_path))

    start, _, end = error.message.partition(" after byte ")
    assert start == f"{path}: the gzip data is cut short"
    assert end.endswith(" of the 7840016 bytes that its header declares")
    assert 3_000_000 < int(end.split()[0]) < 4_800_000
    assert error.hint == "fetch the file again"


def test_a_gzip_file_cannot_claim_more_than_deflate_can_hold(tmp_path: Path) -> None:
    write_idx(tmp_path, pictures(), labels())
    path = tmp_path / "train-images-idx3-ubyte"
    path.write_bytes(gzip.compress(struct.pack(">4B3I", 0, 0, 8, 3, 60_000, 28, 28), mtime=0))
    size = path.stat().st_size

    assert error_of(lambda: load(tmp_path)).message == (
        f"{path}: the header declares 60000 x 28 x 28, 47040016 bytes in all, "
        f"but {size} compressed bytes hold {1032 * size} at most"
    )


def test_a_label_outside_the_classes_is_named_with_its_offset(tmp_path: Path) -> None:
    wrong = labels()
    wrong[3] = 12
    write_idx(tmp_path, pictures(), wrong)
    path = tmp_path / "train-labels-idx1-ubyte"

    error = error_of(lambda: load(tmp_path))

    assert error.message == f"{path} offset 11: label 12 is outside the 10 classes (0-9)"
    assert error.hint == "if the data has more classes: --set classes=13"
    assert path.read_bytes()[11] == 12
    assert len(load(tmp_path, classes=13).classes) == 13


def test_images_and_labels_of_different_number_are_refused_with_both(tmp_path: Path) -> None:
    path = write_idx(tmp_path, pictures(), labels(11))

    assert error_of(lambda: load(path)).message == (
        f"{path} has 12 images, but {tmp_path}/train-labels-idx1-ubyte has 11 labels"
    )


def test_a_compressed_file_is_limited_where_a_plain_one_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_idx(tmp_path, pictures(), labels(), gz=True)
    monkeypatch.setattr("nnfs_cli.datasets.files.MEMORY_LIMIT", 100)

    with pytest.raises(DataError, match="its 192 bytes do not fit into memory"):
        load(path)
    assert load(write_idx(tmp_path, pictures(), labels())).train is not None
