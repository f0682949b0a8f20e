"""Divergence: it ends the run in the step it happens, and the last finished epoch is kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from resuming import BATCHES, at_step, configure, lines, train, write_data

from nnfs_cli.checkpoint import find_checkpoint
from nnfs_cli.errors import DivergedError
from nnfs_cli.model import load_model
from nnfs_cli.workflows.resume import resume_config
from nnfs_cli.workflows.train import training_run

PLAIN: dict[str, object] = {"schedule": "constant", "averaging": 0, "patience": 0}
AVERAGED = PLAIN | {"averaging": 0.9}


def leap_at(step: int) -> Callable[[int], float]:
    """Return a schedule that is well behaved but for one step, counted from 0."""
    return lambda now: 1e30 if now == step else 0.02


@pytest.mark.parametrize("leap", [2 * BATCHES, 2 * BATCHES + 3, 3 * BATCHES - 1])
@pytest.mark.parametrize("keys", [PLAIN, AVERAGED, PLAIN | {"patience": 5}], ids=str)
def test_the_model_of_the_last_finished_epoch_is_kept(
    tmp_path: Path, keys: dict[str, object], leap: int
) -> None:
    write_data(tmp_path / "data.npz")
    assert train(configure(tmp_path, **keys, epochs=2))
    model = tmp_path / "run" / "model.npz"
    expected = load_model(model).network.params
    model.unlink()

    with training_run(configure(tmp_path, **keys, epochs=9)) as run:
        run.schedule = leap_at(leap)
        with pytest.raises(DivergedError, match="training diverged at epoch 3, step") as caught:
            for _ in run.events():
                pass
        assert run.epochs_done == 2
    assert caught.value.hint is not None
    assert caught.value.hint.endswith(f"; the model of epoch 2 is kept in {model}")
    kept = load_model(model)
    np.testing.assert_array_equal(kept.network.params, expected)
    assert kept.training["epochs"] == 2
    assert [line["epoch"] for line in lines(tmp_path)] == [1, 2]
    checkpoint = find_checkpoint(tmp_path / "run")
    assert np.isfinite(checkpoint.arrays["params"]).all()
    assert checkpoint.header.counters["epoch"] == 2


def test_before_the_first_epoch_is_finished_there_is_no_model_to_keep(tmp_path: Path) -> None:
    write_data(tmp_path / "data.npz")
    with training_run(configure(tmp_path, **PLAIN)) as run:
        run.schedule = leap_at(2)
        with pytest.raises(DivergedError, match="training diverged at epoch 1, step") as caught:
            for _ in run.events():
                pass
    assert caught.value.hint is not None
    assert "kept" not in caught.value.hint
    assert not (tmp_path / "run" / "model.npz").exists()


def test_a_run_resumed_amid_an_epoch_writes_over_nothing(tmp_path: Path) -> None:
    write_data(tmp_path / "data.npz")
    assert not train(configure(tmp_path, **PLAIN), stop=at_step(2 * BATCHES + 3))
    paused = (tmp_path / "run" / "model.npz").read_bytes()
    with training_run(*resume_config(configure(tmp_path, **PLAIN))) as run:
        run.schedule = leap_at(2 * BATCHES + 4)
        with pytest.raises(DivergedError, match="training diverged at epoch 3, step") as caught:
            for _ in run.events():
                pass
    assert caught.value.hint is not None
    assert "kept" not in caught.value.hint
    assert (tmp_path / "run" / "model.npz").read_bytes() == paused


def test_a_last_step_after_which_the_network_says_nothing_has_diverged(tmp_path: Path) -> None:
    write_data(tmp_path / "data.npz")
    with training_run(configure(tmp_path, **PLAIN | {"validation": 0}, epochs=1)) as run:
        run.schedule = lambda now: 1e30 if now == len(run.setup.minibatches) - 1 else 0.02
        for _ in run.events():
            pass
        assert np.isfinite(run.network.params).all()
        with pytest.raises(DivergedError, match=r"afterwards the loss is \d"):
            run.finish()
    assert not (tmp_path / "run" / "model.npz").exists()
