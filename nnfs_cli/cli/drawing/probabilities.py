"""Probabilities: a bar for each class, while one draws."""

from __future__ import annotations

from rich.text import Text

from nnfs_cli.cli.charts import bar
from nnfs_cli.cli.console import percent
from nnfs_cli.cli.drawing.look import Look
from nnfs_cli.cli.drawing.panel import Panel
from nnfs_cli.workflows.predict import Prediction

LABEL = 12  # cells of the longest class name
SURE = len("100 %")
LONGEST_BAR = 30


class Probabilities(Panel):
    """The classes in their order, or the likeliest ones where there is no room for all."""

    def render(self) -> Text:
        prediction = self.reading.prediction
        if prediction is None:
            return Text(self.look.safe(self.reading.problem) or "draw something")
        lines = [Text(f"reads {self.look.safe(prediction.label)}", "bold")]
        lines += [self.line(prediction, number) for number in self.chosen(prediction)]
        for line in lines:
            line.truncate(self.size.width)
        return Text("\n").join(lines)

    def chosen(self, prediction: Prediction) -> list[int]:
        """Return the classes that are shown: they stay in their places as long as all fit."""
        room = self.size.height - 1
        if len(prediction.classes) <= room:
            return list(range(len(prediction.classes)))
        return prediction.best[:room]

    def line(self, prediction: Prediction, number: int) -> Text:
        """Return the line of one class: name, bar, share."""
        names = [self.look.safe(name) for name in prediction.classes]
        wide = min(max(Text(name).cell_len for name in names), LABEL, max(1, self.size.width // 3))
        label = Text(names[number])
        label.truncate(wide, pad=True)
        share = prediction.probabilities[number]
        length = min(LONGEST_BAR, max(0, self.size.width - wide - SURE - 2))
        drawn = bar(share, length, ascii_only=self.look is Look.ASCII)
        style = "bold green" if number == prediction.best[0] else ""
        return Text.assemble(label, f" {drawn:{length}} {percent(share, 0):>{SURE}}", style=style)
