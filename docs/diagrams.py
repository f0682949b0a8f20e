"""Draw the pictures of how-it-works.md as SVG, from the numbers of the engine itself.

Run from anywhere with nnfs installed: `python docs/diagrams.py`. It trains for about 20 seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import facts  # beside this file
import numpy as np
from svg import (
    BACKWARD,
    DIM,
    FORWARD,
    INK,
    LINE,
    PAPER,
    heatmap,
    line,
    path,
    picture,
    rectangle,
    text,
)
from threadpoolctl import threadpool_limits

from nnfs_cli.datasets import load
from nnfs_cli.engine import (
    SGD,
    Batch,
    Constant,
    EpochEnd,
    Examples,
    Minibatches,
    SoftmaxCrossEntropy,
    fit,
    train_step,
    votes,
)
from nnfs_cli.files import atomic_write

FOLDER = Path(__file__).parent / "images"
SIDE = 28  # pixels along a picture
EPOCHS = 20
UNITS = 5  # hidden units that are drawn


def main() -> None:
    """Draw every picture."""
    train = load().split("train")
    pictures: dict[str, Callable[[], str]] = {
        "step": step_diagram,
        "digit": lambda: digit_diagram(train),
        "softmax": lambda: softmax_diagram(train),
        "units": lambda: units_diagram(train),
        "by-heart": lambda: by_heart_diagram(train),
    }
    for name, draw in pictures.items():
        drawn = draw().encode()
        with atomic_write(FOLDER / f"{name}.svg") as file:
            file.write(drawn)
        print(f"docs/images/{name}.svg: {len(drawn):,} bytes")  # noqa: T201


def step_diagram() -> str:
    """Draw the arrays of a training step: forward from left to right, backward the other way."""
    stages = [
        ("x", "(N, 784)", "pixels"),
        ("z", "(N, 128)", "hidden sums"),
        ("h", "(N, 128)", "hidden outputs"),
        ("logits", "(N, 10)", "scores"),
        ("loss", "one number", "how wrong?"),
    ]
    ways = ["Dense", "sigmoid", "Dense", "cross-entropy"]
    gradients = ["", "dz", "dh", "dlogits", ""]
    parameters = {0: ("W1, b1", "dW1, db1"), 2: ("W2, b2", "dW2, db2")}
    width, gap, top = 98, 78, 84
    parts = [text(20, 30, "forward: what does the network say?", colour=FORWARD, bold=True)]
    for i, ((name, shape, what), gradient) in enumerate(zip(stages, gradients, strict=True)):
        x = 20 + i * (width + gap)
        middle = x + width / 2
        parts.append(rectangle(x, top, width, 64, fill="#f6f8fa", stroke=LINE))
        parts.append(text(middle, top + 23, name, anchor="middle", bold=True))
        parts.append(text(middle, top + 40, shape, anchor="middle", size=12, colour=DIM))
        parts.append(text(middle, top + 56, what, anchor="middle", size=12, colour=DIM))
        if gradient:
            parts.append(rectangle(x, top + 100, width, 34, fill="#fff4f0", stroke="#f3c6b5"))
            parts.append(
                text(middle, top + 122, gradient, anchor="middle", bold=True, colour=BACKWARD)
            )
        if i == len(ways):
            parts.append(path(f"M{middle} {top + 64}V{top + 117}H{x - gap + 10}", BACKWARD))
            break
        right = x + width
        parts.append(path(f"M{right + 4} {top + 32}H{right + gap - 6}", FORWARD))
        parts.append(
            text(right + gap / 2, top + 20, ways[i], anchor="middle", size=11, colour=FORWARD)
        )
        if 0 < i < len(ways) - 1:
            parts.append(path(f"M{right + gap - 4} {top + 117}H{right + 10}", BACKWARD))
        if i in parameters:
            weights, changes = parameters[i]
            parts.append(text(right + gap / 2, top - 22, weights, anchor="middle", bold=True))
            parts.append(path(f"M{right + gap / 2} {top - 16}V{top + 4}", DIM))
            if i == 0:  # dz goes no further: below it there is only data
                parts.append(
                    path(f"M{right + gap - 4} {top + 117}H{right + gap / 2}V{top + 152}", BACKWARD)
                )
            else:
                parts.append(path(f"M{right + gap / 2} {top + 117}V{top + 152}", BACKWARD))
            parts.append(
                text(
                    right + gap / 2,
                    top + 170,
                    changes,
                    anchor="middle",
                    bold=True,
                    colour=BACKWARD,
                )
            )
    said = "backward: how does the loss change with each of these numbers?"
    parts.append(text(20, top + 200, said, colour=BACKWARD, bold=True))
    return picture(
        840, 300, parts, "A training step: pixels, hidden layer, scores, loss, and the way back"
    )


def digit_diagram(train: Examples) -> str:
    """Draw the first training picture with the byte of each pixel written into it."""
    pixels = train.x[0].reshape(SIDE, SIDE)
    cell, margin = 20, 8
    parts = []
    for (row, column), value in np.ndenumerate(pixels):
        x, y = margin + column * cell, margin + row * cell
        if value:
            shade = 255 - int(value)
            parts.append(rectangle(x, y, cell, cell, fill=f"rgb({shade},{shade},{shade})"))
        colour = "#c4cad1" if not value else PAPER if value > 110 else INK
        parts.append(text(x + cell / 2, y + 13, str(value), anchor="middle", size=9, colour=colour))
    side = SIDE * cell
    parts.append(rectangle(margin, margin, side, side, fill="none", stroke=LINE))
    says = f"The first training picture as numbers: a {train.labels[0]}, 28 by 28 bytes"
    return picture(side + 2 * margin, side + 2 * margin, parts, says)


def softmax_diagram(train: Examples) -> str:
    """Draw the probabilities of one picture before and after a step that learns from it."""
    network, rate = facts.new_network(), 0.1
    batch = Batch((train.x[:1] / 255.0).astype(network.dtype), train.labels[:1])
    before = network.predict_proba(batch.x)[0]
    optimizer = SGD()
    optimizer.bind(network.params, network.grads)
    train_step(network, batch, loss=SoftmaxCrossEntropy(), optimizer=optimizer, learning_rate=rate)
    after = network.predict_proba(batch.x)[0]
    truth, parts = int(batch.labels[0]), []
    for panel, (title, probs) in enumerate(
        [("before the first step", before), (f"after one step at a rate of {rate:g}", after)]
    ):
        left = 30 + panel * 410
        parts.append(text(left, 34, title, bold=True))
        for digit, share in enumerate(probs):
            y = 52 + digit * 26
            colour = FORWARD if digit == truth else "#9aa4af"
            parts.append(text(left + 8, y + 15, str(digit), anchor="middle"))
            parts.append(rectangle(left + 24, y, max(270 * float(share), 1), 20, fill=colour))
            end = left + 32 + 270 * float(share)
            parts.append(text(end, y + 15, f"{share:.3f}", size=12, colour=DIM))
    parts.append(
        text(30, 336, f"The picture is a {truth}. All other bars shrink together: probabilities "
             "add up to 1.", size=13, colour=DIM)
    )  # fmt: skip
    return picture(820, 354, parts, "Probabilities of the ten digits before and after one step")


def units_diagram(train: Examples) -> str:
    """Draw some hidden units: first weights, first gradient, weights after training."""
    network = facts.new_network()
    batches = Minibatches(train, batch_size=64, seed=0)
    first = network.arrays["W1"].copy()
    batch = next(iter(batches.epoch(0)))
    loss = SoftmaxCrossEntropy()
    loss.forward(network.forward(batch.x), batch.labels)
    network.backward(loss.backward())
    gradient = network.gradients["W1"].copy()
    with threadpool_limits(1):
        for _ in fit(network, batches, epochs=EPOCHS, schedule=Constant(0.1)):
            pass
    last = network.arrays["W1"]
    table = votes(network, batch.x)
    strongest = np.argsort(-table.std(axis=1))[:UNITS]
    rows = [
        ("weights at the start:", "random", first),
        ("minus the first gradient:", "where it is pulled", -gradient),
        (f"weights after {EPOCHS} epochs:", "what it looks for", last),
    ]
    cell, left, top, gap = 4, 190, 44, 14
    tile = SIDE * cell
    parts = []
    for column, unit in enumerate(strongest):
        x = left + column * (tile + gap)
        parts.append(text(x + tile / 2, 30, f"unit {unit}", anchor="middle", bold=True))
        for row, (_, _, values) in enumerate(rows):
            y = top + row * (tile + gap)
            parts.append(heatmap(values[:, unit].reshape(SIDE, SIDE), x, y, cell))
        order = np.argsort(-table[unit])
        said = f"for {order[0]} {order[1]}, not {order[-1]} {order[-2]}"
        y = top + 3 * (tile + gap) + 6
        parts.append(text(x + tile / 2, y, said, anchor="middle", size=12, colour=DIM))
    for row, (title, says, _) in enumerate(rows):
        middle = top + row * (tile + gap) + tile / 2
        parts.append(text(left - 14, middle - 4, title, anchor="end", size=13))
        parts.append(text(left - 14, middle + 14, says, anchor="end", size=13, colour=DIM))
    width = left + UNITS * (tile + gap)
    says = "Five hidden units: random at the start, pulled by a gradient, and after training"
    return picture(width, top + 3 * (tile + gap) + 20, parts, says)


def by_heart_diagram(train: Examples) -> str:
    """Draw the loss in training and validation of a network that has far too few examples."""
    with threadpool_limits(1):
        events = [e for e in facts.by_heart(train, validate=True) if isinstance(e, EpochEnd)]
    training = [e.loss for e in events]
    validation = [e.val_loss or 0.0 for e in events]
    left, right, top, bottom, most = 60.0, 690.0, 24.0, 284.0, 1.0

    def place(epoch: float, loss: float) -> tuple[float, float]:
        x = left + (right - left) * epoch / len(events)
        return x, bottom - (bottom - top) * min(loss, most) / most

    parts = []
    for tick in range(6):
        y = place(0, tick / 5)[1]
        parts.append(line(f"M{left:g} {y:g}H{right:g}", LINE, width=1))
        said = f"{tick / 5:.1f}" if tick else "0"
        parts.append(text(left - 10, y + 5, said, anchor="end", size=12, colour=DIM))
    for epoch in range(0, len(events) + 1, 10):
        x = place(epoch, 0)[0]
        parts.append(text(x, bottom + 20, str(epoch), anchor="middle", size=12, colour=DIM))
    for name, losses, colour in (
        ("training", training, FORWARD),
        ("validation", validation, BACKWARD),
    ):
        points = [place(epoch, loss) for epoch, loss in enumerate(losses, start=1) if loss < most]
        parts.append(line("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points), colour, width=2.5))
        x, y = points[-1]
        parts.append(text(x + 8, y + 5 - 14 * (losses is training), name, colour=colour, bold=True))
    best = int(np.argmin(validation))
    x, y = place(best + 1, validation[best])
    parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{BACKWARD}"/>')
    said = f"lowest in epoch {best + 1}"
    parts.append(text(x + 12, y + 22, said, size=13, colour=BACKWARD))
    parts.append(text((left + right) / 2, bottom + 42, "epoch", anchor="middle", size=13))
    parts.append(text(left, 14, "loss in nats", size=13))
    return picture(800, 336, parts, "The training loss falls to nothing, the validation loss rises")


if __name__ == "__main__":
    main()
