"""Disk: stands between a save and the system, counts its steps, and lets one of them go wrong.

A step is one call by which a save changes what is on the disk: making the temporary file, each
write, its permissions, fsync, close, rename, link, removal, and the fsync of the folder. A fault is
an error of the system, after half of the bytes where it is a write; or the death of the process, in
the middle of the block: from there on nothing that the code does reaches the disk any more.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

PLACES: tuple[tuple[Any, str], ...] = (
    *((os, name) for name in ("fdopen", "fchmod", "fsync", "replace", "link", "unlink")),
    *((os, "open"), (os, "close"), (tempfile, "mkstemp"), (io, "open")),
)
REAL = {(module, name): getattr(module, name) for module, name in PLACES}


class Dead(BaseException):  # no error: nobody is left to see it
    """The process is no more."""


class Disk:
    """Counts the steps in its block in `steps`; number `at` (from 0) fails.

    Args:
        at: which step; none for `None`.
        error: number of the system's error; None means that the process dies there.
        leave: end the process itself, by `os._exit(9)`.
        lasting: whether fsync really waits for the disk, as nobody does who only looks at files.
        links: whether a file can have two names.
    """

    def __init__(
        self,
        at: int | None = None,
        *,
        error: int | None = None,
        leave: bool = False,
        lasting: bool = False,
        links: bool = True,
    ) -> None:
        self.at = at
        self.error = error
        self.leave = leave
        self.lasting = lasting
        self.links = links
        self.steps: list[str] = []
        self.dead = False

    def step(self, name: str) -> bool:
        """Count a step; return whether it goes wrong by an error. A dead process makes none."""
        if self.dead:
            raise Dead
        self.steps.append(name)
        if self.at != len(self.steps) - 1:
            return False
        if self.leave:
            os._exit(9)
        if self.error is None:
            self.dead = True
            raise Dead
        return True

    def fail(self) -> OSError:
        assert self.error is not None
        return OSError(self.error, os.strerror(self.error))

    def check(self, name: str) -> None:
        """Count a step that is made or not, and cannot be made by half."""
        if self.step(name):
            raise self.fail()

    @contextlib.contextmanager
    def __call__(self) -> Iterator[Disk]:
        """Stand in the way for the length of the block."""
        with contextlib.ExitStack() as stack:
            for module, name in PLACES:
                double = getattr(self, f"_{name}" if module is not io else "_open_file")
                stack.enter_context(mock.patch.object(module, name, double))
            yield self

    def _mkstemp(self, *args: Any, **kwargs: Any) -> Any:
        self.check("make")
        return REAL[tempfile, "mkstemp"](*args, **kwargs)

    def _fdopen(self, handle: int, mode: str) -> Any:
        try:
            self.check("open")
        except BaseException:
            REAL[os, "close"](handle)  # as the system does for a process that has ended
            raise
        return io.BufferedWriter(RawFile(self, handle, mode))

    def _open_file(self, file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        if "a" not in mode:
            return REAL[io, "open"](file, mode, *args, **kwargs)
        self.check("open")
        return RawFile(self, os.fspath(file), mode)

    def _fchmod(self, handle: int, mode: int) -> None:
        self.check("chmod")
        REAL[os, "fchmod"](handle, mode)

    def _fsync(self, handle: int) -> None:
        self.check("fsync folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "fsync")
        if self.lasting:
            REAL[os, "fsync"](handle)

    def _replace(self, source: Any, place: Any) -> None:
        self.check(f"rename to {Path(place).name}")
        REAL[os, "replace"](source, place)

    def _link(self, source: Any, place: Any) -> None:
        self.check(f"link {Path(source).name}")
        if not self.links:
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))
        REAL[os, "link"](source, place)

    def _unlink(self, path: Any) -> None:
        if self.dead or os.path.lexists(path):  # to remove what is not there is no step
            name = Path(path).name
            self.check("remove temporary" if name.startswith(".") else f"remove {name}")
        REAL[os, "unlink"](path)

    def _open(self, path: Any, flags: int, *args: Any, **kwargs: Any) -> Any:
        if not flags & os.O_CREAT:  # those who create files count for themselves
            self.check("open folder")
        return REAL[os, "open"](path, flags, *args, **kwargs)

    def _close(self, handle: int) -> None:
        wrong = not self.dead and self.step("close folder")
        REAL[os, "close"](handle)
        if wrong:
            raise self.fail()


class RawFile(io.FileIO):
    """A file whose writes and close are steps."""

    def __init__(self, disk: Disk, *args: Any) -> None:
        self.disk = disk
        super().__init__(*args)

    def write(self, content: Any) -> int:
        if self.disk.step("write"):
            view = memoryview(content).cast("B")
            super().write(view[: len(view) // 2])
            raise self.disk.fail()
        return super().write(content) or 0

    def truncate(self, size: int | None = None) -> int:
        self.disk.check("truncate")
        return super().truncate(size)

    def close(self) -> None:
        if self.closed:
            return
        wrong = False
        try:
            wrong = not self.disk.dead and self.disk.step("close")
        finally:
            super().close()
        if wrong:
            raise self.disk.fail()
