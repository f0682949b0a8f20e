"""Layers: the memory of the network. Each keeps its parameters and what its backward pass needs.

A layer calls the mathematics of `ops` with buffers that it owns and uses again, so its output is
valid until its next call. Parameters are views into the network's flat block: they are written to,
never replaced.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import ClassVar

import numpy as np
from numpy.typing import DTypeLike

from nnfs_cli.engine import ops
from nnfs_cli.engine.arrays import Floats, Scratch, Strip, Strips


class Layer(ABC):
    """One stage of the network: `forward` takes rows `x (N, D)`, `backward` their gradient."""

    def build(self, width: int, *, dtype: DTypeLike, needs_input_grad: bool) -> int:
        """Make the buffers for rows of `width` inputs; return the width of the output."""
        self._out = Scratch(width, dtype=dtype)
        self._dx = Scratch(width, dtype=dtype)
        return width

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shapes of the layer's parameters, by name; most layers have none."""
        return {}

    def attach(  # noqa: B027 - most layers have nothing to attach
        self, params: Mapping[str, Floats], grads: Mapping[str, Floats]
    ) -> None:
        """Take the views that hold the parameters and their gradients, under the same names."""

    @abstractmethod
    def forward(self, x: Floats, *, training: bool = False) -> Floats:
        """Return the layer's output for the rows `x (N, D)`."""

    @abstractmethod
    def backward(self, dout: Floats) -> Floats | None:
        """Return dx for the rows of the last `forward`; fill the gradients of the parameters."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class Dense(Layer):
    """Fully connected: each of the `units` sees all of the `inputs`.

    Rows with fewer columns than `inputs` are zero in the others. Where more is known to be zero,
    `strips`, set before a `forward`, say what is left to multiply in it.
    """

    strips: Strips = ()

    def __init__(self, inputs: int, units: int) -> None:
        if inputs < 1 or units < 1:
            raise ValueError(
                f"Dense needs at least one input and one unit, got {inputs} -> {units}"
            )
        self.inputs = inputs
        self.units = units

    def build(self, width: int, *, dtype: DTypeLike, needs_input_grad: bool) -> int:
        if width != self.inputs:
            raise ValueError(f"{self!r} follows a layer of width {width}")
        self._out = Scratch(self.units, dtype=dtype)
        self._product = Scratch(self.units, dtype=dtype)
        self._dx = Scratch(self.inputs, dtype=dtype)
        self._needs_input_grad = needs_input_grad
        return self.units

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {"W": (self.inputs, self.units), "b": (self.units,)}

    def attach(self, params: Mapping[str, Floats], grads: Mapping[str, Floats]) -> None:
        self.weight, self.bias = params["W"], params["b"]
        self.dweight, self.dbias = grads["W"], grads["b"]

    def forward(self, x: Floats, *, training: bool = False) -> Floats:
        self._x = x
        self._strips = self.strips or (Strip(0, slice(0, x.shape[1])),)
        self.strips = ()  # they are of these rows alone
        (_, columns), *others = self._strips
        out = self._out.rows(len(x))
        ops.dense_forward(x[:, columns], self.weight[columns], self.bias, out=out)
        for row, columns in others:
            product = self._product.rows(len(x))[row:]
            ops.dense_add(x[row:, columns], self.weight[columns], out=out[row:], product=product)
        return out

    def backward(self, dout: Floats) -> Floats | None:
        x, (_, columns), *others = self._x, *self._strips
        weight, dweight = self.weight[columns], self.dweight[columns]
        dx = self._dx.rows(len(dout)) if self._needs_input_grad else None
        ops.dense_backward(dout, x[:, columns], weight, dweight=dweight, dbias=self.dbias, dx=dx)
        for row, columns in others:
            ops.dense_dweight(dout[row:], x[row:, columns], dweight=self.dweight[columns])
        self.dweight[columns.stop :] = 0.0  # x is zero there
        return dx

    def __repr__(self) -> str:
        return f"Dense({self.inputs} -> {self.units})"


class Activation(Layer):
    """Applies one function to every number; its derivative can be told from its output."""

    _forward: ClassVar[Callable[..., Floats]]
    _backward: ClassVar[Callable[..., Floats]]

    def forward(self, x: Floats, *, training: bool = False) -> Floats:
        self._y = type(self)._forward(x, out=self._out.rows(len(x)))
        return self._y

    def backward(self, dout: Floats) -> Floats:
        return type(self)._backward(dout, self._y, dx=self._dx.rows(len(dout)))


class Sigmoid(Activation):
    """out = 1 / (1 + e^-x), between 0 and 1"""

    _forward, _backward = ops.sigmoid_forward, ops.sigmoid_backward


class Tanh(Activation):
    """out = tanh(x), between -1 and 1"""

    _forward, _backward = ops.tanh_forward, ops.tanh_backward


class ReLU(Activation):
    """out = max(x, 0)"""

    _forward, _backward = ops.relu_forward, ops.relu_backward


class Dropout(Layer):
    """While training, drops each unit with probability `drop`; when predicting, does nothing.

    Randomness is an argument: `rng` is the state that a checkpoint must store to continue exactly.
    """

    def __init__(self, drop: float, *, rng: np.random.Generator) -> None:
        if not 0.0 <= drop < 1.0:
            raise ValueError(f"Dropout needs a probability of at least 0 and under 1, got {drop}")
        self.drop = drop
        self.rng = rng

    def build(self, width: int, *, dtype: DTypeLike, needs_input_grad: bool) -> int:
        self._mask = Scratch(width, dtype=dtype)
        return super().build(width, dtype=dtype, needs_input_grad=needs_input_grad)

    def forward(self, x: Floats, *, training: bool = False) -> Floats:
        self._training = training
        if not training:
            return x
        self._kept = ops.dropout_mask(self.rng, drop=self.drop, mask=self._mask.rows(len(x)))
        return ops.dropout_forward(x, self._kept, out=self._out.rows(len(x)))

    def backward(self, dout: Floats) -> Floats:
        if not self._training:
            return dout
        return ops.dropout_backward(dout, self._kept, dx=self._dx.rows(len(dout)))

    def __repr__(self) -> str:
        return f"Dropout({self.drop:g})"


ACTIVATIONS: dict[str, Callable[[], Layer]] = {"sigmoid": Sigmoid, "tanh": Tanh, "relu": ReLU}
