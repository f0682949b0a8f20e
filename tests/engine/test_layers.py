"""Layers: what they remember, what they refuse, and dropout, which only training sees."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from nnfs_cli.engine import Dense, Dropout, Layer, Network, ReLU, Sigmoid, Tanh

RNG = np.random.default_rng

LAYERS: dict[str, Callable[[], Layer]] = {
    "Dense(3 -> 3)": lambda: Dense(3, 3),
    "Sigmoid()": Sigmoid,
    "Tanh()": Tanh,
    "ReLU()": ReLU,
    "Dropout(0.5)": lambda: Dropout(0.5, rng=RNG(1)),
}


def built(layer: Layer) -> Layer:
    """Return the layer as the second of a network, where it is asked for its input gradient."""
    Network([Dense(3, 3), layer], dtype="float64").initialize(RNG(0))
    return layer


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_prints_itself(name: str) -> None:
    assert repr(LAYERS[name]()) == name


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_writes_neither_to_its_input_nor_to_the_gradient_it_is_given(name: str) -> None:
    layer = built(LAYERS[name]())
    x, dout = RNG(2).standard_normal((5, 3)), RNG(3).standard_normal((5, 3))
    kept = x.copy(), dout.copy()
    layer.forward(x, training=True)
    layer.backward(dout)
    np.testing.assert_array_equal(x, kept[0])
    np.testing.assert_array_equal(dout, kept[1])


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_uses_its_memory_again_and_a_short_batch_is_a_part_of_it(name: str) -> None:
    layer = built(LAYERS[name]())

    def addresses(rows: int) -> tuple[int, ...]:
        out = layer.forward(np.ones((rows, 3)), training=True)
        dx = layer.backward(np.ones((rows, 3)))
        assert dx is not None
        assert out.shape == dx.shape == (rows, 3)
        return tuple(array.__array_interface__["data"][0] for array in (out, dx))

    assert addresses(64) == addresses(17) == addresses(64) == addresses(1)


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_answers_a_short_batch_as_it_answers_it_alone(name: str) -> None:
    used, fresh = built(LAYERS[name]()), built(LAYERS[name]())
    x = RNG(4).standard_normal((3, 3))
    used.forward(RNG(5).standard_normal((64, 3)))
    np.testing.assert_array_equal(used.forward(x), fresh.forward(x))


def test_dense_computes_no_input_gradient_where_nobody_needs_it() -> None:
    first, second = Dense(3, 4), Dense(4, 2)
    Network([first, second], dtype="float64")
    second.forward(first.forward(np.ones((2, 3))))
    dout = second.backward(np.ones((2, 2)))
    assert dout is not None
    assert first.backward(dout) is None


@pytest.mark.parametrize(("inputs", "units"), [(0, 3), (3, 0), (-1, 3)])
def test_dense_needs_inputs_and_units(inputs: int, units: int) -> None:
    with pytest.raises(ValueError, match=f"at least one input and one unit, got {inputs}"):
        Dense(inputs, units)


@pytest.mark.parametrize("drop", [-0.1, 1.0, math.nan])
def test_dropout_refuses_what_is_no_probability_under_one(drop: float) -> None:
    with pytest.raises(ValueError, match="at least 0 and under 1"):
        Dropout(drop, rng=RNG(0))


def test_dropout_drops_in_training_and_is_absent_in_prediction() -> None:
    layer = built(Dropout(0.25, rng=RNG(6)))
    x = np.ones((1000, 3))
    dropped = layer.forward(x, training=True).copy()
    assert set(np.unique(dropped)) == {0.0, 4 / 3}
    assert (dropped == 0).mean() == pytest.approx(0.25, abs=0.04)
    assert dropped.mean() == pytest.approx(1.0, abs=0.04)
    np.testing.assert_array_equal(layer.backward(x), dropped)  # the same units, the same scale

    assert layer.forward(x) is x
    assert layer.backward(x) is x


def test_dropout_draws_anew_at_each_step_and_nothing_when_predicting() -> None:
    layer = built(Dropout(0.5, rng=RNG(7)))
    assert isinstance(layer, Dropout)
    x = np.ones((20, 3))
    first = layer.forward(x, training=True).copy()
    state = layer.rng.bit_generator.state
    layer.forward(x)
    assert layer.rng.bit_generator.state == state
    assert (layer.forward(x, training=True) != first).any()
