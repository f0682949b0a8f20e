"""`nnfs show --weights`: what the first layer looks for, as heat maps."""

from __future__ import annotations

import json as jsonlib
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from nnfs_cli.cli.anatomy import title
from nnfs_cli.cli.charts import signed_bar
from nnfs_cli.cli.console import BLOCKS, BRAILLE, can_show, emit, emit_styled, note, printable
from nnfs_cli.cli.options import Style
from nnfs_cli.cli.prose import columns, prose, shorten

if TYPE_CHECKING:
    from rich.text import Text

    from nnfs_cli.datasets import Split
    from nnfs_cli.workflows.weights import Unit, WeightsReport

TILE = 18  # characters across a small map: four of them on 80 columns
GAP = 2
ROWS_OF_TILES = 3  # that are shown when no number is asked for
NAMED = 2  # classes for which, and against which, a neuron is said to speak
BARS = 12  # characters of the longest bars
MOST_VOTES = 40  # classes that get a bar
TALL = 44  # lines of a terminal on which a big map is not too big


def show_weights(
    model: Path | None,
    data: Path | None,
    split: Split,
    *,
    neuron: int | None,
    count: int | None,
    style: Style | None,
    json: bool,
) -> None:
    """Show one unit, or the `count` most influential ones, as many as fit beside each other."""
    from nnfs_cli.cli.heatmap import in_colour
    from nnfs_cli.workflows.weights import inspect_weights

    across = max(1, (columns() + GAP) // (TILE + GAP))
    wanted = count or (ROWS_OF_TILES * 4 if json else ROWS_OF_TILES * across)
    report = inspect_weights(model, data, split, neuron=neuron, count=wanted)
    if json:
        emit(jsonlib.dumps(report.to_dict()))
        return
    if report.hidden and report.data is None:
        note("no data of the model's is here: the neurons are ranked by their weights alone")
    colour = style is not Style.ascii and in_colour()
    if neuron is None:
        lines = grid(report, colour=colour, across=across)
    else:
        lines = portrait(report, report.shown[0], colour=colour)
    for line in lines:
        emit_styled(line)


def grid(report: WeightsReport, *, colour: bool, across: int) -> list[Text]:
    """Return the units as small maps with captions, and what to make of them."""
    from rich.text import Text

    from nnfs_cli.cli.heatmap import heatmap, shrink
    from nnfs_cli.cli.pictures import beside

    blocks = [
        [*caption(report, unit), *heatmap(shrink(unit.weights, TILE), colour=colour)]
        for unit in report.shown
    ]
    lines = title(report.model, report.network)
    lines += [*prose(heading(report, colour=colour)), Text()]
    for start in range(0, len(blocks), across):
        lines += [*beside(blocks[start : start + across], gap=GAP), Text()]
    return lines + (explanation(report) if report.hidden else [])


def heading(report: WeightsReport, *, colour: bool) -> str:
    """Say what the maps show."""
    up, down = ("red", "blue") if colour else ("+ and #", "- and =")
    if not report.hidden:
        return (
            f"The template of each class: ink where it is {up} raises the score of the class, "
            f"ink where it is {down} lowers it. Each map has its own scale."
        )
    where = f" on {printable(report.data)}" if report.data else ""
    return (
        f"What the first hidden neurons look for: ink where it is {up} excites a neuron, ink "
        f"where it is {down} holds it back. Each map has its own scale. "
        f"These {len(report.shown):,} of {report.units:,} move the scores most{where}."
    )


def explanation(report: WeightsReport) -> list[Text]:
    """Say what stands over the maps, and where it comes from."""
    return prose(
        "for, not: the classes whose scores a neuron raises and lowers most when its output "
        f"rises. Its votes are {report.votes_are}. One neuron in full: "
        f"nnfs show --weights --neuron {report.shown[0].number}",
        style="dim",
    )


def caption(report: WeightsReport, unit: Unit) -> list[Text]:
    """Return the name of a unit, and the classes for and against which it speaks."""
    from rich.text import Text

    if not report.hidden:
        return [Text(shorten(printable(report.classes[unit.number]), TILE), "bold")]
    name = Text(f"neuron {unit.number}", "bold")
    ranked = [
        printable(report.classes[c])
        for c in sorted(range(len(unit.votes)), key=lambda c: -unit.votes[c])
    ]
    named = min(NAMED, len(ranked) // 2)
    if not named:  # one class: there is nothing to choose
        return [name]
    supported, opposed = " ".join(ranked[:named]), " ".join(ranked[: -named - 1 : -1])
    if len(f"for {supported} not {opposed}") <= TILE:
        return [name, Text.assemble("for ", (supported, "red"), " not ", (opposed, "blue"))]
    room = TILE - len("for ")
    return [
        name,
        Text.assemble("for ", (shorten(ranked[0], room), "red")),
        Text.assemble("not ", (shorten(ranked[-1], room), "blue")),
    ]


def portrait(report: WeightsReport, unit: Unit, *, colour: bool) -> list[Text]:
    """Return one unit: its map, its votes, and the rows that excite it most."""
    from rich.text import Text

    from nnfs_cli.cli.heatmap import heatmap, shrink
    from nnfs_cli.cli.pictures import beside

    room = columns()
    lines = shutil.get_terminal_size().lines
    size = unit.weights.shape[1]
    big = 2 * size <= room and (lines >= TALL or not sys.stdout.isatty())
    picture = heatmap(shrink(unit.weights, room), colour=colour, big=big)
    what = f"neuron {unit.number} of {report.units:,}" if report.hidden else template(report, unit)
    up, down = ("red", "blue") if colour else ("+ and #", "- and =")
    result = [
        *title(report.model, report.network),
        *prose(
            f"{what}: ink where it is {up} raises it, ink where it is {down} lowers it; "
            f"without any ink its sum is its bias, {unit.bias:+.2f}."
        ),
        Text(),
    ]
    if not report.hidden:
        return [*result, *picture]
    left = room - picture[0].cell_len - GAP
    ballot = bars(report, unit, max(left, 30))
    if max(line.cell_len for line in ballot) <= left:
        above = [Text()] * max(0, (len(picture) - len(ballot)) // 2)
        result += beside([picture, [*above, *ballot]], gap=GAP)
    else:
        result += [*picture, Text(), *ballot]
    result += [Text(), *prose(f"Votes: {report.votes_are}.", style="dim")]
    return result + excitement(report, unit)


def template(report: WeightsReport, unit: Unit) -> str:
    """Return what a unit is called that is a class."""
    return f"the score of class {printable(report.classes[unit.number])}"


def bars(report: WeightsReport, unit: Unit, room: int) -> list[Text]:
    """Return a bar for each vote, to the right if it is for the class and to the left if not."""
    from rich.text import Text

    order = sorted(range(len(unit.votes)), key=lambda c: -abs(unit.votes[c]))[:MOST_VOTES]
    names = {c: printable(report.classes[c]) for c in order}
    width = BARS
    label = min(max(map(len, names.values())), max(1, room - width - len(" +0.00 |")))
    limit = max(map(abs, unit.votes)) or 1.0
    ascii_only = not can_show(BLOCKS, sys.stdout)
    lines = [Text("votes", "bold")]
    for c in sorted(order):
        vote = unit.votes[c]
        drawn = signed_bar(vote / limit, width, ascii_only=ascii_only)
        style = "red" if vote > 0 else "blue"
        lines.append(
            Text.assemble(
                f"{shorten(names[c], label):>{label}} {vote:+6.2f} ", (drawn.rstrip(), style)
            )
        )
    if len(order) < len(unit.votes):
        lines.append(Text(f"the strongest {len(order)} of {len(unit.votes)}", "dim"))
    return lines


def excitement(report: WeightsReport, unit: Unit) -> list[Text]:
    """Return how the unit's output varies over the data, and the rows where it is largest."""
    from rich.text import Text

    from nnfs_cli.cli.pictures import beside, draw

    if unit.outputs is None:
        return []
    low, mean, high = unit.outputs
    if low == high:
        what = "it never fires" if high == 0 else "nothing moves it"
        return prose(f"On {printable(report.data or '')} its output is always {low:.2f}: {what}.")
    if not unit.excited:
        return []
    result = prose(
        f"On {printable(report.data or '')} its output lies between {low:.2f} and {high:.2f}, "
        f"{mean:.2f} on average. What excites it most:"
    )
    labels = [f"row {e.row} is {printable(e.label)}" for e in unit.excited]
    width = -(-unit.excited[0].pixels.shape[1] // 2)
    if not can_show(BRAILLE, sys.stdout) or width > columns():
        return result + prose("; ".join(labels))
    blocks = [
        [Text(shorten(label, max(width, TILE - 4))), *map(Text, draw(e.pixels, Style.braille))]
        for label, e in zip(labels, unit.excited, strict=True)
    ]
    across = max(1, (columns() + 1) // (max(width, TILE - 4) + 1))
    return [*result, *beside(blocks[:across], gap=1)]
