"""Network: layers in a row. Forward runs through them in order, backward in the reverse order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nnfs_cli.engine import ops
from nnfs_cli.engine.arrays import Arena, Floats, Labels, Strips
from nnfs_cli.engine.initializers import Initializer, initialize, lecun
from nnfs_cli.engine.layers import ACTIVATIONS, Dense, Dropout, Layer
from nnfs_cli.engine.seeding import Stream, generator

PREDICT_ROWS = 512  # rows that are predicted at a time: their activations stay in the cache


def quiet() -> np.errstate:
    """Silence NumPy's warnings of overflow: an overflow shows in the loss.

    And false ones: OpenBLAS sets the processor's "invalid" flag now and then on finite
    numbers (numpy issue 24067).
    """
    return np.errstate(over="ignore", invalid="ignore")


class Network:
    """Layers, and the two flat blocks that hold all their parameters and all their gradients.

    >>> from nnfs_cli.engine import Dense, Network, Sigmoid
    >>> network = Network([Dense(784, 128), Sigmoid(), Dense(128, 10)])
    >>> network
    Network(784 -> 128 sigmoid -> 10 softmax, 101,770 parameters)

    Args:
        layers: at least one Dense; the last layer's outputs are the logits of the classes.
        dtype: float32 for speed, float64 for checking gradients; everything follows it.
    """

    def __init__(self, layers: Sequence[Layer], *, dtype: DTypeLike = np.float32) -> None:
        self.layers = tuple(layers)
        self.dtype = np.dtype(dtype)
        self.dense = tuple(layer for layer in self.layers if isinstance(layer, Dense))
        if not self.dense:
            raise ValueError("a network needs at least one Dense layer")
        shapes = {
            f"{name}{i}": shape
            for i, layer in enumerate(self.dense, start=1)
            for name, shape in layer.shapes().items()
        }
        self._params = Arena(shapes, dtype=self.dtype)
        self._grads = Arena(shapes, dtype=self.dtype)
        self._bind()

    def _bind(self) -> None:
        """Give each layer its buffers and its views of the flat blocks."""
        width = self.inputs
        number = 0
        for layer in self.layers:
            # up to and including the first Dense there is only data below: no gradient is needed
            width = layer.build(width, dtype=self.dtype, needs_input_grad=number > 0)
            if layer.shapes():
                number += 1
                layer.attach(
                    {name: self._params[f"{name}{number}"] for name in layer.shapes()},
                    {name: self._grads[f"{name}{number}"] for name in layer.shapes()},
                )
        self._first = self.layers.index(self.dense[0])

    @property
    def inputs(self) -> int:
        """D, the number of inputs."""
        return self.dense[0].inputs

    @property
    def classes(self) -> int:
        """C, the number of outputs."""
        return self.dense[-1].units

    @property
    def params(self) -> Floats:
        """All parameters as one vector (P,), the very memory that the layers use."""
        return self._params.flat

    @property
    def grads(self) -> Floats:
        """All gradients as one vector (P,), as the last `backward` left them."""
        return self._grads.flat

    @property
    def arrays(self) -> dict[str, Floats]:
        """The parameters by name: W1 (D, H), b1 (H,), W2, b2, ... in the order of the layers."""
        return self._params.views

    @property
    def gradients(self) -> dict[str, Floats]:
        """The gradients by the same names."""
        return self._grads.views

    def named(self, vector: Floats) -> dict[str, Floats]:
        """Return the views of a `vector (P,)`, one number for each parameter, by their names."""
        return self._params.named(vector)

    @property
    def weights(self) -> list[Floats]:
        """The weight matrices without the biases: what weight decay may shrink."""
        return [layer.weight for layer in self.dense]

    def initialize(self, rng: np.random.Generator, *, spread: Initializer = lecun) -> Network:
        """Draw new random weights, set the biases to zero, and return the network."""
        self.params[...] = 0.0
        for weight in self.weights:
            initialize(weight, spread=spread, rng=rng)
        return self

    def forward(self, x: Floats, *, training: bool = False, strips: Strips = ()) -> Floats:
        """Return the logits (N, C) of the rows `x (N, D)`; they are valid until the next call.

        `strips`, if given, say where they are not zero: elsewhere nothing is multiplied.

        NumPy may warn here and in `backward`; loops that call them often run under `quiet()`.
        """
        self.dense[0].strips = strips
        for layer in self.layers:
            x = layer.forward(x, training=training)
        return x

    def backward(self, dlogits: Floats) -> None:
        """Fill `grads` from `dlogits (N, C)`, the gradient of the loss at the last `forward`."""
        dout: Floats | None = dlogits
        for layer in reversed(self.layers[self._first :]):
            assert dout is not None
            dout = layer.backward(dout)

    @quiet()
    def predict_proba(self, x: NDArray[Any]) -> Floats:
        """Return the probabilities (N, C) of the rows `x (N, D)`, as a fresh array.

        Raises:
            ValueError: the rows are not as wide as the network.
        """
        rows = np.asarray(x, dtype=self.dtype)
        if rows.ndim != 2 or rows.shape[1] != self.inputs:
            raise ValueError(f"expected rows of {self.inputs} inputs, got an array {rows.shape}")
        probs = np.empty((len(rows), self.classes), dtype=self.dtype)
        for start in range(0, len(rows), PREDICT_ROWS):
            part = slice(start, start + PREDICT_ROWS)
            ops.softmax(self.forward(rows[part]), out=probs[part])
        return probs

    def predict(self, x: NDArray[Any]) -> Labels:
        """Return the most probable class (N,) of each of the rows `x (N, D)`."""
        predicted: Labels = self.predict_proba(x).argmax(axis=1)
        return predicted

    def __repr__(self) -> str:
        return f"Network({self.summary()}, {self.params.size:,} parameters)"

    def summary(self) -> str:
        """Return the layers in one line: `784 -> 128 sigmoid -> 10 softmax`."""
        text = str(self.inputs)
        for layer in self.layers:
            if isinstance(layer, Dense):
                text += f" -> {layer.units}"
            elif isinstance(layer, Dropout):
                text += f" dropout {layer.drop:g}"
            else:
                text += f" {type(layer).__name__.lower()}"
        return text + " softmax"


def multilayer_perceptron(
    inputs: int,
    hidden: Sequence[int],
    classes: int,
    *,
    activation: str = "sigmoid",
    dropout: float = 0.0,
    dtype: DTypeLike = np.float32,
    seed: int = 0,
    before: Sequence[Layer] = (),
) -> Network:
    """Return the plain network of these widths: Dense, activation, dropout, ..., Dense.

    `activation` is a name in `ACTIVATIONS`; another is a KeyError. `seed` feeds the dropout; the
    weights are still zero. What the inputs pass first is `before`, layers that keep their width.
    """
    layers: list[Layer] = [*before]
    for number, (width, units) in enumerate(zip([inputs, *hidden], hidden, strict=False)):
        layers += [Dense(width, units), ACTIVATIONS[activation]()]
        if dropout:
            layers.append(Dropout(dropout, rng=generator(seed, Stream.DROPOUT, number)))
    layers.append(Dense([inputs, *hidden][-1], classes))
    return Network(layers, dtype=dtype)
