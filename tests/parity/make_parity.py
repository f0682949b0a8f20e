"""Make parity.npz: what PyTorch and JAX make of one small training, for `test_parity.py`.

Run by hand, where torch and jax are installed; the tests themselves need neither, and this script
does not use `nnfs_cli`, which it is to be compared with:

    python -m pip install numpy torch jax
    python tests/parity/make_parity.py

The data, the first weights and the order of the rows are drawn here and stored with the results, so
that nobody's random generator has to be anybody else's.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

FILE = Path(__file__).with_name("parity.npz")
ROWS, INPUTS, CLASSES = 50, 12, 4
EPOCHS, BATCH_SIZE = 3, 16  # three batches of 16 and a short one of 2
MOMENTUM, WEIGHT_DECAY = 0.9, 0.1
RATES = {"sgd": 0.5, "momentum": 0.1, "nesterov": 0.1, "adam": 0.01, "adamw": 0.01}


class Case(NamedTuple):
    """One training; its name in the file is `library dtype` and these."""

    optimizer: str
    activation: str
    hidden: tuple[int, ...] = (7,)
    smoothing: float = 0.0

    def __str__(self) -> str:
        widths = "-".join(map(str, (INPUTS, *self.hidden, CLASSES)))
        return f"{self.optimizer} {self.activation} {widths} smoothing {self.smoothing:g}"


CASES = [
    *(Case(name, activation) for activation in ("sigmoid", "tanh", "relu") for name in RATES),
    *(Case(name, "tanh", smoothing=0.1) for name in ("sgd", "adamw")),
    *(Case(name, "relu", hidden=(7, 5), smoothing=0.1) for name in ("nesterov", "adam")),
    Case("sgd", "sigmoid", hidden=()),
]
IN_TORCH = [(case, dtype) for case in CASES for dtype in ("float64", "float32")]
IN_JAX = [(case, "float64") for case in CASES if case.optimizer in ("sgd", "adam")]


def given() -> dict[str, Array]:
    """Draw the data, the order of each epoch, and the first weights of each shape of network."""
    rng = np.random.default_rng(2026)
    arrays: dict[str, Array] = {
        "x": rng.random((ROWS, INPUTS), dtype=np.float32),  # numbers that float32 holds exactly
        "labels": rng.integers(CLASSES, size=ROWS),
        "order": np.stack([rng.permutation(ROWS) for _ in range(EPOCHS)]),
    }
    for hidden in dict.fromkeys(case.hidden for case in CASES):
        for number, (name, shape) in enumerate(shapes(hidden)):
            spread = 0.1 if number % 2 else shape[0] ** -0.5
            values = rng.standard_normal(shape, dtype=np.float32) * np.float32(spread)
            arrays[f"{start(hidden)} {name}"] = values
    return arrays


def shapes(hidden: tuple[int, ...]) -> list[tuple[str, tuple[int, ...]]]:
    """Return the names and shapes of the parameters: W1, b1, W2, b2, ..."""
    widths = (INPUTS, *hidden, CLASSES)
    found: list[tuple[str, tuple[int, ...]]] = []
    for number in range(1, len(widths)):
        found.append((f"W{number}", (widths[number - 1], widths[number])))
        found.append((f"b{number}", (widths[number],)))
    return found


def start(hidden: tuple[int, ...]) -> str:
    """Return what the names of the first weights of a network begin with."""
    return "start " + "-".join(map(str, (INPUTS, *hidden, CLASSES)))


def batches(arrays: dict[str, Array], epoch: int) -> list[Array]:
    """Return the row numbers of each batch of an epoch."""
    order = arrays["order"][epoch]
    return [order[i : i + BATCH_SIZE] for i in range(0, ROWS, BATCH_SIZE)]


def in_torch(case: Case, dtype: str, arrays: dict[str, Array]) -> tuple[Array, list[float]]:
    """Return the parameters (P,) after training, and the mean loss over the rows of each epoch."""
    import torch

    torch.set_num_threads(1)
    precision = getattr(torch, dtype)
    activation = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}[case.activation]
    params = [
        torch.tensor(arrays[f"{start(case.hidden)} {name}"], dtype=precision, requires_grad=True)
        for name, _ in shapes(case.hidden)
    ]
    x, labels = torch.tensor(arrays["x"], dtype=precision), torch.tensor(arrays["labels"])
    rate = RATES[case.optimizer]
    groups = [
        {"params": params[0::2], "weight_decay": WEIGHT_DECAY},
        {"params": params[1::2], "weight_decay": 0.0},  # biases do not decay
    ]
    optimizer = {
        "sgd": lambda: torch.optim.SGD(params, rate),
        "momentum": lambda: torch.optim.SGD(params, rate, momentum=MOMENTUM),
        "nesterov": lambda: torch.optim.SGD(params, rate, momentum=MOMENTUM, nesterov=True),
        "adam": lambda: torch.optim.Adam(params, rate),
        "adamw": lambda: torch.optim.AdamW(groups, rate),
    }[case.optimizer]()
    losses = []
    for epoch in range(EPOCHS):
        total = 0.0
        for rows in batches(arrays, epoch):
            out = x[rows]
            for number in range(0, len(params), 2):
                out = activation(out) if number else out
                out = out @ params[number] + params[number + 1]
            loss = torch.nn.functional.cross_entropy(
                out, labels[rows], label_smoothing=case.smoothing
            )
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        losses.append(total / ROWS)
    return np.concatenate([p.detach().numpy().ravel() for p in params]), losses


def in_jax(case: Case, dtype: str, arrays: dict[str, Array]) -> tuple[Array, list[float]]:
    """Return the same, with the derivatives of JAX and the update written out."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    activation = {"sigmoid": jax.nn.sigmoid, "tanh": jnp.tanh, "relu": jax.nn.relu}[case.activation]
    params = [
        jnp.asarray(arrays[f"{start(case.hidden)} {name}"], dtype)
        for name, _ in shapes(case.hidden)
    ]
    x, labels = jnp.asarray(arrays["x"], dtype), jnp.asarray(arrays["labels"])

    def loss_of(params: list[Any], rows: Any) -> Any:
        out = x[rows]
        for number in range(0, len(params), 2):
            out = activation(out) if number else out
            out = out @ params[number] + params[number + 1]
        truth = jax.nn.one_hot(labels[rows], CLASSES, dtype=dtype)
        truth = (1 - case.smoothing) * truth + case.smoothing / CLASSES
        return -jnp.mean(jnp.sum(truth * jax.nn.log_softmax(out), axis=1))

    slope_of = jax.value_and_grad(loss_of)
    rate, steps = RATES[case.optimizer], 0
    m, v = [jnp.zeros_like(p) for p in params], [jnp.zeros_like(p) for p in params]
    losses = []
    for epoch in range(EPOCHS):
        total = 0.0
        for rows in batches(arrays, epoch):
            loss, grads = slope_of(params, rows)
            steps += 1
            if case.optimizer == "sgd":
                params = [p - rate * g for p, g in zip(params, grads, strict=True)]
            else:
                m = [0.9 * a + 0.1 * g for a, g in zip(m, grads, strict=True)]
                v = [0.999 * a + 0.001 * g**2 for a, g in zip(v, grads, strict=True)]
                params = [
                    p - rate * (a / (1 - 0.9**steps)) / (jnp.sqrt(b / (1 - 0.999**steps)) + 1e-8)
                    for p, a, b in zip(params, m, v, strict=True)
                ]
            total += float(loss) * len(rows)
        losses.append(total / ROWS)
    return np.concatenate([np.asarray(p).ravel() for p in params]), losses


def main() -> None:
    import jax
    import torch

    arrays = given()
    results: dict[str, Array] = {}
    for library, train, trainings in (("torch", in_torch, IN_TORCH), ("jax", in_jax, IN_JAX)):
        for case, dtype in trainings:
            params, losses = train(case, dtype, arrays)
            assert params.dtype == dtype
            results[f"{library} {dtype} {case} params"] = params
            results[f"{library} {dtype} {case} losses"] = np.array(losses)
    versions = f"torch {torch.__version__}, jax {jax.__version__}, numpy {np.__version__}"
    np.savez_compressed(FILE, versions=np.array(versions), **arrays, **results)
    print(f"{FILE}: {len(results) // 2} trainings, {FILE.stat().st_size:,} bytes, {versions}")


if __name__ == "__main__":
    main()
