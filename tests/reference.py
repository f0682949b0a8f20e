"""Reference: the textbook twin of everything the engine does, in plain float64.

Nothing here is fast and nothing is clever: where a book writes a sum there is a loop, and every
formula stands as its paper prints it. The tests compare the engine with it. It knows nothing of
`nnfs_cli`.

    N  rows in the batch      D  inputs of a layer      H  units of a layer      C  classes
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]  # float64, or complex where a derivative is taken by the complex step
Gradient = Callable[[Array], Array]  # the gradient of a loss at some parameters

# ------------------------------------------------------------------------------ layers, one by one


def dense(x: Array, weight: Array, bias: Array) -> Array:
    """out[n, h] = sum over d of x[n, d] weight[d, h], plus bias[h]"""
    out = np.zeros((len(x), len(bias)), dtype=np.result_type(x, weight, bias))
    for n in range(len(x)):
        for h in range(len(bias)):
            out[n, h] = bias[h]
            for d in range(x.shape[1]):
                out[n, h] += x[n, d] * weight[d, h]
    return out


def dense_gradients(dout: Array, x: Array, weight: Array) -> tuple[Array, Array, Array]:
    """Return dx, dweight and dbias: every product of `dense` hands its share to both factors."""
    dx, dweight, dbias = np.zeros_like(x), np.zeros_like(weight), np.zeros(weight.shape[1])
    for n in range(len(x)):
        for h in range(weight.shape[1]):
            dbias[h] += dout[n, h]
            for d in range(x.shape[1]):
                dx[n, d] += dout[n, h] * weight[d, h]
                dweight[d, h] += dout[n, h] * x[n, d]
    return dx, dweight, dbias


def sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def tanh(x: Array) -> Array:
    return (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))


def relu(x: Array) -> Array:
    return np.where(x.real > 0, x, 0.0)


ACTIVATIONS: dict[str, Callable[[Array], Array]] = {"sigmoid": sigmoid, "tanh": tanh, "relu": relu}

SLOPES: dict[str, Callable[[Array], Array]] = {
    "sigmoid": lambda x: np.exp(-x) / (1 + np.exp(-x)) ** 2,
    "tanh": lambda x: 4 / (np.exp(x) + np.exp(-x)) ** 2,
    "relu": lambda x: np.where(x > 0, 1.0, 0.0),
}


def softmax(logits: Array) -> Array:
    """probs[n, c] = e^logits[n, c] / sum over k of e^logits[n, k], the row's maximum taken off"""
    probs = np.zeros_like(logits)
    for n, row in enumerate(logits):
        powers = np.exp(row - row.real.max())
        probs[n] = powers / powers.sum()
    return probs


def targets(labels: Array, classes: int, smoothing: float = 0.0) -> Array:
    """Return the one-hot rows of `labels`, mixed with the uniform distribution by `smoothing`."""
    truth = np.full((len(labels), classes), smoothing / classes)
    for n, label in enumerate(labels):
        truth[n, label] += 1 - smoothing
    return truth


def cross_entropy(logits: Array, labels: Array, smoothing: float = 0.0) -> Any:
    """loss = - 1/N sum over n, c of targets[n, c] log(probs[n, c]), in nats"""
    probs = softmax(logits)
    truth = targets(labels, logits.shape[1], smoothing)
    return -(truth * np.log(probs)).sum() / len(labels)


def cross_entropy_gradient(logits: Array, labels: Array, smoothing: float = 0.0) -> Array:
    """dlogits by the chain rule taken step by step: first -targets/probs, then softmax's matrix."""
    probs = softmax(logits)
    dprobs = -targets(labels, logits.shape[1], smoothing) / probs / len(labels)
    dlogits = np.zeros_like(logits)
    for n, p in enumerate(probs):
        jacobian = np.diag(p) - np.outer(p, p)  # d probs[i] / d logits[j]
        dlogits[n] = dprobs[n] @ jacobian
    return dlogits


# ------------------------------------------------------------------------------- the whole network


def forward(
    x: Array, parameters: Sequence[tuple[Array, Array]], activation: str, masks: Sequence[Any] = ()
) -> Array:
    """Return the logits. `parameters`: (weight, bias) of each layer; `masks`: those of dropout."""
    for number, (weight, bias) in enumerate(parameters):
        x = x @ weight + bias
        if number < len(parameters) - 1:
            x = ACTIVATIONS[activation](x)
            if masks:
                x = x * masks[number]
    return x


def backward(
    x: Array,
    labels: Array,
    parameters: Sequence[tuple[Array, Array]],
    activation: str,
    *,
    smoothing: float = 0.0,
    masks: Sequence[Any] = (),
) -> list[tuple[Array, Array]]:
    """Return the gradient of the loss as (dweight, dbias) of each layer."""
    inputs, sums = [x], []
    for number, (weight, bias) in enumerate(parameters):
        sums.append(inputs[-1] @ weight + bias)
        out = ACTIVATIONS[activation](sums[-1])
        inputs.append(out * masks[number] if masks and number < len(masks) else out)
    dsum = cross_entropy_gradient(sums[-1], labels, smoothing)
    gradients = []
    for number in reversed(range(len(parameters))):
        gradients.append((inputs[number].T @ dsum, dsum.sum(axis=0)))
        if number:
            dout = dsum @ parameters[number][0].T
            if masks:
                dout = dout * masks[number - 1]
            dsum = dout * SLOPES[activation](sums[number - 1])
    return gradients[::-1]


# --------------------------------------------------- optimizers: from the papers, on one vector `w`


def sgd(w: Array, gradient: Gradient, rates: Iterable[float]) -> Array:
    """Robbins and Monro 1951: w <- w - rate g"""
    for rate in rates:
        w = w - rate * gradient(w)
    return w


def momentum(w: Array, gradient: Gradient, rates: Iterable[float], mu: float) -> Array:
    """Polyak 1964: u <- mu u + g;  w <- w - rate u"""
    u = np.zeros_like(w)
    for rate in rates:
        u = mu * u + gradient(w)
        w = w - rate * u
    return w


def nesterov(w: Array, gradient: Gradient, rates: Iterable[float], mu: float) -> Array:
    """The form of today's libraries: u <- mu u + g;  w <- w - rate (g + mu u)"""
    u = np.zeros_like(w)
    for rate in rates:
        g = gradient(w)
        u = mu * u + g
        w = w - rate * (g + mu * u)
    return w


def nesterov_as_printed(
    w: Array, gradient: Gradient, rate: float, mu: float, steps: int
) -> tuple[Array, Array]:
    """Sutskever et al. 2013, eq. 3 and 4: v <- mu v - rate gradient(w + mu v);  w <- w + v

    Returns w and the point w + mu v where the next gradient would be taken.
    """
    v = np.zeros_like(w)
    for _ in range(steps):
        v = mu * v - rate * gradient(w + mu * v)
        w = w + v
    return w, w + mu * v


def adam(
    w: Array,
    gradient: Gradient,
    rates: Iterable[float],
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    decay: Array | float = 0.0,
) -> Array:
    """Kingma and Ba 2015, algorithm 1; with `decay` AdamW, Loshchilov and Hutter 2019, algorithm 2.

    `decay` is lambda for each parameter, 0 for the biases. As in all libraries the rate that
    schedules change stands before the decay, too.
    """
    m, v = np.zeros_like(w), np.zeros_like(w)
    for t, rate in enumerate(rates, start=1):
        g = gradient(w)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat = m / (1 - beta1**t)
        v_hat = v / (1 - beta2**t)
        w = w - rate * (m_hat / (np.sqrt(v_hat) + eps) + decay * w)
    return w


def moving_average(history: Sequence[Array], decay: float) -> Array:
    """Return the average after the parameters of each step; `history[0]` are those before any."""
    average = history[0]
    for t, w in enumerate(history[1:]):
        d = min(decay, (1 + t) / (10 + t))
        average = d * average + (1 - d) * w
    return average


# -------------------------------------------------------------------------------------- schedules


def cosine(step: int, *, rate: float, total: int) -> float:
    """Loshchilov and Hutter 2017, eq. 5 with eta_min = 0"""
    return rate / 2 * (1 + math.cos(math.pi * step / total))


def one_cycle(
    step: int, *, rate: float, total: int, warmup: float, start: float, end: float
) -> float:
    """Up from rate * start to rate, then down to rate * end, each along half a cosine."""
    peak = warmup * total
    if step < peak:
        low, high, angle = rate * start, rate, math.pi * (1 - step / peak)
    else:
        low, high, angle = rate * end, rate, math.pi * (step - peak) / (total - peak)
    return low + (high - low) * (1 + math.cos(angle)) / 2


# ----------------------------------------------------------------------------------- initializers


def initial_weight(rng: np.random.Generator, inputs: int, units: int, rule: str) -> Array:
    """Draw the weights one after the other, row by row."""
    variance = {"lecun": 1 / inputs, "glorot": 2 / (inputs + units), "he": 2 / inputs}[rule]
    weight = np.zeros((inputs, units))
    for d in range(inputs):
        for h in range(units):
            weight[d, h] = rng.standard_normal() * math.sqrt(variance)
    return weight


# ---------------------------------------------------------------------------------------- metrics


def accuracy(scores: Array, labels: Array) -> float:
    hits = 0
    for row, label in zip(scores, labels, strict=True):
        if max(range(len(row)), key=lambda c: row[c]) == label:
            hits += 1
    return hits / len(labels)


def confusion(predicted: Array, labels: Array, classes: int) -> Array:
    counts = np.zeros((classes, classes), dtype=int)
    for guess, truth in zip(predicted, labels, strict=True):
        counts[truth, guess] += 1
    return counts


def precision_recall_f1(predicted: Array, labels: Array, k: int) -> tuple[float, float, float]:
    """Of class `k`; 0 where there is nothing to divide by."""
    pairs = list(zip(predicted, labels, strict=True))
    hits = sum(1 for guess, truth in pairs if guess == truth == k)
    called = sum(1 for guess, _ in pairs if guess == k)
    actual = sum(1 for _, truth in pairs if truth == k)
    precision = hits / called if called else 0.0
    recall = hits / actual if actual else 0.0
    f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
    return precision, recall, f1


def calibration_error(probs: Array, labels: Array, bins: int) -> float:
    """Guo et al. 2017, eq. 3: sum over the bins of |bin| / N |accuracy(bin) - confidence(bin)|"""
    error = 0.0
    for b in range(bins):
        members = []
        for row, label in zip(probs, labels, strict=True):
            if b / bins <= row.max() < (b + 1) / bins or (b == bins - 1 and row.max() >= 1):
                members.append((row.max(), row.argmax() == label))
        if members:
            confidence = sum(c for c, _ in members) / len(members)
            hit = sum(h for _, h in members) / len(members)
            error += len(members) / len(labels) * abs(hit - confidence)
    return error


# ------------------------------------------------- the original project's training, written anew


def original_weights(
    rng: np.random.Generator, inputs: int = 784, hidden: int = 128, classes: int = 10
) -> dict[str, Array]:
    """Return W1, b1 (1, H), W2, b2 (1, C) as the original begins."""
    return {
        "W1": rng.standard_normal((inputs, hidden)) * np.sqrt(1 / inputs),
        "b1": np.zeros((1, hidden)),
        "W2": rng.standard_normal((hidden, classes)) * np.sqrt(1 / hidden),
        "b2": np.zeros((1, classes)),
    }


def original_predict(weights: dict[str, Array], x: Array) -> tuple[Array, Array]:
    """Return the hidden units (N, H) and the probabilities (N, C)."""
    hidden = 1 / (1 + np.exp(-(x @ weights["W1"] + weights["b1"])))
    scores = hidden @ weights["W2"] + weights["b2"]
    powers = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    return hidden, powers / np.sum(powers, axis=1, keepdims=True)


def original_epoch(
    weights: dict[str, Array], x: Array, labels: Array, *, rate: float, batch_size: int = 64
) -> None:
    """Learn in place from rows already shuffled, 64 at a time, the short last batch included."""
    for start in range(0, len(x), batch_size):
        batch = x[start : start + batch_size]
        n = len(batch)
        hidden, probs = original_predict(weights, batch)
        one_hot = np.eye(probs.shape[1])[labels[start : start + batch_size]]
        delta2 = (probs - one_hot) / n
        delta1 = delta2 @ weights["W2"].T * hidden * (1 - hidden)
        weights["W2"] -= rate * hidden.T @ delta2
        weights["b2"] -= rate * np.sum(delta2, axis=0, keepdims=True)
        weights["W1"] -= rate * batch.T @ delta1
        weights["b1"] -= rate * np.sum(delta1, axis=0, keepdims=True)
