"""Halves: two networks of half the width say and learn together what the whole does."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

from nnfs_cli.engine import (
    SGD,
    Adam,
    AdamW,
    Dense,
    Dropout,
    EarlyStopping,
    Floats,
    Network,
    ReLU,
    Sigmoid,
    SoftmaxCrossEntropy,
    Stream,
    TrainingState,
    WeightAverage,
    can_be_halved,
    generator,
    multilayer_perceptron,
)
from nnfs_cli.engine.halves import LEFT, RIGHT, half_of, put_together

D, C, N = 6, 4, 9
rng = np.random.default_rng(0)
X = rng.standard_normal((N, D))
LABELS = rng.integers(0, C, N)


class Cut(NamedTuple):
    """A training and its halves; `sums` is what the last exchange of each was given."""

    whole: TrainingState
    left: TrainingState
    right: TrainingState
    sums: dict[int, Floats]


DEEPER = [(), (3,), (3, 2)]  # the widths of further hidden layers


def training(
    units: int = 5, activation: str = "tanh", deeper: tuple[int, ...] = ()
) -> TrainingState:
    """Return a network in training of which every number is different."""
    hidden = [units, *deeper]
    network = multilayer_perceptron(D, hidden, C, activation=activation, dtype="float64")
    optimizer = AdamW()
    optimizer.bind(network.params, network.grads, weights=network.weights)
    state = TrainingState(
        network, optimizer, WeightAverage(network, 0.9), EarlyStopping(network, 3)
    )
    numbers = generator(7, Stream.WEIGHTS)
    for vector in state.arrays().values():
        vector[...] = numbers.standard_normal(vector.size)
    optimizer.steps, state.average.steps = 11, 12  # type: ignore[union-attr]
    return state


def cut(whole: TrainingState) -> Cut:
    """Halve a training, with an exchange in which each hears what the other said the last time."""
    sums = {side: np.zeros((N, whole.network.dense[1].units)) for side in (LEFT, RIGHT)}

    def tell(side: int, mine: Floats) -> Floats:
        sums[side] = mine.copy()
        return sums[1 - side]

    left = half_of(whole, LEFT, exchange=lambda mine: tell(LEFT, mine))
    right = half_of(whole, RIGHT, exchange=lambda mine: tell(RIGHT, mine))
    return Cut(whole, left, right, sums)


@pytest.mark.parametrize("units", [2, 5, 8])
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
@pytest.mark.parametrize("deeper", DEEPER, ids=str)
def test_the_halves_say_together_what_the_whole_says(
    units: int, activation: str, deeper: tuple[int, ...]
) -> None:
    whole, left, right, _ = cut(training(units, activation, deeper))
    left.network.forward(X)
    right.network.forward(X)  # has heard the left; now the left hears it, too
    expected = whole.network.forward(X)
    np.testing.assert_allclose(right.network.forward(X), expected, rtol=0, atol=1e-13)
    np.testing.assert_allclose(left.network.forward(X), expected, rtol=0, atol=1e-13)


@pytest.mark.parametrize("deeper", DEEPER, ids=str)
def test_the_gradients_of_the_halves_are_the_parts_of_the_gradient_of_the_whole(
    deeper: tuple[int, ...],
) -> None:
    whole, left, right, _ = cut(training(5, deeper=deeper))
    left.network.forward(X)
    for state in (whole, right, left):
        loss = SoftmaxCrossEntropy()
        loss.forward(state.network.forward(X), LABELS)
        state.network.backward(loss.backward())
    for side, units in ((left, slice(0, 2)), (right, slice(2, 5))):
        mine, ours = side.network.gradients, whole.network.gradients
        np.testing.assert_allclose(mine["W1"], ours["W1"][:, units], rtol=0, atol=1e-13)
        np.testing.assert_allclose(mine["b1"], ours["b1"][units], rtol=0, atol=1e-13)
        np.testing.assert_allclose(mine["W2"], ours["W2"][units], rtol=0, atol=1e-13)
        for name in list(ours)[4:]:  # the layers that both have
            np.testing.assert_allclose(mine[name], ours[name], rtol=0, atol=1e-13)
    np.testing.assert_allclose(
        left.network.gradients["b2"], whole.network.gradients["b2"], rtol=0, atol=1e-13
    )


def test_the_class_biases_of_the_right_half_are_zero_and_stay_so() -> None:
    _, left, right, _ = cut(training(4))
    left.network.forward(X)
    loss = SoftmaxCrossEntropy()
    for _ in range(3):
        loss.forward(right.network.forward(X), LABELS)
        right.network.backward(loss.backward())
        for vector in right.optimizer.state.values():
            vector[...] = np.abs(vector)  # they are random here, and a square is not negative
        right.optimizer.step(0.1)
    assert right.network.arrays["b2"].tolist() == [0.0] * C
    assert np.abs(right.network.gradients["W2"]).min() > 0


@pytest.mark.parametrize("units", [2, 5])
@pytest.mark.parametrize("deeper", DEEPER, ids=str)
def test_what_was_cut_is_put_together_to_the_last_bit(units: int, deeper: tuple[int, ...]) -> None:
    whole, left, right, _ = cut(training(units, deeper=deeper))
    before = {name: vector.copy() for name, vector in whole.arrays().items()}
    assert {"params", "gradient_sum", "square_sum", "average", "best"} == before.keys()
    for name, vector in whole.arrays().items():
        if name != "best":  # belongs to the whole alone
            vector[...] = np.nan
    whole.optimizer.steps = 0
    put_together(whole, left, right)
    for name, vector in whole.arrays().items():
        assert vector.tobytes() == before[name].tobytes(), name
    assert whole.optimizer.steps == 11
    assert whole.average is not None
    assert whole.average.steps == 12


def test_halves_keep_the_kind_of_the_optimizer_and_the_progress_of_the_whole() -> None:
    whole, left, right, _ = cut(training())
    for half in (left, right):
        assert repr(half.optimizer) == repr(whole.optimizer)
        assert half.optimizer.is_bound_to(half.network.params)
        assert half.progress is whole.progress
        assert half.average is not None
        assert half.average.steps == 12
    assert left.network.params.size + right.network.params.size == whole.network.params.size + C


def test_weight_decay_reaches_the_weights_of_a_half() -> None:
    _, left, _, _ = cut(training())
    weights = [weight.copy() for weight in left.network.weights]
    left.network.grads[...] = 0.0
    for vector in left.optimizer.state.values():
        vector[...] = 0.0
    left.optimizer.step(0.5)  # AdamW with its decay of 0.01
    for now, before in zip(left.network.weights, weights, strict=True):
        np.testing.assert_allclose(now, before * 0.995, rtol=1e-12)


@pytest.mark.parametrize(
    ("layers", "halved"),
    [
        ([Dense(4, 2), Sigmoid(), Dense(2, 3)], True),
        ([Dense(4, 9), ReLU(), Dense(9, 3)], True),
        ([Dense(4, 1), Sigmoid(), Dense(1, 3)], False),
        ([Dense(4, 3)], False),
        ([Dense(4, 2), Dense(2, 3)], False),
        ([Dense(4, 2), Sigmoid(), Dense(2, 1), Sigmoid(), Dense(1, 3)], True),
        ([Dense(4, 1), Sigmoid(), Dense(1, 2), Sigmoid(), Dense(2, 3)], False),
        ([Dense(4, 2), Sigmoid(), Dense(2, 2), Dense(2, 3)], False),
        ([Dense(4, 2), Sigmoid(), Dropout(0.1, rng=rng), Dense(2, 3)], False),
        ([Dense(4, 2), Dropout(0.1, rng=rng), Dense(2, 3)], False),
    ],
    ids=repr,
)
def test_only_a_network_with_hidden_units_and_without_dropout_is_halved(
    layers: list[Dense], *, halved: bool
) -> None:
    assert can_be_halved(Network(layers)) is halved


@pytest.mark.parametrize("optimizer", [SGD(), Adam()], ids=repr)
def test_a_half_in_float32_stays_in_float32(optimizer: SGD) -> None:
    network = multilayer_perceptron(D, [4], C)
    optimizer.bind(network.params, network.grads, weights=network.weights)
    half = half_of(TrainingState(network, optimizer), LEFT, exchange=np.zeros_like)
    assert half.network.forward(X.astype(np.float32)).dtype == np.float32
