"""Threads: how many the matrix products use. Chosen by timing, and watched.

More threads are not always faster. On small matrices they wait for one another, and when another
program holds a core they wait for it, spinning: an epoch of a fifth of a second has been seen to
take half a minute. So the number is measured on this network, on this machine, now; and when steps
become slow it is measured again.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Literal

import numpy as np
from threadpoolctl import ThreadpoolController

from nnfs_cli.engine import Minibatches, Network, SoftmaxCrossEntropy

ROUNDS = 3  # each count is timed so often, in turn, and its best round counts
ROUND_SECONDS = 0.004  # a round is as many probes as this takes: at least one
HOPELESS = 2.5  # times the best so far: such a count is not timed again
DEGRADED = 1.8  # times the usual: a stretch so slow makes us measure again
STRETCH_SECONDS = 0.1  # how long a stretch of steps is
RECHECK_SECONDS = 20.0  # how long fewer threads than there are cores go unquestioned


class Threads:
    """Sets the threads of the linear algebra library, and keeps them right.

    Args:
        setting: a number, which is kept; or "auto".
    """

    def __init__(self, setting: int | Literal["auto"] = "auto") -> None:
        self._libraries = ThreadpoolController().select(user_api="blas").lib_controllers
        self._auto = setting == "auto"
        self._candidates = candidate_counts(available_cores())
        self._usual = float("inf")  # seconds a step takes when all is well
        self._steps = 0
        self._started = self._chosen = time.perf_counter()
        self.set(self._candidates[-1] if setting == "auto" else setting)

    def set(self, count: int) -> None:
        """Use `count` threads from now on."""
        self.count = count
        for library in self._libraries:
            library.set_num_threads(count)

    def choose(self, probe: Callable[[], object]) -> int:
        """Time `probe`, a step that changes nothing, with each count; use the fastest."""
        if not self._auto or len(self._candidates) == 1:
            return self.count
        best = dict.fromkeys(self._candidates, float("inf"))
        for _ in range(ROUNDS):
            for count, seconds in best.items():
                if seconds == float("inf") or seconds < HOPELESS * min(best.values()):
                    self.set(count)
                    best[count] = min(seconds, seconds_per_call(probe))
        self.set(min(self._candidates, key=best.__getitem__))
        self._restart(usual=float("inf"))
        self._chosen = self._started
        return self.count

    def watch(self, probe: Callable[[], object]) -> None:
        """Take note of the end of a step; measure again when steps have become slow."""
        self._steps += 1
        now = time.perf_counter()
        if now - self._started < STRETCH_SECONDS or not self._auto:
            return
        seconds = (now - self._started) / self._steps
        degraded = self.count > 1 and seconds > DEGRADED * self._usual
        stale = self.count < self._candidates[-1] and now - self._chosen > RECHECK_SECONDS
        if degraded or stale:
            self.choose(probe)
        else:
            self._restart(usual=min(self._usual, seconds))

    def skip(self) -> None:
        """Leave out the time since the last step: it went into something else."""
        self._restart(usual=self._usual)

    def _restart(self, *, usual: float) -> None:
        """Begin a new stretch."""
        self._usual = usual
        self._steps = 0
        self._started = time.perf_counter()


def step_probe(
    network: Network, minibatches: Minibatches, loss: SoftmaxCrossEntropy
) -> Callable[[], None]:
    """Return a step that does what a real one does, and changes no weight.

    The parts between the products belong to it: while one thread gathers and updates, the others
    wait, and how long they take to come back is half of the question.
    """
    rows = np.arange(min(minibatches.batch_size, len(minibatches.examples)))
    updated = np.empty_like(network.params)

    def probe() -> None:
        batch = minibatches.gather(rows)
        loss.forward(network.forward(batch.x), batch.labels)
        network.backward(loss.backward())
        np.subtract(network.params, network.grads, out=updated)

    return probe


def candidate_counts(cores: int) -> list[int]:
    """Return the counts worth timing: the powers of two, and all cores."""
    return sorted({2**power for power in range(cores.bit_length()) if 2**power <= cores} | {cores})


def available_cores() -> int:
    """Return the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):  # Linux; it knows of taskset and containers
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def seconds_per_call(probe: Callable[[], object]) -> float:
    """Return how long a call of `probe` takes, over a few milliseconds."""
    calls = 0
    started = now = time.perf_counter()
    while now - started < ROUND_SECONDS:
        probe()
        calls += 1
        now = time.perf_counter()
    return (now - started) / calls
