"""Pair: two processes train one network, each the half of its hidden units.

Two threads of a linear algebra library share each product and leave all the rest to one of them;
and what one has written, the other must fetch from its core. A process that keeps half of the
units, with their weights, gradients and all, has the rest to itself as well, and fetches nothing
but sums. (Python's own threads would do if they did not take turns at its lock.)

The second process is a fork of the first, so it has everything from the start: the data, the order
of the batches, the learning rates. Both make every step, and see the same loss.
"""

from __future__ import annotations

import atexit
import math
import mmap
import os
import signal
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nnfs_cli.engine.arrays import Floats
from nnfs_cli.engine.batching import Minibatches, Together
from nnfs_cli.engine.halves import LEFT, RIGHT, half_of, put_together
from nnfs_cli.engine.losses import SoftmaxCrossEntropy
from nnfs_cli.engine.schedules import Schedule
from nnfs_cli.engine.state import TrainingState
from nnfs_cli.engine.training import Team, fit
from nnfs_cli.errors import DivergedError, NnfsError, PartnerError

if TYPE_CHECKING:
    from multiprocessing.context import ForkContext
    from multiprocessing.process import BaseProcess

SPINS = 500  # tries before a process lets others have its core between two tries
YIELDS = 5000  # more tries, some milliseconds in all, before it sleeps until it is woken
PATIENCE = 0.1  # seconds of sleep after which it looks whether the other one is still there
# words, in the place of a number of rows:
SHOW = 0  # show what you have learned
READY = -1  # my half of the batch is made


class Pair(Team):
    """The team of two that `fit` can train with.

    >>> with Pair(state, minibatches, loss=loss, schedule=schedule) as pair:  # doctest: +SKIP
    ...     pair.start()
    ...     for event in fit(network, minibatches, ..., progress=state.progress, team=pair):
    ...         ...

    Until `start` and after `stop` the one process makes the steps alone. The arguments are those of
    `fit`; of `whole`, the network must be one that `can_be_halved`.
    """

    def __init__(
        self,
        whole: TrainingState,
        minibatches: Minibatches,
        *,
        loss: SoftmaxCrossEntropy,
        schedule: Schedule,
    ) -> None:
        self.whole = whole
        self.minibatches = minibatches
        self.loss = loss
        self.schedule = schedule
        self._partner: BaseProcess | None = None

    @property
    def at_work(self) -> bool:
        """Whether the second process is there."""
        return self._partner is not None

    @property
    def share(self) -> TrainingState:
        """What the steps of this process change: the left half, or the whole."""
        return self._left if self.at_work else self.whole

    def start(self) -> None:
        """Split the network, and start the second process.

        Raises:
            OSError: the system has no room for another process.
        """
        rows = min(self.minibatches.batch_size, self.minibatches.rows)
        table = (rows, self.whole.network.dense[1].units)
        dtype = self.whole.network.dtype
        self._room = shared((2, rows, self.whole.network.inputs), dtype)
        self._to_right, self._to_left = Line(table, dtype), Line(table, dtype)
        self._shown = Bell()
        self._left = half_of(self.whole, LEFT, exchange=self._ask)
        self._right = half_of(self.whole, RIGHT, exchange=self._answer)
        self._window = {name: shared(v.shape, dtype) for name, v in self._right.arrays().items()}
        self._parent = os.getpid()
        partner = forking().Process(target=self._follow, daemon=True)
        atexit.register(self.stop)  # daemons are sent SIGTERM at the end, which this one ignores
        with warnings.catch_warnings():
            # that a fork copies one thread of many: it needs no other, nor a lock that one holds
            warnings.simplefilter("ignore", DeprecationWarning)
            partner.start()
        self._partner = partner
        self.minibatches.together = Together(LEFT, self._room, self._meet_partner)

    def collect(self) -> None:
        """Bring the halves together in the whole, which then is as the last step left it."""
        if self.at_work:
            self._to_right.say(SHOW)
            self._shown.wait(self._partner_lives)
            for name, vector in self._right.arrays().items():
                np.copyto(vector, self._window[name])
            put_together(self.whole, self._left, self._right)

    def stop(self) -> None:
        """End the second process, wherever it is. What was not collected is lost."""
        if self._partner is not None:
            self._partner.kill()  # it has nothing to tidy up
            self._partner.join()
            self._partner = None
            atexit.unregister(self.stop)
            self.minibatches.together = None

    def _meet_partner(self) -> None:
        """Return when both halves of the batch are made."""
        self._to_right.say(READY)
        self._to_left.receive(self._partner_lives)

    def _meet_parent(self) -> None:
        """Return when both halves of the batch are made."""
        self._to_left.say(READY)
        self._hear()

    def _ask(self, sums: Floats) -> Floats:
        """Give the sums of the left half, return those of the right."""
        self._to_right.send(sums)
        return self._to_left.receive(self._partner_lives)[1]

    def _answer(self, sums: Floats) -> Floats:
        """Give the sums of the right half, return those of the left."""
        self._to_left.send(sums)
        return self._hear()

    def _hear(self) -> Floats:
        """Return what the first process says; obey until then."""
        while True:
            rows, theirs = self._to_right.receive(self._parent_lives)
            if rows != SHOW:
                return theirs
            # it waits for a batch, or for sums, so its last step is made: what it has is learned
            for name, vector in self._right.arrays().items():
                np.copyto(self._window[name], vector)
            self._shown.ring()

    def _follow(self) -> NoReturn:
        """Be the second process: make the same steps on the right half, until it is ended."""
        for stop in (signal.SIGINT, signal.SIGTERM):  # a terminal, or `timeout`, sends both of us
            signal.signal(stop, signal.SIG_IGN)  # what the first one is to answer
        os.closerange(3, max(open_files()) + 1)  # locks end with the first process
        right = self._right
        self.minibatches.together = Together(RIGHT, self._room, self._meet_parent)
        code = 1
        try:
            for _ in fit(
                right.network,
                self.minibatches,
                epochs=sys.maxsize,
                loss=self.loss,
                optimizer=right.optimizer,
                schedule=self.schedule,
                average=right.average,
                progress=right.progress,
            ):
                pass
        except DivergedError:  # the first process finds the same, and says it
            self._hear()  # at the end of an epoch it asks for the weights before
        except NnfsError:  # the first process has gone away
            code = 0
        finally:
            os._exit(code)  # nothing here is to be flushed or tidied up: it is the other's

    def _partner_lives(self) -> bool:
        return self._partner is not None and self._partner.is_alive()

    def _parent_lives(self) -> bool:
        return os.getppid() == self._parent


class Bell:
    """Tells the other process that something is ready, and is a memory barrier: it sees it, too."""

    def __init__(self) -> None:
        self._rung = forking().Semaphore(0)

    def ring(self) -> None:
        """Wake the other process, or let it go on when it comes to wait."""
        self._rung.release()

    def wait(self, other_lives: Callable[[], bool]) -> None:
        """Return when the other has rung.

        Two halves take the same time, so it mostly comes at once, and asking again is much quicker
        than being woken: who sleeps wakes too late, and then lets the other wait. On a busy machine
        it may take long, so the core is given to whoever wants it, and at last given up.

        Raises:
            PartnerError: the other process has ended.
        """
        rung = self._rung.acquire
        for _ in range(SPINS):
            if rung(False):
                return
        for _ in range(YIELDS):
            os.sched_yield()
            if rung(False):
                return
        while not rung(timeout=PATIENCE):
            if not other_lives():
                raise PartnerError("the second process of the training has ended")


class Line:
    """A line one way between two processes, for a table of sums (N, H) or a word in its place.

    Its two slots are used in turn. That is enough: nobody sends again before hearing from the other
    side, which by then has done with what was sent before.
    """

    def __init__(self, table: tuple[int, int], dtype: DTypeLike) -> None:
        self._slots = shared((2, *table), dtype)
        self._rows = shared((2,), np.int64)
        self._bell = Bell()
        self._turn = 0  # each process has one end of the line, and counts for itself

    def send(self, sums: Floats) -> None:
        """Send `sums (n, H)`."""
        np.copyto(self._slots[self._turn, : len(sums)], sums)
        self.say(len(sums))

    def say(self, rows: int) -> None:
        """Send a number of rows, or a word in its place: SHOW, READY."""
        self._rows[self._turn] = rows
        self._turn = 1 - self._turn
        self._bell.ring()

    def receive(self, other_lives: Callable[[], bool]) -> tuple[int, Floats]:
        """Wait for what the other side sends; return the number of rows and the sums (n, H)."""
        self._bell.wait(other_lives)
        rows, slot = int(self._rows[self._turn]), self._slots[self._turn]
        self._turn = 1 - self._turn
        return rows, slot[:rows]


def shared(shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    """Return zeros in memory that a fork of this process shares with it."""
    dtype = np.dtype(dtype)
    memory = mmap.mmap(-1, math.prod(shape) * dtype.itemsize)
    return np.frombuffer(memory, dtype).reshape(shape)


def forking() -> ForkContext:
    """Return the part of the standard library that forks processes."""
    import multiprocessing  # takes 9 ms, which most commands do without

    return multiprocessing.get_context("fork")


def can_work_in_pairs() -> bool:
    """Return whether processes can be forked safely here, and wake one another.

    On macOS the system's own linear algebra does not survive a fork; Windows has none.
    """
    if sys.platform != "linux":
        return False
    try:
        Bell()
        open_files()
    except (ImportError, OSError):  # a system without /dev/shm or /proc, as some sandboxes
        return False
    return True


def open_files() -> list[int]:
    """Return the numbers of this process's open files; some systems have room for a billion."""
    return [int(entry.name) for entry in Path("/proc/self/fd").iterdir()]
