"""NPZ: numbers and nothing else; a lie is found before it costs time or memory."""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import struct
import time
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from nnfs_cli.errors import ModelError
from nnfs_cli.npz import MEMBERS, npz_names, read_npz, write_npz

LIMIT = 2**20
GOOD = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"


def written(arrays: dict[str, NDArray[Any]]) -> bytes:
    buffer = io.BytesIO()
    write_npz(buffer, arrays)
    return buffer.getvalue()


def npy(header: str, payload: bytes = bytes(24), *, version: bytes = b"\1\0") -> bytes:
    """Return an `.npy` with any header."""
    text = header.encode("latin-1")
    text += b" " * (-(11 + len(text)) % 64) + b"\n"
    return b"\x93NUMPY" + version + struct.pack("<H", len(text)) + text + payload


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "x.npz"


def refusal(path: Path, content: bytes | None = None, limit: int = LIMIT) -> str:
    """Return why a file is refused, without its path."""
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError) as caught:
        read_npz(path, limit=limit, error=ModelError)
    message = caught.value.message
    assert message.replace(str(path), "").isprintable()
    assert str(path) in message
    return message.replace(str(path), "PATH")


DTYPES = ("bool", "u1", "i1", "<i2", ">i4", "<i8", "f2", "<f4", ">f4", "<f8", ">f8")


@pytest.mark.parametrize("shape", [(), (0,), (1,), (3, 4), (2, 0, 3), (2, 3, 4)])
@pytest.mark.parametrize("dtype", DTYPES)
def test_arrays_come_back_bit_by_bit(path: Path, dtype: str, shape: tuple[int, ...]) -> None:
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    raw = np.random.default_rng(0).integers(0, 256 if dtype != "bool" else 2, size, dtype=np.uint8)
    array = np.frombuffer(raw.tobytes(), dtype).reshape(shape)
    path.write_bytes(written({"a": array}))
    found = read_npz(path, limit=LIMIT, error=ModelError)["a"]
    assert found.dtype == np.dtype(dtype).newbyteorder("=")
    assert found.shape == shape
    assert found.astype(dtype).tobytes() == array.tobytes()


def test_numpy_reads_what_we_write_and_we_what_numpy_writes(path: Path) -> None:
    arrays = {"W1": np.arange(6.0).reshape(2, 3), "b1": np.array([7, 8], "f4")}
    path.write_bytes(written(arrays))
    with np.load(path) as theirs:
        for name, array in arrays.items():
            np.testing.assert_array_equal(theirs[name], array)
    for save in (np.savez, np.savez_compressed):
        save(path, **arrays, F=np.asfortranarray(arrays["W1"]))
        ours = read_npz(path, limit=LIMIT, error=ModelError)
        assert list(ours) == ["W1", "b1", "F"]
        for name, array in arrays.items():
            np.testing.assert_array_equal(ours[name], array)
        np.testing.assert_array_equal(ours["F"], arrays["W1"])


def test_equal_arrays_make_equal_bytes_at_any_time_and_from_any_layout() -> None:
    array = np.arange(12.0).reshape(3, 4)
    first = written({"a": array, "b": array[0]})
    assert written({"a": np.asfortranarray(array), "b": array.copy()[0]}) == first
    assert written({"a": np.repeat(array, 2, axis=1)[:, ::2], "b": array[0]}) == first
    assert written({"b": array[0], "a": array}) != first  # the order of the members counts
    assert zipfile.ZipFile(io.BytesIO(first)).infolist()[0].date_time == (1980, 1, 1, 0, 0, 0)


def test_what_is_no_archive_is_told(path: Path) -> None:
    assert refusal(path) == "cannot read PATH: No such file or directory"
    assert refusal(path, b"PK and no more") == "PATH is no .npz file, or its beginning is damaged"
    assert refusal(path, b"") == "PATH is no .npz file, or its beginning is damaged"
    for cut in (b"PK\3\4 and no more", written({})[:-1], written({}) + b"\0"):
        assert refusal(path, cut) == (
            "PATH is damaged: it is cut short, or has bytes after its end"
        )
    assert refusal(path, npy(GOOD)) == "PATH is no .npz file, or its beginning is damaged"
    assert refusal(path, bytes(101), limit=100) == "cannot read PATH: 101 bytes, the limit is 100"
    path.unlink()
    path.mkdir()
    assert refusal(path) == "cannot read PATH: it is a folder"
    path.rmdir()
    os.mkfifo(path)
    assert refusal(path) == "cannot read PATH: it is not a regular file"


class Canary:
    """Leaves a file behind where it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return Path.touch, (self.path,)


def test_pickled_objects_are_refused_and_never_run(path: Path) -> None:
    canary = path.with_name("fired")
    array = np.empty(1, object)
    array[0] = Canary(canary)
    np.savez(path, W1=array)
    # the canary is alive
    with np.load(path, allow_pickle=True) as archive:
        _ = archive["W1"]
    assert canary.exists()
    canary.unlink()

    assert refusal(path) == "PATH: the array 'W1' is of type '|O', not numbers"
    for member, name in (("W1.npy", "W1"), ("nnfs", "nnfs")):
        assert refusal(path, zipped({member: pickle.dumps(Canary(canary))})) == (
            f"PATH: the array {name!r} is not a NumPy array"
        )
    assert (
        refusal(path, pickle.dumps(Canary(canary)))
        == "PATH is no .npz file, or its beginning is damaged"
    )
    assert not canary.exists()


@pytest.mark.parametrize(
    ("dtype", "said"),
    [("<U4", "<U4"), ("S3", "|S3"), ("c8", "<c8"), ("M8[s]", "<M8[s]"), ("V4", "|V4")],
)
def test_arrays_of_other_things_than_numbers_are_refused(path: Path, dtype: str, said: str) -> None:
    np.savez(path, a=np.zeros(3, dtype))
    assert refusal(path) == f"PATH: the array 'a' is of type {said!r}, not numbers"


def test_records_are_refused(path: Path) -> None:
    np.savez(path, a=np.zeros(3, [("x", "f4"), ("y", "i4")]))
    assert refusal(path) == "PATH: the array 'a' has no header of a plain array"


NO_HEADER = "PATH: the array 'a' has no header of a plain array"

LIES = {
    "more than there is": (
        GOOD.replace("(2, 3)", "(2, 4)"),
        "PATH: the array 'a' should have 32 bytes for (2, 4) float32, and has 24",
    ),
    "less than there is": (
        GOOD.replace("(2, 3)", "(2,)"),
        "PATH: the array 'a' should have 8 bytes for (2,) float32, and has 24",
    ),
    "a terabyte": (
        GOOD.replace("(2, 3)", "(500000000000, 2)"),
        "PATH: the array 'a' should have 4,000,000,000,000 bytes "
        "for (500000000000, 2) float32, and has 24",
    ),
    "overflowing": (GOOD.replace("(2, 3)", f"({2**62}, {2**62})"), "PATH: the array 'a' should"),
    "negative": (GOOD.replace("(2, 3)", "(-2, -3)"), NO_HEADER),
    "no shape": (GOOD.replace("(2, 3)", "'x'"), NO_HEADER),
    "truth as shape": (GOOD.replace("(2, 3)", "(True, 6)"), NO_HEADER),
    "a number of 4,000 digits": (GOOD.replace("(2, 3)", f"({'9' * 4000},)"), NO_HEADER),
    "nine dimensions": (GOOD.replace("(2, 3)", f"({'1,' * 7}2,3)"), NO_HEADER),
    "no type": (
        GOOD.replace("<f4", "<q9"),
        "PATH: the array 'a' is of type '<q9', not numbers",
    ),
    "a type of control characters": (
        GOOD.replace("<f4", "\x1b[2J"),
        "PATH: the array 'a' is of type '\\x1b[2J', not numbers",
    ),
    "code": (GOOD.replace("'<f4'", "__import__('os').abort()"), NO_HEADER),
    "no dictionary": ("[1, 2]", NO_HEADER),
    "unfinished": (GOOD[:30], NO_HEADER),
    "unbalanced": ("(" * 3000, NO_HEADER),
    "nested": ("(" * 900 + ")" * 900, NO_HEADER),
    "long": (GOOD + " " * 5000, NO_HEADER),
    "empty": ("", NO_HEADER),
    "no text": ("\xff\0\xfe", NO_HEADER),
}


@pytest.mark.parametrize("payload", [bytes(24), bytes(24) + bytes(200_000)])
@pytest.mark.parametrize("name", LIES)
def test_a_header_that_lies_is_found_out(path: Path, name: str, payload: bytes) -> None:
    # a member longer than what zipfile reads at once has no checksum to protect its header
    header, message = LIES[name]
    said = refusal(path, zipped({"a.npy": npy(header, payload)}))
    assert said.startswith(message if len(payload) == 24 else "PATH")


def test_a_header_of_python_2_is_read_without_a_remark(path: Path) -> None:
    path.write_bytes(zipped({"a.npy": npy(GOOD.replace("(2, 3)", "(2L, 3L)"))}))
    assert read_npz(path, limit=LIMIT, error=ModelError)["a"].shape == (2, 3)


def test_an_unknown_version_of_the_format_is_refused(path: Path) -> None:
    for version in (b"\3\0", b"\0\0", b"\xff\xff"):
        message = refusal(path, zipped({"a.npy": npy(GOOD, version=version)}))
        assert message == "PATH: the array 'a' is not a NumPy array"


def test_too_many_members_are_refused(path: Path) -> None:
    many = {f"{i}.npy": npy(GOOD) for i in range(MEMBERS + 1)}
    assert refusal(path, zipped(many)) == "PATH has 257 arrays, the limit is 256"
    many.popitem()
    path.write_bytes(zipped(many))
    assert len(read_npz(path, limit=LIMIT, error=ModelError)) == MEMBERS


def end_with_a_lie(content: bytes) -> bytes:
    """Return an archive that counts one member in its directory, and as long as it is."""
    return content[:-14] + struct.pack("<2H", 1, 1) + content[-10:]


def test_a_large_directory_is_refused_before_it_is_read(path: Path) -> None:
    content = zipped({str(i): b"" for i in range(10_000)})
    wide = content[:-22] + struct.pack("<4sIQ4x", b"PK\6\7", 0, 0) + content[-22:]
    small = zipped({"a.npy": npy(GOOD)})
    for hostile in (content, end_with_a_lie(content), wide):
        path.write_bytes(hostile)
        tracemalloc.start()
        start = time.perf_counter()
        assert refusal(path) == "PATH has a directory that is too large for 256 arrays"
        seconds, (_, peak) = time.perf_counter() - start, tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert seconds < 0.1
        assert peak < LIMIT
    wide = small[:-22] + struct.pack("<4sIQ4x", b"PK\6\7", 0, 0) + small[-22:]
    assert refusal(path, wide) == "PATH has a directory that is too large for 256 arrays"
    many = zipped({str(i): b"" for i in range(1000)})  # short names: a small directory
    assert refusal(path, end_with_a_lie(many)) == "PATH has 1,000 arrays, the limit is 256"


def test_bytes_that_no_directory_lists_are_refused(path: Path) -> None:
    content = zipped({"a.npy": npy(GOOD)})
    for place in (4, 40, len(content) - 22):
        assert refusal(path, content[:place] + bytes(9) + content[place:]) == (
            "PATH is damaged: its directory is not where it should be"
        )


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("second", ["a.npy", "a"])
def test_a_name_that_comes_twice_is_refused(path: Path, second: str) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.npy", npy(GOOD))
        archive.writestr(second, npy(GOOD))
    assert refusal(path, buffer.getvalue()) == "PATH has the array 'a' twice"


def test_names_that_would_be_paths_are_only_names(path: Path) -> None:
    path.write_bytes(zipped({"../../evil.npy": npy(GOOD), "/etc/x.npy": npy(GOOD)}))
    assert list(read_npz(path, limit=LIMIT, error=ModelError)) == ["../../evil", "/etc/x"]
    assert [p.name for p in path.parent.iterdir()] == ["x.npz"]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compressions_are_refused(path: Path, method: int) -> None:
    message = "PATH: the array 'a' is compressed in an unknown way"
    assert refusal(path, zipped({"a.npy": npy(GOOD)}, method)) == message


def test_an_encrypted_member_is_refused(path: Path) -> None:
    content = bytearray(zipped({"a.npy": npy(GOOD)}))
    for magic, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        content[content.index(magic) + offset] |= 1
    assert "encrypted" in refusal(path, bytes(content))


def bomb(declared: int | None = None) -> bytes:
    """Return 64 MB of zeros, compressed to 64 kB; its size may be a lie."""
    header = GOOD.replace("(2, 3)", "(10000,)")
    content = bytearray(zipped({"a.npy": npy(header, bytes(2**26))}, zipfile.ZIP_DEFLATED))
    if declared is not None:
        start = content.rindex(b"PK\1\2")
        content[start + 24 : start + 28] = struct.pack("<I", declared)
    return bytes(content)


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        (None, "PATH unpacks to 67,108,992 bytes, the limit is 1,048,576"),
        (128 + 40_000, "PATH is damaged: Bad CRC-32 for file 'a.npy'"),
        (
            10**6,
            "PATH: the array 'a' should have 40,000 bytes for (10000,) float32, and has 999,872",
        ),
    ],
    ids=["honest", "lying", "half lying"],
)  # fmt: skip
def test_a_bomb_is_refused_at_once_and_in_little_memory(
    path: Path, declared: int | None, message: str
) -> None:
    path.write_bytes(bomb(declared))
    tracemalloc.start()
    start = time.perf_counter()
    assert refusal(path) == message
    seconds = time.perf_counter() - start
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seconds < 0.5
    assert peak < 3 * LIMIT


def test_many_members_may_not_sum_up_to_more_than_the_limit(path: Path) -> None:
    part = npy(GOOD.replace("(2, 3)", "(100000,)"), bytes(400_000))
    parts = {f"{i}.npy": part for i in range(3)}
    message = refusal(path, zipped(parts, zipfile.ZIP_DEFLATED))
    assert message == "PATH unpacks to 1,200,384 bytes, the limit is 1,048,576"


def plain_refusal(path: Path, content: bytes) -> str:
    """Return how a file is refused that may not be compressed."""
    path.write_bytes(content)
    with pytest.raises(ModelError) as caught:
        read_npz(path, limit=LIMIT, error=ModelError, compressed=False)
    return caught.value.message.replace(str(path), "PATH")


def test_where_nothing_may_be_compressed_nothing_can_swell(path: Path) -> None:
    plain = written({"a": np.arange(3), "b": np.zeros(9)})
    path.write_bytes(plain)
    assert list(read_npz(path, limit=LIMIT, error=ModelError, compressed=False)) == ["a", "b"]
    packed = zipped({"a.npy": npy(GOOD), "b.npy": npy(GOOD)}, zipfile.ZIP_DEFLATED)
    assert plain_refusal(path, packed) == (
        "PATH: the array 'a' is compressed, which nnfs never does"
    )
    assert plain_refusal(path, bomb(10**6)) == (
        "PATH: the array 'a' is compressed, which nnfs never does"
    )
    # one stored member under 100 names
    header = GOOD.replace("(2, 3)", "(2000,)")
    one = zipped({"a.npy": npy(header, bytes(8000))})
    start = one.rindex(b"PK\1\2")
    entries = b"".join(one[start:-22].replace(b"a.npy", b"%05d" % i) for i in range(100))
    end = one[-22:-14] + struct.pack("<2H2LH", 100, 100, len(entries), start, 0)
    shared = one[:start] + entries + end
    assert plain_refusal(path, shared) == (
        f"PATH unpacks to {100 * (8000 + len(npy(header, b''))):,} bytes, and has {len(shared):,}"
    )


BASE = written({"W1": np.arange(12, dtype="f4").reshape(3, 4), "b1": np.ones(4)})


@given(
    changes=st.lists(
        st.tuples(st.integers(0, len(BASE) - 1), st.integers(0, 255)), min_size=1, max_size=8
    ),
    cut=st.integers(0, len(BASE)),
    insert=st.binary(max_size=6),
)
@settings(deadline=None, max_examples=300)
def test_mutated_files_end_in_our_error_or_in_arrays(
    tmp_path_factory: pytest.TempPathFactory,
    changes: list[tuple[int, int]],
    cut: int,
    insert: bytes,
) -> None:
    content = bytearray(BASE)
    for place, value in changes:
        content[place] = value
    path = tmp_path_factory.getbasetemp() / "mutated.npz"
    path.write_bytes(content[:cut] + insert + content[cut:])
    with contextlib.suppress(ModelError):
        arrays = read_npz(path, limit=LIMIT, error=ModelError)
        assert all(array.dtype.kind in "biuf" for array in arrays.values())


def test_a_memory_map_is_written_like_any_array(tmp_path: Path, path: Path) -> None:
    mapped = open_memmap(tmp_path / "m.npy", mode="w+", dtype="f4", shape=(3, 2))
    mapped[...] = 5
    path.write_bytes(written({"m": mapped}))
    assert read_npz(path, limit=LIMIT, error=ModelError)["m"].tolist() == [[5, 5]] * 3


def test_only_the_arrays_that_are_asked_for_are_read(path: Path) -> None:
    content = written({"a": np.arange(3), "b": np.full(50_000, 7.0), "c": np.ones(2)})
    path.write_bytes(content.replace(np.full(2, 7.0).tobytes(), bytes(16), 1))  # damage in b
    tracemalloc.start()
    found = read_npz(path, limit=LIMIT, error=ModelError, names=["c", "a"])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert {name: array.tolist() for name, array in found.items()} == {"c": [1, 1], "a": [0, 1, 2]}
    assert peak < 200_000
    assert npz_names(path, limit=LIMIT, error=ModelError) == ["a", "b", "c"]
    assert refusal(path) == "PATH is damaged: Bad CRC-32 for file 'b.npy'"


def test_a_name_that_is_not_there_is_our_error(path: Path) -> None:
    path.write_bytes(written({"a": np.ones(2)}))
    with pytest.raises(ModelError, match="is damaged: 'b'"):
        read_npz(path, limit=LIMIT, error=ModelError, names=["b"])


def test_arrays_can_be_written_to(path: Path) -> None:
    path.write_bytes(written({"a": np.ones(2)}))
    read_npz(path, limit=LIMIT, error=ModelError)["a"][0] = 5


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (PermissionError(13, "Permission denied"), "cannot read PATH: Permission denied"),
        (MemoryError(), "PATH needs more memory than there is"),
    ],
)
def test_what_the_system_refuses_is_told_as_such(
    path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, message: str
) -> None:
    def fail(*args: Any, **kwargs: Any) -> Any:
        raise error

    path.write_bytes(written({"a": np.ones(2)}))
    monkeypatch.setattr(np, "empty", fail)
    assert refusal(path) == message
