"""`nnfs predict --explain`: the way from the pixels to the answer, in pictures and numbers."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from nnfs_cli.cli.charts import bar
from nnfs_cli.cli.console import BLOCKS, can_show, percent, printable
from nnfs_cli.cli.prose import columns, prose, shorten

if TYPE_CHECKING:
    from rich.text import Text

    from nnfs_cli.workflows.explain import Explanation, Voice
    from nnfs_cli.workflows.predict import Prediction

TILE = 18  # characters across the map of a neuron: four of them on 80 columns
GAP = 2
MOST_TILES = 6
BAR = 20  # characters of a probability of 1
LABEL = 12  # characters of a class's name at most
TABLE = 16  # characters of the sums beside the pixels
SMALL = 0.005  # a remainder under this share of the lead is rounding


def explanation_lines(prediction: Prediction, explanation: Explanation, top: int) -> list[Text]:
    """Return the explanation: the neurons, the softmax of the `top` classes, the pixels."""
    from rich.text import Text

    from nnfs_cli.cli.heatmap import in_colour

    colour = in_colour()
    lines = neuron_lines(prediction, explanation, colour=colour)
    lines += [Text(), *softmax_lines(prediction, explanation, top)]
    return [*lines, Text(), *pixel_lines(prediction, explanation, colour=colour), Text()]


def rivals(prediction: Prediction, explanation: Explanation) -> tuple[str, str]:
    """Return the names of the winner and the runner-up as they can be shown."""
    names = [
        "nothing" if number is None else shorten(printable(prediction.classes[number]), LABEL)
        for number in (explanation.winner, explanation.runner_up)
    ]
    return names[0], names[1]


def neuron_lines(prediction: Prediction, explanation: Explanation, *, colour: bool) -> list[Text]:
    """Return the neurons that decided most, as their weights times their outputs."""
    import numpy as np
    from rich.text import Text

    from nnfs_cli.cli.heatmap import heatmap, shrink
    from nnfs_cli.cli.pictures import beside

    winner, other = rivals(prediction, explanation)
    title = prose("What the hidden neurons say", style="bold")
    if not explanation.voices:
        return title + prose("There are none: the pixels are weighed for each class directly.")
    across = min(max(1, (columns() + GAP) // (TILE + GAP)), MOST_TILES)
    voices = explanation.voices[:across]
    maps = [shrink(voice.picture, TILE) for voice in voices]
    width = maps[0].shape[1]
    row = heatmap(np.hstack(maps), colour=colour)  # together: on one scale
    tiles = [[line[i * width : (i + 1) * width] for line in row] for i in range(len(maps))]
    blocks = [
        [*caption(voice, winner, other), *tile] for voice, tile in zip(voices, tiles, strict=True)
    ]
    share = sum(voice.lead for voice in voices)
    how = "" if explanation.straight else ", as the slope at this picture has it"
    return [
        *title,
        *prose(
            f"The {len(voices)} of {explanation.units:,} that decided most between {winner} and "
            f"{other}: their weights times what they say, all on one scale."
        ),
        Text(),
        *beside(blocks, gap=GAP),
        Text(),
        *prose(
            f"Under its output: what the neuron adds to the two scores{how}. Together these add "
            f"{share:+.2f} to the lead of {winner}, which in the end is {explanation.lead:.2f}."
        ),
    ]


def caption(voice: Voice, winner: str, other: str) -> list[Text]:
    """Return the name of a neuron, what it says, and what it adds to two scores."""
    from rich.text import Text

    adds = [
        Text.assemble(f"{shorten(name, TILE - 7)} ", (f"{value:+.2f}", style))
        for name, value, style in ((winner, voice.winner, "red"), (other, voice.runner_up, "blue"))
    ]
    both = Text("  ").join(adds)
    head = Text(f"neuron {voice.number}", "bold")
    return [
        head,
        Text(f"says {voice.output:.2f}"),
        *([both] if both.cell_len <= TILE else adds),
    ]


def softmax_lines(prediction: Prediction, explanation: Explanation, top: int) -> list[Text]:
    """Return how the scores of the best classes become probabilities."""
    from rich.text import Text

    total = sum(explanation.exponentials)
    best = prediction.best[:top]
    names = {c: shorten(printable(prediction.classes[c]), LABEL) for c in best}
    width = max(len("all"), *(len(name) for name in names.values()))
    ascii_only = not can_show(BLOCKS, sys.stdout)
    room = max(0, min(BAR, columns() - width - len("    score    power   probability  ")))
    lines = [
        *prose("From scores to probabilities: the softmax", style="bold"),
        *prose(
            "e to the power of each score, less the best score so that no power is too large, "
            "divided by the sum over all classes."
        ),
        Text(),
        Text(f"{'':{width}}    score    power  probability", "dim"),
    ]
    for c in best:
        drawn = bar(prediction.probabilities[c], room, ascii_only=ascii_only)
        line = Text(f"{names[c]:>{width}} {explanation.logits[c]:>8.2f} ")
        line.append(f"{explanation.exponentials[c]:>8.4f} ")
        line.append(f"{percent(prediction.probabilities[c], 2):>12}  {drawn}")
        line.stylize("green" if c == explanation.winner else "")
        lines.append(line)
    lines.append(Text(f"{'all':>{width}} {'':>8} {total:>8.4f} {'100.00 %':>12}", "dim"))
    return lines


def pixel_lines(prediction: Prediction, explanation: Explanation, *, colour: bool) -> list[Text]:
    """Return what each pixel adds to the lead, as a heat map, and whether that is all of it."""
    from rich.text import Text

    from nnfs_cli.cli.heatmap import heatmap, shrink
    from nnfs_cli.cli.pictures import beside

    winner, other = rivals(prediction, explanation)
    up, down = ("red", "blue") if colour else ("+ and #", "- and =")
    size = explanation.pixels.shape[1]
    big = not colour and 2 * size + GAP + 1 + TABLE <= columns()  # where a character is one pixel
    picture = heatmap(shrink(explanation.pixels, columns()), colour=colour, big=big)
    table = sums(explanation)
    lines = [
        *prose(f"Which pixels speak for {winner}, and which for {other}", style="bold"),
        *prose(
            f"Ink where it is {up} speaks for {winner}, ink where it is {down} for {other}: the "
            "slope of the lead in each pixel, times the pixel. Where there is no ink nothing is "
            "said."
        ),
        Text(),
    ]
    if columns() >= picture[0].cell_len + GAP + 1 + TABLE:
        above = [Text()] * max(0, (len(picture) - len(table)) // 2)
        lines += beside([picture, [*above, *table]], gap=GAP + 1)
    else:
        lines += [*picture, Text(), *table]
    if bends(explanation):
        lines += [
            Text(),
            *prose(
                "The slope is that of this very picture. On the way from black to it the network "
                "bends, so pixels and biases are not the whole of the lead.",
                style="dim",
            ),
        ]
    return lines


def sums(explanation: Explanation) -> list[Text]:
    """Return what makes up the lead, and the lead."""
    from rich.text import Text

    parts = {"pixels": float(explanation.pixels.sum()), "biases": explanation.biases}
    if bends(explanation):
        parts["bends"] = explanation.remainder
    lines = [Text(f"{name:<7}{value:>+9.2f}") for name, value in parts.items()]
    return [*lines, Text(f"{'lead':<7}{explanation.lead:>+9.2f}", "bold")]


def bends(explanation: Explanation) -> bool:
    """Return whether pixels and biases are not the whole of the lead, but for rounding."""
    return abs(explanation.remainder) > SMALL * max(abs(explanation.lead), 1.0)
