"""What the tests of the commands share: the results of a run, and the means to make one."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from nnfs_cli.datasets import Split, load
from nnfs_cli.engine import Examples

CHECKOUT = Path(__file__).resolve().parents[2]
SMOKE = CHECKOUT / "configs" / "smoke.yaml"


@dataclass(frozen=True)
class Result:
    """What a command left behind."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Raw:
    """What a command in a child left behind, as bytes."""

    code: int
    out: bytes
    err: bytes


Run = Callable[..., Result]
Child = Callable[..., Raw]
Refused = Callable[..., str]


def digits(split: Split = "test", data: Path | None = None) -> Examples:
    """Return a split of MNIST, or of another data set."""
    return load(data, splits=(split,)).split(split)


class Terminal(io.TextIOWrapper):
    """A standard output in memory that says it is a terminal."""

    def __init__(self, encoding: str) -> None:
        super().__init__(io.BytesIO(), encoding=encoding)

    def isatty(self) -> bool:
        return True

    def text(self) -> str:
        self.flush()
        buffer = self.buffer
        assert isinstance(buffer, io.BytesIO)
        return buffer.getvalue().decode(self.encoding)


def environment(extra: Mapping[str, str]) -> dict[str, str]:
    """Return this process's environment, in UTF-8, with what a test wants changed."""
    return {**os.environ, "PYTHONPATH": str(CHECKOUT), "PYTHONUTF8": "0", "LC_ALL": "C.UTF-8"} | {
        **extra
    }


def read(descriptor: int) -> bytes:
    """Read from a pseudo-terminal; at its end Linux gives an error and macOS nothing."""
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""


def encoded(argument: object) -> bytes:
    """Return an argument as bytes: a name need not be text."""
    return argument if isinstance(argument, bytes) else os.fsencode(str(argument))
