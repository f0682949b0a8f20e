"""Line: a straight line on the paper, and all of them together as a ruling."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from nnfs_cli.images.tuning import ABOVE, RULED, STRONG

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Line:
    """A straight line of ink, mostly across; one mostly down is described in the picture turned."""

    down: bool  # the picture was turned (transposed) to find it
    start: int  # first column
    stop: int  # one after the last
    middle: Floats  # (stop - start,): the row of its middle at each column
    thickness: float  # pixels
    level: float  # its usual strength, of full ink
    darkest: float = 1.0  # what is stronger has been written on it

    @property
    def length(self) -> int:
        """Columns."""
        return self.stop - self.start

    @property
    def ends(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Where it begins and ends: (x, y) in the picture as it is."""
        first, last = (self.start, self.middle[0]), (self.stop, self.middle[-1])
        if self.down:
            return (float(first[1]), float(first[0])), (float(last[1]), float(last[0]))
        return (float(first[0]), float(first[1])), (float(last[0]), float(last[1]))

    @property
    def place(self) -> float:
        """The row (or the column of one mostly down) of its middle."""
        return float(self.middle.mean())

    def along(self, point: tuple[float, float]) -> tuple[float, float]:
        """Return where a point is along the line, 0 to 1 between its ends, and how far beside."""
        x, y = (point[1], point[0]) if self.down else point
        at = (x - self.start) / self.length
        row = float(np.interp(x, np.arange(self.start, self.stop), self.middle))
        return at, abs(y - row)

    def __repr__(self) -> str:
        which = "column" if self.down else "row"
        return f"Line({which} {self.place:.0f}, {self.start}-{self.stop}, {self.thickness:.1f} px)"


@dataclass(frozen=True, eq=False)
class Ruling:
    """The lines that were found not to be ink."""

    lines: list[Line] = field(default_factory=list)
    frames: int = 0  # closed lines of any form around the ink

    @property
    def level(self) -> float:
        """The strength below which everything is ruling, 0 if the lines do not show it."""
        if len(self.lines) < RULED:
            return 0.0
        level = float(np.median([line.level for line in self.lines])) + ABOVE
        return level if level < STRONG else 0.0

    def describe(self) -> str:
        """Say what they are: `""` if there are none."""
        across = sum(not line.down for line in self.lines)
        down = len(self.lines) - across
        if not self.lines:
            return "a frame" if self.frames == 1 else "frames" if self.frames else ""
        if across and down:
            return "squares" if max(across, down) > 4 else "a box"
        return "a ruled line" if len(self.lines) == 1 else "ruled lines"
