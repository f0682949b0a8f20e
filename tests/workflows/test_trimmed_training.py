"""Trimmed training: blank rims are left out, and a run is saved and resumed as any other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from resuming import DEMANDING, Outcome, at_step, configure, outcome, train, write_data

from nnfs_cli.engine import Trimmed, can_work_in_pairs
from nnfs_cli.model import load_model
from nnfs_cli.workflows import build
from nnfs_cli.workflows import train as train_workflow
from nnfs_cli.workflows.train import training_run

RIM = 2  # blank pixels around the 4 x 4 of the others' pictures
AUGMENTED = ("rotation", "shift", "elastic", "stretch", "thickness", "contrast")
PLAIN = {**DEMANDING, **dict.fromkeys(AUGMENTED, 0.0)}
threads = pytest.mark.parametrize(
    "threads",
    [1, pytest.param("pair", marks=pytest.mark.skipif(not can_work_in_pairs(), reason="Linux"))],
)


def write_pictures(path: Path) -> None:
    write_data(path)
    with np.load(path) as file:
        arrays = dict(file)
    for name in ("x_train", "x_test"):
        arrays[name] = np.pad(arrays[name], ((0, 0), (RIM, RIM), (RIM, RIM)))
    np.savez(path, **arrays)


def uninterrupted(folder: Path, **changes: object) -> Outcome:
    """Train in a folder of its own, without any interruption."""
    folder.mkdir()
    write_pictures(folder / "data.npz")
    assert train(configure(folder, **changes))
    return outcome(folder)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the data, in which nothing was trained yet."""
    write_pictures(tmp_path / "data.npz")
    return tmp_path


@pytest.mark.parametrize(
    ("changes", "short"),
    [({}, True), ({"shift": 1.0}, False), ({"center": True}, False)],
    ids=["plain", "augmented", "centered"],
)
def test_only_what_stays_blank_is_left_out(
    folder: Path, changes: dict[str, object], short: bool
) -> None:
    with training_run(configure(folder, **PLAIN | changes)) as run:
        assert isinstance(run.team, Trimmed) is short


@threads
def test_the_saved_model_is_that_of_whole_rows(
    folder: Path, threads: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = PLAIN | {"threads": threads, "dropout": 0.0, "epochs": 3}
    with training_run(configure(folder, **changes)) as run:
        assert isinstance(run.team, Trimmed)
        list(run.events())
        assert run.threads.used == threads
        short = run.finish()
    network = load_model(folder / "run" / "model.npz").network
    monkeypatch.setattr(build, "trim", lambda examples: examples)
    with training_run(configure(folder, **changes)) as run:
        assert not isinstance(run.team, Trimmed)
        list(run.events())
        whole = run.finish()
    np.testing.assert_allclose(network.params, run.network.params, rtol=0, atol=1e-4)
    assert (short.train_accuracy, short.test_accuracy) == pytest.approx(
        (whole.train_accuracy, whole.test_accuracy), abs=0.02
    )


@threads
@pytest.mark.parametrize("pause", [True, False], ids=["paused", "vanished"])
def test_it_is_resumed_to_the_last_bit(
    folder: Path, threads: object, pause: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = PLAIN | {"threads": threads, "dropout": 0.0 if threads == "pair" else 0.2}
    whole = uninterrupted(folder / "whole", **changes)
    monkeypatch.setattr(train_workflow, "CHECKPOINT_SECONDS", 0.0)  # a checkpoint at every step
    assert not train(configure(folder, **changes), stop=at_step(11), pause=pause)
    assert not train(configure(folder), resume=True, stop=at_step(30), pause=pause)
    assert train(configure(folder), resume=True)
    assert outcome(folder) == whole
