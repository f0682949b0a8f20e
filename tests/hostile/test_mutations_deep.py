"""Mutations: whatever happens to a file, it is read or refused in our words, soon and in little.

The readers of data sets have a quick test of their own, tests/datasets/test_mutations.py; here is
one for all other files, the long one for all, and one through the commands that people type.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from limits import bounded
from mutate import FORMATS, Format, healthy, mutate, picture

from nnfs_cli.cli.app import main
from nnfs_cli.errors import NnfsError

SECONDS, MEMORY = 2.0, 300 << 20
QUICK = [kind for kind in FORMATS if not re.match("IDX|CSV|NP", kind)]
CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder with a good model and a good picture."""
    monkeypatch.chdir(tmp_path)
    Path("model").mkdir()
    Path("model/good.npz").write_bytes(healthy(FORMATS["model"])[0])
    Path("good.png").write_bytes(picture("PNG"))


def damaged(kind: Format, rng: random.Random) -> Path:
    """Write a mutated file; a memory map of the one before must not see it change."""
    path = Path(kind.file)
    path.unlink(missing_ok=True)
    path.write_bytes(kind.mutated(rng))
    return path


def is_refused(kind: Format, path: Path) -> bool:
    """Return whether a reader refuses a file; any other error is not caught."""
    try:
        kind.read(path)
    except NnfsError:
        return True
    return False


def survey(name: str, count: int) -> str:
    """Mutate a format `count` times; return what came of it, after checking the limits."""
    kind, rng = FORMATS[name], random.Random(name)
    is_refused(kind, damaged(kind, rng))  # what is imported at the first call is not its cost
    came: Counter[bool] = Counter()
    slowest, largest = 0.0, 0
    for number in range(count):
        path = damaged(kind, rng)
        with bounded(SECONDS) as cost:
            came[is_refused(kind, path)] += 1
        slowest, largest = max(slowest, cost.seconds), max(largest, cost.growth)
        assert cost.growth < MEMORY, f"mutation {number}"
    assert came[True] > count // 5
    return (
        f"{name}: {count:,} mutations, {came[True]:,} refused, {came[False]:,} read, "
        f"0 other errors; worst {slowest * 1000:.0f} ms, {largest / 1e6:.1f} MB"
    )


def test_a_mutation_is_the_same_in_every_run_and_seldom_nothing() -> None:
    content = bytes(range(256)) * 4
    made = [mutate(content, random.Random(seed)) for seed in range(300)]
    assert made == [mutate(content, random.Random(seed)) for seed in range(300)]
    assert len(set(made)) > 280
    assert all(mutate(b"", random.Random(seed)) is not None for seed in range(300))


@pytest.mark.parametrize("name", FORMATS)
def test_most_healthy_files_are_read(name: str) -> None:
    kind = FORMATS[name]
    refused = []
    for seed in healthy(kind):
        Path(kind.file).unlink(missing_ok=True)
        Path(kind.file).write_bytes(kind.seal(seed))
        refused.append(is_refused(kind, Path(kind.file)))
    assert refused.count(False) >= (len(refused) + 1) // 3
    assert not refused[0]


@pytest.mark.parametrize("name", QUICK)
def test_a_mutated_file_is_read_or_refused(name: str) -> None:
    survey(name, 150)


@pytest.mark.deep
@pytest.mark.parametrize("name", FORMATS)
def test_none_of_10_000_mutations_escapes(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    said = survey(name, 10_000)
    with capsys.disabled():
        print(f"\n{said}", end="", flush=True)


def words(name: str, path: Path) -> list[str]:
    """Return the command that reads a mutated file."""
    command = FORMATS[name].words.replace("{}.npz", str(path.with_name("model.npz")))
    command = command.replace("PICTURE", "good.png").replace("MODEL", "model/good.npz")
    return command.replace("{}", str(path)).split()


def refused_files(name: str, count: int) -> list[bytes]:
    """Return the first `count` mutations that the reader of a format refuses."""
    kind, rng = FORMATS[name], random.Random(f"{name} through the command")
    found: list[bytes] = []
    while len(found) < count:
        path = damaged(kind, rng)
        if is_refused(kind, path):
            found.append(path.read_bytes())
    return found


def check_refusal(name: str, code: int, out: str, err: str) -> None:
    assert code == (2 if name in ("YAML", "TOML") else 1), err
    assert not out
    error, hint = err.splitlines()
    assert error.startswith("error: ")
    assert hint.startswith("hint: ")
    assert (error + hint).isprintable()
    assert err.count("error: ") == 1
    assert "Traceback" not in err
    assert "nnfs has a bug" not in err


def through_main(name: str, count: int, capfd: pytest.CaptureFixture[str]) -> None:
    path = Path(FORMATS[name].file)
    for content in refused_files(name, count):
        path.unlink(missing_ok=True)
        path.write_bytes(content)
        capfd.readouterr()
        code = main(words(name, path))
        check_refusal(name, code, *capfd.readouterr())


@pytest.mark.parametrize("name", FORMATS)
def test_the_command_says_so_in_two_lines(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    through_main(name, 3, capfd)


@pytest.mark.deep
@pytest.mark.parametrize("name", FORMATS)
def test_the_command_says_so_280_times(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    through_main(name, -(-280 // len(FORMATS)), capfd)


@pytest.mark.parametrize(
    "name",
    [
        name if name in ("model", "TIFF", "YAML") else pytest.param(name, marks=pytest.mark.deep)
        for name in FORMATS
    ],
)
def test_a_process_says_so_in_two_lines(name: str) -> None:
    (content,) = refused_files(name, 1)
    path = Path(FORMATS[name].file)
    path.unlink(missing_ok=True)
    path.write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-m", "nnfs_cli", *words(name, path)],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT), "LC_ALL": "C.UTF-8"},
        timeout=60,
    )
    check_refusal(name, done.returncode, done.stdout.decode(), done.stderr.decode())
