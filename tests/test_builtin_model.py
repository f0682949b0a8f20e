"""The model that comes with nnfs is small, and as good as its header says."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnfs_cli.datasets import load
from nnfs_cli.engine import Evaluation, evaluate
from nnfs_cli.engine.metrics import calibration_error
from nnfs_cli.model import Model, load_model
from nnfs_cli.packaged import packaged

MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def path() -> Path:
    found = packaged("data/builtin.npz")
    assert found is not None
    return found


@pytest.fixture(scope="module")
def model(path: Path) -> Model:
    return load_model(path)


@pytest.fixture(scope="module")
def answers(model: Model) -> Evaluation:
    return evaluate(model.network, load().split("test"))


def test_it_takes_three_megabytes_at_most(path: Path) -> None:
    assert path.stat().st_size <= 3 * MEGABYTE


def test_it_is_as_good_as_its_header_says(model: Model, answers: Evaluation) -> None:
    assert answers.accuracy == pytest.approx(model.training["test_accuracy"], abs=1.5e-4)
    assert answers.loss == pytest.approx(model.training["test_loss"], rel=1e-3)


def test_it_reads_994_of_1000_test_digits(answers: Evaluation) -> None:
    assert answers.accuracy >= 0.994


def test_its_confidence_means_what_it_says(model: Model, answers: Evaluation) -> None:
    error = calibration_error(answers.probs, answers.labels)
    assert error < 0.01
    assert error == pytest.approx(model.training["calibration_error"], abs=1e-3)


def test_it_was_trained_by_the_recipe_that_comes_with_it(model: Model) -> None:
    from nnfs_cli.config import from_dict, to_dict
    from nnfs_cli.config import load as load_config

    recipe = to_dict(load_config(Path("best")).values)
    used = to_dict(from_dict(model.config))  # a key that is younger than the model has its default
    differing = {key for key in recipe if recipe[key] != used[key]}
    assert differing <= {"output", "threads", "seed"}
