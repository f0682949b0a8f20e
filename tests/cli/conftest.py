"""One small trained model, and three ways to run a command: in process, in a child, on a terminal.

In process is fast and is the rule; a child where streams, signals or the environment matter.
"""

from __future__ import annotations

import fcntl
import io
import os
import pty
import shutil
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from running import (
    SMOKE,
    Child,
    Raw,
    Refused,
    Result,
    Run,
    Terminal,
    digits,
    encoded,
    environment,
    read,
)

from nnfs_cli.cli.app import main

VARIABLES = ("NO_COLOR", "FORCE_COLOR", "TERM", "CI", "COLUMNS", "LINES", "PYTHONIOENCODING")


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the developer's, or of the machine that runs the tests, changes a result."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which `nnfs train --config smoke.yaml` was run."""
    folder = tmp_path_factory.mktemp("trained")
    model = str(folder / "model" / "model.npz")
    code = main(["train", "--config", str(SMOKE), "--threads", "1", "--output", model, "--json"])
    assert code == 0
    return folder


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first 2,000 and 500 rows of MNIST: a data set that is read and learned in no time."""
    path = tmp_path_factory.mktemp("small") / "small.npz"
    arrays: dict[str, Any] = {}
    for split, rows, examples in (("train", 2000, digits("train")), ("test", 500, digits())):
        arrays[f"x_{split}"] = np.asarray(examples.x[:rows]).reshape(rows, 28, 28)
        arrays[f"y_{split}"] = np.asarray(examples.labels[:rows]).astype(np.uint8)
    np.savez(path, **arrays)
    return path


@pytest.fixture
def here(tmp_path: Path, trained: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with the trained model in its usual place, and nothing else."""
    shutil.copytree(trained / "model", tmp_path / "model")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder without anything."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def seven() -> bytes:
    """The first test digit, a 7 that every model reads, as a PNG."""
    pixels = np.asarray(digits().x[0]).reshape(28, 28)
    buffer = io.BytesIO()
    Image.fromarray(pixels).resize((112, 112)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process."""

    def run(*arguments: object) -> Result:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return Result(code, out, err)

    return run


@pytest.fixture
def refused(run: Run) -> Refused:
    """Run a command that must fail; return its `error:` line, which a `hint:` line follows."""

    def refused(*arguments: object, code: int) -> str:
        result = run(*arguments)
        lines = result.err.splitlines()
        assert result.code == code, result
        assert result.out == ""
        assert len(lines) == 2, result.err
        assert lines[0].startswith("error: ")
        assert lines[1].startswith("hint: ")
        assert len(lines[1]) > len("hint: ")
        return lines[0]

    return refused


@pytest.fixture
def on_terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Run a command in this process with a terminal for standard output; return what it shows."""

    def on_terminal(*arguments: object, columns: int = 80, encoding: str = "utf-8") -> str:
        terminal = Terminal(encoding)
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", terminal)
            patch.setenv("COLUMNS", str(columns))
            patch.setenv("TERM", "xterm")
            main([str(argument) for argument in arguments])
            return terminal.text()

    return on_terminal


@pytest.fixture
def child() -> Child:
    """Run a command in a child whose standard streams are pipes."""

    def child(*arguments: object, stdin: bytes = b"", **variables: str) -> Raw:
        done = subprocess.run(
            [sys.executable, "-m", "nnfs_cli", *map(encoded, arguments)],
            input=stdin,
            capture_output=True,
            timeout=60,
            env=environment(variables),
        )
        return Raw(done.returncode, done.stdout, done.stderr)

    return child


@pytest.fixture
def terminal() -> Child:
    """Run a command in a child on a real pseudo-terminal of 80 columns: one stream for all."""

    def terminal(*arguments: object, columns: int = 80, **variables: str) -> Raw:
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
        process = subprocess.Popen(
            [sys.executable, "-m", "nnfs_cli", *map(encoded, arguments)],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environment({"TERM": "xterm-256color", **variables}),
        )
        os.close(theirs)
        shown = b""
        try:
            while part := read(ours):
                shown += part
        finally:
            os.close(ours)
        return Raw(process.wait(timeout=60), shown, b"")

    return terminal
