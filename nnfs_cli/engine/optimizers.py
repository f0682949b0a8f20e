"""Optimizers: how the gradient changes the weights. Each is its paper's formula on flat vectors.

`params` and `grads` are the network's two flat blocks, so that a formula is a few NumPy operations,
whatever the number of layers.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from nnfs_cli.engine.arrays import Floats


class Optimizer(ABC):
    """Updates the parameters it is bound to. `state` is what it remembers from step to step."""

    moments: ClassVar[tuple[str, ...]] = ()  # the names of the vectors in `state`

    def bind(self, params: Floats, grads: Floats, *, weights: Sequence[Floats] = ()) -> None:
        """Work on `params (P,)` and `grads (P,)`; `weights` are the views of it that may decay."""
        self.params = params
        self.grads = grads
        self.weights = weights
        self.state: dict[str, Floats] = {name: np.zeros_like(params) for name in self.moments}
        self.steps = 0
        self._scratch = np.empty_like(params)

    def is_bound_to(self, params: Floats) -> bool:
        """Return whether this is the vector that the optimizer updates."""
        return getattr(self, "params", None) is params

    def step(self, learning_rate: float) -> None:
        """Move the parameters once, against the gradient."""
        self.steps += 1
        self.update(learning_rate, self.params, self.grads, *self.state.values(), self._scratch)

    @abstractmethod
    def update(self, learning_rate: float, params: Floats, grads: Floats, *vectors: Floats) -> None:
        """Apply the formula. `vectors` are the moments and, last, one that is free to use; (P,)."""

    def __repr__(self) -> str:
        settings = {k: v for k, v in vars(self).items() if isinstance(v, float)}
        return f"{type(self).__name__}({', '.join(f'{k}={v:g}' for k, v in settings.items())})"


class SGD(Optimizer):
    """Stochastic gradient descent (Robbins and Monro 1951): a small step downhill."""

    def update(self, learning_rate: float, params: Floats, grads: Floats, *vectors: Floats) -> None:
        (scratch,) = vectors
        # w <- w - rate g
        np.multiply(grads, learning_rate, out=scratch)
        np.subtract(params, scratch, out=params)


class Momentum(Optimizer):
    """A heavy ball (Polyak 1964): the velocity remembers past gradients."""

    moments = ("velocity",)

    def __init__(self, momentum: float = 0.9) -> None:
        self.momentum = momentum

    def update(self, learning_rate: float, params: Floats, grads: Floats, *vectors: Floats) -> None:
        velocity, scratch = vectors
        # u <- momentum u + g;  w <- w - rate u
        np.multiply(velocity, self.momentum, out=velocity)
        np.add(velocity, grads, out=velocity)
        np.multiply(velocity, learning_rate, out=scratch)
        np.subtract(params, scratch, out=params)


class Nesterov(Momentum):
    """A heavy ball that looks ahead (Nesterov 1983).

    The parameters are those that lie ahead, where the gradient is taken (Bengio,
    Boulanger-Lewandowski and Pascanu 2013, equation 7). At a constant rate it is the path of
    Sutskever et al. (2013).
    """

    def update(self, learning_rate: float, params: Floats, grads: Floats, *vectors: Floats) -> None:
        velocity, scratch = vectors
        # u <- momentum u + g;  w <- w - rate (g + momentum u)
        np.multiply(velocity, self.momentum, out=velocity)
        np.add(velocity, grads, out=velocity)
        np.multiply(velocity, self.momentum, out=scratch)
        np.add(scratch, grads, out=scratch)
        np.multiply(scratch, learning_rate, out=scratch)
        np.subtract(params, scratch, out=params)


class Adam(Optimizer):
    """A step of its own size for every parameter (Kingma and Ba 2015, algorithm 1).

    The paper's m and v are kept as sums, M = m / (1 - beta1) and V = v / (1 - beta2), and the bias
    corrections are folded into two numbers: the same update with three passes fewer.
    """

    moments = ("gradient_sum", "square_sum")

    def __init__(self, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> None:
        self.beta1 = beta1
        self.beta2 = beta2
        self.eps = eps

    def update(self, learning_rate: float, params: Floats, grads: Floats, *vectors: Floats) -> None:
        gradient_sum, square_sum, scratch = vectors
        # w <- w - rate m^ / (sqrt(v^) + eps)  with m^ = m / (1 - beta1^t), v^ = v / (1 - beta2^t)
        mean = (1.0 - self.beta1) / (1.0 - self.beta1**self.steps)  # m^ = mean M
        root = math.sqrt((1.0 - self.beta2) / (1.0 - self.beta2**self.steps))  # v^ = root^2 V
        np.multiply(gradient_sum, self.beta1, out=gradient_sum)
        np.add(gradient_sum, grads, out=gradient_sum)
        np.multiply(square_sum, self.beta2, out=square_sum)
        np.multiply(grads, grads, out=scratch)
        np.add(square_sum, scratch, out=square_sum)
        np.sqrt(square_sum, out=scratch)
        np.add(scratch, self.eps / root, out=scratch)
        np.divide(gradient_sum, scratch, out=scratch)
        np.multiply(scratch, learning_rate * mean / root, out=scratch)
        np.subtract(params, scratch, out=params)


class AdamW(Adam):
    """Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2); biases exempt.

    The decay follows the learning rate: the paper's lambda is `learning_rate * weight_decay` here.
    """

    def __init__(
        self,
        beta1: float = 0.9,
        beta2: float = 0.999,
        eps: float = 1e-8,
        *,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(beta1, beta2, eps)
        self.weight_decay = weight_decay

    def step(self, learning_rate: float) -> None:
        # w <- w - rate decay w, before and apart from the gradient's own step
        for weight in self.weights:
            np.multiply(weight, 1.0 - learning_rate * self.weight_decay, out=weight)
        super().step(learning_rate)
