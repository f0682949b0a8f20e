"""Centered training: what is saved is a plain network, and everything goes on from it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from resuming import DEMANDING, at_step, configure, finished, outcome, train, write_data

from nnfs_cli.cli.app import main
from nnfs_cli.config import load
from nnfs_cli.datasets import load as load_data
from nnfs_cli.engine import Center, evaluate
from nnfs_cli.model import load_model
from nnfs_cli.workflows.train import training_run

CENTERED = {**DEMANDING, "center": True}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the data, in which nothing was trained yet."""
    write_data(tmp_path / "data.npz")
    return tmp_path


def test_the_saved_network_needs_no_mean_and_is_as_good(folder: Path) -> None:
    with training_run(configure(folder, **CENTERED)) as run:
        list(run.events())
        report = run.finish()
        assert isinstance(run.network.layers[0], Center)
        test = load_data(folder / "data.npz", classes=3).split("test")
        here = evaluate(run.network, test)
    saved = load_model(folder / "run" / "model.npz").network
    assert saved.summary() == "16 -> 6 sigmoid -> 5 sigmoid -> 3 softmax"
    there = evaluate(saved, test)
    assert there.loss == pytest.approx(here.loss, abs=1e-5)
    assert there.accuracy == here.accuracy == report.test_accuracy


def test_the_mean_changes_what_is_learned(folder: Path) -> None:
    assert train(configure(folder, **CENTERED))
    centered = outcome(folder)
    assert train(configure(folder))
    assert outcome(folder).history[0]["loss"] != centered.history[0]["loss"]


@pytest.mark.parametrize("pause", [True, False], ids=["paused", "vanished"])
def test_it_is_resumed_to_the_last_bit(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, pause: bool
) -> None:
    whole = finished(tmp_path_factory.mktemp("whole"), **CENTERED)
    assert not train(configure(folder, **CENTERED), stop=at_step(19), pause=pause)
    assert train(configure(folder), resume=True)
    assert outcome(folder) == whole


def test_a_fine_tuning_that_centers_starts_from_what_the_model_says(folder: Path) -> None:
    assert train(configure(folder))
    model = load_model(folder / "run" / "model.npz")
    start = load(
        flags={
            "start": str(folder / "run" / "model.npz"),
            "data": str(folder / "data.npz"),
            "output": str(folder / "tuned" / "model.npz"),
            "center": True,
            "mix": 0.0,
        }
    )
    with training_run(start) as run:
        x = np.random.default_rng(0).random((9, 16), dtype=np.float32)
        assert isinstance(run.network.layers[0], Center)
        np.testing.assert_allclose(
            run.network.predict_proba(x), model.network.predict_proba(x), rtol=0, atol=1e-5
        )


def test_the_command_takes_it_and_the_model_reads_pictures(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--set", "center=true", "--set", "classes=3", "--epochs", "2", "--threads", "1"]
    place = ["--data", str(folder / "data.npz"), "--output", str(folder / "run" / "model.npz")]
    assert main(["train", *words, *place]) == 0
    assert "network  16 center -> 128 sigmoid -> 3 softmax" in capsys.readouterr().err
    model, data = str(folder / "run" / "model.npz"), str(folder / "data.npz")
    assert main(["evaluate", "--model", model, "--data", data, "--json"]) == 0
    assert main(["train", "--set", "center=maybe", *place]) == 2
