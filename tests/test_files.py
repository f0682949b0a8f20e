"""Files: the whole old one or the whole new one, whatever fails and whenever the process dies."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nnfs_cli.errors import DataError, NnfsError
from nnfs_cli.files import atomic_write, check_regular, folder_lock, prepare_output, sweep, why

OLD, NEW = b"old" * 1000, b"new" * 70_000  # longer than any buffer

# the functions of the system that `atomic_write` passes through, one after the other
STEPS = {
    "mkstemp": (tempfile, "mkstemp"),
    "fdopen": (os, "fdopen"),
    "fchmod": (os, "fchmod"),
    "fsync": (os, "fsync"),
    "replace": (os, "replace"),
}
ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "model.npz"
    path.write_bytes(OLD)
    return path


def write(path: Path, content: bytes = NEW) -> None:
    with atomic_write(path) as file:
        file.write(content)


def failing(code: int) -> Callable[..., Any]:
    def fail(*args: Any, **kwargs: Any) -> Any:
        raise OSError(code, os.strerror(code))

    return fail


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_new_file_takes_the_place_of_the_old(target: Path) -> None:
    write(target)
    assert target.read_bytes() == NEW
    assert names(target.parent) == ["model.npz"]


def test_a_first_file_is_made(tmp_path: Path) -> None:
    write(tmp_path / "first", b"1")
    assert (tmp_path / "first").read_bytes() == b"1"


def test_until_the_end_a_reader_sees_the_old_file(target: Path) -> None:
    with atomic_write(target) as file:
        file.write(NEW)
        file.flush()
        assert target.read_bytes() == OLD
        assert len(names(target.parent)) == 2
    assert target.read_bytes() == NEW


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_the_new_file_has_the_permissions_of_any_new_file(target: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        write(target)
        assert stat.S_IMODE(target.stat().st_mode) == 0o666 & ~mask
        assert os.umask(mask) == mask  # it was looked at and put back
    finally:
        os.umask(before)


@pytest.mark.parametrize("code", ERRORS, ids=errno.errorcode.get)
@pytest.mark.parametrize("step", STEPS)
def test_a_step_that_fails_leaves_the_old_file_and_nothing_else(
    target: Path, monkeypatch: pytest.MonkeyPatch, step: str, code: int
) -> None:
    monkeypatch.setattr(*STEPS[step], failing(code))
    with pytest.raises(OSError, match=os.strerror(code)) as caught:
        write(target)
    monkeypatch.undo()
    assert caught.value.errno == code
    assert target.read_bytes() == OLD
    assert names(target.parent) == ["model.npz"]


@pytest.mark.parametrize("code", ERRORS, ids=errno.errorcode.get)
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    target: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    fdopen = os.fdopen

    class Full:
        """A file on a disk that is full after 100 kB."""

        def __init__(self, handle: int, mode: str) -> None:
            self.file = fdopen(handle, mode)

        def __enter__(self) -> Full:
            return self

        def __exit__(self, *details: object) -> None:
            self.file.close()

        def __getattr__(self, name: str) -> Any:
            return getattr(self.file, name)

        def write(self, content: bytes) -> None:
            self.file.write(content[:100_000])
            failing(code)()

    monkeypatch.setattr(os, "fdopen", Full)
    with pytest.raises(OSError, match=os.strerror(code)):
        write(target)
    monkeypatch.undo()
    assert target.read_bytes() == OLD
    assert names(target.parent) == ["model.npz"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError, SystemExit, MemoryError])
def test_a_writer_that_gives_up_leaves_the_old_file_and_nothing_else(
    target: Path, error: type[BaseException]
) -> None:
    def give_up() -> None:
        with atomic_write(target) as file:
            file.write(NEW)
            raise error

    with pytest.raises(error):
        give_up()
    assert target.read_bytes() == OLD
    assert names(target.parent) == ["model.npz"]


def test_a_system_without_fchmod_writes_too(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fchmod")  # Windows before Python 3.13
    write(target)
    assert target.read_bytes() == NEW


def test_no_handle_stays_open_after_a_failure(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def handles() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    before = handles()
    for step in ("mkstemp", "fchmod", "fsync", "replace"):
        monkeypatch.setattr(*STEPS[step], failing(errno.EIO))
        with pytest.raises(OSError, match="Input/output error"):
            write(target)
        monkeypatch.undo()
    assert handles() == before


def test_the_order_is_write_fsync_rename_fsync_of_the_folder(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story: list[str] = []
    fsync, replace = os.fsync, os.replace

    def seen_fsync(handle: int) -> None:
        status = os.fstat(handle)
        if stat.S_ISDIR(status.st_mode):
            assert os.path.samestat(status, target.parent.stat())
            story.append("fsync of the folder")
        else:
            story.append(f"fsync of {status.st_size} bytes")
        fsync(handle)

    def seen_replace(source: Any, place: Any) -> None:
        assert Path(source).read_bytes() == NEW
        assert Path(source).parent == Path(place).parent
        story.append(f"rename to {Path(place).name}")
        replace(source, place)

    monkeypatch.setattr(os, "fsync", seen_fsync)
    monkeypatch.setattr(os, "replace", seen_replace)
    write(target)
    assert story == [f"fsync of {len(NEW)} bytes", "rename to model.npz", "fsync of the folder"]


def test_a_folder_that_cannot_be_synced_does_not_spoil_a_file_that_is_there(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync = os.fsync

    def files_only(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            failing(errno.EINVAL)()
        fsync(handle)

    monkeypatch.setattr(os, "fsync", files_only)
    write(target)
    assert target.read_bytes() == NEW


KILLED = """
import os, sys, tempfile
from pathlib import Path
from nnfs_cli.files import atomic_write
path, place, nth = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
module, name = (tempfile, place) if place == "mkstemp" else (os, place)
real, calls = getattr(module, name), []
def dying(*args, **kwargs):
    calls.append(1)
    if len(calls) == nth:
        os._exit(9)
    return real(*args, **kwargs)
setattr(module, name, dying)
with atomic_write(path) as file:
    file.write(b"new" * 70_000)
"""


@pytest.mark.parametrize(
    ("place", "nth", "left", "content"),
    [
        ("mkstemp", 1, 0, OLD),
        ("fdopen", 1, 1, OLD),
        ("fchmod", 1, 1, OLD),
        ("fsync", 1, 1, OLD),
        ("replace", 1, 1, OLD),
        ("fsync", 2, 0, NEW),
    ],
)
def test_a_process_killed_at_any_step_leaves_a_whole_file(
    target: Path, place: str, nth: int, left: int, content: bytes
) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(target), place, str(nth)], check=False)
    assert done.returncode == 9
    assert target.read_bytes() == content
    assert len(names(target.parent)) == 1 + left
    prepare_output(target)  # as the next training does
    assert names(target.parent) == ["model.npz"]


# ----------------------------------------------------------------------------- sweeping, preparing


def test_sweep_removes_what_was_left_of_this_file_only(tmp_path: Path) -> None:
    others = ["model.npz", ".model.npz.part", "x.part", ".other.npz.abc.part", ".model.npz.abc.tmp"]
    for name in [*others, ".model.npz.abc.part", ".model.npz.x_8.part"]:
        (tmp_path / name).touch()
    sweep(tmp_path / "model.npz")
    assert names(tmp_path) == sorted(others)


@pytest.mark.parametrize("name", ["model[1].npz", "a*b", "?", "[!x]"])
def test_sweep_takes_the_name_of_a_file_for_a_name_not_for_a_pattern(
    tmp_path: Path, name: str
) -> None:
    others = [".model1.npz.abc.part", ".aXb.abc.part", ".y.abc.part"]
    for other in [*others, f".{name}.abc.part"]:
        (tmp_path / other).touch()
    sweep(tmp_path / name)
    assert names(tmp_path) == sorted(others)


def test_an_output_that_can_be_written_is_left_as_it_is(target: Path) -> None:
    prepare_output(target)
    assert target.read_bytes() == OLD
    assert names(target.parent) == ["model.npz"]


def test_missing_folders_are_made(tmp_path: Path) -> None:
    prepare_output(tmp_path / "a" / "b" / "model.npz")
    assert names(tmp_path / "a") == ["b"]
    assert names(tmp_path / "a" / "b") == []


def refusal(path: Path) -> NnfsError:
    with pytest.raises(NnfsError) as caught:
        prepare_output(path)
    return caught.value


def test_a_folder_is_no_output(tmp_path: Path) -> None:
    error = refusal(tmp_path)
    assert error.message == f"cannot write {tmp_path}: it is a folder"
    assert error.hint == "name a file: --output FILE"


def test_a_device_or_a_pipe_is_no_output_for_a_rename_would_take_its_place(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/null")):
        assert refusal(path).message == f"cannot write {path}: it is not a regular file"
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_file_in_the_place_of_the_folder_is_told(target: Path) -> None:
    assert refusal(target / "x.npz").message.startswith(f"cannot write {target / 'x.npz'}: ")


def test_a_name_that_is_too_long_is_told(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 300)
    assert refusal(path).message == f"cannot write {path}: File name too long"


def test_a_name_that_no_file_can_have_is_told(tmp_path: Path) -> None:
    assert "embedded null" in refusal(tmp_path / "a\0b").message


@pytest.mark.parametrize("code", ERRORS, ids=errno.errorcode.get)
@pytest.mark.parametrize("place", [(os, "mkdir"), (os, "open")])
def test_an_output_that_cannot_be_written_is_told_before_the_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: Any, code: int
) -> None:
    path = tmp_path / "new" / "model.npz"
    monkeypatch.setattr(*place, failing(code))
    error = refusal(path)
    monkeypatch.undo()
    assert error.message == f"cannot write {path}: {os.strerror(code)}"
    assert error.hint == "choose another place: --output FILE"


def test_a_second_training_is_kept_out_of_a_folder_until_the_first_has_ended(
    tmp_path: Path,
) -> None:
    with folder_lock(tmp_path):
        with pytest.raises(NnfsError) as caught, folder_lock(tmp_path):
            pass
        assert caught.value.message == f"another training is writing to {tmp_path}"
    with folder_lock(tmp_path):
        pass


# ----------------------------------------------------------------------------------------- reading


def test_a_regular_file_has_a_size(target: Path) -> None:
    assert check_regular(target, limit=len(OLD), error=DataError) == len(OLD)
    link = target.with_name("link")
    link.symlink_to(target)
    assert check_regular(link, limit=len(OLD), error=DataError) == len(OLD)


def test_what_is_no_regular_file_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    pipe, loop = tmp_path / "pipe", tmp_path / "loop"
    os.mkfifo(pipe)
    loop.symlink_to(loop)
    (tmp_path / "large").write_bytes(bytes(1001))
    missing = tmp_path / "missing"
    story = {
        tmp_path: f"cannot read {tmp_path}: it is a folder",
        pipe: f"cannot read {pipe}: it is not a regular file",
        Path("/dev/zero"): "cannot read /dev/zero: it is not a regular file",
        missing: f"cannot read {missing}: No such file or directory",
        loop: f"cannot read {loop}: Too many levels of symbolic links",
        tmp_path / "large": f"cannot read {tmp_path / 'large'}: 1,001 bytes, the limit is 1,000",
    }
    for path, message in story.items():
        with pytest.raises(DataError) as caught:
            check_regular(path, limit=1000, error=DataError)
        assert caught.value.message == message


def test_a_name_that_no_file_can_have_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "a\0b", tmp_path / ("x" * 300)):
        with pytest.raises(DataError, match="cannot read"):
            check_regular(path, limit=1000, error=DataError)


def test_why_gives_the_reason_without_number_and_path() -> None:
    assert why(FileNotFoundError(errno.ENOENT, "No such file", "/x")) == "No such file"
    assert why(OSError("odd")) == "odd"
    assert why(ValueError("embedded null byte")) == "embedded null byte"
