"""Threads: the fastest count is chosen by timing, and chosen anew when steps become slow.

The machine is a fake: its clock moves only when a probe or a step takes time on it.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from nnfs_cli.workflows import threads
from nnfs_cli.workflows.threads import Threads, candidate_counts


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


def test_the_cores_that_may_be_used_are_at_least_one() -> None:
    assert threads.available_cores() >= 1
