"""Schedules: how large a step to take, as training goes on. A schedule maps a step to a rate.

Steps count from 0 to `total_steps - 1`. Large steps first find the region, small ones then settle
in it: nearly all of the gain of a schedule is that its last steps are small.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

Schedule: TypeAlias = Callable[[int], float]


@dataclass(frozen=True)
class Constant:
    """The same rate throughout."""

    learning_rate: float

    def __call__(self, step: int) -> float:
        return self.learning_rate


@dataclass(frozen=True)
class StepDecay:
    """The rate is multiplied by `factor` after every `every` steps."""

    learning_rate: float
    every: int
    factor: float

    def __call__(self, step: int) -> float:
        try:
            return float(self.learning_rate * self.factor ** (step // self.every))
        except OverflowError:  # of a factor over 1
            return math.inf


@dataclass(frozen=True)
class Cosine:
    """Half a cosine from the full rate to zero (Loshchilov and Hutter 2017, eq. 5, no restarts)."""

    learning_rate: float
    total_steps: int

    def __call__(self, step: int) -> float:
        return self.learning_rate * half_cosine(step / self.total_steps)


@dataclass(frozen=True)
class OneCycle:
    """Warm up from 1/25 of the rate over `warmup` of the steps, then anneal to nearly zero.

    After Smith and Topin 2018 (super-convergence), with both slopes cosines.
    """

    learning_rate: float
    total_steps: int
    warmup: float = 0.25
    start: float = 1 / 25
    end: float = 1e-4

    def __call__(self, step: int) -> float:
        climb = self.warmup * self.total_steps
        if step < climb:
            low, fraction = self.start, half_cosine(step / climb)
            return self.learning_rate * (1.0 + (low - 1.0) * fraction)
        fraction = half_cosine((step - climb) / (self.total_steps - climb))
        return self.learning_rate * (self.end + (1.0 - self.end) * fraction)


def half_cosine(progress: float) -> float:
    """Fall smoothly from 1 at progress 0 to 0 at progress 1, and stay there."""
    return 0.5 * (1.0 + math.cos(math.pi * min(progress, 1.0)))
