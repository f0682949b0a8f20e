"""`calibrate` changes how sure the finished model is, and nothing else about a run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from resuming import at_epoch, configure, outcome, train, write_data

from nnfs_cli.datasets import load
from nnfs_cli.engine import best_temperature, evaluate
from nnfs_cli.model import load_model


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_data(tmp_path / "data.npz")
    return tmp_path


def last_layer(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    dense = load_model(folder / "run" / "model.npz").network.dense
    return dense[0].weight.copy(), dense[-1].weight.copy()


def test_the_last_layer_is_divided_by_one_temperature_and_the_others_stay(folder: Path) -> None:
    train(configure(folder))
    first, last = last_layer(folder)
    train(configure(folder, calibrate=True))
    calibrated_first, calibrated_last = last_layer(folder)
    np.testing.assert_array_equal(first, calibrated_first)
    ratio = last / calibrated_last
    assert abs(ratio.mean() - 1.0) > 0.01
    np.testing.assert_allclose(ratio, ratio.mean(), rtol=1e-5)


def test_on_the_rows_it_was_fitted_to_no_temperature_is_better(folder: Path) -> None:
    config = configure(folder, calibrate=True, validation=0, patience=0)
    train(config)
    network = load_model(folder / "run" / "model.npz").network
    answers = evaluate(network, load(folder / "data.npz", classes=3).split("train"))
    assert best_temperature(answers.logits, answers.labels) == pytest.approx(1.0, abs=1e-3)


def test_a_resumed_run_is_calibrated_once_and_ends_the_same(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "whole"
    other.mkdir()
    write_data(other / "data.npz")
    train(configure(other, calibrate=True))
    assert not train(configure(folder, calibrate=True), stop=at_epoch(3))
    assert train(configure(folder), resume=True)
    assert outcome(folder) == outcome(other)
