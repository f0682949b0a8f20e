"""Economy: a step allocates nothing large, multiplies nothing in vain, and stays in float32."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nnfs_cli.engine import (
    SGD,
    Adam,
    AdamW,
    Constant,
    Examples,
    Minibatches,
    Momentum,
    Nesterov,
    Optimizer,
    SoftmaxCrossEntropy,
    WeightAverage,
    evaluate,
    fit,
    multilayer_perceptron,
    train_step,
)

QUIET = Constant(1e-4)  # a rate at which nothing runs away


def pixels(rows: int, inputs: int = 784) -> Examples:
    rng = np.random.default_rng(rows)
    return Examples(
        rng.integers(0, 256, (rows, inputs), dtype=np.uint8), rng.integers(10, size=rows)
    )


def temporary_bytes(batch_size: int, optimizer: Optimizer, activation: str) -> int:
    """Return the most memory that one step of a warm training takes beyond what it holds."""
    network = multilayer_perceptron(784, [128, 64], 10, activation=activation, dropout=0.2)
    network.initialize(np.random.default_rng(1))
    optimizer.bind(network.params, network.grads, weights=network.weights)
    loss = SoftmaxCrossEntropy(label_smoothing=0.1)
    average = WeightAverage(network, 0.99)
    batches = Minibatches(pixels(4 * batch_size), batch_size, seed=1).epoch(0)
    peaks = []
    for batch in batches:
        train_step(network, batch, loss=loss, optimizer=optimizer, learning_rate=QUIET(0))
        average.update()
        if tracemalloc.is_tracing():  # from the second step on
            held, peak = tracemalloc.get_traced_memory()
            peaks.append(peak - held)
            tracemalloc.reset_peak()
        else:
            tracemalloc.start()
    tracemalloc.stop()
    return max(peaks)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
@pytest.mark.parametrize("optimizer", [SGD, Momentum, Nesterov, Adam, AdamW])
def test_a_step_takes_under_64_kb_of_new_memory_whatever_the_batch(
    optimizer: Callable[[], Optimizer], activation: str
) -> None:
    small = temporary_bytes(64, optimizer(), activation)
    large = temporary_bytes(512, optimizer(), activation)
    assert max(small, large) < 64 * 1024
    # a few numbers for each row, such as its label and its maximum; no matrix, not even (N, C)
    assert large - small < (512 - 64) * 10 * 4


@pytest.mark.parametrize(("hidden", "products"), [((), 2), ((20,), 5), ((20, 20), 8)])
def test_a_step_makes_no_matrix_product_for_nothing(
    hidden: tuple[int, ...], products: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # for each layer forward and the weights' gradient, and the input's gradient but for the first
    calls = []
    matmul = np.matmul

    def counting(*args: Any, **kwargs: Any) -> Any:
        calls.append(kwargs["out"].shape)
        return matmul(*args, **kwargs)

    monkeypatch.setattr(np, "matmul", counting)
    network = multilayer_perceptron(784, hidden, 10).initialize(np.random.default_rng(1))
    list(fit(network, Minibatches(pixels(30), 30, seed=1)))
    assert len(calls) == products
    assert (30, 784) not in calls


class Spy:
    """Stands in for a NumPy function and notes wherever float64 arrays go in or come out."""

    def __init__(self, name: str, seen: set[str]) -> None:
        self.name, self.function, self.seen = name, getattr(np, name), seen

    def __getattr__(self, name: str) -> Any:
        return getattr(self.function, name)  # such as `np.add.reduce`

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        result = self.function(*args, **kwargs)
        for value in (*args, *kwargs.values(), result):
            if isinstance(value, np.ndarray | np.generic) and value.dtype == np.float64:
                self.seen.add(self.name)
        self.seen.add("called")
        return result


WATCHED = (
    *("add", "subtract", "multiply", "divide", "matmul", "exp", "log", "tanh", "sqrt", "sign"),
    *("maximum", "greater_equal", "sum", "take", "copyto", "empty", "empty_like", "zeros_like"),
)


def dtypes(thing: Any, seen: set[int] | None = None) -> set[str]:
    """Return the floating types of all arrays that can be reached from `thing`."""
    seen = set() if seen is None else seen
    if id(thing) in seen:
        return set()
    seen.add(id(thing))
    if isinstance(thing, np.ndarray):
        return {str(thing.dtype)} if thing.dtype.kind == "f" else set()
    if isinstance(thing, dict):
        parts = list(thing.values())
    elif isinstance(thing, list | tuple):
        parts = list(thing)
    else:
        parts = list(vars(thing).values()) if hasattr(thing, "__dict__") else []
    return set().union(*(dtypes(part, seen) for part in parts))


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
@pytest.mark.parametrize("optimizer", [SGD, Momentum, Nesterov, Adam, AdamW])
def test_no_float64_array_arises_in_a_float32_training(
    optimizer: Callable[[], Optimizer], activation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = multilayer_perceptron(784, [20, 20], 10, activation=activation, dropout=0.3)
    network.initialize(np.random.default_rng(1))
    chosen, average, data = optimizer(), WeightAverage(network, 0.9), pixels(30)
    loss, batches = SoftmaxCrossEntropy(label_smoothing=0.1), Minibatches(data, 8, seed=1)
    seen: set[str] = set()
    for name in WATCHED:
        monkeypatch.setattr(np, name, Spy(name, seen))
    list(fit(network, batches, loss=loss, optimizer=chosen, schedule=QUIET, average=average))
    monkeypatch.undo()

    assert seen == {"called"}
    assert dtypes([network, chosen, average, loss, batches]) == {"float32"}
    assert evaluate(network, data).logits.dtype == np.float32
    assert network.predict_proba(data.x).dtype == np.float32


def test_evaluation_takes_no_copy_of_the_data() -> None:
    network = multilayer_perceptron(784, [16], 10).initialize(np.random.default_rng(1))
    data = pixels(4000)
    tracemalloc.start()
    evaluate(network, data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < data.x.nbytes  # as bytes; as float32 it would be four times that
