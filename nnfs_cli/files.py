"""Files: writing so that a reader finds the whole old file or the whole new one, never a part.

And what all careful reading shares: a check before the file is opened, limits while it is read.
"""

from __future__ import annotations

import contextlib
import errno
import glob
import io
import os
import stat
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, TypeAlias

from nnfs_cli.errors import NnfsError

TEMPORARY = ".part"  # the suffix of a file that is still being written
DEFLATE_LIMIT = 1032  # the most bytes that one compressed byte can become: 258 for 2 bits
PIECE = 128 << 10  # decompressed bytes at a time; for larger blocks malloc asks the system

Stream: TypeAlias = io.RawIOBase | io.BufferedIOBase


@contextlib.contextmanager
def atomic_write(path: Path) -> Iterator[IO[bytes]]:
    """Open a temporary file beside `path`; on success it takes the place of `path` in one step.

    The order is write, fsync, rename, fsync of the folder: after a power cut there is the old file
    or the new one. Where anything fails the temporary file is removed and `path` is as it was.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=TEMPORARY)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            if hasattr(os, "fchmod"):  # not on Windows before Python 3.13
                os.fchmod(file.fileno(), 0o666 & ~current_umask())  # mkstemp is stricter than open
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


@contextlib.contextmanager
def writing(path: Path, *, hint: str, error: type[NnfsError] = NnfsError) -> Iterator[None]:
    """Turn what the system refuses in the block into an `error` about `path`."""
    try:
        yield
    except OSError as reason:
        raise error(f"cannot write {path}: {why(reason)}", hint=hint) from reason


class LineFile:
    """A text file that grows by whole lines: one that does not fit is taken back.

    It begins with `lines`, which take the place of what was at `path` in one step.

    Raises:
        NnfsError: it cannot be written, now or later, with this `hint`.
    """

    def __init__(self, path: Path, lines: Iterable[str] = (), *, hint: str) -> None:
        self.path = path
        self.hint = hint
        with writing(path, hint=hint):
            with atomic_write(path) as file:
                file.writelines(f"{line}\n".encode() for line in lines)
            self._file = path.open("ab", buffering=0)

    def append(self, line: str) -> None:
        """Add a line, by a single write: a reader and a killed process leave it whole or out."""
        content = f"{line}\n".encode()
        with writing(self.path, hint=self.hint):
            before = self._file.seek(0, os.SEEK_END)
            try:
                if self._file.write(content) != len(content):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            except OSError:
                with contextlib.suppress(OSError):
                    self._file.truncate(before)
                raise

    def __enter__(self) -> LineFile:
        return self

    def __exit__(self, *_: object) -> None:
        with writing(self.path, hint=self.hint):
            self._file.close()


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` survive a power cut, where the system can do that."""
    with contextlib.suppress(OSError):  # Windows cannot open a folder, and needs no such thing
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def current_umask() -> int:
    """Return the process's umask, which can only be read by setting it."""
    umask = os.umask(0)
    os.umask(umask)
    return umask


def sweep(path: Path) -> None:
    """Remove what a killed `atomic_write` of `path` left behind."""
    for stale in path.parent.glob(f".{glob.escape(path.name)}.*{TEMPORARY}"):
        stale.unlink(missing_ok=True)


def prepare_output(path: Path) -> None:
    """Make the folder of `path` and check, by doing it, that a file can be written there.

    Raises:
        NnfsError: it cannot, said before hours of training rather than after.
    """
    try:
        make_folder(path.parent)
        prepare_place(path)
        with tempfile.NamedTemporaryFile(
            dir=path.parent, prefix=f".{path.name}.", suffix=TEMPORARY
        ) as probe:
            probe.write(b"\0" * 4096)
            probe.flush()
    except (OSError, ValueError) as error:
        raise NnfsError(
            f"cannot write {path}: {why(error)}", hint="choose another place: --output FILE"
        ) from error


def prepare_place(path: Path) -> None:
    """Check that nothing but a file is at `path`, and remove what a killed write of it left.

    Raises:
        NnfsError: a folder or a device is there, or no file can have this name.
    """
    try:
        if path.name:
            path.with_name(f".{path.name}.________{TEMPORARY}").exists()  # it may be too long
        if path.exists() and not path.is_file():  # a rename would take the place of a device, too
            kind = "a folder" if path.is_dir() else "not a regular file"
            raise NnfsError(f"cannot write {path}: it is {kind}", hint="name a file: --output FILE")
        sweep(path)
    except (OSError, ValueError) as error:
        raise NnfsError(
            f"cannot write {path}: {why(error)}", hint="choose another place: --output FILE"
        ) from error


def make_folder(folder: Path) -> None:
    """Make `folder` and those above it, or raise OSError with the one that is in the way."""
    for place in (folder, *folder.parents):
        if place.exists() and not place.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, f"{place} is not a folder")
    folder.mkdir(parents=True, exist_ok=True)


@contextlib.contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """Keep a second training out of `folder` while the block runs; however we end, it is freed.

    Raises:
        NnfsError: another process holds it.
    """
    if sys.platform == "win32":  # a folder cannot be opened there: a file in it stands for it
        handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT)
    else:
        handle = os.open(folder, os.O_RDONLY)
    try:
        if not try_lock(handle):
            raise NnfsError(
                f"another training is writing to {folder}",
                hint="wait until it has finished, or choose another: --output FOLDER/model.npz",
            )
        yield
    finally:
        os.close(handle)


def try_lock(handle: int) -> bool:
    """Lock an open file or folder until it is closed; return whether nobody else had."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def check_regular(path: Path, *, limit: int, error: type[NnfsError]) -> int:
    """Return the size of `path` in bytes, or raise `error` if it is no plain file of that size.

    Devices and pipes are refused before they are opened: reading one might never end.
    """
    try:
        status = path.stat()
    except (OSError, ValueError) as reason:
        raise error(
            f"cannot read {path}: {why(reason)}",
            hint=advice(reason, otherwise="check the spelling of the path"),
        ) from reason
    if not stat.S_ISREG(status.st_mode):
        kind = "a folder" if stat.S_ISDIR(status.st_mode) else "not a regular file"
        raise error(f"cannot read {path}: it is {kind}", hint="name a file")
    if status.st_size > limit:
        raise error(f"cannot read {path}: {status.st_size:,} bytes, the limit is {limit:,}")
    return status.st_size


def fill(file: Stream, view: memoryview) -> int:
    """Read into `view`, of bytes, until it is full or `file` ends; return the number of bytes."""
    done = 0
    while done < len(view) and (count := file.readinto(view[done : done + PIECE])):
        done += count
    return done


def why(error: Exception) -> str:
    """Return the reason of an operating system's error, without its number and path."""
    return (isinstance(error, OSError) and error.strerror) or str(error)


def advice(error: Exception, *, otherwise: str | None = None) -> str | None:
    """Return what to do about a file that the system does not let us read."""
    return "check who may read it" if isinstance(error, PermissionError) else otherwise


def one_line(error: Exception) -> str:
    """Return what an exception says, as one line that is not too long."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 120 else text[:117] + "..."
