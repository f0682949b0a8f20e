"""Network view: the 28x28 pixels that the network gets."""

from __future__ import annotations

from rich.segment import Segment
from textual.strip import Strip

from nnfs_cli.cli.drawing.look import Look, grey_strips
from nnfs_cli.cli.drawing.panel import Panel
from nnfs_cli.images.normalise import SIDE
from nnfs_cli.workflows.draw import Reading

HEADING = "what the network sees"


class NetworkView(Panel):
    """A heading and a cell for two pixels."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self._strips: list[Strip] = []

    def show(self, reading: Reading) -> None:
        prediction = reading.prediction
        self._strips = []
        if prediction is not None:
            self._strips = grey_strips(prediction.pixels / 255, self.look)
        super().show(reading)

    def render_line(self, y: int) -> Strip:
        if y == 0:
            return Strip([Segment(HEADING.ljust(SIDE))])
        if y <= len(self._strips):
            return self._strips[y - 1]
        return Strip.blank(self.size.width)
