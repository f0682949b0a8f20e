"""Names: what a path, a label or a key may be called, and what reaches the reader of a message.

Whatever the command, the stream and its encoding: no traceback, no control byte, no text turned
round, and no second line that looks like one of ours.
"""

from __future__ import annotations

import dataclasses
import json
import os
import pty
import re
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from running import Child, read

from nnfs_cli.cli.app import main
from nnfs_cli.model import load_model, save_model

Write = Callable[..., bytes]
CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
TURNING = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200e\u200f\u061c\u2028\u2029\x85\x9b"
NASTY = "x\x1b[31m[red][bold]\nerror: y\r\x07\x9b2J\u202e\u2028\u00fc\u2501"
NAMES = {
    "escapes": "x\x1b]0;title\x07\x1b[2J\x9b31m",
    "markup": "x[red][bold][link=file]:warning:",
    "lines": "x\nerror: y\r\nhint: z\x0b\x0c\x85\u2028\u2029",
    "bidi": "x\u202e\u2066gnp.\u200f\u061c",
    "surrogates": "x\udcff\udc80\udcfe",
    "accents": "x\u00fc\u2501\U0001f600\u0301",
    "options": "--x=$(touch fired);`touch fired`%s%n{0}",
}
TRAIN = "train --epochs 1 --hidden 4 --threads 1 --data small.npz"
COMMANDS = [
    "predict 7.png --model {}",
    "predict 7.png --model {}.npz",
    "predict {}",
    "predict {}.png",
    "predict {} 7.png --json",
    "predict {}.folder",
    "show {}",
    "show {}.png",
    "show --digit {}",
    "show --history {}",
    "show --history {}.npz",
    "show --network --model {}.npz",
    "show --weights --data {}.csv",
    "predict {}.png 7.png --explain",
    "show 0 --data {}.csv",
    "evaluate --data {}",
    "evaluate --data {}.csv",
    "evaluate --data {}.folder",
    "evaluate --data {}.folder/{}",
    "evaluate --model {}.npz/{}",
    "evaluate --{}",
    "evaluate --split {}",
    "evaluate --mistakes {}",
    "evaluate --save-mistakes {}.png",
    "evaluate --save-mistakes {}.folder",
    "evaluate --report {}",
    "evaluate --report {}.png/x.html",
    "{}",
    "train --config {}",
    "train --config {}.toml",
    "train --config {}.yaml",
    "train --set {}=1",
    "train --set {}",
    "train --optimizer {}",
    "train --data {} --print-config",
    "train --data {} --output m/m.npz",
    "train --output {}.folder",
    "train --output {}.npz/m.npz",
    "train --resume --output {}/m.npz",
]
STREAMS = pytest.mark.parametrize(
    ("kind", "encoding"),
    [
        *(("terminal", "utf-8"), ("pipe", "ascii")),
        pytest.param("pipe", "cp1252", marks=pytest.mark.deep),
        pytest.param("pipe", "utf-8", marks=pytest.mark.deep),
        pytest.param("terminal", "ascii", marks=pytest.mark.deep),
        pytest.param("terminal", "cp1252", marks=pytest.mark.deep),
    ],
)


def fill(name: str, seven: bytes, small: Path) -> None:
    """Make files of a hostile name, each with hostile contents, beside good ones."""
    Path("7.png").write_bytes(seven)
    Path("small.npz").write_bytes(small.read_bytes())
    Path(f"{name}.png").write_bytes(b"no picture")
    Path(f"{name}.npz").write_bytes(b"no model")
    Path(f"{name}.csv").write_text(f"1,2\n1,{name}\n", encoding="utf-8", errors="surrogateescape")
    Path(f"{name}.toml").write_text("epochs = x", encoding="utf-8")
    Path(f"{name}.yaml").write_text("epochs: [", encoding="utf-8")
    folder = Path(f"{name}.folder")
    folder.mkdir()
    (folder / f"{name}.png").write_bytes(seven)
    (folder / "broken.png").write_bytes(b"no picture")


def harmless(shown: bytes, encoding: str) -> str:
    """Return what was shown as text, after checking that it does nothing but show."""
    assert not CONTROL.search(shown)
    text = shown.decode(encoding)
    assert not set(text) & set(TURNING)
    assert "Traceback" not in text
    assert "nnfs has a bug" not in text
    assert not any("\ud800" <= character <= "\udfff" for character in text)
    assert not Path("fired").exists()
    return text


@pytest.fixture
def write(monkeypatch: pytest.MonkeyPatch) -> Write:
    """Run a command in this process, both its streams on one real pipe or pseudo-terminal."""

    def write(words: list[str], *, kind: str, encoding: str) -> bytes:
        ours, theirs = os.pipe() if kind == "pipe" else pty.openpty()
        parts: list[bytes] = []

        def listen() -> None:
            while part := read(ours):
                parts.append(part)

        listener = threading.Thread(target=listen)
        listener.start()
        with monkeypatch.context() as patch:
            patch.setenv("NO_COLOR", "1")
            patch.setenv("TERM", "dumb")
            patch.setenv("COLUMNS", "80")
            with (
                open(theirs, "w", encoding=encoding, closefd=False) as out,
                open(theirs, "w", encoding=encoding, closefd=True) as err,  # noqa: PTH123
            ):
                patch.setattr(sys, "stdout", out)
                patch.setattr(sys, "stderr", err)
                assert main(words) in (0, 1, 2)
        listener.join(10)
        os.close(ours)
        return b"".join(parts)

    return write


def said(words: str, name: str) -> list[str]:
    return [word.replace("{}", name) for word in words.split()]


@STREAMS
@pytest.mark.parametrize("nature", NAMES)
def test_no_name_does_more_than_be_shown(
    nature: str, kind: str, encoding: str, write: Write, here: Path, seven: bytes, small: Path
) -> None:
    name = NAMES[nature]
    fill(name, seven, small)
    for words in COMMANDS:
        text = harmless(write(said(words, name), kind=kind, encoding=encoding), encoding)
        starts = [line.partition(" ")[0] for line in text.splitlines()]
        refusals = 2 if words == "predict {} 7.png --json" else 1
        assert starts.count("error:") <= refusals, text
        assert starts.count("hint:") <= starts.count("error:"), text


@STREAMS
def test_a_training_writes_to_a_place_of_any_name(
    kind: str, encoding: str, write: Write, here: Path, seven: bytes, small: Path
) -> None:
    fill(NASTY, seven, small)
    output = f"{NASTY}/m.npz"
    for words in (TRAIN, f"{TRAIN} --resume", f"{TRAIN} --json", f"{TRAIN} -q"):
        shown = write([*words.split(), "--output", output], kind=kind, encoding=encoding)
        harmless(shown, encoding)
    folder = Path(NASTY)
    history = (folder / "history.jsonl").read_bytes()
    assert not CONTROL.search(history)
    assert [json.loads(line)["epoch"] for line in history.splitlines()] == [1]
    assert not CONTROL.search((folder / "config.toml").read_bytes())
    for words in ("evaluate --data small.npz", "predict 7.png", "show 7.png", "show 1"):
        shown = write([*words.split(), "--model", output], kind=kind, encoding=encoding)
        assert "hint:" not in harmless(shown, encoding)


@STREAMS
def test_labels_that_a_model_brings_are_only_shown(
    kind: str, encoding: str, write: Write, here: Path, seven: bytes, small: Path
) -> None:
    fill(NASTY, seven, small)
    model = load_model(Path("model/model.npz"))
    hostile = dataclasses.replace(
        model,
        classes=tuple(f"{number}{NASTY}" for number in range(10)),
        config={**model.config, "data": f"{NASTY}.csv", NASTY: NASTY},
        training={NASTY: NASTY},
    )
    save_model(Path("hostile.npz"), hostile)
    for words in (
        *("predict 7.png", "predict 7.png 7.png", "predict 7.png --json", "predict", "show 7.png"),
        *("show 0", "show 0 --data small.npz", "show --digit 7", "evaluate", "evaluate --json"),
        *("evaluate --data small.npz", "evaluate --data small.npz --json"),
        *("show --weights --data small.npz", "show --weights --neuron 1 --data small.npz"),
        *("show --network", "show --network --json", "predict 7.png --explain"),
    ):
        shown = write([*words.split(), "--model", "hostile.npz"], kind=kind, encoding=encoding)
        harmless(shown, encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp1252"])
@pytest.mark.parametrize(
    "kind", ["pipe", pytest.param("terminal", marks=pytest.mark.deep)]
)  # fmt: skip
def test_names_are_as_harmless_in_a_process_of_its_own(
    kind: str, encoding: str, child: Child, terminal: Child, here: Path, seven: bytes, small: Path
) -> None:
    fill(NASTY, seven, small)
    start = child if kind == "pipe" else terminal
    plain = {"NO_COLOR": "1", "TERM": "dumb", "PYTHONIOENCODING": encoding}
    for words in ("predict {}.folder --model {}.npz", "evaluate --data {}.csv"):
        result = start(*said(words, NASTY), **plain)
        assert result.code == 1
        assert "error: " in harmless(result.out + result.err, encoding)
