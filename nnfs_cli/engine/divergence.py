"""Divergence: a training that has run away is noticed in the step it does, and told what to try."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnfs_cli.engine.progress import Progress
from nnfs_cli.errors import DivergedError

WORSE = 5000.0  # how many times worse than knowing nothing a network may be
SENSIBLE_RATE = 0.5  # the largest learning rate that is worth suggesting
SENSIBLE_INPUT = 4.0  # root mean square; the initial weights are made for inputs of about 1
ROWS = 512  # rows that are looked at to see how large inputs are


def loss_limit(classes: int, first_loss: float) -> float:
    """Return the loss, in nats, beyond which training has run away, overflow or not.

    Knowing nothing costs log(C), the price of a uniform guess; or more where inputs are large and
    an untrained network shouts its guesses: then the first loss says how much. A rough step may
    cost some hundred times that and heal, thousands of times do not. Before the first step
    (`first_loss` is infinite) any finite loss will do.
    """
    return WORSE * max(math.log(max(classes, 2)), first_loss)


def ran_away(loss: float, limit: float) -> bool:
    """Return whether a loss is beyond all reason, or no number at all."""
    return not loss < limit


def diverged(
    what: str, *, progress: Progress, step: int, learning_rate: float, x: NDArray[Any]
) -> DivergedError:
    """Say where training ran away and what to try; `x (N, D)` is what it learned from."""
    rate = f"{min(learning_rate / 10, SENSIBLE_RATE):g}"
    size = input_size(x)
    if size > SENSIBLE_INPUT:
        hint = (
            f"the inputs are not scaled: their root mean square is {size:.3g}, it should be "
            f"about 1; divide them by {size:.2g}, or try --learning-rate {rate}"
        )
    else:
        hint = (
            f"the learning rate {learning_rate:g} is too large for this network; "
            f"try --learning-rate {rate}"
        )
    return DivergedError(
        f"training diverged at epoch {progress.epoch + 1}, step {step}: {what}", hint=hint
    )


def input_size(x: NDArray[Any]) -> float:
    """Return the root mean square of the first rows of `x`; pixels are scaled to 0..1 anyway."""
    if x.dtype == np.uint8:
        return 0.0
    with np.errstate(over="ignore", invalid="ignore"):
        return float(np.sqrt(np.mean(np.square(x[:ROWS], dtype=np.float64))))


def say(loss: float) -> str:
    """Return a loss that has run away in words."""
    return "not a number" if math.isnan(loss) else "infinite" if math.isinf(loss) else f"{loss:.3g}"
