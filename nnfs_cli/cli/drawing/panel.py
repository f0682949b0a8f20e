"""Panel: a part of the window beside the canvas, which shows something of what was read."""

from __future__ import annotations

from textual.widget import Widget

from nnfs_cli.cli.drawing.look import Look
from nnfs_cli.workflows.draw import Reading


class Panel(Widget):
    """Draws itself anew for each reading."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.reading = Reading()

    def show(self, reading: Reading) -> None:
        """Show what was read."""
        self.reading = reading
        self.refresh()
