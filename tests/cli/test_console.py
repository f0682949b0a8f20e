"""The console: names are data, percentages are written one way, and modes are what they say."""

from __future__ import annotations

import io
import sys

import pytest

from nnfs_cli.cli import console


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain [b]name[/b].png", "plain [b]name[/b].png"),
        ("\u00fc\u2501\u4e03.png", "\u00fc\u2501\u4e03.png"),
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("a\nb\tc\rd", "a\\nb\\tc\\rd"),
        ("a\u202eb\u2066c", "a\\u202eb\\u2066c"),
        ("a\u2028b\u2029c", "a\\u2028b\\u2029c"),
        ("a\udcffb", "a\\udcffb"),
        ("\x00\x7f\x9b", "\\x00\\x7f\\x9b"),
    ],
)
def test_what_could_move_the_cursor_or_hide_text_is_escaped(text: str, shown: str) -> None:
    assert console.printable(text) == shown


def test_a_percentage_has_a_space_before_its_sign() -> None:
    assert console.percent(0.979, 1) == "97.9 %"
    assert console.percent(1.0, 0) == "100 %"
    assert console.percent(0.90506, 2) == "90.51 %"


class Stream(io.StringIO):
    """A stream that is a terminal or not."""

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


@pytest.mark.parametrize(
    ("terminal", "variables", "live"),
    [
        (True, {}, True),
        (True, {"TERM": "xterm"}, True),
        (True, {"TERM": "dumb"}, False),
        (True, {"CI": "true"}, False),
        (False, {}, False),
        (False, {"FORCE_COLOR": "1"}, False),
    ],
)
def test_lines_are_drawn_over_only_on_a_terminal_that_can(
    terminal: bool, variables: dict[str, str], live: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert console.is_live(Stream(terminal=terminal)) is live


@pytest.mark.parametrize(
    ("encoding", "glyphs", "shown"),
    [
        ("utf-8", console.BRAILLE, True),
        ("ascii", console.BLOCKS, False),
        ("cp1252", console.BRAILLE, False),
        ("cp437", "\u2580\u2584\u2588", True),
        ("no-such-encoding", "x", False),
    ],
)
def test_glyphs_are_shown_where_the_encoding_has_them(
    encoding: str, glyphs: str, shown: bool
) -> None:
    class Encoded(io.StringIO):
        def __init__(self) -> None:
            super().__init__()

    stream = Encoded()
    Encoded.encoding = property(lambda self: encoding)  # type: ignore[assignment]
    assert console.can_show(glyphs, stream) is shown


def test_a_missing_stream_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    monkeypatch.setattr(sys, "stderr", None)
    console.prepare_streams()
    with sys.stdin, sys.stderr:
        assert sys.stdin.read() == ""
        assert sys.stderr.write("nowhere") == 7


@pytest.mark.parametrize("columns", [20, 33, 40, 80])
def test_a_terminal_gets_lines_that_end_between_words(
    columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    text = "data     mnist: 55,000 train, 5,000 validation with --print-config, of 784 pixels"
    lines = console.wrapped(text, Stream(terminal=True), indent=2)
    assert max(map(len, lines)) <= columns
    assert " ".join(lines).split() == text.split()
    assert all(line.startswith("  ") for line in lines[1:])


def test_a_pipe_gets_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    text = f"two words, {console.whole('nnfs train --resume')}, and so on and on"
    lines = console.wrapped(text, Stream(terminal=False))
    assert lines == ["two words, nnfs train --resume, and so on and on"]


def test_a_path_or_a_command_is_broken_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "24")
    path = "a/very/long/path/that-is/not-to-be/broken.npz"
    assert console.wrapped(f"no model at {path}", Stream(terminal=True)) == ["no model at", path]
    command = "nnfs train --resume --output 'my dir/m.npz'"
    told = console.wrapped(f"Continue: {console.whole(command)}", Stream(terminal=True))
    assert told == ["Continue:", command]


@pytest.mark.parametrize("columns", [40, 80])
def test_errors_hints_warnings_and_notes_end_between_words(
    columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = Stream(terminal=True)
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    words = " ".join(f"word{number}" for number in range(30))
    console.print_error(words, words)
    console.warn(words)
    console.note(words)
    lines = stream.getvalue().splitlines()
    assert max(map(len, lines)) <= columns
    said = f"error: {words} hint: {words} warning: {words} {words}"
    assert " ".join(lines).split() == said.split()
