"""Ops: the mathematics of a neural network, each operation beside its derivative.

Operations come in pairs. `forward` computes a value. `backward` takes `dout`, the gradient of the
loss with respect to that value, and applies the chain rule once: it returns the gradient with
respect to the operation's own input. Training is these functions called in one order and then in
the reverse order (Rumelhart, Hinton and Williams 1986).

    N  rows in the batch      D  inputs of a layer      H  units of a layer      C  classes
    x  (N, D) input           out  (N, H) output        dv  gradient of the loss with respect to v

Results go to the arrays named by keyword, which the caller owns and uses again. Nothing else is
written to, and nothing is remembered: memory is the business of `layers`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnfs_cli.engine.arrays import Floats, Labels

# --------------------------------------------------------------------------- dense: out = x W + b


def dense_forward(x: Floats, weight: Floats, bias: Floats, *, out: Floats) -> Floats:
    """out = x weight + bias;  every unit is a weighted sum of all inputs, plus its bias."""
    np.matmul(x, weight, out=out)  # (N, D) @ (D, H) -> (N, H)
    np.add(out, bias, out=out)  # (H,) is added to each row
    return out


def dense_add(x: Floats, weight: Floats, *, out: Floats, product: Floats) -> Floats:
    """out += x weight, the part of further inputs; `product (N, H)` is overwritten."""
    np.matmul(x, weight, out=product)
    return np.add(out, product, out=out)


def dense_backward(
    dout: Floats,
    x: Floats,
    weight: Floats,
    *,
    dweight: Floats,
    dbias: Floats,
    dx: Floats | None = None,
) -> Floats | None:
    """dweight = xT dout;  dbias = sum over the rows of dout;  dx = dout weightT.

    `dx` is what the layer below needs. Below the first layer there is only data, so the first layer
    leaves `dx` out and saves a third of all the multiplications of a training step.
    """
    dense_dweight(dout, x, dweight=dweight)
    np.dot(ones(len(dout), dout.dtype), dout, out=dbias)  # (N,) . (N, H) -> (H,), the sum
    return None if dx is None else np.matmul(dout, weight.T, out=dx)  # (N, H) @ (H, D) -> (N, D)


def dense_dweight(dout: Floats, x: Floats, *, dweight: Floats) -> Floats:
    """dweight = xT dout;  the slope in a weight is its input times dout, summed over the rows."""
    return np.matmul(x.T, dout, out=dweight)  # (D, N) @ (N, H) -> (D, H)


# ------------------------------------------------------------------ activations: what a unit says


def sigmoid_forward(x: Floats, *, out: Floats) -> Floats:
    """out = 1 / (1 + e^-x) = (1 + tanh(x / 2)) / 2;  by tanh it cannot overflow, and is faster."""
    np.multiply(x, 0.5, out=out)
    np.tanh(out, out=out)
    np.multiply(out, 0.5, out=out)
    return np.add(out, 0.5, out=out)


def sigmoid_backward(dout: Floats, out: Floats, *, dx: Floats) -> Floats:
    """dx = dout * out * (1 - out);  at most a quarter of dout, so deep ones learn slowly."""
    np.subtract(1.0, out, out=dx)
    np.multiply(dx, out, out=dx)
    return np.multiply(dx, dout, out=dx)


def tanh_forward(x: Floats, *, out: Floats) -> Floats:
    """out = tanh(x)"""
    return np.tanh(x, out=out)


def tanh_backward(dout: Floats, out: Floats, *, dx: Floats) -> Floats:
    """dx = dout * (1 - out^2)"""
    np.multiply(out, out, out=dx)
    np.subtract(1.0, dx, out=dx)
    return np.multiply(dx, dout, out=dx)


def relu_forward(x: Floats, *, out: Floats) -> Floats:
    """out = max(x, 0)"""
    return np.maximum(x, 0.0, out=out)


def relu_backward(dout: Floats, out: Floats, *, dx: Floats) -> Floats:
    """dx = dout where the unit was on, 0 where it was off;  out >= 0, so its sign says which."""
    np.sign(out, out=dx)
    return np.multiply(dx, dout, out=dx)


# --------------------------------------------------------------------- dropout: noise that teaches


def dropout_forward(x: Floats, mask: Floats, *, out: Floats) -> Floats:
    """out = x * mask;  the mask is 0 for a dropped unit and 1 / keep for the others."""
    return np.multiply(x, mask, out=out)


def dropout_backward(dout: Floats, mask: Floats, *, dx: Floats) -> Floats:
    """dx = dout * mask"""
    return np.multiply(dout, mask, out=dx)


def dropout_mask(rng: np.random.Generator, *, drop: float, mask: Floats) -> Floats:
    """Fill `mask` with 0 (probability `drop`) and 1 / (1 - drop), so that its mean is 1.

    Scaling here rather than when predicting is "inverted" dropout (Srivastava et al. 2014).
    """
    rng.random(out=mask, dtype=mask.dtype)
    np.greater_equal(mask, drop, out=mask)  # True is 1.0
    return np.multiply(mask, 1.0 / (1.0 - drop), out=mask)


# ----------------------------------------------- softmax and cross-entropy: how wrong was the guess


def softmax(logits: Floats, *, out: Floats) -> Floats:
    """out = e^logits / sum of e^logits;  each row becomes probabilities that add up to 1.

    The row's maximum is subtracted first: it changes nothing, and e^x cannot overflow.
    """
    np.subtract(logits, np.maximum.reduce(logits, axis=1, keepdims=True), out=out)
    np.exp(out, out=out)
    np.divide(out, np.add.reduce(out, axis=1, keepdims=True), out=out)
    return out


def cross_entropy_forward(
    logits: Floats,
    labels: Labels,
    *,
    probs: Floats,
    smoothing: float = 0.0,
    guesses: Labels | None = None,
) -> float:
    """loss = mean over the rows of -sum(targets * log(probs)), in nats; fills `probs (N, C)`.

    The targets are the one-hot rows of `labels`, softened to (1 - s) onehot + s / C by `smoothing`
    (Szegedy et al. 2016, section 7). With z = logits - max, log(probs) is z - log(sum(e^z)): taken
    from z, not from the probabilities, so a hopeless guess costs much but never infinity.
    `guesses (N,)` says where the maxima are, if that is known.
    """
    if guesses is None:
        guesses = logits.argmax(axis=1)  # on short rows twice as fast as the maximum itself
    shifted = np.subtract(logits, pick(logits, guesses)[:, None], out=probs)
    gain = pick(shifted, labels)  # z of the true class, (N,), before probs is overwritten
    if smoothing:
        gain = (1.0 - smoothing) * gain + smoothing * shifted.mean(axis=1)
    np.exp(shifted, out=probs)
    total = np.dot(probs, ones(probs.shape[1], probs.dtype))  # (N, C) . (C,) -> (N,), the sum
    np.divide(probs, total[:, None], out=probs)
    return float(np.add.reduce(np.log(total) - gain)) / len(labels)


def cross_entropy_backward(
    probs: Floats, labels: Labels, *, dlogits: Floats, smoothing: float = 0.0
) -> Floats:
    """dlogits = (probs - targets) / N;  softmax and cross-entropy together: guess minus truth.

    The two derivatives, taken apart, are a matrix and a division by a number that may be nearly 0;
    together nearly everything cancels (Bridle 1990).
    """
    rows, classes = probs.shape
    np.multiply(probs, 1.0 / rows, out=dlogits)
    if smoothing:
        np.subtract(dlogits, smoothing / classes / rows, out=dlogits)
    dlogits.reshape(-1)[flat_index(labels, classes)] -= (1.0 - smoothing) / rows
    return dlogits


def pick(values: NDArray[Any], labels: Labels) -> NDArray[Any]:
    """Return `values[i, labels[i]]` for each row i of `values (N, C)`, as (N,)."""
    return values.take(flat_index(labels, values.shape[1]))


def flat_index(labels: Labels, classes: int) -> Labels:
    """Return where (row i, column labels[i]) lies in the flattened (N, C) array, as (N,)."""
    return row_starts(len(labels), classes) + labels


@lru_cache(maxsize=8)
def row_starts(rows: int, classes: int) -> Labels:
    """Return where each row begins in the flattened (N, C) array, as (N,); every step asks."""
    starts = np.arange(0, rows * classes, classes)
    starts.flags.writeable = False
    return starts


@lru_cache(maxsize=8)
def ones(n: int, dtype: np.dtype[Any]) -> Floats:
    """Return n ones: a product with them is a sum, and of small arrays the fastest one."""
    vector = np.ones(n, dtype=dtype)
    vector.flags.writeable = False
    return vector
