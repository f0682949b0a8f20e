"""Attribution: why the network says what it says, read from the slope of its scores.

Training asks how the loss changes with each weight. The same backward pass, led one step further
down, says how a score changes with each input; and stopped one step earlier, with each hidden unit.
Nothing is learned here: no parameter and no gradient of a parameter is written to.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from nnfs_cli.engine.arrays import Floats
from nnfs_cli.engine.layers import Dense, Layer
from nnfs_cli.engine.network import Network, quiet


class Attribution(NamedTuple):
    """What each input, and all biases together, add to a score of each row.

    With ReLU (and with no hidden layer) `inputs.sum(axis=1) + biases` is the score itself: such a
    network is made of flat pieces, and within a piece it is a weighted sum. With sigmoid and tanh
    it is not: each activation f(z) counts as f'(z) z, by its slope there, and what is missing to
    f(z) is left out.
    """

    inputs: Floats  # (N, D): gradient times input (Shrikumar et al. 2016)
    biases: Floats  # (N,)


@quiet()
def input_gradient(network: Network, x: Floats, dlogits: Floats) -> Floats:
    """Return the slope (N, D), in each input of the rows `x (N, D)`, of sum(dlogits * logits).

    `dlogits (N, C)` says which score is meant: 1 at a class for its logit; 1 and -1 at two classes
    for the lead of the one over the other (Simonyan et al. 2013, section 3).

    >>> import numpy as np
    >>> from nnfs_cli.engine import Dense, Network, ReLU
    >>> network = Network([Dense(2, 1), ReLU(), Dense(1, 2)], dtype="float64")
    >>> network.params[...] = [3.0, -1.0, 0.0, 2.0, 5.0, 0.0, 0.0]  # W1, b1, W2, b2
    >>> input_gradient(network, np.array([[1.0, 1.0]]), np.array([[1.0, 0.0]]))
    array([[ 6., -2.]])
    """
    network.forward(x)
    return np.array(_pull_back(network.layers, dlogits)[0])


@quiet()
def attribute(network: Network, x: Floats, dlogits: Floats) -> Attribution:
    """Return what each input adds to the score that `dlogits (N, C)` chooses, and the biases."""
    network.forward(x)
    gradient, biases = _pull_back(network.layers, dlogits)
    return Attribution(gradient * x, biases)


def hidden_outputs(network: Network, x: Floats) -> Floats:
    """Return what the units of the first hidden layer say to the rows `x (N, D)`, as (N, H).

    Raises:
        ValueError: the network has none; so do the following functions.
    """
    with quiet():
        for layer in network.layers[: _second_dense(network)]:
            x = layer.forward(x)
    return np.array(x)


@quiet()
def hidden_gradient(network: Network, x: Floats, dlogits: Floats) -> Floats:
    """Return the slope (N, H) of sum(dlogits * logits) in each unit of the first hidden layer."""
    network.forward(x)
    return np.array(_pull_back(network.layers[_second_dense(network) :], dlogits)[0])


@quiet()
def votes(network: Network, x: Floats) -> Floats:
    """Return the votes (H, C): how much the score of each class gains with each first hidden unit.

    It is the slope of the logits in the unit's output, the mean over the rows `x (N, D)`. With one
    hidden layer it is the same for all rows, and is the output layer's weight.
    """
    after = network.layers[_second_dense(network) :]
    if len(after) == 1:
        return np.array(network.dense[1].weight)
    network.forward(x)
    table = np.empty((network.dense[0].units, network.classes), dtype=network.dtype)
    for number in range(network.classes):
        dlogits = np.zeros((len(x), network.classes), dtype=network.dtype)
        dlogits[:, number] = 1.0
        table[:, number] = _pull_back(after, dlogits)[0].mean(axis=0)
    return table


def _pull_back(layers: Sequence[Layer], dout: Floats) -> tuple[Floats, Floats]:
    """Return the gradient at the input of `layers`, and (N,) what their biases add to the score.

    It is the chain rule of `Network.backward`, but a Dense passes on dx alone: the gradients of its
    parameters, which take as long, are wanted in training only.
    """
    biases: Floats = np.zeros(len(dout), dtype=dout.dtype)
    for layer in reversed(layers):
        if isinstance(layer, Dense):
            biases += dout @ layer.bias
            dout = dout @ layer.weight.T  # (N, H) @ (H, D) -> (N, D)
        else:
            passed = layer.backward(dout)
            assert passed is not None
            dout = passed
    return dout, biases


def _second_dense(network: Network) -> int:
    """Return the place of the layer that reads the first hidden units."""
    if len(network.dense) < 2:
        raise ValueError(f"{network!r} has no hidden layer")
    return network.layers.index(network.dense[1])
