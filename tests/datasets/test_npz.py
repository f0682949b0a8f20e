"""NPZ: numbers are read, and nothing else; a lie is found before it costs memory."""

from __future__ import annotations

import io
import pickle
import time
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from nnfs_cli.datasets import load

from .writers import error_of, labels, npz_bytes, pictures

FLAT = pictures().reshape(12, 16)


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def with_member(name: str, content: bytes, *, method: int = zipfile.ZIP_STORED) -> bytes:
    """Return an NPZ file of good labels and one member `name` of any bytes."""
    buffer = io.BytesIO(npz_bytes(labels=labels()))
    with zipfile.ZipFile(buffer, "a", method) as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


def npy(array: NDArray[Any]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


@pytest.mark.parametrize("compressed", [False, True])
def test_the_file_of_keras_has_both_splits(tmp_path: Path, compressed: bool) -> None:
    content = npz_bytes(
        compressed=compressed,
        x_train=pictures(),
        y_train=labels(),
        x_test=pictures(5),
        y_test=labels(5),
    )
    path = write(tmp_path / "mnist.npz", content)

    data = load(path)

    assert np.array_equal(data.split("train").x, FLAT)
    assert np.array_equal(data.split("test").x, pictures(5).reshape(5, 16))
    assert data.split("test").labels.tolist() == [0, 1, 2, 3, 4]
    assert data.image_shape == (4, 4)
    assert load(path, splits=["test"]).train is None


def test_a_split_that_is_not_asked_for_is_not_read(tmp_path: Path) -> None:
    other = np.full((5, 4, 4), 77, np.uint8)
    content = npz_bytes(x_train=other, y_train=labels(5), x_test=pictures(), y_test=labels())
    path = write(tmp_path / "a.npz", content.replace(other.tobytes(), bytes(other.nbytes)))

    assert len(load(path, splits=["test"]).split("test").labels) == 12
    assert error_of(lambda: load(path)).message == (
        f"{path} is damaged: Bad CRC-32 for file 'x_train.npy'"
    )


@pytest.mark.parametrize(
    ("images", "x", "dtype", "shape"),
    [
        (pictures(), FLAT, np.uint8, (4, 4)),
        (FLAT, FLAT, np.uint8, (4, 4)),
        (FLAT[:, :15], FLAT[:, :15], np.uint8, None),
        (pictures()[..., None], FLAT, np.uint8, (4, 4)),
        (pictures(12, 2, 8), pictures(12, 2, 8).reshape(12, 16), np.uint8, (2, 8)),
        (np.asfortranarray(pictures()), FLAT, np.uint8, (4, 4)),
        (pictures().astype(np.int64), FLAT, np.uint8, (4, 4)),
        (pictures().astype(">u2"), FLAT, np.uint8, (4, 4)),
        (pictures().astype(np.float64), FLAT, np.uint8, (4, 4)),
        (pictures().astype(np.float16), FLAT, np.uint8, (4, 4)),
        (pictures() / 255, (FLAT / 255).astype(np.float32), np.float32, (4, 4)),
        (pictures() > 127, (FLAT > 127) * np.uint8(255), np.uint8, (4, 4)),
    ],
)
def test_pixels_of_any_type_keep_their_meaning(
    tmp_path: Path,
    images: NDArray[Any],
    x: NDArray[Any],
    dtype: type,
    shape: tuple[int, int] | None,
) -> None:
    data = load(write(tmp_path / "a.npz", npz_bytes(images=images, labels=labels())))

    train = data.split("train")
    assert np.array_equal(train.x, x)
    assert train.x.dtype == dtype
    assert train.x.flags.c_contiguous
    assert data.image_shape == shape


@pytest.mark.parametrize("dtype", ["u1", "i1", "<i4", ">i8", "u8"])
@pytest.mark.parametrize("shape", [(12,), (12, 1)])
def test_labels_of_any_integer_type_are_read(
    tmp_path: Path, dtype: str, shape: tuple[int, ...]
) -> None:
    content = npz_bytes(images=FLAT, labels=labels().astype(dtype).reshape(shape))

    train = load(write(tmp_path / "a.npz", content)).split("train")

    assert train.labels.tolist() == labels().tolist()


@given(st.lists(st.floats(width=32), min_size=1, max_size=9))
def test_floats_are_pixels_or_an_error_and_never_something_else(
    tmp_path_factory: pytest.TempPathFactory, values: list[float]
) -> None:
    path = tmp_path_factory.getbasetemp() / "floats.npz"
    images = np.array([values], dtype=np.float32)
    path.write_bytes(npz_bytes(images=images, labels=labels(1)))
    fractions = all(0 <= value <= 1 for value in values)
    levels = all(0 <= value <= 255 and value == int(value) for value in values)

    if fractions or levels:
        x = load(path).split("train").x
        assert x.dtype == (np.float32 if fractions else np.uint8)
        assert x.tolist() == images.tolist()
    else:
        error_of(lambda: load(path))


def changed(**arrays: NDArray[Any]) -> bytes:
    return npz_bytes(**({"images": FLAT, "labels": labels()} | arrays))


class Canary:
    """A pickle that sings."""

    sang = False

    def __reduce__(self) -> tuple[Any, ...]:
        return setattr, (Canary, "sang", True)


HALVES = FLAT.astype(float)
HALVES[3, 7] = 2.5
HALVES[4, 0] = 255
NAN = FLAT / 255
NAN[5, 0] = np.nan
WRONG_LABELS = labels().astype(np.int64)
WRONG_LABELS[3] = 12
HEADER = npy(FLAT)[:128]
NOT_NUMBERS = np.array([Canary()] * 12, dtype=object)
FEW = "holds ['other'], no images with labels"

BAD_FILES: dict[str, tuple[bytes, str]] = {
    "other names": (npz_bytes(other=FLAT), f" {FEW}"),
    "no members": (npz_bytes(), " holds [], no images with labels"),
    "no labels": (npz_bytes(images=FLAT), " has no labels"),
    "no x_test": (
        npz_bytes(x_train=FLAT, y_train=labels(), y_test=labels()),
        " has no x_test",
    ),
    "one dimension": (
        changed(images=FLAT.ravel()),
        ": images has the shape (192,), but images are (N, D) or (N, rows, columns)",
    ),
    "colour": (
        changed(images=np.zeros((12, 4, 4, 3), np.uint8)),
        ": images has the shape (12, 4, 4, 3), but images are (N, D) or (N, rows, columns)",
    ),
    "one-hot labels": (
        changed(labels=np.eye(12, 10, dtype=np.uint8)),
        ": labels has the shape (12, 10), but labels are (N,)",
    ),
    "float labels": (
        changed(labels=labels().astype(float)),
        ": labels has the type float64, but labels are integers",
    ),
    "label too large": (
        changed(labels=WRONG_LABELS),
        ": labels[3]: label 12 is outside the 10 classes (0-9)",
    ),
    "label negative": (
        changed(labels=-WRONG_LABELS),
        ": labels[1]: label -1 is outside the 10 classes (0-9)",
    ),
    "different numbers": (
        changed(labels=labels(11)),
        ": images has 12 images, but labels has 11 labels",
    ),
    "no rows": (changed(images=FLAT[:0]), ": images is empty: its shape is (0, 16)"),
    "a scalar": (
        changed(images=np.array(7)),
        ": images has the shape (), but images are (N, D) or (N, rows, columns)",
    ),
    "pixel too large": (
        changed(images=FLAT.astype(int) + 45),
        ": images ranges from 45 to 300, but pixels are from 0 to 255",
    ),
    "pixel negative": (
        changed(images=FLAT.astype(np.int16) - 1),
        ": images ranges from -1 to 254, but pixels are from 0 to 255",
    ),
    "NaN": (
        changed(images=NAN),
        ": images[5] has a pixel, 0, that is NaN: no number",
    ),
    "infinity": (
        changed(images=np.where(np.isnan(NAN), np.inf, NAN)),
        ": images ranges from 0 to inf, but pixels are from 0 to 255",
    ),
    "neither levels nor fractions": (
        changed(images=HALVES),
        ": images[3] has a pixel of 2.5, which is no whole number, "
        "and one of 255, which is above 1",
    ),
    "text": (
        changed(images=np.array([["a"]])),
        ": the array 'images' is of type '<U1', not numbers",
    ),
    "complex": (
        changed(images=FLAT * 1j),
        ": the array 'images' is of type '<c16', not numbers",
    ),
    "a table": (
        changed(images=np.zeros(12, dtype=[("a", "u1")])),
        ": the array 'images' has no header of a plain array",
    ),
    "not NumPy's": (
        with_member("images.npy", b"GIF89a"),
        ": the array 'images' is not a NumPy array",
    ),
    "a header that ends": (
        with_member("images.npy", HEADER[:50]),
        ": the array 'images' has no header of a plain array",
    ),
    "fewer bytes than declared": (
        with_member("images.npy", npy(FLAT)[:-1]),
        ": the array 'images' should have 192 bytes for (12, 16) uint8, and has 191",
    ),
    "more bytes than declared": (
        with_member("images.npy", npy(FLAT) + b"\0"),
        ": the array 'images' should have 192 bytes for (12, 16) uint8, and has 193",
    ),
    "a header that claims a terabyte": (
        with_member("images.npy", HEADER.replace(b"(12, 16), }    ", b"(1099511627776,)}")[:128]),
        ": the array 'images' should have 1,099,511,627,776 bytes "
        "for (1099511627776,) uint8, and has 0",
    ),
    "another compression": (
        with_member("images.npy", npy(FLAT), method=zipfile.ZIP_BZIP2),
        ": the array 'images' is compressed in an unknown way",
    ),
    "cut short": (changed()[:-1], " is damaged: it is cut short, or has bytes after its end"),
    "longer": (changed() + b"\0", " is damaged: it is cut short, or has bytes after its end"),
    "only a name": (b"PK", " is no .npz file, or its beginning is damaged"),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_file_gets_its_message(tmp_path: Path, case: str) -> None:
    content, message = BAD_FILES[case]
    path = write(tmp_path / "a.npz", content)

    assert error_of(lambda: load(path)).message == f"{path}{message}"


def test_a_pickle_is_never_opened(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    np.savez(buffer, images=NOT_NUMBERS, labels=labels())
    path = write(tmp_path / "a.npz", buffer.getvalue())

    assert error_of(lambda: load(path)).message == (
        f"{path}: the array 'images' is of type '|O', not numbers"
    )
    write(path, with_member("images.npy", pickle.dumps(Canary())))
    assert (
        error_of(lambda: load(path)).message == f"{path}: the array 'images' is not a NumPy array"
    )
    assert not Canary.sang


def test_a_changed_pixel_is_found_by_its_checksum(tmp_path: Path) -> None:
    content = bytearray(changed())
    content[content.index(FLAT.tobytes()) + 100] ^= 1
    path = write(tmp_path / "a.npz", bytes(content))

    error = error_of(lambda: load(path))
    assert error.message == f"{path} is damaged: Bad CRC-32 for file 'images.npy'"
    assert error.hint == "fetch the file again, or make it anew"


def test_a_directory_of_too_many_members_is_refused_before_it_is_read(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(20_000):
            archive.writestr(f"{number}", b"")
    path = write(tmp_path / "a.npz", buffer.getvalue())

    begin = time.perf_counter()
    message = error_of(lambda: load(path)).message

    assert message == f"{path} has a directory that is too large for 256 arrays"
    assert time.perf_counter() - begin < 0.1


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.npz", with_member("labels.npy", npy(labels())))

    assert error_of(lambda: load(path)).message == f"{path} has the array 'labels' twice"


def test_a_bomb_is_refused_before_it_goes_off(tmp_path: Path) -> None:
    content = bytearray(with_member("bomb.npy", bytes(10_000), method=zipfile.ZIP_DEFLATED))
    entry = content.rindex(b"PK\1\2")
    for declared, message in (
        (1 << 30, ": the array 'bomb' declares 1,073,741,824 bytes, but its "),
        (3 << 30, " unpacks to 3,221,22"),
    ):
        content[entry + 24 : entry + 28] = declared.to_bytes(4, "little")
        path = write(tmp_path / "a.npz", bytes(content))
        tracemalloc.start()
        begin = time.perf_counter()
        error = error_of(lambda path=path: load(path))  # type: ignore[misc]
        seconds, (_, peak) = time.perf_counter() - begin, tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert message in error.message
        assert seconds < 0.1
        assert peak < 1 << 20
