"""Interruption: the first Ctrl-C asks training to stop after the step; the second stops at once."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from types import FrameType

from nnfs_cli.cli.console import note
from nnfs_cli.errors import ExitCode

_EXIT = {signal.SIGINT: ExitCode.INTERRUPTED, signal.SIGTERM: ExitCode.TERMINATED}


class Interruption:
    """Whether someone asked to stop, and how."""

    def __init__(self) -> None:
        self.signal: signal.Signals | None = None

    def __bool__(self) -> bool:
        return self.signal is not None

    @property
    def exit_code(self) -> ExitCode:
        """The exit code that goes with the signal."""
        return ExitCode.OK if self.signal is None else _EXIT[self.signal]

    def handle(self, number: int, frame: FrameType | None) -> None:
        """Remember the first signal; at the second, end the process by it."""
        if self.signal is None:
            self.signal = signal.Signals(number)
            with contextlib.suppress(RuntimeError, OSError):  # it came amid a write to stderr
                note("stopping after this step (Ctrl-C again to stop at once) ...")
        else:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)


@contextlib.contextmanager
def interruptible() -> Iterator[Interruption]:
    """Catch SIGINT and SIGTERM while the block runs; only the main thread may."""
    interruption = Interruption()
    if threading.current_thread() is not threading.main_thread():
        yield interruption
        return
    before = {number: signal.signal(number, interruption.handle) for number in _EXIT}
    try:
        yield interruption
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
