"""Figures: learning curves and the reliability of confidence, drawn with Matplotlib."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from nnfs_cli.engine import spread
from nnfs_cli.report.ink import FIRST, SECOND, SIZE, TEXT, styled, svg
from nnfs_cli.workflows.history import History
from nnfs_cli.workflows.report import Bin

AXES = (0.15, 0.15, 0.83, 0.75)  # left, bottom, width, height of the plot, as shares of the figure
POINTS = 1000  # of a curve; a page does not show more
FEW = 30  # epochs that get a dot each
STEEP = 10.0  # largest loss over smallest from which the scale is logarithmic

PERCENT = FuncFormatter(lambda share, _: f"{share * 100:.4g} %")
PLAIN = FuncFormatter(lambda value, _: f"{value:g}")


class Curve(NamedTuple):
    """A line of a plot."""

    name: str
    values: Sequence[float | None]


def learning_curves(history: History) -> list[Markup]:
    """Return two figures, loss and accuracy by epoch, in training and where known in validation."""
    epochs = [record.epoch for record in history.epochs]
    return [
        curves(
            what,
            epochs,
            [
                Curve("training", history.series(what)),
                Curve("validation", history.series(f"val_{what}")),
            ],
        )
        for what in ("loss", "accuracy")
    ]


@styled
def curves(what: str, epochs: Sequence[int], lines: Sequence[Curve]) -> Markup:
    """Return one figure: `what` by epoch, a curve for each of `lines` that has a value."""
    figure, axes = canvas()
    known = [line for line in lines if any(value is not None for value in line.values)]
    kept = spread(len(epochs), POINTS)
    x = np.array(epochs)[kept]
    for line, colour, dashes in zip(known, (FIRST, SECOND), ("-", "--"), strict=False):
        y = np.array(line.values, dtype=float)[kept]  # None becomes NaN: a gap in the line
        marker = "o" if len(x) <= FEW else ""
        axes.plot(x, y, dashes, color=colour, marker=marker, markersize=3, label=line.name)
    axes.set_xlabel("epoch")
    axes.margins(x=0.02)  # there is no epoch 0
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_title(what if len(known) > 1 else f"{what} in training")
    if what == "accuracy":
        axes.yaxis.set_major_formatter(PERCENT)
    else:
        scale_loss(axes, [value for line in known for value in line.values if value is not None])
    if len(known) > 1:
        axes.legend()
    says = "; ".join(f"{line.name} {course(line.values)}" for line in known)
    return svg(figure, name=what, says=f"{what} by epoch: {says or 'nothing was written down'}")


def scale_loss(axes: Axes, losses: Sequence[float]) -> None:
    """Give the axis of a loss that falls a long way a logarithmic scale, with plain numbers."""
    axes.set_ylabel("nats")
    if losses and min(losses) > 0 and max(losses) > STEEP * min(losses):
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axes.yaxis.set_major_formatter(PLAIN)
        axes.yaxis.set_minor_formatter(NullFormatter())


def course(values: Sequence[float | None]) -> str:
    """Return in words from where to where a curve goes."""
    known = [value for value in values if value is not None]
    return f"from {known[0]:.4g} to {known[-1]:.4g}"


@styled
def reliability_diagram(bins: Sequence[Bin]) -> Markup:
    """Return the accuracy of guesses by their confidence, beside the line where both are equal."""
    figure, axes = canvas()
    used = [each for each in bins if each.rows]
    width = 1 / len(bins)
    axes.bar(
        [each.low + width / 2 for each in used],
        [each.accuracy for each in used],
        width=width * 0.92,
        color=FIRST,
        alpha=0.75,
        label="right answers",
    )
    axes.plot([0, 1], [0, 1], "--", color=TEXT, linewidth=1, label="as right as sure")
    axes.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="confidence of the guess")
    axes.set_title("share of right answers")
    axes.xaxis.set_major_formatter(PERCENT)
    axes.yaxis.set_major_formatter(PERCENT)
    axes.legend(loc="upper left")
    says = "; ".join(f"{b.accuracy:.0%} right of {b.rows} at {b.confidence:.0%}" for b in used)
    return svg(figure, name="reliability", says=f"right answers by confidence: {says}")


@styled
def confidence_counts(bins: Sequence[Bin]) -> Markup:
    """Return how many guesses were made with which confidence."""
    figure, axes = canvas()
    width = 1 / len(bins)
    centres, rows = [each.low + width / 2 for each in bins], [each.rows for each in bins]
    axes.bar(centres, rows, width=width * 0.92, color=FIRST, alpha=0.75)
    axes.set_yscale("symlog", linthresh=1)
    axes.set(xlim=(0, 1), ylim=(0, max(rows) * 1.5), xlabel="confidence of the guess")
    axes.set_title("number of guesses (logarithmic)")
    axes.xaxis.set_major_formatter(PERCENT)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    says = "; ".join(f"{b.rows} from {b.low:.0%} to {b.high:.0%}" for b in bins if b.rows)
    return svg(figure, name="counts", says=f"number of guesses by confidence: {says}")


def canvas() -> tuple[Figure, Axes]:
    """Return an empty figure with its axes. It is no figure of pyplot: it goes with its owner."""
    figure = Figure(figsize=SIZE)
    return figure, figure.add_axes(AXES)
