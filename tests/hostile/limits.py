"""Limits: what a call may cost, enforced by the clock and by the kernel's own count of memory."""

from __future__ import annotations

import contextlib
import resource
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

STATUS, REFERENCES = Path("/proc/self/status"), Path("/proc/self/clear_refs")


class HangError(BaseException):
    """It took too long. No `except Exception` on the way can swallow it."""


class Cost:
    """What a block took: seconds, those of work, and bytes of memory beyond those in use before."""

    seconds = 0.0
    work = 0.0  # of this process alone, however busy the machine is
    growth = 0


@contextlib.contextmanager
def bounded(seconds: float) -> Iterator[Cost]:
    """Measure the block, and end it by `HangError` when it takes longer than `seconds`."""
    cost = Cost()
    before = reset_peak()
    previous = signal.signal(signal.SIGALRM, hang)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    start, worked = time.perf_counter(), time.process_time()
    try:
        yield cost
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        cost.seconds = time.perf_counter() - start
        cost.work = time.process_time() - worked
        signal.signal(signal.SIGALRM, previous)
        cost.growth = peak() - before


def hang(*_: Any) -> None:
    raise HangError("it hangs")


def reset_peak() -> int:
    """Make the peak of memory what is in use now, and return it."""
    with contextlib.suppress(OSError):  # only Linux can; elsewhere it is the peak of the process
        REFERENCES.write_text("5")
    return peak()


def peak() -> int:
    """Return the most bytes of memory that this process had since `reset_peak`."""
    if STATUS.exists():
        line = next(line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) << 10
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most << 10
