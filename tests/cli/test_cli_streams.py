"""Streams: colour, cursor, encodings, closed pipes and hostile names, in children and on a pty."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from running import Child, Run, environment

ESC = b"\x1b"
CURSOR = re.compile(rb"\x1b\[\d*[ABCDHJK]|\x1b\[\?25")  # moves the cursor, or hides it
COLOUR = re.compile(rb"\x1b\[[\d;]*3[0-8]")
HOSTILE = [
    b"a[red].png",
    b"[bold]b.png",
    b"c\x1b[31m.png",
    b"d\ne.png",
    b"f\tg.png",
    "h\u202egnp.png".encode(),
    b"i\xff.png",
    "\u00fc\u2501.png".encode(),
]
TRAIN = ["train", "--epochs", "2", "--hidden", "8", "--threads", "1", "--output", "m/m.npz"]


def test_a_terminal_sees_a_live_display_in_colour(
    terminal: Child, small: Path, empty: Path
) -> None:
    shown = terminal(*TRAIN, "--data", small).out
    assert CURSOR.search(shown)
    assert COLOUR.search(shown)
    assert b"epoch 2/2" in shown
    assert b"epoch=" not in shown


@pytest.mark.parametrize("variables", [{"TERM": "dumb"}, {"CI": "1"}], ids=["TERM=dumb", "CI=1"])
def test_a_poor_terminal_sees_a_line_an_epoch(
    variables: dict[str, str], terminal: Child, small: Path, empty: Path
) -> None:
    shown = terminal(*TRAIN, "--data", small, **variables).out
    assert ESC not in shown
    assert shown.count(b"epoch=") == 2


def test_force_color_colours_a_pipe_and_never_animates_it(
    child: Child, small: Path, empty: Path
) -> None:
    result = child(*TRAIN, "--data", small, FORCE_COLOR="1")
    assert result.code == 0
    assert not CURSOR.search(result.out + result.err)
    refusal = child("predict", "--model", "nope.npz", FORCE_COLOR="1")
    assert COLOUR.search(refusal.err)
    assert ESC not in child("predict", "--model", "nope.npz").err


def test_no_color_is_honoured_on_a_terminal(terminal: Child, here: Path, seven: bytes) -> None:
    Path("7.png").write_bytes(seven)
    for words in (["predict", "7.png"], ["evaluate"], ["show", "7"], ["predict", "nope.png"]):
        assert not COLOUR.search(terminal(*words, NO_COLOR="1").out), words
        assert COLOUR.search(terminal(*words).out), words


@pytest.mark.parametrize("words", [["evaluate"], ["show", "--count", "300"], ["train"]])
def test_a_reader_that_leaves_early_gets_no_complaint(
    words: list[str], here: Path, small: Path
) -> None:
    data = ["--data", str(small)] if words != ["train"] else [*TRAIN[1:], "--data", str(small)]
    command = [sys.executable, "-m", "nnfs_cli", *words, *data]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment({})
    )
    assert process.stdout is not None
    process.stdout.close()
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert b"rror" not in err
    assert b"Traceback" not in err


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="Linux has a device that is full")  # noqa: PTH110
@pytest.mark.parametrize("words", [["evaluate"], ["evaluate", "-q"], ["--version"], ["show", "7"]])
def test_a_full_disk_is_an_error_in_two_lines(words: list[str], here: Path) -> None:
    command = [sys.executable, "-m", "nnfs_cli", *words]
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, env=environment({}), timeout=60
        )
    assert done.returncode == 1
    lines = done.stderr.decode().splitlines()
    assert lines[0] == "error: cannot write to standard output: No space left on device"
    assert lines[1] == "hint: free some space, or send the output elsewhere"
    assert len(lines) == 2


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="Linux has a device that is full")  # noqa: PTH110
@pytest.mark.parametrize(
    ("option", "hint"),
    [
        ([], "hint: the model is saved all the same: m/m.npz"),
        (["-q"], "hint: the model is saved all the same: m/m.npz"),
        (["--json"], "hint: epoch 1 is kept: nnfs train --resume --output m/m.npz"),
    ],
)
def test_a_training_whose_result_is_lost_says_what_is_left(
    option: list[str], hint: str, small: Path, empty: Path
) -> None:
    command = [sys.executable, "-m", "nnfs_cli", *TRAIN, "--data", str(small), *option]
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, env=environment({}), timeout=60
        )
    assert done.returncode == 1
    error, told = done.stderr.decode().splitlines()[-2:]
    assert error == "error: cannot write to standard output: No space left on device"
    assert told == hint
    assert Path("m/m.npz").exists() is (option != ["--json"])


@pytest.mark.parametrize("words", ["predict", "evaluate -q", "show 7", "--version"])
def test_a_result_that_has_nowhere_to_go_is_an_error(words: str, here: Path) -> None:
    script = f'"$0" -m nnfs_cli {words} >&-'
    done = subprocess.run(
        ["sh", "-c", script, sys.executable],
        capture_output=True,
        env=environment({}),
        timeout=60,
    )
    assert done.returncode == 1
    error = done.stderr.decode().splitlines()[-2]
    assert error == "error: cannot write to standard output: it is closed"


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_stream_that_the_caller_closed_is_no_reason_to_crash(closed: str, here: Path) -> None:
    script = f'"$0" -m nnfs_cli predict - {closed}'
    done = subprocess.run(
        ["sh", "-c", script, sys.executable],
        input=b"",
        capture_output=True,
        env=environment({}),
        timeout=60,
    )
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert done.stdout == b""


def hostile_folder() -> None:
    """Fill `h` with files that are no pictures and whose names are a nuisance."""
    Path("h").mkdir()
    for name in HOSTILE:
        with open(b"h/" + name, "wb") as file:  # noqa: PTH123  # a Path cannot be of bytes
            file.write(b"no picture")


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp1252"])
@pytest.mark.parametrize("kind", ["pipe", "terminal"])
def test_hostile_names_do_nothing_to_the_reader(
    kind: str, encoding: str, child: Child, terminal: Child, here: Path
) -> None:
    hostile_folder()
    start = child if kind == "pipe" else terminal
    colours = {"NO_COLOR": "1", "TERM": "dumb"}
    result = start("predict", "h", b"z\xfe\x1b]0;title\x07", PYTHONIOENCODING=encoding, **colours)
    shown = result.out + result.err
    text = shown.decode(encoding)
    assert result.code == 1
    assert "Traceback" not in text
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", shown)
    assert "\u202e" not in text
    assert text.count("error: ") == len(HOSTILE) + 1
    for name in (r"a[red].png", r"[bold]b.png", r"c\x1b[31m.png", r"d\ne.png", r"f\tg.png"):
        assert name in text
    assert r"h\u202egnp.png" in text
    assert r"i\udcff.png" in text


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1"])
def test_what_an_output_cannot_encode_becomes_ascii(
    encoding: str, child: Child, here: Path, seven: bytes
) -> None:
    Path("7.png").write_bytes(seven)
    for words in (["show", "7", "--style", "braille"], ["show", "7", "--style", "blocks"]):
        result = child(*words, PYTHONIOENCODING=encoding)
        assert result.code == 0
        assert b"using ascii" in result.err
        assert b"@@" in result.out
        assert b"\\u" not in result.out
    table = child("evaluate", PYTHONIOENCODING=encoding).out
    assert b"-----" in table
    assert b"\\u" not in table


def test_json_is_never_coloured(run: Run, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    for words in (["evaluate", "--json"], ["predict", "--json"]):
        assert "\x1b" not in run(*words).out


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="Linux has a device that is full")  # noqa: PTH110
def test_no_answer_is_lost_for_a_remark_that_is(empty: Path, seven: bytes) -> None:
    Path("seven.png").write_bytes(seven)
    command = [sys.executable, "-m", "nnfs_cli", "predict", "seven.png"]
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=full, env=environment({}), timeout=60
        )
    assert (done.returncode, done.stdout) == (0, b"7\n")


@pytest.mark.parametrize("columns", ["0", "00", "", "-5", "1"])
def test_no_width_of_the_terminal_hides_what_is_shown(
    child: Child, here: Path, columns: str
) -> None:
    assert len(child("show", "7", COLUMNS=columns).out) > 500
    assert b"error: " in child("predict", "nofile", COLUMNS=columns).err
