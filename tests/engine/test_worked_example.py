"""One training step of a 2-2-2 network, worked out with pencil and paper.

The weights are chosen so that everything is a fraction: the hidden sums are 0 and ln 3, whose
sigmoids are 1/2 and 3/4; the logits are 0 and ln 3, whose softmax is 1/4 and 3/4.

    x = (1, 2)   W1 = | 2  ln 3 |   b1 = (0, 0)       z = (2 - 2, ln 3)        h = (1/2, 3/4)
                      |-1   0   |
    W2 = | 2  0 |   b2 = (-1, ln 3 - 3)               logits = (1 - 1, 3 + ln 3 - 3)
         | 0  4 |                                     probs = (1/4, 3/4)

The truth is class 0, so the loss is -ln 1/4 = ln 4, and going back:

    dlogits = probs - truth = (-3/4, 3/4)
    dW2 = h^T dlogits       db2 = dlogits
    dh = dlogits W2^T = (-3/2, 3)      dz = dh h (1 - h) = (-3/2 * 1/4, 3 * 3/16) = (-3/8, 9/16)
    dW1 = x^T dz            db1 = dz
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from nnfs_cli.engine import SGD, Batch, Dense, Network, Sigmoid, SoftmaxCrossEntropy, train_step

LN3 = math.log(3)
BEFORE = {
    "W1": [[2, LN3], [-1, 0]],
    "b1": [0, 0],
    "W2": [[2, 0], [0, 4]],
    "b2": [-1, LN3 - 3],
}
GRADIENTS = {
    "W1": [[-3 / 8, 9 / 16], [-3 / 4, 9 / 8]],
    "b1": [-3 / 8, 9 / 16],
    "W2": [[-3 / 8, 3 / 8], [-9 / 16, 9 / 16]],
    "b2": [-3 / 4, 3 / 4],
}
AFTER = {  # at a rate of 2
    "W1": [[2 + 3 / 4, LN3 - 9 / 8], [-1 + 3 / 2, -9 / 4]],
    "b1": [3 / 4, -9 / 8],
    "W2": [[2 + 3 / 4, -3 / 4], [9 / 8, 4 - 9 / 8]],
    "b2": [-1 + 3 / 2, LN3 - 3 - 3 / 2],
}


@pytest.fixture
def network() -> Network:
    network = Network([Dense(2, 2), Sigmoid(), Dense(2, 2)], dtype="float64")
    for name, values in BEFORE.items():
        network.arrays[name][...] = values
    return network


@pytest.mark.parametrize("rows", [1, 3])  # the same row three times has the same mean
def test_one_step_by_pencil(network: Network, rows: int) -> None:
    batch = Batch(np.array([[1.0, 2.0]] * rows), np.array([0] * rows))
    assert network.predict_proba(batch.x) == pytest.approx(np.array([[1 / 4, 3 / 4]] * rows))

    optimizer = SGD()
    optimizer.bind(network.params, network.grads)
    loss, correct = train_step(
        network, batch, loss=SoftmaxCrossEntropy(), optimizer=optimizer, learning_rate=2.0
    )

    assert loss == pytest.approx(math.log(4), abs=1e-15)
    assert correct == 0
    for name in BEFORE:
        np.testing.assert_allclose(network.gradients[name], GRADIENTS[name], atol=1e-15)
        np.testing.assert_allclose(network.arrays[name], AFTER[name], atol=1e-15)


def test_the_loss_with_smoothing_by_pencil(network: Network) -> None:
    # the truth is (1 - 1/2) (1, 0) + 1/2 (1/2, 1/2) = (3/4, 1/4)
    loss = SoftmaxCrossEntropy(label_smoothing=0.5)
    value = loss.forward(network.forward(np.array([[1.0, 2.0]])), np.array([0]))
    assert value == pytest.approx(3 / 4 * math.log(4) + 1 / 4 * math.log(4 / 3), abs=1e-15)
    np.testing.assert_allclose(loss.backward(), [[1 / 4 - 3 / 4, 3 / 4 - 1 / 4]], atol=1e-15)
