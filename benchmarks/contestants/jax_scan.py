"""JAX: the whole epoch is one jitted `lax.scan`; pixels stay uint8, which is faster here."""

import itertools
import sys
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.data import mnist, report

pixels, labels = mnist()
x, y = jnp.asarray(pixels), jnp.asarray(labels.astype(np.int32))
batch_size = int(sys.argv[1])
widths = [784, *(int(units) for units in sys.argv[2].split(",")), 10]
rng = np.random.default_rng(0)
params = [
    (jnp.asarray(rng.standard_normal((d, h)) / d**0.5, dtype=jnp.float32), jnp.zeros(h))
    for d, h in itertools.pairwise(widths)
]


def loss_of(params: Any, rows: Any, target: Any) -> Any:
    """Return the loss and the number of right guesses."""
    out = rows.astype(jnp.float32) / 255
    for weight, bias in params[:-1]:
        out = jax.nn.sigmoid(out @ weight + bias)
    logits = out @ params[-1][0] + params[-1][1]
    log_probs = jax.nn.log_softmax(logits)
    loss = -jnp.mean(jnp.take_along_axis(log_probs, target[:, None], 1))
    return loss, jnp.sum(logits.argmax(1) == target)


def step(params: Any, rows: Any) -> Any:
    """Make one update."""
    (loss, correct), grads = jax.value_and_grad(loss_of, has_aux=True)(params, x[rows], y[rows])
    return jax.tree.map(lambda p, g: p - 0.1 * g, params, grads), (loss, correct)


def scan(params: Any, order: Any) -> Any:
    """Make all updates of an epoch."""
    whole = len(order) // batch_size * batch_size
    params, figures = jax.lax.scan(step, params, order[:whole].reshape(-1, batch_size))
    if whole < len(order):
        params, _ = step(params, order[whole:])
    return params, figures


jitted = jax.jit(scan)


def epoch(number: int) -> None:
    """Train for an epoch."""
    global params
    order = jnp.asarray(rng.permutation(len(x)).astype(np.int32))
    params, figures = jitted(params, order)
    jax.block_until_ready((params, figures))


report(epoch)
