"""Threads: the fastest count is chosen by timing, or a pair, and anew when steps become slow.

The machine is a fake: its clock moves only when a probe or a step takes time on it.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from nnfs_cli.engine import (
    Examples,
    Minibatches,
    Pair,
    SoftmaxCrossEntropy,
    multilayer_perceptron,
)
from nnfs_cli.errors import NnfsError
from nnfs_cli.workflows import threads
from nnfs_cli.workflows.threads import Setting, Threads, candidate_counts


class Machine:
    """A clock, and a linear algebra library of which only the number of threads is known."""

    def __init__(self, cost: Callable[[int], float]) -> None:
        self.cost = cost  # seconds of a step with so many threads
        self.now = 0.0
        self.count = 0
        self.probes: list[int] = []

    def set_num_threads(self, count: int) -> None:
        self.count = count

    def step(self) -> None:
        self.now += self.cost(self.count)

    def probe(self) -> None:
        self.probes.append(self.count)
        self.step()


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Machine]:
    """Make a machine of some cores on which a step costs some seconds."""

    def machine(cost: Callable[[int], float], *, cores: int = 2) -> Machine:
        fake = Machine(cost)
        selected = SimpleNamespace(lib_controllers=[fake])
        controller = SimpleNamespace(select=lambda user_api: selected)
        monkeypatch.setattr(threads, "ThreadpoolController", lambda: controller)
        monkeypatch.setattr(threads, "time", SimpleNamespace(perf_counter=lambda: fake.now))
        monkeypatch.setattr(threads, "available_cores", lambda: cores)
        return fake

    return machine


class FakePair:
    """A pair on the fake machine: its steps take as long as it is told."""

    def __init__(self, machine: Machine, seconds: float) -> None:
        self.machine = machine
        self.seconds = seconds
        self.at_work = False
        self.starts = 0
        self.collected = True
        self.refusal: OSError | None = None

    def start(self) -> None:
        assert not self.at_work
        assert self.machine.count == 1, "each process has one thread"
        if self.refusal:
            raise self.refusal
        self.at_work, self.collected = True, False
        self.starts += 1
        alone = self.machine.cost
        self.machine.cost = lambda count: self.seconds if self.at_work else alone(count)

    def collect(self) -> None:
        self.collected = True

    def stop(self) -> None:
        assert self.collected, "what the halves have learned would be lost"
        self.at_work = False


def paired(
    fake: Machine, seconds: float, *, setting: Setting = "auto", left: float = 1e9
) -> tuple[Threads, FakePair]:
    """Return threads that may start a pair whose steps take `seconds`."""
    pair = FakePair(fake, seconds)
    return Threads(setting, pair=cast(Pair, pair), steps_left=lambda: left), pair


def work(run: Threads, machine: Machine, seconds: float) -> None:
    """Make steps for so long."""
    end = machine.now + seconds
    while machine.now < end:
        machine.step()
        run.watch(machine.probe)


@pytest.mark.parametrize(
    ("cores", "counts"),
    [(1, [1]), (2, [1, 2]), (3, [1, 2, 3]), (4, [1, 2, 4]), (6, [1, 2, 4, 6]), (8, [1, 2, 4, 8])],
)
def test_the_counts_worth_timing_are_powers_of_two_and_all_cores(
    cores: int, counts: list[int]
) -> None:
    assert candidate_counts(cores) == counts


@pytest.mark.parametrize(
    ("cost", "best"),
    [
        ({1: 0.001, 2: 0.002}, 1),
        ({1: 0.002, 2: 0.001}, 2),
        ({1: 0.001, 2: 10.0}, 1),
        ({1: 10.0, 2: 0.001}, 2),
    ],
)
def test_the_fastest_count_is_chosen(
    cost: dict[int, float], best: int, machine: Callable[..., Machine]
) -> None:
    fake = machine(cost.__getitem__)
    run = Threads("auto")
    assert run.choose(fake.probe) == best
    assert (run.count, fake.count) == (best, best)


def test_a_hopeless_count_is_timed_only_once(machine: Callable[..., Machine]) -> None:
    fake = machine({1: 0.001, 2: 10.0}.__getitem__)
    Threads("auto").choose(fake.probe)
    assert fake.probes.count(2) == 1
    assert fake.probes.count(1) >= threads.ROUNDS * 4  # a round is several milliseconds


def test_a_round_that_something_disturbed_does_not_count(
    machine: Callable[..., Machine],
) -> None:
    fake = machine(lambda count: 0.0)
    rounds = iter([0.002, 0.001, 0.0008, 0.002, 0.0009, 0.0011])  # of 1, 2, 1, 2, 1, 2 threads
    current = [0.0]

    def cost(count: int) -> float:
        if not fake.probes[:-1] or fake.probes[-2] != count:
            current[0] = next(rounds)
        return current[0]

    fake.cost = cost
    assert Threads("auto").choose(fake.probe) == 1


def test_a_number_is_kept_whatever_happens(machine: Callable[..., Machine]) -> None:
    fake = machine({1: 0.001, 2: 5.0}.__getitem__)
    run = Threads(2)
    assert run.choose(fake.probe) == 2
    work(run, fake, 30.0)
    assert (fake.count, fake.probes) == (2, [])


def test_one_core_needs_no_timing(machine: Callable[..., Machine]) -> None:
    fake = machine(lambda count: 0.001, cores=1)
    assert Threads("auto").choose(fake.probe) == 1
    assert fake.probes == []


def test_steps_that_become_slow_make_it_measure_again(machine: Callable[..., Machine]) -> None:
    cost = {1: 0.002, 2: 0.001}
    fake = machine(lambda count: cost[count])
    run = Threads("auto")
    assert run.choose(fake.probe) == 2
    work(run, fake, 1.0)
    assert run.count == 2
    cost[2] = 0.05  # another program has taken a core
    work(run, fake, 1.0)
    assert (run.count, fake.count) == (1, 1)


def test_steady_steps_are_never_interrupted_by_a_measurement(
    machine: Callable[..., Machine],
) -> None:
    fake = machine({1: 0.002, 2: 0.001}.__getitem__)
    run = Threads("auto")
    run.choose(fake.probe)
    probes = len(fake.probes)
    work(run, fake, 100.0)
    assert len(fake.probes) == probes


def test_more_threads_are_tried_again_after_a_while(machine: Callable[..., Machine]) -> None:
    cost = {1: 0.002, 2: 0.001}
    fake = machine(lambda count: cost[count])
    run = Threads("auto")
    run.choose(fake.probe)
    work(run, fake, 1.0)
    cost[2] = 0.05
    work(run, fake, 1.0)
    assert run.count == 1
    cost[2] = 0.001  # the other program has finished
    work(run, fake, threads.RECHECK_SECONDS + 1)
    assert run.count == 2


def test_a_pair_that_is_faster_than_threads_is_kept(machine: Callable[..., Machine]) -> None:
    fake = machine({1: 0.002, 2: 0.001}.__getitem__)
    run, pair = paired(fake, 0.0008)
    assert run.choose(fake.probe) == 2
    work(run, fake, 60.0)
    assert (run.used, pair.at_work, pair.starts, fake.count) == ("pair", True, 1, 1)
    run.rest()
    assert fake.count == 2


def test_a_pair_that_is_slower_is_parted_and_tried_again_after_a_while(
    machine: Callable[..., Machine],
) -> None:
    fake = machine({1: 0.002, 2: 0.001}.__getitem__)
    run, pair = paired(fake, 0.0013)
    run.choose(fake.probe)
    work(run, fake, 1.0)
    assert (run.used, pair.at_work, pair.starts, fake.count) == (2, False, 1, 2)
    pair.seconds = 0.0009
    work(run, fake, threads.RECHECK_SECONDS - 2)
    assert pair.starts == 1
    work(run, fake, 2.5)
    assert (run.used, pair.at_work, pair.starts) == ("pair", True, 2)


def test_a_pair_that_is_hardly_slower_has_three_turns(machine: Callable[..., Machine]) -> None:
    fake = machine({1: 0.002, 2: 0.001}.__getitem__)
    run, pair = paired(fake, 0.0011)
    run.choose(fake.probe)
    work(run, fake, 1.0)
    assert (run.used, pair.at_work, pair.starts, fake.count) == (2, False, 3, 2)


@pytest.mark.parametrize(("then", "used", "starts"), [(0.0008, "pair", 2), (0.0011, 2, 3)])
def test_a_pair_that_something_disturbed_has_another_turn(
    then: float, used: object, starts: int, machine: Callable[..., Machine]
) -> None:
    fake = machine({1: 0.002, 2: 0.001}.__getitem__)
    run, pair = paired(fake, 0.0012)
    run.choose(fake.probe)
    turn = threads.TRIAL_ROUNDS * threads.ROUND_SECONDS
    work(run, fake, 2.5 * turn)  # the pair has had its turn, and threads are at it again
    assert (run.used, pair.starts) == (2, 1)
    pair.seconds = then
    work(run, fake, 1.0)
    assert (run.used, pair.at_work, pair.starts) == (used, used == "pair", starts)


def test_the_slow_first_steps_of_a_pair_are_not_held_against_it(
    machine: Callable[..., Machine],
) -> None:
    fake = machine({1: 0.002, 2: 0.001}.__getitem__)
    run, pair = paired(fake, 0.003)  # its memory is new
    run.choose(fake.probe)
    work(run, fake, 10 * threads.ROUND_SECONDS)
    pair.seconds = 0.0008
    work(run, fake, 1.0)
    assert (run.used, pair.starts) == ("pair", 1)


def test_a_pair_that_becomes_slow_is_measured_against_threads_again(
    machine: Callable[..., Machine],
) -> None:
    fake = machine({1: 0.002, 2: 0.001}.__getitem__)
    run, pair = paired(fake, 0.0008)
    run.choose(fake.probe)
    work(run, fake, 2.0)
    pair.seconds = 0.004  # another program has taken a core
    work(run, fake, 2.0)
    assert (run.used, pair.at_work, pair.starts) == (2, False, 2)


def test_for_the_last_third_of_a_second_no_process_is_started(
    machine: Callable[..., Machine],
) -> None:
    fake = machine({1: 0.002, 2: 0.001}.__getitem__)
    run, pair = paired(fake, 0.0001, left=299)
    run.choose(fake.probe)
    work(run, fake, 1.0)
    assert (run.used, pair.starts) == (2, 0)
    run, pair = paired(fake, 0.0001, left=301)
    run.choose(fake.probe)
    work(run, fake, 1.0)
    assert (run.used, pair.starts) == ("pair", 1)


def test_a_pair_has_no_other_turn_when_too_little_is_left(
    machine: Callable[..., Machine],
) -> None:
    fake = machine({1: 0.002, 2: 0.001}.__getitem__)
    pair = FakePair(fake, 0.0011)
    run = Threads("auto", pair=cast(Pair, pair), steps_left=lambda: 299 if pair.starts else 301)
    run.choose(fake.probe)
    work(run, fake, 1.0)
    assert (run.used, pair.at_work, pair.starts) == (2, False, 1)


def test_a_pair_that_was_asked_for_is_kept_whatever_happens(
    machine: Callable[..., Machine],
) -> None:
    fake = machine({1: 0.002, 2: 0.001}.__getitem__)
    run, pair = paired(fake, 0.5, setting="pair", left=1)
    run.choose(fake.probe)
    work(run, fake, 100.0)
    assert (run.used, pair.at_work, pair.starts, fake.probes) == ("pair", True, 1, [])


def test_a_number_of_threads_means_no_pair(machine: Callable[..., Machine]) -> None:
    fake = machine({1: 0.002, 2: 0.001}.__getitem__)
    run, pair = paired(fake, 0.0001, setting=2)
    run.choose(fake.probe)
    work(run, fake, 100.0)
    assert (run.used, pair.starts) == (2, 0)


@pytest.mark.parametrize(
    ("cores", "setting", "used"), [(2, 1, 1), (2, 2, 2), (2, 3, 2), (2, 1024, 2), (1, 2, 1)]
)
def test_no_more_threads_are_used_than_there_are_cores(
    cores: int, setting: int, used: int, machine: Callable[..., Machine]
) -> None:
    fake = machine(lambda count: 0.001 if count <= cores else 60.0, cores=cores)
    run = Threads(setting)
    run.choose(fake.probe)
    work(run, fake, 1.0)
    assert (run.used, run.count, fake.count) == (used, used, used)
    there = "there is 1 core" if cores == 1 else f"there are {cores} cores"
    said = [f"threads is {setting}, but {there} to use"] if setting > cores else []
    assert [text.partition(":")[0] for text in run.warnings] == said


def test_one_core_has_no_use_for_a_pair(machine: Callable[..., Machine]) -> None:
    fake = machine(lambda count: 0.001, cores=1)
    run, pair = paired(fake, 0.0001)
    run.choose(fake.probe)
    work(run, fake, 100.0)
    assert (run.used, pair.starts) == (1, 0)


def test_where_no_process_can_be_started_threads_do(machine: Callable[..., Machine]) -> None:
    fake = machine({1: 0.002, 2: 0.001}.__getitem__)
    run, pair = paired(fake, 0.0001)
    pair.refusal = BlockingIOError(11, "Resource temporarily unavailable")
    assert run.choose(fake.probe) == 2
    work(run, fake, 100.0)
    assert (run.used, fake.count, pair.at_work) == (2, 2, False)


def test_where_no_process_can_be_started_a_pair_that_was_asked_for_is_refused(
    machine: Callable[..., Machine],
) -> None:
    fake = machine({1: 0.002, 2: 0.001}.__getitem__)
    run, pair = paired(fake, 0.0001, setting="pair")
    pair.refusal = BlockingIOError(11, "Resource temporarily unavailable")
    with pytest.raises(NnfsError, match="Resource temporarily unavailable") as caught:
        run.choose(fake.probe)
    assert caught.value.hint == "do without it: --threads 1"


def test_the_cores_that_may_be_used_are_at_least_one() -> None:
    assert threads.available_cores() >= 1


def test_the_probe_of_a_network_that_overflows_warns_of_nothing() -> None:
    rows = Examples(np.ones((4, 3), np.float32), np.array([0, 1, 0, 1]))
    network = multilayer_perceptron(3, [2], 2, activation="relu")
    network.params[...] = 3e38  # warnings are errors in tests
    threads.step_probe(network, Minibatches(rows, 4, seed=0), SoftmaxCrossEntropy())()
    assert not np.isfinite(network.grads).all()
