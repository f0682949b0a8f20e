"""`nnfs show --history`: the learning curves of a training."""

from __future__ import annotations

import json as jsonlib
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from nnfs_cli.cli.console import (
    BRAILLE,
    can_show,
    emit,
    emit_styled,
    note,
    percent,
    printable,
    stdout,
    warn,
)
from nnfs_cli.cli.options import Style
from nnfs_cli.cli.plot import Curve, plot, scale_for
from nnfs_cli.cli.prose import columns, prose
from nnfs_cli.errors import NnfsError

if TYPE_CHECKING:
    from rich.text import Text

    from nnfs_cli.workflows.history import EpochRecord, History

WIDEST = 120  # characters of a chart
HEIGHTS = (5, 8)  # lines of a chart, least and most
BESIDE = 14  # lines that are not charts
LOGARITHMIC = 10.0  # the ratio of the largest to the smallest loss from which ratios are drawn


def show_history(model: Path | None, file: Path | None, *, style: Style | None, json: bool) -> None:
    """Show the history in `file`, or the one beside the model."""
    from nnfs_cli.workflows.history import history_beside, load_history
    from nnfs_cli.workflows.models import find_model

    history = load_history(file or history_beside(model))
    if file is None:
        with suppress(NnfsError):  # it may be gone, or damaged, and its history be whole
            if contradiction := history.contradicts(find_model(model)[1]):
                warn(f"{contradiction}: these are not the curves of this model")
    if history.cut_short:
        note(f"{history.path}: line {history.cut_short} is cut short and left out")
    if json:
        emit(jsonlib.dumps(history.to_dict()))
        return
    for line in learning_curves(history, style):
        emit_styled(line)


def learning_curves(history: History, style: Style | None) -> list[Text]:
    """Return the charts of loss and accuracy, and in words where the training ended."""
    from rich.text import Text

    last = history.epochs[-1]
    epochs = "1 epoch" if len(history.epochs) == 1 else f"{len(history.epochs):,} epochs"
    lines = prose(f"{printable(str(history.path))}: {epochs}", style="bold")
    lines += prose(
        "Loss should fall and accuracy rise, fast at first and then less and less. Where training "
        "still gains and validation no longer does, the network learns its examples by heart."
    )
    lines.append(Text())
    lines += chart(history, "loss", lambda value: f"{value:.4f}", style, logarithmic=True)
    lines += chart(history, "accuracy", lambda value: percent(value, 2), style)
    return [*lines, *verdict(history, last)]


def chart(
    history: History,
    name: str,
    say: Callable[[float], str],
    style: Style | None,
    *,
    logarithmic: bool = False,
) -> list[Text]:
    """Return one figure of the training, beside that of the validation if there is one."""
    from rich.text import Text

    curves = [
        Curve("training", history.series(name), "cyan", "*"),
        Curve("validation", history.series(f"val_{name}"), "yellow", "o"),
    ]
    curves = [curve for curve in curves if curve.known]
    if not curves:
        return [Text(f"{name}: the history does not say", "bold"), Text()]
    known = [value for curve in curves for value in curve.known]
    steep = logarithmic and 0.0 < min(known) * LOGARITHMIC < max(known)
    scale = scale_for(curves, logarithmic=steep)
    braille = with_dots(style, curves)
    height = shutil.get_terminal_size().lines - BESIDE if sys.stdout.isatty() else 2 * HEIGHTS[1]
    drawn = plot(
        curves,
        [epoch.epoch for epoch in history.epochs],
        width=min(columns(), WIDEST) - 1,
        height=min(max(height // 2, HEIGHTS[0]), HEIGHTS[1]),
        scale=scale,
        label=lambda tick: f"{tick:.4g}" if name == "loss" else f"{100 * tick:.4g} %",
        braille=braille,
    )
    title = legend(name + (" (logarithmic)" if scale.logarithmic else ""), curves, say, braille)
    return [*title, *drawn, Text()]


def with_dots(style: Style | None, curves: list[Curve]) -> bool:
    """Return whether to draw in braille: if it can be shown, and colour tells the curves apart."""
    if style is Style.ascii or not can_show(BRAILLE + "┤│─┬└", sys.stdout):
        return False
    console = stdout()
    coloured = console.color_system is not None and not console.no_color
    return coloured or len(curves) == 1


def legend(
    name: str, curves: list[Curve], say: Callable[[float], str], braille: bool
) -> list[Text]:
    """Return the title of a chart: each curve's mark, name and last value."""
    from rich.text import Text

    title = Text(name, "bold")
    for curve in curves:
        mark = "⠒⠒" if braille else curve.mark
        title.append("   ").append(mark, f"not bold {curve.style}")
        title.append(f" {curve.name} {say(curve.known[-1])}", "not bold")
    if title.cell_len <= columns():
        return [title]
    return [Text(part) for part in title.plain.split("   ")]


def verdict(history: History, last: EpochRecord) -> list[Text]:
    """Say where the training ended, and what the validation makes of it."""
    text = f"Across: epochs. The last, {last.epoch:,}"
    if last.seconds is not None:
        text += f", took {last.seconds:.2f} s"
    if last.learning_rate is not None:
        text += f" and ended at a learning rate of {last.learning_rate:.3g}"
    best = history.best
    if best is None:
        return prose(f"{text}. No rows were held out for validation: --set validation=ROWS.")
    text += f". The validation loss was lowest in epoch {best.epoch:,}: {best.val_loss:.4f}"
    if best.val_accuracy is not None:
        text += f", at an accuracy of {percent(best.val_accuracy, 2)}"
    return prose(text + ".")
