"""Progress: a training as it happens: drawn over itself on a terminal, else a line an epoch."""

from __future__ import annotations

import math
import shutil
import sys
import time
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from nnfs_cli.cli.charts import curve
from nnfs_cli.cli.console import BRAILLE, can_show, is_live, note, percent, stderr

if TYPE_CHECKING:
    from rich.console import RenderableType

    from nnfs_cli.engine import EpochEnd, StepEnd

REFRESH_SECONDS = 0.1
CHART = (24, 3)  # characters across and down
LIVE_COLUMNS = 72  # that the live display needs


class Display(AbstractContextManager["Display"]):
    """Shows nothing: for `--quiet` and `--json`, and the base of the others."""

    def step(self, event: StepEnd) -> None:
        """Take note of an update."""

    def epoch(self, event: EpochEnd) -> None:
        """Take note of the end of an epoch."""

    def __exit__(self, *details: object) -> None:
        """Leave the terminal as it should be."""


class PlainDisplay(Display):
    """One line an epoch: for logs and pipes, and terminals that cannot move the cursor."""

    def __init__(self, epochs: int) -> None:
        self.epochs = epochs

    def epoch(self, event: EpochEnd) -> None:
        validation = ""
        if event.val_loss is not None:
            validation = f" val_loss={event.val_loss:.4f} val_accuracy={event.val_accuracy:.4f}"
        note(
            f"epoch={event.epoch}/{self.epochs} loss={event.loss:.4f} "
            f"accuracy={event.accuracy:.4f}{validation} seconds={event.seconds:.2f}"
        )


class LiveDisplay(Display):
    """Bar, speed, time left, loss curve and figures, drawn over themselves ten times a second."""

    def __init__(self, epochs: int, *, first: int) -> None:
        from rich.live import Live

        self.epochs = epochs
        self.first = first  # epochs that were finished before
        self.current: StepEnd | None = None
        self.losses: list[float] = []  # the mean of the steps between two drawings
        self.before: StepEnd | None = None  # the last step that was drawn
        self.last: EpochEnd | None = None
        self.best: EpochEnd | None = None
        self.started = self.drawn = time.perf_counter()
        self.ascii_only = not can_show(BRAILLE, sys.stderr)
        self.live = Live(console=stderr(), auto_refresh=False, transient=False)
        self.live.start()

    def step(self, event: StepEnd) -> None:
        self.current = event
        now = time.perf_counter()
        if now - self.drawn < REFRESH_SECONDS:
            return
        self.drawn = now
        self.losses.append(recent_loss(self.before, event))
        self.before = event
        self.live.update(self.render(event, now), refresh=True)

    def epoch(self, event: EpochEnd) -> None:
        self.last = event
        if event.val_accuracy is not None and event.best:
            self.best = event

    def __exit__(self, *details: object) -> None:
        if self.current is not None:
            self.live.update(self.render(self.current, time.perf_counter()), refresh=True)
        self.live.stop()

    def render(self, event: StepEnd, now: float) -> RenderableType:
        """Return the display as it is at this step."""
        from rich.console import Group
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        done = event.epoch - 1 + event.batch / event.batches
        per_epoch = (now - self.started) / max(done - self.first, 1e-9)
        left = clock(per_epoch * (self.epochs - done))
        head = Table.grid(padding=(0, 1), expand=False)
        head.add_row(
            Text(f"epoch {event.epoch:>{len(str(self.epochs))}}/{self.epochs}", style="bold"),
            ProgressBar(total=event.batches, completed=event.batch, width=CHART[0]),
            Text(f"{event.batch:>{len(str(event.batches))}}/{event.batches}"),
            Text(f"{per_epoch:.2f} s/epoch", style="dim"),
            Text(f"{left} left", style="dim"),
        )
        body = Table.grid(padding=(0, 2))
        logs = [math.log(max(loss, 1e-6)) for loss in self.losses]
        lines = curve(logs, *CHART, ascii_only=self.ascii_only)
        body.add_row(Text("loss", style="dim"), Text("\n".join(lines)), self.figures(event))
        return Group(head, body)

    def figures(self, event: StepEnd) -> RenderableType:
        """Return loss and accuracy in words."""
        from rich.text import Text

        text = Text(f"train  {event.loss:.4f}  {percent(event.accuracy, 2):>8}")
        if self.last is not None and self.last.val_loss is not None:
            text.append(
                f"\nval    {self.last.val_loss:.4f}  {percent(self.last.val_accuracy or 0.0, 2):>8}"
            )
        if self.best is not None:
            text.append(
                f"\nbest   {self.best.val_loss:.4f}  {percent(self.best.val_accuracy or 0.0, 2):>8}"
            )
            text.append(f"  epoch {self.best.epoch}", style="dim")
        return text


def recent_loss(before: StepEnd | None, now: StepEnd) -> float:
    """Return the mean loss of the steps since `before`, from the means over the epoch so far."""
    if before is None or before.epoch != now.epoch or before.batch == now.batch:
        return now.loss
    total = now.loss * now.batch - before.loss * before.batch
    return total / (now.batch - before.batch)


def display_for(epochs: int, *, quiet: bool, json: bool, first: int = 0) -> Display:
    """Return the display that suits standard error and the wishes of the user."""
    if quiet:
        return Display()
    if json and (sys.stdout.isatty() or not is_live(sys.stderr)):
        return Display()  # its lines tell the same, and must not be drawn over
    wide = shutil.get_terminal_size().columns >= LIVE_COLUMNS
    return (
        LiveDisplay(epochs, first=first) if is_live(sys.stderr) and wide else PlainDisplay(epochs)
    )


def clock(seconds: float) -> str:
    """Return seconds as 0:07, 12:30 or 1:02:03."""
    minutes, second = divmod(int(seconds + 0.5), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"
