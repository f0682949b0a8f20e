"""The README is part of the product: everything it tells people to type is typed here."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnfs_cli.cli.app import main
from nnfs_cli.config import KEYS, recipes
from nnfs_cli.datasets import load

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README, flags=re.DOTALL | re.MULTILINE)
COMMANDS = [
    line.partition("#")[0].strip()
    for language, block in BLOCKS
    if language == "sh"
    for line in block.splitlines()
    if line.startswith("nnfs ")
]
PROGRAMS = [block for language, block in BLOCKS if language == "python"]


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what a clone has and the README names, four own digits, and a trained model."""
    folder = tmp_path_factory.mktemp("newcomer")
    shutil.copytree(ROOT / "configs", folder / "configs")
    (folder / "docs").mkdir()
    shutil.copytree(ROOT / "docs" / "images", folder / "docs" / "images")
    digits = load(splits=["test"]).split("test")
    for row in range(4):
        place = folder / "my-digits" / str(digits.labels[row])
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.asarray(digits.x[row]).reshape(28, 28)).save(place / f"{row}.png")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert main(["train", "--epochs", "1", "--quiet"]) == 0
    return folder


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_readme_works(
    command: str,
    newcomer: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = shlex.split(command)[1:]
    if arguments[0] == "train":
        arguments += ["--epochs", "1"]  # the last one counts: as typed, but for the length
    monkeypatch.chdir(newcomer)
    assert main(arguments) == 0
    assert capsys.readouterr().out.strip()


@pytest.mark.parametrize("program", PROGRAMS, ids=["training", "using the arrays"])
def test_every_program_of_the_readme_runs(program: str, newcomer: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=newcomer,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_there_is_something_to_test() -> None:
    assert len(COMMANDS) >= 10
    assert len(PROGRAMS) == 2


def test_the_first_screen_has_the_two_commands_of_a_bare_machine() -> None:
    first_screen = "\n".join(README.splitlines()[:24])
    assert (
        "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/nnfs train\n" in first_screen
    )
    assert (
        "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/pytest\n"
        in first_screen
    )


def test_the_table_of_keys_is_complete() -> None:
    for key in KEYS:
        assert f"`{key}`" in README, key


def test_every_recipe_is_named() -> None:
    for name in recipes():
        assert f"`{name}`" in README, name


def test_every_link_and_picture_exists() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
