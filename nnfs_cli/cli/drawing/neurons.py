"""Neurons: the hidden units that push hardest, each as the picture that it looks for."""

from __future__ import annotations

from rich.text import Text
from textual.geometry import Size

from nnfs_cli.cli.drawing.look import Look
from nnfs_cli.cli.drawing.panel import Panel
from nnfs_cli.cli.heatmap import heatmap, shrink
from nnfs_cli.cli.pictures import beside
from nnfs_cli.workflows.draw import Neuron

SIDES = (28, 20, 14, 10)  # cells across a picture; it has half as many lines, and one of text
WANTED = 3  # pictures: smaller ones are drawn until so many fit
GAP = 1
HEADING = "busiest neurons, and their push to"


class Neurons(Panel):
    """As many pictures as fit, the busiest first."""

    def render(self) -> Text:
        prediction = self.reading.prediction
        if prediction is None:
            return Text()
        if not self.reading.neurons:
            return Text("no hidden neurons here")
        headed = self.size.height > SIDES[-1] // 2 + 1
        side, across, down = layout(Size(self.size.width, self.size.height - headed))
        heading = Text(f"{HEADING} {self.look.safe(prediction.label)}")
        heading.truncate(self.size.width)
        lines = [heading] if headed else []
        for row in range(down):
            shown = self.reading.neurons[row * across : (row + 1) * across]
            lines += beside([self.block(neuron, side) for neuron in shown], gap=GAP)
        return Text("\n").join(lines)

    def block(self, neuron: Neuron, side: int) -> list[Text]:
        """Return one neuron: its number, what it adds to the score, and its weights."""
        caption = Text(f"#{neuron.number} {neuron.push:+.1f}", "bold")
        caption.truncate(side)
        weights = shrink(neuron.weights, side)
        # sixteen colours have greys, but not enough reds and blues
        many = self.app.console.color_system in ("256", "truecolor", "windows")
        return [caption, *heatmap(weights, colour=many and self.look is Look.COLOUR)]


def layout(room: Size) -> tuple[int, int, int]:
    """Return the cells across a picture, and how many fit beside and below each other."""
    for side in SIDES:
        across, down = (room.width + GAP) // (side + GAP), room.height // (side // 2 + 1)
        if across * down >= WANTED:
            return side, across, down
    return SIDES[-1], across, down
