"""`nnfs draw`: refused where it cannot work, and on a real terminal from start to end."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest
from running import Refused, Terminal, environment

import nnfs_cli
from nnfs_cli.cli import draw
from nnfs_cli.cli.drawing.look import Look
from nnfs_cli.engine import multilayer_perceptron
from nnfs_cli.errors import NnfsError
from nnfs_cli.model import Model, save_model

SEVEN = [(8, 4), (16, 4), (24, 4), (20, 10), (16, 16)]  # cells of the screen


@pytest.fixture
def on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draw, "check_terminal", lambda: None)


def test_without_a_terminal_it_says_so(refused: Refused, here: Path) -> None:
    assert "nnfs draw needs a terminal, and standard input is none" in refused("draw", code=1)


@pytest.mark.parametrize("name", ["input", "output", "error"])
def test_each_of_the_three_streams_must_be_a_terminal(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    streams = {"input": "stdin", "output": "stdout", "error": "stderr"}
    for each, attribute in streams.items():
        stream = Terminal("utf-8")
        monkeypatch.setattr(stream, "isatty", lambda each=each: each != name)
        monkeypatch.setattr(sys, attribute, stream)
    with pytest.raises(NnfsError, match=f"standard {name} is none"):
        draw.check_terminal()
    monkeypatch.setattr(sys, streams[name], Terminal("utf-8"))
    draw.check_terminal()
    monkeypatch.setenv("TERM", "dumb")
    with pytest.raises(NnfsError, match="can move its cursor"):
        draw.check_terminal()


def test_without_textual_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, refused: Refused, here: Path
) -> None:
    for name in [name for name in sys.modules if name.startswith("nnfs_cli.cli.drawing")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "textual", None)
    assert refused("draw", code=1) == "error: nnfs draw needs Textual"


@pytest.mark.usefixtures("on_a_terminal")
def test_what_it_cannot_use_is_refused_before_the_screen_opens(
    refused: Refused, here: Path
) -> None:
    assert "no model at nope.npz" in refused("draw", "--model", "nope.npz", code=1)
    small = Model(multilayer_perceptron(64, (4,), 2), "sigmoid", ("a", "b"), (8, 8))
    save_model(Path("small.npz"), small)
    said = refused("draw", "--model", "small.npz", code=1)
    assert "the model expects 64 inputs, a picture has 784" in said
    assert said == refused("predict", "small.npz", "--model", "small.npz", code=1)
    assert "small.npz is not a folder" in refused("draw", "--folder", "small.npz", code=1)


def test_it_looks_as_good_as_the_terminal_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, Terminal("utf-8"))
    assert draw.fitting_look() is Look.COLOUR
    monkeypatch.setenv("NO_COLOR", "1")
    assert draw.fitting_look() is Look.BLOCKS
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, Terminal("cp1252"))
    assert draw.fitting_look() is Look.ASCII


def test_only_the_screen_knows_textual() -> None:
    package = Path(nnfs_cli.__file__).parent
    users = {
        path.parent.name
        for path in package.rglob("*.py")
        if re.search(r"^\s*(from|import) textual", path.read_text("utf-8"), re.MULTILINE)
    }
    assert users == {"drawing"}


class Screen:
    """A child on a pseudo-terminal of 80x24, and everything that it has written so far."""

    def __init__(self, *arguments: str) -> None:
        self.ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.before = termios.tcgetattr(theirs)
        self.theirs = theirs
        self.process = subprocess.Popen(
            [sys.executable, "-m", "nnfs_cli", "draw", *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environment({"TERM": "xterm-256color"}),
            start_new_session=True,
        )
        os.set_blocking(self.ours, False)
        self.shown = b""

    def wait_for(self, text: bytes, *, since: int = 0) -> None:
        """Read until `text` was written."""
        end = time.monotonic() + 30
        while text not in self.shown[since:]:
            assert time.monotonic() < end, self.shown[-2000:]
            self.read()

    def read(self) -> None:
        try:
            self.shown += os.read(self.ours, 65536)
        except BlockingIOError:
            time.sleep(0.01)
        except OSError:  # Linux says so at the end
            time.sleep(0.01)

    def type(self, keys: str) -> None:
        os.write(self.ours, keys.encode())

    def drag(self, cells: list[tuple[int, int]]) -> None:
        """Press, move and release the mouse, as a terminal in SGR mode reports it."""
        (x, y), (last_x, last_y) = cells[0], cells[-1]
        self.type(f"\x1b[<0;{x};{y}M")
        self.type("".join(f"\x1b[<32;{x};{y}M" for x, y in cells[1:]))
        self.type(f"\x1b[<0;{last_x};{last_y}m")

    def end(self) -> int:
        """Wait for the end; return the exit code."""
        end = time.monotonic() + 30
        while self.process.poll() is None:
            assert time.monotonic() < end
            self.read()
        for _ in range(5):
            self.read()
        after = termios.tcgetattr(self.theirs)
        os.close(self.theirs)
        os.close(self.ours)
        assert after == self.before  # the terminal is as it was
        assert b"\x1b[?1049l" in self.shown  # and shows what it showed
        return self.process.returncode


def test_mouse_and_keys_on_a_real_terminal(here: Path) -> None:
    screen = Screen("--folder", "mine")
    screen.wait_for(b"q quit")
    screen.drag(SEVEN)
    screen.wait_for(b"reads ")
    screen.type("7")
    screen.wait_for(b"saved mine/7/0001.png")
    screen.type(" \x1b[A\x1b[A\x1b[C\x1b[C 1")  # space, up, up, right, right, space
    screen.wait_for(b"saved mine/1/0001.png")
    screen.type("q")
    assert screen.end() == 0
    last = screen.shown.rpartition(b"\x1b[?1049l")[2]
    assert last.index(b"mine/7/0001.png\r\n") < last.index(b"mine/1/0001.png\r\n")
    again = b"nnfs train --from builtin --data mine"
    assert b"2 labelled in mine. Learn from them: " + again in b" ".join(last.split())
    assert {path.name for path in Path("mine").iterdir()} == {"1", "7"}


@pytest.mark.parametrize(
    ("how", "code"), [("\x03", 130), (signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=str
)
def test_however_it_is_stopped_the_terminal_is_as_it_was(
    how: str | signal.Signals, code: int, here: Path
) -> None:
    screen = Screen()
    screen.wait_for(b"q quit")
    if isinstance(how, str):
        screen.type(how)
    else:
        screen.process.send_signal(how)
    assert screen.end() == code
    assert b"Traceback" not in screen.shown
    assert not Path("my-digits").exists()
