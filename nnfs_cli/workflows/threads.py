"""Threads: how many the matrix products use, or whether two processes do better. It is measured.

More threads are not always faster. On small matrices they wait for one another, and when another
program holds a core they wait for it, spinning: an epoch of a fifth of a second has been seen to
take half a minute. So the number is measured on this network, on this machine, now; and when steps
become slow it is measured again.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Literal, TypeAlias

import numpy as np
from threadpoolctl import ThreadpoolController

from nnfs_cli.engine import Minibatches, Network, Pair, SoftmaxCrossEntropy
from nnfs_cli.engine.network import quiet
from nnfs_cli.errors import NnfsError

ROUNDS = 3  # each count is timed so often, in turn, and its best round counts
ROUND_SECONDS = 0.004  # a round is as many probes as this takes: at least one
HOPELESS = 2.5  # times the best so far: such a count is not timed again
DEGRADED = 1.8  # times the usual: a stretch so slow makes us measure again
STRETCH_SECONDS = 0.1  # how long a stretch of steps is
RECHECK_SECONDS = 20.0  # how long less than all that the cores can do goes unquestioned
TRIAL_ROUNDS = 9  # of real steps, by threads and then by the pair: the median counts
TRIAL_TURNS = 3  # at most, while the pair seems slower, but hardly: the machine may have stumbled
HARDLY = 1.25  # times as long as threads
PAIR_SECONDS = 0.3  # of training that must be left, or a second process is not worth its start

Setting: TypeAlias = int | Literal["auto", "pair"]


@dataclass
class Trial:
    """How threads and the pair do, in turns: the seconds of a step in each round."""

    alone: list[float] = field(default_factory=list)
    paired: list[float] = field(default_factory=list)

    @property
    def lost(self) -> bool:
        """Whether the pair is slower, after its last turn."""
        return median(self.paired) > median(self.alone)

    @property
    def decided(self) -> bool:
        """Whether its last turn settles it."""
        clearly = median(self.paired) > HARDLY * median(self.alone)
        return not self.lost or clearly or len(self.paired) == TRIAL_TURNS * TRIAL_ROUNDS


class Threads:
    """Sets the threads of the linear algebra library, starts a pair or not, and keeps that right.

    `count` is the number of threads, `used` the same or "pair": two processes of a thread each.

    Args:
        setting: a number or "pair", which is kept; or "auto". Of more threads than there are cores,
            only as many as those are used.
        pair: starts and stops the second process; None where there can be none.
        steps_left: tells how many steps are still to be made.
    """

    def __init__(
        self,
        setting: Setting = "auto",
        *,
        pair: Pair | None = None,
        steps_left: Callable[[], float] = lambda: float("inf"),
    ) -> None:
        self._libraries = ThreadpoolController().select(user_api="blas").lib_controllers
        self._setting = setting
        self._pair = pair
        self._steps_left = steps_left
        self._cores = available_cores()
        self._candidates = candidate_counts(self._cores)
        self._usual = float("inf")  # seconds a step takes when all is well
        self._trial: Trial | None = None  # under way: of threads, then of the pair
        self._steps = 0
        self._started = self._chosen = time.perf_counter()
        self.used: int | Literal["pair"]
        self._use(min(setting, self._cores) if isinstance(setting, int) else self._cores)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the user should know of them, a sentence each."""
        if not isinstance(self._setting, int) or self._setting <= self._cores:
            return ()
        there = "there is 1 core" if self._cores == 1 else f"there are {self._cores} cores"
        return (
            f"threads is {self._setting}, but {there} to use: as many threads are used, for more "
            "would wait for one another",
        )

    def choose(self, probe: Callable[[], object]) -> int:
        """Time `probe`, a step that changes nothing, with each count; use the fastest.

        Where there can be a pair, the next steps show whether it is faster still.
        """
        if self._setting == "pair":
            self._start_pair()
        if self._setting != "auto" or len(self._candidates) == 1:
            return self.count
        self._trial = None
        self._stop_pair()
        best = dict.fromkeys(self._candidates, float("inf"))
        for _ in range(ROUNDS):
            for count, seconds in best.items():
                if seconds == float("inf") or seconds < HOPELESS * min(best.values()):
                    self._use(count)
                    best[count] = min(seconds, seconds_per_call(probe))
        self._use(min(self._candidates, key=best.__getitem__))
        if self._pair_pays(best[self.count]):
            self._trial = Trial()
        self._restart(usual=float("inf"))
        self._chosen = self._started
        return self.count

    def watch(self, probe: Callable[[], object]) -> None:
        """Take note of the end of a step; measure again when steps have become slow."""
        self._steps += 1
        now = time.perf_counter()
        stretch = ROUND_SECONDS if self._trial else STRETCH_SECONDS
        if now - self._started < stretch or self._setting != "auto":
            return
        seconds = (now - self._started) / self._steps
        if self._trial:
            self._judge(self._trial, seconds)
            return
        degraded = self.used != 1 and seconds > DEGRADED * self._usual
        stale = not self._is_most() and now - self._chosen > RECHECK_SECONDS
        if degraded or stale:
            self.choose(probe)
        else:
            self._restart(usual=min(self._usual, seconds))

    def skip(self) -> None:
        """Leave out the time since the last step: it went into something else."""
        self._restart(usual=self._usual)

    def rest(self) -> None:
        """Let the library have its threads again: the steps are over."""
        self._set(self.count)

    def _judge(self, trial: Trial, seconds: float) -> None:
        """Take in a round of the trial; at the end of a turn let the other try, or decide."""
        rounds = trial.paired if self._pair_works() else trial.alone
        rounds.append(seconds)
        if len(rounds) % TRIAL_ROUNDS == 0:
            if rounds is trial.alone:
                if self._pair_pays(median(rounds)):
                    self._start_pair()
                over = not self._pair_works()
            else:
                if trial.lost:
                    self._stop_pair()
                over = trial.decided
            if over:
                self._trial = None
        self._restart(usual=float("inf"))

    def _pair_pays(self, seconds: float) -> bool:
        """Return whether a pair could win back its start, where a step takes so many seconds."""
        return self._pair is not None and seconds * self._steps_left() > PAIR_SECONDS

    def _pair_works(self) -> bool:
        return self._pair is not None and self._pair.at_work

    def _is_most(self) -> bool:
        """Return whether there is nothing with more cores to be tried."""
        return self.used == ("pair" if self._pair else self._candidates[-1])

    def _start_pair(self) -> None:
        """Let two processes make the steps, with one thread each."""
        assert self._pair is not None
        self._set(1)
        try:
            self._pair.start()
        except OSError as error:
            if self._setting == "pair":
                raise NnfsError(
                    f"no second process can be started: {error.strerror}",
                    hint="do without it: --threads 1",
                ) from error
            self._pair = None
            self._set(self.count)
        else:
            self.used = "pair"

    def _stop_pair(self) -> None:
        """Let this process make the steps again, alone."""
        if self._pair and self._pair.at_work:
            self._pair.collect()
            self._pair.stop()
            self._use(self.count)

    def _use(self, count: int) -> None:
        """Make the steps with `count` threads."""
        self.count = count
        self.used = count
        self._set(count)

    def _set(self, count: int) -> None:
        for library in self._libraries:
            library.set_num_threads(count)

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
    rows, (strips,) = minibatches.arrange(rows)
    labels = minibatches.labels(rows)
    updated = np.empty_like(network.params)

    @quiet()
    def probe() -> None:
        x = minibatches.gather(rows, strips)
        loss.forward(network.forward(x, strips=strips), labels)
        network.backward(loss.backward())
        np.subtract(network.params, network.grads, out=updated)

    return probe


def candidate_counts(cores: int) -> list[int]:
    """Return the counts worth timing: the powers of two, and all cores."""
    return sorted({2**power for power in range(cores.bit_length())} | {cores})


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
