"""Schedules: the rate at known points, and along the whole way."""

from __future__ import annotations

import math

import pytest
import reference

from nnfs_cli.engine import Constant, Cosine, OneCycle, StepDecay


def test_constant_is_constant() -> None:
    assert {Constant(0.3)(step) for step in (0, 1, 10**9)} == {0.3}


def test_step_decay_halves_after_every_hundred_steps() -> None:
    schedule = StepDecay(0.8, every=100, factor=0.5)
    assert [schedule(step) for step in (0, 99, 100, 199, 200, 300)] == [
        0.8,
        0.8,
        0.4,
        0.4,
        0.2,
        0.1,
    ]


def test_cosine_at_known_points() -> None:
    schedule = Cosine(2.0, total_steps=120)
    points = {0: 2.0, 40: 1.5, 60: 1.0, 80: 0.5, 120: 0.0, 500: 0.0}
    for step, rate in points.items():
        assert schedule(step) == pytest.approx(rate, abs=1e-15)
    assert schedule(119) > 0  # the last step of all still moves


def test_one_cycle_at_known_points() -> None:
    schedule = OneCycle(1.0, total_steps=400)  # up over the first 100
    points = {0: 0.04, 50: 0.52, 100: 1.0, 250: 0.50005, 400: 1e-4}
    for step, rate in points.items():
        assert schedule(step) == pytest.approx(rate, abs=1e-12)


@pytest.mark.parametrize("total", [1, 2, 7, 100])
def test_cosine_agrees_with_the_paper_at_every_step(total: int) -> None:
    schedule = Cosine(0.7, total)
    for step in range(total):
        expected = reference.cosine(step, rate=0.7, total=total)
        assert schedule(step) == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize("total", [1, 2, 7, 100])
@pytest.mark.parametrize("warmup", [0.0, 0.01, 0.3, 0.5, 0.99])
def test_one_cycle_agrees_with_its_formula_at_every_step(total: int, warmup: float) -> None:
    schedule = OneCycle(0.7, total, warmup)
    for step in range(total):
        expected = reference.one_cycle(
            step, rate=0.7, total=total, warmup=warmup, start=1 / 25, end=1e-4
        )
        assert schedule(step) == pytest.approx(expected, abs=1e-14)


def test_one_cycle_climbs_once_and_falls_once() -> None:
    rates = [OneCycle(1.0, 200)(step) for step in range(200)]
    peak = rates.index(max(rates))
    assert peak == 50
    assert rates[: peak + 1] == sorted(rates[: peak + 1])
    assert rates[peak:] == sorted(rates[peak:], reverse=True)
    assert min(rates) > 0


def test_schedules_print_themselves() -> None:
    assert repr(Cosine(0.1, 20)) == "Cosine(learning_rate=0.1, total_steps=20)"


def test_a_rate_beyond_all_numbers_is_infinite() -> None:
    assert StepDecay(1e-300, every=1, factor=1e200)(2) == math.inf
