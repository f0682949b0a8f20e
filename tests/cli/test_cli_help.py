"""Help: quick, complete on 80 columns, and with examples that work."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from running import Child, Run

from nnfs_cli import __version__
from nnfs_cli.cli.app import COMMANDS

HELPS = [[], *([command] for command in COMMANDS)]


def examples(text: str) -> list[str]:
    """Return the commands under `Examples:` of a help text."""
    block = text.partition("  Examples:\n")[2].partition("\n\n")[0]
    return [line.strip() for line in block.splitlines()]


@pytest.mark.parametrize("command", HELPS, ids=lambda words: " ".join(words) or "nnfs")
def test_help_fits_80_columns_and_no_line_is_cut(
    command: list[str], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    result = run(*command, "--help")
    assert (result.code, result.err) == (0, "")
    assert max(map(len, result.out.splitlines())) <= 80
    assert not re.search(r"\w\.\.\.$", result.out, re.MULTILINE)
    assert run(*command, "-h").out == result.out


def test_no_arguments_show_the_help_with_examples_first(run: Run) -> None:
    result = run()
    assert (result.code, result.err) == (0, "")
    assert result.out.index("nnfs train") < result.out.index("Options:")
    for command in COMMANDS:
        assert re.search(rf"^  {command}  +\w", result.out, re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_ends_its_help_with_examples_of_itself(command: str, run: Run) -> None:
    found = examples(run(command, "--help").out)
    assert len(found) >= 2
    assert all(f"nnfs {command}" in line for line in found)


@pytest.mark.parametrize("command", ["evaluate", "predict", "show"])
def test_the_examples_work_as_typed(command: str, run: Run, here: Path, seven: bytes) -> None:
    Path("image.png").write_bytes(seven)
    Path("scans").mkdir()
    Path("scans/1.png").write_bytes(seven)
    Path("number.png").write_bytes(seven)
    lines = [line for line in examples(run(command, "--help").out) if "|" not in line]
    assert lines
    for line in lines:
        assert run(*shlex.split(line)[1:]).code == 0, line


def test_the_examples_of_train_are_understood(run: Run, here: Path) -> None:
    for line in examples(run("train", "--help").out):
        words = [word for word in shlex.split(line)[1:] if word != "--resume"]
        assert run(*words, "--print-config").code == 0, line


def test_the_version_is_the_package_s(run: Run) -> None:
    assert run("--version").out == f"nnfs {__version__}\n"


def test_python_m_runs_the_same_command(child: Child) -> None:
    result = child("--version")
    assert (result.code, result.out) == (0, f"nnfs {__version__}\n".encode())


def test_help_imports_neither_numpy_nor_pillow() -> None:
    probe = (
        "import sys\n"
        "from nnfs_cli.cli.app import COMMANDS, main\n"
        "for words in [[], *([command] for command in COMMANDS)]:\n"
        "    assert main([*words, '--help']) == 0\n"
        "assert main(['predict', '--no-such-option']) == 2\n"
        "heavy = {'numpy', 'PIL', 'msgspec', 'ruamel', 'threadpoolctl', 'textual'}\n"
        "heavy &= set(sys.modules)\n"
        "sys.exit(' '.join(sorted(heavy)) or 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True)
    assert (done.returncode, done.stderr.splitlines()[2:]) == (0, [])
