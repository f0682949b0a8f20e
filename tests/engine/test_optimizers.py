"""Optimizers: each against its paper, over many steps and over the borders of the blocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
import reference
from numpy.typing import NDArray

from nnfs_cli.engine import SGD, Adam, AdamW, Momentum, Nesterov, Optimizer, multilayer_perceptron

STEPS = 60
RATES = [0.05 / (1 + step / 10) for step in range(STEPS)]  # a schedule: the rate is never the same


class Case(NamedTuple):
    ours: Callable[[], Optimizer]
    paper: Callable[..., NDArray[Any]]
    options: dict[str, float] = {}  # noqa: RUF012 - never written to


CASES = {
    "SGD()": Case(SGD, reference.sgd),
    "Momentum(momentum=0.9)": Case(Momentum, reference.momentum, {"mu": 0.9}),
    "Momentum(momentum=0)": Case(lambda: Momentum(0.0), reference.sgd),
    "Nesterov(momentum=0.8)": Case(lambda: Nesterov(0.8), reference.nesterov, {"mu": 0.8}),
    "Adam(beta1=0.9, beta2=0.999, eps=1e-08)": Case(Adam, reference.adam),
    "Adam(beta1=0.5, beta2=0.9, eps=0.01)": Case(
        lambda: Adam(0.5, 0.9, 0.01), reference.adam, {"beta1": 0.5, "beta2": 0.9, "eps": 0.01}
    ),
    "Adam(beta1=0, beta2=0.99, eps=1e-08)": Case(
        lambda: Adam(0.0, 0.99), reference.adam, {"beta1": 0.0, "beta2": 0.99}
    ),
}


def hills(size: int) -> Callable[[NDArray[Any]], NDArray[Any]]:
    """Return the gradient of a landscape that is steep in some directions and flat in others."""
    rng = np.random.default_rng(size)
    steepness, centre = rng.uniform(0.01, 5, size), rng.standard_normal(size)
    return lambda w: steepness * (w - centre) + 0.3 * np.sin(5 * w)


def descend(
    optimizer: Optimizer,
    start: NDArray[Any],
    gradient: Callable[[NDArray[Any]], NDArray[Any]],
    dtype: str = "float64",
    weights: slice = slice(0),
) -> NDArray[Any]:
    """Make `STEPS` steps of the optimizer; `weights` is the part that decays."""
    params = start.astype(dtype)
    grads = np.empty_like(params)
    optimizer.bind(params, grads, weights=[params[weights]])
    for rate in RATES:
        grads[...] = gradient(params.astype("float64"))
        optimizer.step(rate)
    assert params.dtype == dtype
    assert optimizer.steps == STEPS
    return params


@pytest.mark.parametrize("size", [1, 7, 1000, 32_845])
@pytest.mark.parametrize("name", CASES)
def test_sixty_steps_agree_with_the_paper(name: str, size: int) -> None:
    ours, paper, options = CASES[name]
    start, gradient = np.random.default_rng(1).standard_normal(size), hills(size)
    found = descend(ours(), start, gradient)
    np.testing.assert_allclose(found, paper(start, gradient, RATES, **options), rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", CASES)
def test_sixty_steps_in_float32_agree_with_the_paper(name: str) -> None:
    ours, paper, options = CASES[name]
    start = np.random.default_rng(1).standard_normal(500).astype("float32")
    found = descend(ours(), start, hills(500), "float32")
    expected = paper(start.astype("float64"), hills(500), RATES, **options)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("decay", [0.0, 0.01, 0.3])
def test_adamw_shrinks_the_weights_beside_the_step_and_spares_the_biases(decay: float) -> None:
    size, weights = 1000, slice(0, 950)  # the last 50 are biases
    start, gradient = np.random.default_rng(1).standard_normal(size), hills(size)
    decays = np.zeros(size)
    decays[weights] = decay
    found = descend(AdamW(weight_decay=decay), start, gradient, weights=weights)
    expected = reference.adam(start, gradient, RATES, decay=decays)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


def test_adamw_exempts_exactly_the_biases_of_a_network() -> None:
    network = multilayer_perceptron(3, [4], 2, dtype="float64")
    network.params[...] = 1
    optimizer = AdamW(weight_decay=0.5)
    optimizer.bind(network.params, network.grads, weights=network.weights)
    optimizer.step(0.1)  # the gradient is zero: all that moves is the decay
    for name, array in network.arrays.items():
        np.testing.assert_allclose(array, 0.95 if name[0] == "W" else 1.0, rtol=1e-15)


def test_nesterov_is_at_the_point_where_the_paper_looks_ahead() -> None:
    start, gradient = np.random.default_rng(2).standard_normal(50), hills(50)
    params, grads = start.copy(), np.empty(50)
    optimizer = Nesterov(0.9)
    optimizer.bind(params, grads)
    for _ in range(STEPS):
        grads[...] = gradient(params)
        optimizer.step(0.02)
    _, ahead = reference.nesterov_as_printed(start, gradient, 0.02, 0.9, STEPS)
    np.testing.assert_allclose(params, ahead, rtol=0, atol=1e-12)


def test_the_first_step_of_adam_is_the_rate_whatever_the_gradient() -> None:
    params, grads = np.zeros(4), np.array([1e-3, -1.0, 1e3, -1e6])
    optimizer = Adam()
    optimizer.bind(params, grads)
    optimizer.step(0.01)
    np.testing.assert_allclose(params, [-0.01, 0.01, -0.01, 0.01], rtol=1e-4)


def test_adam_knows_its_steps_after_a_million() -> None:
    # the bias corrections have long become 1
    params, grads = np.zeros(2), np.ones(2)
    optimizer = Adam()
    optimizer.bind(params, grads)
    optimizer.steps = 1_000_000
    optimizer.state["gradient_sum"][...] = 1 / (1 - 0.9)
    optimizer.state["square_sum"][...] = 1 / (1 - 0.999)
    optimizer.step(0.5)
    np.testing.assert_allclose(params, -0.5, rtol=1e-7)


@pytest.mark.parametrize("name", CASES)
def test_binding_again_forgets_everything(name: str) -> None:
    optimizer = CASES[name].ours()
    start, gradient = np.ones(20), hills(20)
    first = descend(optimizer, start, gradient)
    np.testing.assert_array_equal(descend(optimizer, start, gradient), first)


def test_the_state_is_what_the_next_step_depends_on() -> None:
    gradient = hills(300)
    for case in CASES.values():
        params, grads = np.ones(300), np.empty(300)
        first, second = case.ours(), case.ours()
        first.bind(params, grads)
        for rate in RATES[:10]:
            grads[...] = gradient(params)
            first.step(rate)
        again, more = params.copy(), grads.copy()
        second.bind(again, more)
        second.steps = first.steps
        for name, vector in second.state.items():
            vector[...] = first.state[name]
        for optimizer, w, g in ((first, params, grads), (second, again, more)):
            g[...] = gradient(w)
            optimizer.step(0.1)
        np.testing.assert_array_equal(params, again)


def test_an_optimizer_knows_what_it_is_bound_to() -> None:
    params, optimizer = np.zeros(3), SGD()
    assert not optimizer.is_bound_to(params)
    optimizer.bind(params, np.zeros(3))
    assert optimizer.is_bound_to(params)
    assert not optimizer.is_bound_to(params.copy())


def test_optimizers_print_themselves() -> None:
    for name in ("SGD()", "Momentum(momentum=0.9)", "Adam(beta1=0.9, beta2=0.999, eps=1e-08)"):
        assert repr(CASES[name].ours()) == name
    assert repr(AdamW(weight_decay=0.1)) == (
        "AdamW(beta1=0.9, beta2=0.999, eps=1e-08, weight_decay=0.1)"
    )
