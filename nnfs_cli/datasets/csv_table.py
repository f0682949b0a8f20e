"""CSV table: one picture a line, `label,pixel1,pixel2,...`, with or without a header line.

NumPy parses a block of lines at a time, as bytes; only a block that it cannot take is looked at
line by line, to say which line is wrong. So good data is fast, and bad data gets a line number.
"""

from __future__ import annotations

import io
import re
import reprlib
import warnings
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from nnfs_cli.datasets.dataset import Part, square
from nnfs_cli.datasets.files import Gunzip, damage, is_gzip, opened
from nnfs_cli.datasets.labels import first_outside, outside
from nnfs_cli.errors import DataError

_BLOCK = 1 << 20  # characters parsed at a time; a line may not be longer
_LABEL_NAMES = ("label", "labels", "class", "target", "y")
_WHOLE = re.compile(r"\s*([+-]?[0-9]+)(\.0*)?\s*", re.ASCII)
_HINT = "a line is the label and then the pixels, 0 to 255, separated by commas"


class _Line(NamedTuple):
    number: int  # as an editor counts: from 1, blank lines too
    text: str

    def cells(self) -> list[str]:
        return self.text.split(",")


def read(path: Path, *, classes: int) -> Part:
    """Read a CSV file, plain or gzip-compressed.

    The label is the column of that name (or `class`, `target`, `y`), else the first one. A byte
    order mark, Windows line ends, blank lines and whole numbers such as `7.0` are accepted.
    """
    images, labels = [], []
    header: _Line | None = None
    table: _Table | None = None
    with opened(path) as file, warnings.catch_warnings():
        # NumPy 1.26 reads 256 as uint8 0, and -1 as 255, with no more than this warning
        warnings.simplefilter("error", DeprecationWarning)
        for lines in _blocks(path, file):
            if not header and not table and not _is_number(lines[0].cells()[0]):
                header = lines.pop(0)
            if lines:
                table = table or _Table(path, header, lines[0], classes=classes)
                rows = table.parse(lines)
                labels.append(rows[:, table.label_column].astype(np.intp))
                pixels = np.delete(rows, table.label_column, axis=1)
                images.append(pixels.astype(np.uint8, copy=False))
    if not images:
        raise DataError(f"{path} has no rows of data", hint=_HINT)
    x = np.concatenate(images)
    return Part(x, np.concatenate(labels), square(x.shape[1]))


def _blocks(path: Path, file: BinaryIO) -> Iterator[list[_Line]]:
    """Yield the lines that are not blank, about a megabyte at a time."""
    raw = io.BufferedReader(Gunzip(file)) if is_gzip(file) else file
    text = io.TextIOWrapper(raw, encoding="utf-8-sig", errors="replace")  # -sig: less a BOM
    number, rest, more = 0, "", True
    try:
        while more:
            piece = text.read(_BLOCK)
            more = bool(piece)
            lines = (rest + piece).split("\n")
            rest = lines.pop() if more else ""
            if len(rest) > _BLOCK:
                place = f"{path} line {number + len(lines) + 1}"
                raise DataError(f"{place} is longer than {_BLOCK} characters", hint=_HINT)
            if block := [
                _Line(number + i, line)
                for i, line in enumerate(lines, start=1)
                if line and not line.isspace()
            ]:
                yield block
            number += len(lines)
    except (EOFError, zlib.error) as error:
        raise damage(path, error, place=f"after line {number}") from error
    finally:
        text.detach()  # the file is closed where it was opened


class _Table:
    """What all lines must agree with: the number of columns, and which of them is the label."""

    def __init__(self, path: Path, header: _Line | None, first: _Line, *, classes: int) -> None:
        self.label_column = _label_column(path, header) if header else 0
        self._path = path
        self._classes = classes
        self._first = first
        self._width = len(first.cells())
        place = f"{path} line {first.number}"
        if header and len(header.cells()) != self._width:
            names = f"line {header.number} names {len(header.cells())} columns"
            raise DataError(f"{place}: {_count(self._width)}, but {names}", hint=_HINT)
        if self._width < 2:
            raise DataError(f"{place}: a label without pixels", hint=_HINT)

    def parse(self, lines: list[_Line]) -> NDArray[Any]:
        """Return the values (n, columns) of a block, all of them checked; any numeric dtype."""
        # NumPy 2.4 looks other letters up in a table of ASCII, beyond its end, and may crash
        if not all(line.text.isascii() for line in lines):
            raise self._complaint(lines)
        for dtype in (np.uint8, np.float64):  # float64: labels above 255, whole numbers like 7.0
            try:
                rows = np.loadtxt(
                    [line.text for line in lines],
                    dtype=dtype,
                    delimiter=",",
                    comments=None,
                    ndmin=2,
                )
            except (ValueError, DeprecationWarning):
                continue
            if self._is_good(rows, len(lines)):
                return cast(NDArray[Any], rows)
        raise self._complaint(lines)

    def _is_good(self, rows: NDArray[Any], count: int) -> bool:
        if rows.shape != (count, self._width):
            return False
        labels = rows[:, self.label_column]
        if rows.dtype != np.uint8:
            pixels = np.delete(rows, self.label_column, axis=1)
            in_range = pixels.min() >= 0 and pixels.max() <= 255  # False for NaN, too
            if not in_range or not np.array_equal(np.floor(rows), rows):
                return False
        return first_outside(labels, self._classes) is None

    def _complaint(self, lines: list[_Line]) -> DataError:
        """Return the error for the first bad line of a block that has one."""
        for line in lines:
            place = f"{self._path} line {line.number}"
            cells = line.cells()
            if len(cells) != self._width:
                model = f"line {self._first.number} has {self._width}"
                return DataError(f"{place}: {_count(len(cells))}, but {model}", hint=_HINT)
            for column, cell in enumerate(cells, start=1):
                if not (whole := _WHOLE.fullmatch(cell)):
                    what = f"{reprlib.repr(cell)} is not a whole number"
                    return DataError(f"{place}, column {column}: {what}", hint=_HINT)
                value = int(whole[1][:18])  # int() of very many digits would take its time
                if column - 1 == self.label_column:
                    if not 0 <= value < self._classes:
                        return outside(place, value, self._classes)
                elif not 0 <= value <= 255:
                    what = f"pixel {value} is outside 0-255"
                    return DataError(f"{place}, column {column}: {what}", hint=_HINT)
        numbers = f"{lines[0].number}-{lines[-1].number}"
        return DataError(f"{self._path} lines {numbers}: not a table of numbers", hint=_HINT)


def _label_column(path: Path, header: _Line) -> int:
    """Return the index of the column called `label` or alike; the first when there is none."""
    names = [name.strip(" \t\"'").lower() for name in header.cells()]
    for index, name in enumerate(names):
        if name in _LABEL_NAMES:
            return index
    if names[0].startswith("pixel"):
        raise DataError(
            f"{path} line {header.number}: no column is called 'label'",
            hint="pictures without labels can be predicted, but not learned from",
        )
    return 0


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _count(values: int) -> str:
    return "1 value" if values == 1 else f"{values} values"
