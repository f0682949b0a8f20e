"""App: the screen of `nnfs draw` put together, and what its keys do."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.geometry import Size
from textual.widgets import Static

from nnfs_cli.cli.drawing.canvas import Canvas
from nnfs_cli.cli.drawing.look import Look
from nnfs_cli.cli.drawing.naming import Naming
from nnfs_cli.cli.drawing.network_view import NetworkView
from nnfs_cli.cli.drawing.neurons import Neurons
from nnfs_cli.cli.drawing.probabilities import Probabilities
from nnfs_cli.errors import ExitCode, NnfsError
from nnfs_cli.images.writing import png
from nnfs_cli.model import Model
from nnfs_cli.workflows.draw import Reading, read_paper
from nnfs_cli.workflows.labelled import LabelledFolder, write_numbered
from nnfs_cli.workflows.sketch import Sketch

SMALLEST = Size(64, 18)
PANEL = 42  # cells beside the canvas: a gap, the network's 28 pixels, a gap and the bars
FOOT = 3  # lines under it
READINGS = 0.08  # seconds between two, while one draws
STEM = "drawing-"  # of pictures without a label
WELCOME = "draw a digit with the mouse, or with space and the arrow keys"
# the first ones are always seen, the last ones where there is room
KEYS = "space pen  u undo  c clear  0-9 label  s save  q quit  e erase  l name  +- size"


class DrawApp(App[None]):
    """The sheet on the left; what the network sees, says and thinks on the right."""

    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False  # dragging draws
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "quit"),
        Binding("ctrl+c", "interrupt", priority=True),
        Binding("u", "undo"),
        Binding("c", "clear"),
        Binding("s", "save"),
        Binding("l", "name"),
        *(Binding(digit, f"label('{digit}')") for digit in "0123456789"),
    ]
    CSS = """
    Screen { background: ansi_default; color: ansi_default; overflow: hidden; }
    Naming { background: transparent; }
    #body { height: 1fr; }
    #panel { padding: 0 0 0 1; }
    #top { height: 15; }
    NetworkView { width: 28; height: 15; }
    Probabilities { width: 1fr; padding: 0 0 0 1; }
    Neurons { height: 1fr; }
    #status, #counts, #keys { height: 1; text-wrap: nowrap; }
    #small { display: none; }
    .small #body, .small #status, .small #counts, .small #keys { display: none; }
    .small #small { display: block; }
    """

    def __init__(self, model: Model, folder: LabelledFolder, look: Look) -> None:
        """Take the model that reads, of 28x28 pictures, and where labelled drawings go."""
        super().__init__(ansi_color=True)  # the terminal's own colours, and none with NO_COLOR
        self.model = model
        self.folder = folder
        self.look = look
        self.sketch = Sketch()
        self.reading = Reading()
        self.saved: list[Path] = []
        self._network = asyncio.Lock()
        self._stale = False
        self._said = ""
        self.canvas = Canvas(self.sketch, look)
        self.views = NetworkView(look), Probabilities(look), Neurons(look)
        self.status = Static(id="status", markup=False)
        self.counts = Static(id="counts", markup=False)
        self.small = Static(id="small", markup=False)
        self._shown: dict[Static, Text] = {}

    @property
    def bug(self) -> Exception | None:
        """What should not have happened, and ended the program."""
        return self._exception

    def _print_error_renderables(self) -> None:
        # the traceback is for `--debug`: Textual's shows every number of every weight
        self._exit_renderables.clear()

    def compose(self) -> ComposeResult:
        view, probabilities, neurons = self.views
        with Horizontal(id="body"):
            yield self.canvas
            with Vertical(id="panel"):
                with Horizontal(id="top"):
                    yield view
                    yield probabilities
                yield neurons
        yield self.status
        yield self.counts
        yield Static(KEYS, id="keys", markup=False)
        yield self.small

    def on_mount(self) -> None:
        self.canvas.focus()
        self.set_interval(READINGS, self.read)
        self.tell(WELCOME)
        if not self.is_headless:
            self.catch_signals()

    def catch_signals(self) -> None:
        """Leave the terminal as it was, whoever ends the program."""
        loop = asyncio.get_running_loop()
        with contextlib.suppress(NotImplementedError):  # Windows
            for number, code in (
                (signal.SIGINT, ExitCode.INTERRUPTED),
                (signal.SIGTERM, ExitCode.TERMINATED),
            ):
                loop.add_signal_handler(number, self.exit, None, code)

    def on_resize(self, event: events.Resize) -> None:
        """Share the screen out anew."""
        width, height = event.size
        small = width < SMALLEST.width or height < SMALLEST.height
        self.screen_stack[0].set_class(small, "small")  # below a question, too
        self.small.update(
            f"This terminal has {width}x{height} characters, "
            f"and nnfs draw needs {SMALLEST.width}x{SMALLEST.height}. Make it larger, or press q."
        )
        self.canvas.fit(Size(width - PANEL, height - FOOT))
        if self.focused is None:
            self.canvas.focus()

    # what the network says

    def on_canvas_changed(self) -> None:
        self._stale = True
        self.tell("" if self.sketch.down else self._said)

    async def read(self) -> None:
        """Ask the network, if there is anything new, in a thread: the pen does not wait for it."""
        async with self._network:  # its layers write into buffers of theirs: one thread at a time
            if not self._stale:
                return
            self._stale = False
            self.reading = await asyncio.to_thread(read_paper, self.model, self.sketch.paper())
            for view in self.views:
                view.show(self.reading)

    # what is said under the sheet

    def tell(self, text: str, *, style: str = "") -> None:
        """Show the state of the pen and a sentence, and what is in the folder."""
        self._said = text
        sketch = self.sketch
        tool = "eraser" if sketch.erasing else "pen"
        state = Text(f" {tool} down " if sketch.down else f" {tool} up ", "reverse")
        if sketch.down:
            state.stylize("bold")
        line = Text.assemble(state, f" size {sketch.radius}  ", (self.look.safe(text), style))
        for place, shown in ((self.status, line), (self.counts, self.counted())):
            if shown != self._shown.get(place):  # a new line costs a new layout
                self._shown[place] = shown
                place.update(shown)

    def counted(self) -> Text:
        """Return how many pictures of each class are in the folder."""
        counts = self.folder.counts
        if not counts:
            return Text(self.look.safe(f" {self.folder.path}: empty; a digit key saves there"))
        order = [*self.model.classes, *sorted(counts)]
        names = sorted(counts, key=order.index)
        listed = "  ".join(f"{name}:{counts[name]}" for name in names)
        return Text(self.look.safe(f" {self.folder.path}  {listed}  total {sum(counts.values())}"))

    # the keys

    def action_undo(self) -> None:
        """Take back the last stroke, or the last label with its file."""
        step = self.sketch.undo()
        text = "" if step else "nothing to undo"
        if step and step.saved:
            try:
                self.folder.take_back(step.saved)
                self.saved.remove(step.saved)
                text = f"took back {step.saved}"
            except NnfsError as error:
                text = error.message
        self._said = text
        self.canvas.show()

    def action_clear(self) -> None:
        """Take a new sheet."""
        self.sketch.clear()
        self._said = ""
        self.canvas.show()

    def action_label(self, name: str) -> None:
        """Save the drawing as one of the class `name`, and take a new sheet."""
        if self.nothing_drawn():
            return
        if name not in self.model.classes:
            self.tell(f"the model has no class {name}: press l and type the name of the class")
            return
        self.keep(name)

    def action_name(self) -> None:
        """Ask for a class by name, and save the drawing as one of it."""
        if not self.nothing_drawn():
            known = self.folder.counts
            self.push_screen(Naming(self.look, classes=self.model.classes, known=known), self.named)

    def named(self, name: str | None) -> None:
        """Go on after the question."""
        if name is not None:
            self.keep(name)

    def keep(self, name: str) -> None:
        """Save the drawing in the folder of a class, and take a new sheet."""
        self.sketch.lift()
        try:
            path = self.folder.save(name, png(self.sketch.paper()))
        except NnfsError as error:
            self.tell(error.message, style="bold red")
            return
        self.sketch.clear(saved=path)
        self.saved.append(path)
        self._said = f"saved {path}; u takes it back"
        self.canvas.show()

    def action_save(self) -> None:
        """Save the drawing as a picture, without a label."""
        if self.nothing_drawn():
            return
        self.sketch.lift()
        try:
            path = write_numbered(Path(), png(self.sketch.paper()), stem=STEM)
        except NnfsError as error:
            self.tell(error.message, style="bold red")
            return
        self.saved.append(path)
        self.tell(f"saved {path}")

    def nothing_drawn(self) -> bool:
        """Return whether the sheet is blank, and say so if it is."""
        if self.sketch.blank:
            self.tell("there is nothing on the sheet yet")
        return self.sketch.blank

    def action_interrupt(self) -> None:
        """Ctrl-C."""
        self.exit(return_code=ExitCode.INTERRUPTED)
