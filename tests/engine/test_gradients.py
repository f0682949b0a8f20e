"""Gradients: one table of networks; each gradient against the chain rule, the slope, and i h.

Three witnesses that share no code with `backward`: the textbook's backward pass, central
differences of the engine's own loss, and the complex step through the textbook's forward pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pytest
import reference
from numpy.typing import NDArray

from nnfs_cli.engine import (
    Dense,
    Dropout,
    Floats,
    Layer,
    Network,
    ReLU,
    Sigmoid,
    SoftmaxCrossEntropy,
    Tanh,
    check_gradients,
    multilayer_perceptron,
)


class Case(NamedTuple):
    hidden: tuple[int, ...]
    activation: str = "sigmoid"
    smoothing: float = 0.0
    dropout: float = 0.0


TABLE = [
    Case(()),
    Case((), smoothing=0.2),
    Case((1,)),
    Case((5,)),
    Case((5,), "tanh"),
    Case((5,), "relu"),
    Case((5,), smoothing=0.1),
    Case((5,), "relu", smoothing=0.1),
    Case((5,), dropout=0.5),
    Case((5,), "tanh", dropout=0.2, smoothing=0.3),
    Case((5,), "relu", dropout=0.5),
    Case((4, 3)),
    Case((4, 3), "tanh", smoothing=0.1),
    Case((4, 3), "relu"),
    Case((4, 6), "sigmoid", dropout=0.3),
    Case((3, 4, 3), "tanh"),
    Case((4, 4, 4, 4), "relu", smoothing=0.05, dropout=0.1),
]


class SameMask:
    """A random generator that always draws the same: a loss with dropout then has a slope."""

    def random(self, *, out: Floats, dtype: Any) -> Floats:
        return np.random.default_rng(7).random(out=out, dtype=dtype)


def same_masks(case: Case, rows: int) -> list[NDArray[Any]]:
    """Return the masks that `SameMask` leads to."""
    keep = 1 - case.dropout
    draws = [np.random.default_rng(7).random((rows, units)) for units in case.hidden]
    return [(draw >= case.dropout) / keep for draw in draws] if case.dropout else []


def randomize(network: Network, seed: int) -> Network:
    """Fill weights and biases, for with biases of zero half of the mistakes would not show."""
    network.params[...] = np.random.default_rng(seed).standard_normal(network.params.size)
    for layer in network.layers:
        if isinstance(layer, Dropout):
            layer.rng = SameMask()  # type: ignore[assignment]
    return network


def build(case: Case, *, inputs: int = 4, classes: int = 3, seed: int = 1) -> Network:
    network = multilayer_perceptron(
        inputs, case.hidden, classes, activation=case.activation, dropout=case.dropout,
        dtype="float64",
    )  # fmt: skip
    return randomize(network, seed)


def batch(rows: int, *, inputs: int = 4, classes: int = 3, seed: int = 2) -> tuple[Any, Any]:
    rng = np.random.default_rng([seed, rows])
    return rng.standard_normal((rows, inputs)), rng.integers(classes, size=rows)


def gradients(network: Network, x: Any, labels: Any, smoothing: float) -> dict[str, Floats]:
    loss = SoftmaxCrossEntropy(label_smoothing=smoothing)
    network.grads[...] = np.nan  # whatever is not filled in shows
    loss.forward(network.forward(x, training=True), labels)
    network.backward(loss.backward())
    return {name: gradient.copy() for name, gradient in network.gradients.items()}


def pairs(arrays: dict[str, Any]) -> list[tuple[Any, Any]]:
    return [(arrays[f"W{i}"], arrays[f"b{i}"]) for i in range(1, len(arrays) // 2 + 1)]


def disagreement_with_the_slope(network: Network, x: Any, labels: Any, smoothing: float) -> float:
    """Return |gradient - slope| / (|gradient| + |slope|) over all parameters at once.

    The slope is that of training, with dropout, which the public `check_gradients` leaves out.
    """
    found = np.concatenate(
        [gradient.ravel() for gradient in gradients(network, x, labels, smoothing).values()]
    )
    loss = SoftmaxCrossEntropy(label_smoothing=smoothing)
    slope = np.empty_like(found)
    for i, kept in enumerate(network.params.copy()):
        values = []
        for nudged in (kept + 1e-5, kept - 1e-5):
            network.params[i] = nudged
            values.append(loss.forward(network.forward(x, training=True), labels))
        network.params[i] = kept
        slope[i] = (values[0] - values[1]) / 2e-5
    size = np.linalg.norm(found) + np.linalg.norm(slope)
    return float(np.linalg.norm(found - slope) / size)


def slopes_by_the_complex_step(
    case: Case, network: Network, x: Any, labels: Any
) -> dict[str, NDArray[Any]]:
    """Return the slope of the textbook's loss along each parameter, to the last digits.

    A ReLU has one too, wherever it is not at its kink.
    """
    masks = same_masks(case, len(x))
    arrays = {name: values.astype(complex) for name, values in network.arrays.items()}
    slopes = {}
    for name, values in arrays.items():
        slopes[name] = np.empty(values.shape)
        for index in np.ndindex(values.shape):
            values[index] += 1e-30j
            logits = reference.forward(x, pairs(arrays), case.activation, masks)
            loss = reference.cross_entropy(logits, labels, case.smoothing)
            slopes[name][index] = loss.imag / 1e-30
            values[index] = values[index].real
    return slopes


@pytest.mark.parametrize("rows", [1, 2, 7])
@pytest.mark.parametrize("case", TABLE, ids=str)
def test_backward_agrees_with_the_chain_rule_of_the_textbook(case: Case, rows: int) -> None:
    network, (x, labels) = build(case), batch(rows)
    found = gradients(network, x, labels, case.smoothing)
    expected = reference.backward(
        x, labels, pairs(network.arrays), case.activation,
        smoothing=case.smoothing, masks=same_masks(case, rows),
    )  # fmt: skip
    for (dweight, dbias), (plain_weight, plain_bias) in zip(pairs(found), expected, strict=True):
        np.testing.assert_allclose(dweight, plain_weight, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(dbias, plain_bias, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("rows", [1, 2, 7])
@pytest.mark.parametrize("case", TABLE, ids=str)
def test_backward_agrees_with_the_slope_of_the_loss(case: Case, rows: int) -> None:
    assert disagreement_with_the_slope(build(case), *batch(rows), case.smoothing) < 1e-8


@pytest.mark.parametrize("rows", [1, 2, 7])
@pytest.mark.parametrize("case", TABLE, ids=str)
def test_backward_agrees_with_the_complex_step(case: Case, rows: int) -> None:
    network, (x, labels) = build(case), batch(rows)
    found = gradients(network, x, labels, case.smoothing)
    for name, slope in slopes_by_the_complex_step(case, network, x, labels).items():
        np.testing.assert_allclose(found[name], slope, rtol=0, atol=1e-10)


def random_trials(count: int) -> Iterator[tuple[Case, Network, Any, Any]]:
    """Yield networks of random depths, widths and options, each with a batch of 1, 2 or 7 rows."""
    rng = np.random.default_rng(300)
    for seed in range(count):
        case = Case(
            tuple(int(n) for n in rng.integers(1, 7, rng.integers(0, 4))),
            str(rng.choice(["sigmoid", "tanh", "relu"])),
            float(rng.choice([0.0, 0.1])),
            float(rng.choice([0.0, 0.4])),
        )
        inputs, classes = (int(n) for n in rng.integers([1, 2], 7))
        network = build(case, inputs=inputs, classes=classes, seed=seed)
        rows = int(rng.choice([1, 2, 7]))
        x, labels = batch(rows, inputs=inputs, classes=classes, seed=seed)
        while not is_off_the_kinks(network, case, x):
            x = rng.standard_normal(x.shape)
        yield case, network, x, labels


def is_off_the_kinks(network: Network, case: Case, x: Any) -> bool:
    """Return whether no ReLU is so near its kink that a nudge of a weight takes it across."""
    if case.activation != "relu":
        return True
    closest, masks = np.inf, same_masks(case, len(x))
    for number, (weight, bias) in enumerate(pairs(network.arrays)[:-1]):
        x = x @ weight + bias
        closest = min(closest, float(np.abs(x).min()))
        x = np.maximum(x, 0) * (masks[number] if masks else 1)
    return closest > 1e-3


def test_backward_agrees_with_the_textbook_for_300_random_networks() -> None:
    for case, network, x, labels in random_trials(300):
        found = gradients(network, x, labels, case.smoothing)
        expected = reference.backward(
            x, labels, pairs(network.arrays), case.activation,
            smoothing=case.smoothing, masks=same_masks(case, len(x)),
        )  # fmt: skip
        for got, plain in zip(pairs(found), expected, strict=True):
            for fast, slow in zip(got, plain, strict=True):
                np.testing.assert_allclose(fast, slow, rtol=1e-10, atol=1e-12, err_msg=str(case))


def test_backward_agrees_with_the_slope_for_300_random_networks() -> None:
    for case, network, x, labels in random_trials(300):
        assert disagreement_with_the_slope(network, x, labels, case.smoothing) < 1e-8, case


def test_backward_agrees_with_the_complex_step_for_300_random_networks() -> None:
    for case, network, x, labels in random_trials(300):
        found = gradients(network, x, labels, case.smoothing)
        for name, slope in slopes_by_the_complex_step(case, network, x, labels).items():
            np.testing.assert_allclose(found[name], slope, rtol=0, atol=1e-10, err_msg=str(case))


def dropout(drop: float) -> Dropout:
    return Dropout(drop, rng=SameMask())  # type: ignore[arg-type]


ODD: dict[str, Callable[[], list[Layer]]] = {
    "dropout of the inputs": lambda: [dropout(0.4), Dense(4, 5), Tanh(), Dense(5, 3)],
    "an activation of the inputs": lambda: [Sigmoid(), Dense(4, 3)],
    "two activations": lambda: [Dense(4, 5), Tanh(), Sigmoid(), Dense(5, 3)],
    "no activation between": lambda: [Dense(4, 5), Dense(5, 3)],
    "an activation of the logits": lambda: [Dense(4, 3), Tanh()],
    "dropout before an activation": lambda: [Dense(4, 5), dropout(0.3), ReLU(), Dense(5, 3)],
    "all kinds": lambda: [
        *(Dense(4, 5), Sigmoid(), Dense(5, 4), Tanh(), dropout(0.2)),
        *(Dense(4, 6), ReLU(), Dense(6, 3)),
    ],
}


@pytest.mark.parametrize("rows", [1, 2, 7])
@pytest.mark.parametrize("name", ODD)
def test_layers_in_any_order_agree_with_the_slope(name: str, rows: int) -> None:
    network = randomize(Network(ODD[name](), dtype="float64"), 3)
    assert disagreement_with_the_slope(network, *batch(rows), 0.1) < 1e-8


def test_the_gradient_of_a_batch_is_the_mean_of_the_gradients_of_its_rows() -> None:
    case = Case((5,), "tanh")
    network, (x, labels) = build(case), batch(7)
    whole = gradients(network, x, labels, 0.0)
    alone = [gradients(network, x[i : i + 1], labels[i : i + 1], 0.0) for i in range(7)]
    for name, gradient in whole.items():
        np.testing.assert_allclose(gradient, np.mean([g[name] for g in alone], axis=0), atol=1e-14)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
def test_a_short_batch_after_a_long_one_gives_the_same_gradient_as_alone(activation: str) -> None:
    case = Case((6, 5), activation, smoothing=0.1, dropout=0.3)
    long, short = batch(64), batch(5)
    used, fresh = build(case), build(case)
    gradients(used, *long, case.smoothing)
    after, alone = gradients(used, *short, case.smoothing), gradients(fresh, *short, case.smoothing)
    for name, gradient in alone.items():
        np.testing.assert_array_equal(after[name], gradient)


# ------------------------------------------------------------------- the checker that learners use


def test_check_gradients_agrees_with_backward_and_changes_nothing() -> None:
    network, (x, labels) = build(Case((5, 4), "tanh", dropout=0.5)), batch(6)
    before = network.params.copy()
    checks = check_gradients(network, x, labels, loss=SoftmaxCrossEntropy(label_smoothing=0.1))
    assert [check.name for check in checks] == ["W1", "b1", "W2", "b2", "W3", "b3"]
    assert all(check.error < 1e-8 for check in checks)
    np.testing.assert_array_equal(network.params, before)
    assert repr(checks[0]).startswith("W1: ")


class ForgetfulTanh(Tanh):
    """Lets dout through as if its slope were 1."""

    def backward(self, dout: Floats) -> Floats:
        return dout


class Shouting(SoftmaxCrossEntropy):
    """Forgets to divide by N."""

    def backward(self) -> Floats:
        return super().backward() * len(self._labels)


def test_check_gradients_finds_a_wrong_derivative_and_where_it_begins() -> None:
    layers = [Dense(4, 5), ForgetfulTanh(), Dense(5, 3)]
    network = randomize(Network(layers, dtype="float64"), 1)
    errors = {check.name: check.error for check in check_gradients(network, *batch(6))}
    assert errors["W1"] > 0.01
    assert errors["b1"] > 0.01
    assert errors["W2"] < 1e-8  # above the mistake all is well
    assert errors["b2"] < 1e-8


def test_check_gradients_finds_a_missing_mean() -> None:
    checks = check_gradients(build(Case((5,))), *batch(6), loss=Shouting())
    assert all(check.error == pytest.approx(5 / 7, abs=1e-6) for check in checks)  # |6-1| / (6+1)


def test_check_gradients_asks_for_float64() -> None:
    network = multilayer_perceptron(4, [5], 3)
    with pytest.raises(ValueError, match="gradients are checked in float64"):
        check_gradients(network, *batch(2))
