"""The original project's loop: from equal weights and batches the engine makes the same steps."""

from __future__ import annotations

import numpy as np
import pytest
import reference

from nnfs_cli.engine import (
    Constant,
    Examples,
    Minibatches,
    Network,
    fit,
    multilayer_perceptron,
)

ROWS = 200  # three batches of 64 and a short one of 8


def digits() -> Examples:
    """Return sparse random pixels, as of digits, that mean nothing."""
    rng = np.random.default_rng(5)
    pixels = rng.integers(0, 256, (ROWS, 784), dtype=np.uint8)
    pixels[rng.random((ROWS, 784)) < 0.8] = 0
    return Examples(pixels, rng.integers(10, size=ROWS))


def same_start(dtype: str) -> tuple[Network, dict[str, reference.Array]]:
    weights = reference.original_weights(np.random.default_rng(6))
    network = multilayer_perceptron(784, [128], 10, dtype=dtype)
    for name, array in network.arrays.items():
        array[...] = weights[name].reshape(array.shape)
    return network, weights


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-12), ("float32", 1e-5)])
def test_two_epochs_end_at_the_weights_of_the_original(dtype: str, tolerance: float) -> None:
    network, weights = same_start(dtype)
    data = digits()
    batches = Minibatches(data, 64, seed=1, dtype=dtype)
    list(fit(network, batches, epochs=2, schedule=Constant(0.1)))

    for epoch in range(2):
        labels = np.concatenate([batch.labels.copy() for batch in batches.epoch(epoch)])
        x = np.concatenate([batch.x.astype("float64") for batch in batches.epoch(epoch)])
        assert len(x) == ROWS
        reference.original_epoch(weights, x, labels, rate=0.1)

    for name, array in network.arrays.items():
        gap = np.abs(array - weights[name].reshape(array.shape)).max()
        assert gap < tolerance, name
    _, probs = reference.original_predict(weights, data.x / 255)
    np.testing.assert_allclose(network.predict_proba(data.x / 255.0), probs, atol=tolerance)


def test_the_weights_begin_with_the_spread_of_the_original() -> None:
    weights = reference.original_weights(np.random.default_rng(6))
    network = multilayer_perceptron(784, [128], 10, dtype="float64")
    network.initialize(np.random.default_rng(6))
    np.testing.assert_allclose(network.arrays["W1"], weights["W1"], rtol=1e-15)
    np.testing.assert_allclose(network.arrays["W2"], weights["W2"], rtol=1e-15)
    assert not network.arrays["b1"].any()
