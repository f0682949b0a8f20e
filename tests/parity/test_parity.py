"""Parity: the engine against PyTorch and JAX, from equal weights, rows and order.

The numbers of both are in parity.npz, which `make_parity.py` wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from make_parity import (
    BATCH_SIZE,
    CASES,
    CLASSES,
    EPOCHS,
    FILE,
    IN_JAX,
    IN_TORCH,
    INPUTS,
    MOMENTUM,
    RATES,
    ROWS,
    WEIGHT_DECAY,
    Array,
    Case,
    start,
)

from nnfs_cli.engine import (
    SGD,
    Adam,
    AdamW,
    Batch,
    Constant,
    EpochEnd,
    Examples,
    Minibatches,
    Momentum,
    Nesterov,
    Optimizer,
    SoftmaxCrossEntropy,
    fit,
    multilayer_perceptron,
)

LIMIT = {"float64": 1e-12, "float32": 1e-5}
OPTIMIZERS: dict[str, Callable[[], Optimizer]] = {
    "sgd": SGD,
    "momentum": lambda: Momentum(MOMENTUM),
    "nesterov": lambda: Nesterov(MOMENTUM),
    "adam": Adam,
    "adamw": lambda: AdamW(weight_decay=WEIGHT_DECAY),
}
TRAININGS = [("torch", *both) for both in IN_TORCH] + [("jax", *both) for both in IN_JAX]


@pytest.fixture(scope="module")
def stored() -> dict[str, Array]:
    with np.load(FILE) as file:
        return dict(file)


class InGivenOrder(Minibatches):
    """Minibatches whose order is not drawn but given, a row of numbers for each epoch."""

    order: Array

    def epoch(self, number: int, *, start: int = 0) -> Iterator[Batch]:
        for first in range(start * self.batch_size, ROWS, self.batch_size):
            rows = self.order[number][first : first + self.batch_size]
            x = self._x.rows(len(rows))
            self.examples.gather(rows, out=x, raw=self._raw.rows(len(rows)))
            yield Batch(x, self.examples.labels[rows])


def train(case: Case, dtype: str, stored: dict[str, Array]) -> tuple[Array, list[float]]:
    """Return our parameters after training, and the mean loss of each epoch."""
    network = multilayer_perceptron(
        INPUTS, case.hidden, CLASSES, activation=case.activation, dtype=dtype
    )
    for name, values in network.arrays.items():
        values[...] = stored[f"{start(case.hidden)} {name}"]
    examples = Examples(stored["x"], stored["labels"])
    batches = InGivenOrder(examples, BATCH_SIZE, seed=0, dtype=dtype)
    batches.order = stored["order"]
    events = fit(
        network,
        batches,
        epochs=EPOCHS,
        loss=SoftmaxCrossEntropy(label_smoothing=case.smoothing),
        optimizer=OPTIMIZERS[case.optimizer](),
        schedule=Constant(RATES[case.optimizer]),
    )
    losses = [event.loss for event in events if isinstance(event, EpochEnd)]
    return network.params, losses


def gaps(library: str, case: Case, dtype: str, stored: dict[str, Array]) -> tuple[float, float]:
    """Return the largest difference of a parameter, and of the loss of an epoch."""
    params, losses = train(case, dtype, stored)
    name = f"{library} {dtype} {case}"
    assert params.dtype == stored[f"{name} params"].dtype == dtype
    return (
        float(np.abs(params - stored[f"{name} params"]).max()),
        float(np.abs(np.array(losses) - stored[f"{name} losses"]).max()),
    )


@pytest.mark.parametrize(("library", "case", "dtype"), TRAININGS, ids=str)
def test_three_epochs_end_at_the_weights_of_another_library(
    library: str, case: Case, dtype: str, stored: dict[str, Array]
) -> None:
    assert max(gaps(library, case, dtype, stored)) < LIMIT[dtype]


def test_training_moves_the_weights_far_more_than_the_tolerance(stored: dict[str, Array]) -> None:
    # else agreement would say nothing
    for case in CASES:
        params, _ = train(case, "float64", stored)
        begun = np.concatenate(
            [v.ravel() for name, v in stored.items() if name.startswith(start(case.hidden) + " ")]
        )
        assert np.abs(params - begun).max() > 0.05
