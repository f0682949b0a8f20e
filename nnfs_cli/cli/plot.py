"""Plot: curves over a numbered axis, drawn with characters, with ticks and a legend."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnfs_cli.cli.charts import dot

if TYPE_CHECKING:
    from rich.text import Text

BOTH = "@"  # where two curves of letters meet
FEW = 4  # ticks at most on the upright axis
ROUNDING = 1e-9  # 0.95 / 0.05 is a little less than 19
ROOM = 9  # characters between two numbers on the level axis


@dataclass(frozen=True)
class Curve:
    """One line of a plot."""

    name: str
    values: Sequence[float | None]  # a gap where there is none
    style: str  # its colour
    mark: str  # its character where colours and dots would not tell it from others

    @property
    def known(self) -> list[float]:
        """The values without the gaps."""
        return [value for value in self.values if value is not None]


@dataclass(frozen=True)
class Scale:
    """A stretch of numbers, evenly spread or, logarithmically, by their ratios."""

    low: float
    high: float
    logarithmic: bool = False

    def place(self, value: float) -> float:
        """Return where `value` lies, 0 at the low end and 1 at the high one."""
        if self.logarithmic:
            low, high = math.log(self.low), math.log(self.high)
            return (math.log(value) - low) / (high - low)
        return (value - self.low) / (self.high - self.low)

    def ticks(self) -> list[float]:
        """Return a few round numbers within."""
        if self.logarithmic:
            for digits in ((1, 2, 5), (1, 3), (1,)):
                found = list(decades(self.low, self.high, digits))
                if len(found) <= FEW:
                    break
            if len(found) > 1:
                return found[:: -(-len(found) // FEW)]
        return evenly(self.low, self.high)


def scale_for(curves: Sequence[Curve], *, logarithmic: bool = False) -> Scale:
    """Return a scale for all values of `curves`; evenly spread if not all are above zero."""
    values = [value for curve in curves for value in curve.known]
    low, high = min(values, default=0.0), max(values, default=1.0)
    if high - low <= 1e-9 * max(abs(high), abs(low), 1e-9):  # all alike
        margin = abs(high) / 10 or 1.0
        return Scale(low - margin, high + margin)
    return Scale(low, high, logarithmic and low > 0.0)


def plot(
    curves: Sequence[Curve],
    numbers: Sequence[int],
    *,
    width: int,
    height: int,
    scale: Scale,
    label: Callable[[float], str],
    braille: bool,
) -> list[Text]:
    """Return `curves` over `numbers`, which rise, as lines of text with axes.

    Args:
        curves: of as many values as there are numbers.
        numbers: what the level axis counts.
        width: of a line in characters, the axis included.
        height: lines of the drawing, the level axis not included.
        scale: the upright axis.
        label: how a tick of the upright axis is written.
        braille: draw with dots of braille and box characters; else with ASCII marks.
    """
    from rich.text import Text

    ticks = {round((1 - scale.place(tick)) * (height - 1)): label(tick) for tick in scale.ticks()}
    gutter = max(map(len, ticks.values()), default=0)
    across = max(width - gutter - 2, 4)
    cells = dotted(curves, numbers, (across, height), scale, braille=braille)
    cross, upright, level, tee = "┤│─┬" if braille else "+|-+"
    lines = []
    for row in range(height):
        line = Text(f"{ticks.get(row, ''):>{gutter}} {cross if row in ticks else upright}", "dim")
        for column in range(across):
            character, style = cells.get((column, row), (" ", ""))
            line.append(character, f"not dim {style}" if style else "")
        line.rstrip()
        lines.append(line)
    axis, words = level_axis(numbers, across, level, tee)
    corner = "└" if braille else "+"
    lines.append(Text(f"{'':>{gutter}} {corner}{axis}", "dim"))
    lines.append(Text(f"{'':>{gutter}}  {words}".rstrip(), "dim"))
    return lines


def dotted(
    curves: Sequence[Curve],
    numbers: Sequence[int],
    size: tuple[int, int],
    scale: Scale,
    *,
    braille: bool,
) -> dict[tuple[int, int], tuple[str, str]]:
    """Return character and style of each cell (column, row) that a curve passes through."""
    right, down = (2, 4) if braille else (1, 1)
    across, height = size[0] * right, size[1] * down
    bits: dict[tuple[int, int], int] = {}
    owners: dict[tuple[int, int], set[int]] = {}
    for index, curve in enumerate(curves):
        for x, y in path(curve.values, numbers, (across, height), scale):
            cell = (x // right, y // down)
            bits[cell] = bits.get(cell, 0) | dot(x % right, y % down) if braille else 0
            owners.setdefault(cell, set()).add(index)
    cells = {}
    for cell, passing in owners.items():
        curve = curves[max(passing)]
        mark = BOTH if len(passing) > 1 else curve.mark
        cells[cell] = (chr(0x2800 + bits[cell]) if braille else mark, curve.style)
    return cells


def path(
    values: Sequence[float | None],
    numbers: Sequence[int],
    size: tuple[int, int],
    scale: Scale,
) -> Iterator[tuple[int, int]]:
    """Yield the points (x, y), y from the top, of lines through all values without a gap."""
    across, height = size
    span = max(numbers[-1] - numbers[0], 1)
    points = [
        None
        if value is None
        else (
            round((number - numbers[0]) / span * (across - 1)),
            round((1 - scale.place(value)) * (height - 1)),
        )
        for number, value in zip(numbers, values, strict=True)
    ]
    for before, after in itertools.pairwise([None, *points]):
        if after is not None and after != before:  # thousands of epochs may share a point
            yield from line(before or after, after)


def line(start: tuple[int, int], end: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Yield the points of a straight line without gaps."""
    steps = max(abs(end[0] - start[0]), abs(end[1] - start[1]), 1)
    for step in range(steps + 1):
        share = step / steps
        yield (
            round(start[0] + share * (end[0] - start[0])),
            round(start[1] + share * (end[1] - start[1])),
        )


def level_axis(numbers: Sequence[int], across: int, level: str, tee: str) -> tuple[str, str]:
    """Return the level axis with its ticks, and the numbers under them."""
    first, last = numbers[0], numbers[-1]
    axis, words = [level] * across, [" "] * (across + ROOM)
    free = 0  # from where on there is room for a number
    for tick in level_ticks(first, last, across):
        column = round((tick - first) / max(last - first, 1) * (across - 1))
        text = f"{tick:,}"
        start = max(0, column - len(text) // 2)
        axis[column] = tee
        if start >= free:
            words[start : start + len(text)] = text
            free = start + len(text) + 1
    return "".join(axis), "".join(words).rstrip()


def level_ticks(first: int, last: int, across: int) -> list[int]:
    """Return a few round whole numbers from `first` to `last`, and `first`."""
    most = max(across // ROOM, 1)
    steps = (digit * 10**power for power in itertools.count() for digit in (1, 2, 5))
    step = next(step for step in steps if (last - first) / step <= most)
    ticks = range(-(-first // step) * step, last + 1, step)
    near = step / 3  # a round number so close to the first has no room
    return [first, *(tick for tick in ticks if tick - first > near)]


def evenly(low: float, high: float) -> list[float]:
    """Return the multiples of 1, 2, 2.5 or 5 times a power of ten within, few of them."""
    power = 10.0 ** math.floor(math.log10((high - low) / FEW))
    for factor in (1, 2, 2.5, 5, 10, 20):
        step = factor * power
        first, last = math.ceil(low / step - ROUNDING), math.floor(high / step + ROUNDING)
        found = [n * step for n in range(first, last + 1)]
        if len(found) <= FEW:
            return found
    return []


def decades(low: float, high: float, digits: Sequence[int]) -> Iterator[float]:
    """Yield the numbers within whose first and only digit is one of `digits`."""
    for power in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1):
        for digit in digits:
            tick = digit * 10.0**power
            if low <= tick <= high:
                yield tick
