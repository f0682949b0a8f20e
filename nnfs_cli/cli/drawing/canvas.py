"""Canvas: the sheet on the screen, and the mouse and the keys that draw on it."""

from __future__ import annotations

import itertools
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from nnfs_cli.cli.drawing.look import Look, grey_strips
from nnfs_cli.cli.heatmap import shrink
from nnfs_cli.workflows.sketch import SIDE, THICKEST, THINNEST, Point, Sketch

STEP = 4  # pixels of the sheet that an arrow key moves; with shift it is three times as far
FAR = 3
FEWEST = 10  # lines of cells: coarser than that nobody can draw
MOST = SIDE // 2  # finer than the sheet would show nothing more
LEFT_BUTTON, RIGHT_BUTTON = 1, 3
ARROWS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
CURSOR = Style(color="black", bgcolor="yellow", bold=True)
PLAIN_CURSOR = Style(reverse=True, bold=True)


class Canvas(Widget, can_focus=True):
    """The sheet: two of its columns of cells for each line, as cells are twice as high as wide."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"move({x}, {y})") for key, (x, y) in ARROWS.items()),
        *(Binding(f"shift+{key}", f"move({FAR * x}, {FAR * y})") for key, (x, y) in ARROWS.items()),
        Binding("space", "pen"),
        Binding("escape", "lift"),
        Binding("e", "erase"),
        Binding("plus,equals_sign,right_square_bracket", "size(1)"),
        Binding("minus,left_square_bracket", "size(-1)"),
    ]

    class Changed(Message):
        """There is other ink on the sheet, or the brush is another."""

    def __init__(self, sketch: Sketch, look: Look) -> None:
        super().__init__()
        self.sketch = sketch
        self.look = look
        self.cursor: Point = (SIDE / 2, SIDE / 2)
        self.keys = True  # the keys draw, and the cursor is shown; not with the mouse
        self._pressed = False  # whether the mouse draws
        self._erased_before = False
        self._exact = False  # whether the mouse tells where in a cell it is
        self._strips: list[Strip] = []

    def on_mount(self) -> None:
        self.styles.border = (self.look.border, "ansi_default")

    def fit(self, room: Size) -> None:
        """Become as large a square as fits into `room`, the frame included."""
        rows = max(FEWEST, min(MOST, room.height - 2, (room.width - 2) // 2))
        self.styles.width, self.styles.height = 2 * rows + 2, rows + 2

    # what is shown

    def show(self) -> None:
        """Draw the lines that have changed, which a slow line to a far machine can follow."""
        before, self._strips = self._strips, self.lines()
        pairs = itertools.zip_longest(before, self._strips)
        changed = [y for y, (old, new) in enumerate(pairs) if old != new]
        if changed:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))
        self.post_message(self.Changed())

    def on_resize(self) -> None:
        self._strips = self.lines()
        self.refresh()

    def lines(self) -> list[Strip]:
        """Return the sheet as lines of cells, the cursor on it where the keys draw."""
        columns, rows = self.size
        if not columns:
            return []
        lines = grey_strips(shrink(self.sketch.ink, columns), self.look)
        x, y = int(self.cursor[0] * columns / SIDE), int(self.cursor[1] * rows / SIDE)
        if self.keys and y < len(lines):
            style = CURSOR if self.look is Look.COLOUR else PLAIN_CURSOR
            glyph = "+" if not self.sketch.down else "o" if self.sketch.erasing else "*"
            left, right = lines[y].crop(0, x), lines[y].crop(x + 1, columns)
            lines[y] = Strip.join([left, Strip([Segment(glyph, style)]), right])
        return lines

    def render_line(self, y: int) -> Strip:
        return self._strips[y] if y < len(self._strips) else Strip.blank(self.size.width)

    # the mouse

    def on_mouse_down(self, event: events.MouseDown) -> None:
        if event.button not in (LEFT_BUTTON, RIGHT_BUTTON) or self._pressed:
            return
        self.keys = False
        self._pressed = True
        self.capture_mouse()
        self._erased_before = self.sketch.erasing
        self.sketch.erasing = self._erased_before or event.button == RIGHT_BUTTON
        self.sketch.press(self.place(event))
        self.show()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._pressed:
            self.sketch.drag(self.place(event))
            self.show()

    def on_mouse_up(self) -> None:
        self.let_go()

    def on_mouse_release(self) -> None:
        self.let_go()

    def let_go(self) -> None:
        """End what the mouse is drawing."""
        if self._pressed:
            self._pressed = False
            self.sketch.lift()
            self.sketch.erasing = self._erased_before
            self.release_mouse()
            self.show()

    def place(self, event: events.MouseEvent) -> Point:
        """Return the pixel of the sheet under the mouse: the middle of a cell, or more exactly."""
        x, y = event.pointer_x - self.gutter.left, event.pointer_y - self.gutter.top
        self._exact |= bool(x % 1 or y % 1)  # only some terminals give fractions
        half = 0.0 if self._exact else 0.5
        columns, rows = self.size
        self.cursor = clamped((x + half) * SIDE / columns, (y + half) * SIDE / rows)
        return self.cursor

    def on_mouse_scroll_up(self) -> None:
        self.action_size(1)

    def on_mouse_scroll_down(self) -> None:
        self.action_size(-1)

    # the keys

    def action_move(self, x: int, y: int) -> None:
        """Move the cursor, and the ink with it while the pen is down."""
        self.keys = True
        self.cursor = clamped(self.cursor[0] + STEP * x, self.cursor[1] + STEP * y)
        self.sketch.drag(self.cursor)
        self.show()

    def action_pen(self) -> None:
        """Put the pen down, or take it up."""
        self.keys = True
        if self.sketch.down:
            self.sketch.lift()
        else:
            self.sketch.press(self.cursor)
        self.show()

    def action_lift(self) -> None:
        """Take the pen up."""
        self.sketch.lift()
        self.show()

    def action_erase(self) -> None:
        """Change from pen to eraser, or back."""
        self.sketch.lift()
        self.sketch.erasing = not self.sketch.erasing
        self.show()

    def action_size(self, more: int) -> None:
        """Make the brush thicker or thinner."""
        self.sketch.radius = min(max(self.sketch.radius + more, THINNEST), THICKEST)
        self.show()


def clamped(x: float, y: float) -> Point:
    """Return the point of the sheet that is nearest."""
    return min(max(x, 0.0), float(SIDE - 1)), min(max(y, 0.0), float(SIDE - 1))
