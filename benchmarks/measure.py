"""Measure: running programs in turns, and what they took."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
NNFS = str(Path(sys.executable).with_name("nnfs"))
# what pins OpenBLAS to an older kernel on some machines, what makes Python compile the checkout's
# modules anew at each start, and what else users do not have
UNSET = (
    "OPENBLAS_CORETYPE",
    "OPENBLAS_L2_SIZE",
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "PYTHONDONTWRITEBYTECODE",
)


class Run(NamedTuple):
    """One process."""

    seconds: float  # from start to end
    megabytes: float  # the most memory it had, pages of mapped files included
    private: float  # the most that was its own: without the pages of files
    output: str


def run(command: Sequence[str], *, folder: Path = ROOT) -> Run:
    """Run `command` to its end; it must succeed."""
    environment = {key: value for key, value in os.environ.items() if key not in UNSET}
    environment["PYTHONPATH"] = str(ROOT)
    started = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    peak = {"VmHWM": 0.0, "RssAnon": 0.0}
    watcher = threading.Thread(target=watch_memory, args=(process, peak))
    watcher.start()
    output, errors = process.communicate()
    seconds = time.perf_counter() - started
    watcher.join()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{errors.decode()}")
    return Run(seconds, peak["VmHWM"], peak["RssAnon"], output.decode())


def watch_memory(process: subprocess.Popen[bytes], peak: dict[str, float]) -> None:
    """Keep the most of what Linux tells of a process's memory in `peak`, in megabytes; else 0."""
    status = Path(f"/proc/{process.pid}/status")
    while process.poll() is None:
        try:
            lines = status.read_text().splitlines()
        except OSError:
            return
        for line in lines:
            name, _, value = line.partition(":")
            if name in peak:
                peak[name] = max(peak[name], int(value.split()[0]) / 1e3)
        time.sleep(0.02)


def in_turns(
    contestants: Mapping[str, Callable[[], float]], *, rounds: int, say: Callable[[str], None]
) -> dict[str, list[float]]:
    """Let each contestant run once a round; return what each took in each round."""
    results: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(rounds):
        for name, contestant in contestants.items():
            results[name].append(contestant())
            say(f"round {number + 1}/{rounds}  {name}: {results[name][-1]:.3f}")
    return results


def epoch_seconds(name: str, batch_size: int, hidden: str) -> float:
    """Run one contestant of `contestants/`; return its median seconds an epoch."""
    module = f"benchmarks.contestants.{name}"
    done = run([sys.executable, "-m", module, str(batch_size), hidden])
    return float(statistics.median(json.loads(done.output)["seconds"]))


class Ratio(NamedTuple):
    """What `nnfs` took against another, by medians, with the goal."""

    against: str
    seconds: float
    other: float
    goal: float | None

    @property
    def value(self) -> float:
        """The ratio: under 1, nnfs is faster."""
        return self.seconds / self.other
