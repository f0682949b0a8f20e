"""Keep the numbers of how-it-works.md true: `python docs/facts.py` works them out and writes them.

Each sentence with a measured number stands here with a hole for the number; a test compares them
with the page. What the page shows as Python is run by the same test, and needs no help.
"""

from __future__ import annotations

import math
import re
import string
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from nnfs_cli.datasets import load
from nnfs_cli.datasets.hold_out import hold_out
from nnfs_cli.engine import (
    SGD,
    Adam,
    Batch,
    Constant,
    Dense,
    EpochEnd,
    Examples,
    Minibatches,
    Network,
    ReLU,
    Sigmoid,
    SoftmaxCrossEntropy,
    StepEnd,
    Stream,
    evaluate,
    fit,
    generator,
    he,
    train_step,
)
from nnfs_cli.files import atomic_write

PAGE = Path(__file__).parent / "how-it-works.md"
FEW, HELD_OUT, EPOCHS = 1_000, 59_000, 60  # of the network that learns by heart

SENTENCES = (
    "is {side:d} by {side:d} pixels, so it is {pixels:d} bytes: 0 is empty paper, {ink:d} is full",
    "each divided by {ink:d} so that it lies between 0 and 1",
    "The real network has {params:,d} parameters. Here is one with {tiny_params:d}, chosen",
    "that is, {ln3:.4f}.",
    "gave the true class, 0, a probability of only {tiny_prob:.2f}.",
    "The true class was given {tiny_miss:.2f} too little and the other one {tiny_miss:.2f} too",
    "The loss has fallen from {tiny_loss:.4f} to {tiny_after:.4f}, and the truth has risen from "
    "{tiny_prob:.2f} to {tiny_prob_after:.2f}.",
    "In our network this sum is {tiny_slope:.2f}. At a rate of 0.01 the promise is a fall by "
    "{tiny_promise_small:.4f}, and the loss really falls by {tiny_fall_small:.4f}. At 0.1 it is "
    "{tiny_promise:.3f} against {tiny_fall:.3f}.",
    "a *batch*, {batch:d} pictures unless",
    "take all {pictures:,d}? The mean over {batch:d} points",
    "An epoch of {batch:d} at a time is {steps:d} steps.",
    "The sum of the squared slopes is {slope:.2f} here, so {promise:.3f} was promised at this rate "
    "and {fall:.3f} was kept. At a rate of 10 the same step",
    "the loss jumps to {far:.1f}.",
    "which is {ln10:.3f}. Ours begins at {start:.3f} on the whole training set",
    "that is so for {dark:d} of the {pixels:d} pixels in this batch, and for {never:d} in all",
    "one step at 0.1 lifts the probability of the truth from {five:.2f} to {five_after:.2f}:",
    "one epoch, {steps:d} such steps, the network is right about {epoch:d} of 10 test pictures",
    "Here a network gets only {few:,d} pictures, and the other {held_out:,d} are held out",
    "After {epochs:d} epochs it reads {known:.0f} % of what it has learned from rightly, but only "
    "{unknown:.0f} % of the rest",
    "it has {each:d} parameters for each picture",
)


def main() -> int:
    """Write the numbers into the page; return 1 if a sentence is not there."""
    text = PAGE.read_text(encoding="utf-8")
    try:
        with threadpool_limits(1):
            fresh = updated(text, measure())
    except LookupError as error:
        print(f"error: {PAGE.name}: {error.args[0]}", file=sys.stderr)  # noqa: T201
        print("hint: change SENTENCES in docs/facts.py, too", file=sys.stderr)  # noqa: T201
        return 1
    if fresh != text:
        with atomic_write(PAGE) as file:
            file.write(fresh.encode())
        print(f"docs/{PAGE.name}: numbers brought up to date")  # noqa: T201
    return 0


def updated(text: str, facts: Mapping[str, float]) -> str:
    """Return the page with the numbers in its sentences as they are in `facts`.

    LookupError if a sentence is not in it just once.
    """
    for sentence in SENTENCES:
        found = list(pattern(sentence).finditer(text))
        if len(found) != 1:
            raise LookupError(f"{len(found) or 'no'} sentence is like this: {sentence}")
        numbers = [
            format(facts[name], spec or "")
            for _, name, spec, _ in string.Formatter().parse(sentence)
            if name
        ]
        # from the last to the first, so that the places of the others stay
        for number, (start, stop) in reversed(list(zip(numbers, found[0].regs[1:], strict=True))):
            text = text[:start] + number + text[stop:]
    return text


def pattern(sentence: str) -> re.Pattern[str]:
    """Return what finds a sentence: any number in each hole, a line break at any blank."""
    pieces = []
    for words, name, _, _ in string.Formatter().parse(sentence):
        pieces.append(r"\s+".join(re.escape(word) for word in words.split(" ")))
        if name:
            pieces.append(r"(-?\d(?:[\d,.]*\d)?)")
    return re.compile("".join(pieces))


def measure() -> dict[str, float]:
    """Return every number of the page by its name. It takes some seconds."""
    data = load()
    train, test = data.split("train"), data.split("test")
    few = by_heart_network()
    known, unknown = hold_out(train, HELD_OUT, seed=0)
    for _ in by_heart(train, network=few):
        pass
    return {
        "side": math.isqrt(train.inputs),
        "pixels": train.inputs,
        "ink": int(train.x.max()),
        "pictures": len(train),
        "never": int((~train.x.any(axis=0)).sum()),
        "ln3": math.log(3),
        "ln10": math.log(10),
        "few": FEW,
        "held_out": HELD_OUT,
        "epochs": EPOCHS,
        "known": 100 * evaluate(few, known).accuracy,
        "unknown": 100 * evaluate(few, unknown).accuracy,
        "each": round(few.params.size / FEW),
        **with_pencil(),
        **first_steps(train, test),
    }


def with_pencil() -> dict[str, float]:
    """Return the numbers of the small network, at two rates."""
    x, labels, loss = np.array([[1.0, 2.0]]), np.array([0]), SoftmaxCrossEntropy()

    def step(rate: float) -> tuple[Network, float]:
        network = Network([Dense(2, 2), Sigmoid(), Dense(2, 2)], dtype="float64")
        ln3 = math.log(3)
        network.params[...] = [2, ln3, -1, 0, 0, 0, 2, 0, 0, 4, -1, ln3 - 3]
        optimizer = SGD()
        optimizer.bind(network.params, network.grads)
        train_step(network, Batch(x, labels), loss=loss, optimizer=optimizer, learning_rate=rate)
        return network, loss.forward(network.forward(x), labels)

    before, start = step(0.0)
    after, end = step(0.1)
    slope = float(before.grads @ before.grads)
    prob = float(before.predict_proba(x)[0, 0])
    return {
        "tiny_params": before.params.size,
        "tiny_prob": prob,
        "tiny_miss": 1.0 - prob,
        "tiny_loss": start,
        "tiny_after": end,
        "tiny_prob_after": float(after.predict_proba(x)[0, 0]),
        "tiny_slope": slope,
        "tiny_promise": 0.1 * slope,
        "tiny_fall": start - end,
        "tiny_promise_small": 0.01 * slope,
        "tiny_fall_small": start - step(0.01)[1],
    }


def first_steps(train: Examples, test: Examples) -> dict[str, float]:
    """Return what happens to the real network at the start and in its first epoch."""
    batches = Minibatches(train, batch_size=64, seed=0)
    loss = SoftmaxCrossEntropy()

    def step(batch: Batch, rate: float) -> tuple[Network, float]:
        network = new_network()
        optimizer = SGD()
        optimizer.bind(network.params, network.grads)
        train_step(network, batch, loss=loss, optimizer=optimizer, learning_rate=rate)
        return network, loss.forward(network.forward(batch.x), batch.labels)

    five = Batch((train.x[:1] / 255.0).astype(np.float32), train.labels[:1])
    truth = int(five.labels[0])
    batch = next(batches.epoch(0))
    network, before = step(batch, 0.0)
    slope = float(network.grads @ network.grads)
    result = {
        "params": network.params.size,
        "batch": len(batch.labels),
        "steps": len(batches),
        "slope": slope,
        "promise": 0.1 * slope,
        "fall": before - step(batch, 0.1)[1],
        "far": step(batch, 10.0)[1],
        "start": evaluate(network, train).loss,
        "dark": int((~network.gradients["W1"].any(axis=1)).sum()),
        "five": float(network.predict_proba(five.x)[0, truth]),
        "five_after": float(step(five, 0.1)[0].predict_proba(five.x)[0, truth]),
    }
    for _ in fit(network, batches, epochs=1, schedule=Constant(0.1)):
        pass
    return {**result, "epoch": round(10 * evaluate(network, test).accuracy)}


def new_network() -> Network:
    """Return the network of the page as it is before the first step."""
    network = Network([Dense(784, 128), Sigmoid(), Dense(128, 10)])
    return network.initialize(generator(0, Stream.WEIGHTS))


def by_heart_network() -> Network:
    """Return the network that learns by heart, before the first step."""
    network = Network([Dense(784, 128), ReLU(), Dense(128, 10)])
    return network.initialize(generator(0, Stream.WEIGHTS), spread=he)


def by_heart(
    train: Examples, *, network: Network | None = None, validate: bool = False
) -> Iterator[StepEnd | EpochEnd]:
    """Train a network on few pictures, as the command on the page does; yield the events."""
    known, unknown = hold_out(train, HELD_OUT, seed=0)
    yield from fit(
        network or by_heart_network(),
        Minibatches(known, batch_size=64, seed=0),
        epochs=EPOCHS,
        optimizer=Adam(),
        schedule=Constant(0.002),
        validation=unknown if validate else None,
    )


if __name__ == "__main__":
    sys.exit(main())
