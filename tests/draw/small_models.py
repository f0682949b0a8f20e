"""Networks that have learned nothing: what they say is arbitrary, and always the same."""

from __future__ import annotations

from nnfs_cli.engine import Stream, generator, multilayer_perceptron
from nnfs_cli.model import Model

DIGITS = tuple("0123456789")


def model_of(
    *hidden: int, classes: tuple[str, ...] = DIGITS, activation: str = "relu", inputs: int = 784
) -> Model:
    """Return a model of these hidden layers."""
    network = multilayer_perceptron(inputs, hidden, len(classes), activation=activation)
    network.initialize(generator(0, Stream.WEIGHTS))
    shape = (28, 28) if inputs == 784 else None
    return Model(network, activation=activation, classes=classes, image_shape=shape)
