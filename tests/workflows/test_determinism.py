"""Determinism: the same data, config, seed and thread count give the same bytes, however it is run.

That the form of the data is no matter either is in `test_data_forms.py`.
"""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from resuming import DEMANDING, flags, write_data

from nnfs_cli.cli.app import main
from nnfs_cli.model import load_model
from nnfs_cli.workflows import train as train_workflow
from nnfs_cli.workflows.threads import Threads

CHECKOUT = Path(__file__).resolve().parents[2]
SMOKE = str(CHECKOUT / "configs" / "smoke.yaml")
WORDS = ["train", "--data", "data.npz", *flags(DEMANDING)]
Trained = Callable[..., bytes]


def environment(**variables: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(CHECKOUT), "TERM": "xterm-256color"} | variables


def in_process(folder: Path, *words: str) -> None:
    assert main([*WORDS, *words]) == 0


def in_a_child(folder: Path, *words: str, **variables: str) -> None:
    command = [sys.executable, "-m", "nnfs_cli", *WORDS, *words]
    env = environment(**variables)
    subprocess.run(command, cwd=folder, env=env, capture_output=True, check=True)


def on_a_terminal(folder: Path, *words: str) -> None:
    """Train with the live display, which nothing here looks at."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "nnfs_cli", *WORDS, *words]
    variables = {name: value for name, value in environment().items() if name != "CI"}
    process = subprocess.Popen(
        command, cwd=folder, env=variables, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 65536):
            shown += part
    except OSError:  # how Linux says that the other end is closed
        pass
    finally:
        os.close(ours)
    assert process.wait(timeout=60) == 0
    assert b"\x1b[" in shown  # something was drawn over


@pytest.fixture
def trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trained:
    """Train in a folder of its own in the given way; return the bytes of the model file."""

    def trained(name: str, way: Callable[..., None], *words: str, **variables: str) -> bytes:
        folder = tmp_path / name
        folder.mkdir()
        write_data(folder / "data.npz")
        monkeypatch.chdir(folder)
        way(folder, *words, **variables)
        return (folder / "model" / "model.npz").read_bytes()

    return trained


def test_what_is_shown_changes_no_byte_of_the_model(trained: Trained) -> None:
    # Adam, dropout, averaging, early stopping and a schedule: all that a step can depend on
    plain = trained("plain", in_process)
    assert trained("again", in_process) == plain
    assert trained("json", in_process, "--json") == plain
    assert trained("quiet", in_process, "--quiet") == plain
    assert trained("debug", in_process, "--debug") == plain
    assert trained("child", in_a_child) == plain
    assert trained("terminal", on_a_terminal) == plain


def test_checkpoints_change_no_byte_of_the_model(
    trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train_workflow, "CHECKPOINT_SECONDS", 1e9)  # at the ends of epochs only
    seldom = trained("seldom", in_process)
    monkeypatch.setattr(train_workflow, "CHECKPOINT_SECONDS", 0.0)  # after every step
    assert trained("often", in_process) == seldom
    monkeypatch.setattr(train_workflow.TrainingRun, "checkpoint", lambda run, **options: None)
    assert trained("never", in_process) == seldom


def test_another_seed_gives_another_model(trained: Trained) -> None:
    # else equal bytes would say nothing
    assert trained("one", in_process, "--seed", "1") != trained("two", in_process, "--seed", "2")


def test_the_hash_seed_of_python_changes_no_byte(tmp_path: Path) -> None:
    models = set()
    for seed in ("0", "1", "4242"):
        folder = tmp_path / seed
        folder.mkdir()
        command = ["train", "--config", SMOKE, "--threads", "1", "--quiet"]
        subprocess.run(
            [sys.executable, "-m", "nnfs_cli", *command],
            cwd=folder,
            env=environment(PYTHONHASHSEED=seed),
            capture_output=True,
            check=True,
        )
        models.add((folder / "model" / "model.npz").read_bytes())
    assert len(models) == 1


def test_another_number_of_threads_agrees_to_a_millionth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    params = {}
    for threads in ("1", "2"):
        output = f"{threads}/model.npz"
        words = ["--epochs", "1", "--batch-size", "256", "--threads", threads, "--quiet"]
        assert main(["train", *words, "--output", output]) == 0
        params[threads] = load_model(Path(output)).network.params
    # float32, weights of up to 1, after 235 steps of 256 rows: 1e-7 was measured
    np.testing.assert_allclose(params["2"], params["1"], rtol=1e-6, atol=1e-6)


class Curious(Threads):
    """Measures before training and after every step, and stays with one thread."""

    def choose(self, probe: Callable[[], object]) -> int:
        for _ in range(3):
            probe()
        return self.count

    def watch(self, probe: Callable[[], object]) -> None:
        probe()


def test_measuring_the_threads_changes_no_byte(
    trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    # it makes steps that nobody asked for, which may use up no random numbers
    plain = trained("plain", in_process)
    monkeypatch.setattr(train_workflow, "Threads", Curious)
    assert trained("measured", in_process) == plain
