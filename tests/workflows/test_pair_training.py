"""A pair trains as any training does: saved, paused, killed, resumed, diverged, refused."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from resuming import (
    BATCHES,
    DEMANDING,
    Outcome,
    at_epoch,
    at_step,
    configure,
    finished,
    flags,
    lines,
    outcome,
    train,
    write_data,
)

from nnfs_cli.checkpoint import LATEST, find_checkpoint
from nnfs_cli.cli.app import main
from nnfs_cli.engine import Pair, StepEnd, can_work_in_pairs
from nnfs_cli.engine import pair as engine_pair
from nnfs_cli.errors import DivergedError, PartnerError
from nnfs_cli.model import load_model
from nnfs_cli.workflows import build, resume
from nnfs_cli.workflows import train as train_workflow
from nnfs_cli.workflows.train import training_run

needs_pairs = pytest.mark.skipif(not can_work_in_pairs(), reason="needs Linux and semaphores")

PAIRED = {**DEMANDING, "hidden": "7,5", "dropout": 0.0, "threads": "pair"}
LONG = {**PAIRED, "hidden": "64", "batch_size": 4, "epochs": 60, "patience": 60}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the data, in which nothing was trained yet."""
    write_data(tmp_path / "data.npz")
    return tmp_path


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """What the paired run ends with when nothing happens to it."""
    return finished(tmp_path_factory.mktemp("uninterrupted"), **PAIRED)


@needs_pairs
def test_a_pair_trains_what_one_process_trains_and_says_that_it_was_a_pair(
    folder: Path, uninterrupted: Outcome, capsys: pytest.CaptureFixture[str]
) -> None:
    words = flags(PAIRED | {"data": folder / "data.npz", "output": folder / "run" / "model.npz"})
    assert main(["train", *words]) == 0
    assert "on a pair of processes" in capsys.readouterr().out
    model = load_model(folder / "run" / "model.npz")
    assert model.training["threads"] == "pair"
    assert outcome(folder) == uninterrupted
    assert main(["show", "--network", "--model", str(folder / "run" / "model.npz")]) == 0
    assert "epochs, a pair of processes, seed 0" in " ".join(capsys.readouterr().out.split())
    assert train(configure(folder, **PAIRED | {"threads": 1}))
    for alone, together in zip(lines(folder), uninterrupted.history, strict=True):
        for figure in ("loss", "accuracy", "val_loss", "val_accuracy"):
            assert alone[figure] == pytest.approx(together[figure], abs=1e-4)


@needs_pairs
@pytest.mark.parametrize("pause", [True, False], ids=["paused", "vanished"])
@pytest.mark.parametrize("seed", range(3))
def test_a_pair_stopped_at_any_steps_ends_as_if_it_had_not_been(
    folder: Path, uninterrupted: Outcome, seed: int, pause: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train_workflow, "CHECKPOINT_SECONDS", 0.0)  # a checkpoint at every step
    rng = random.Random(seed)
    steps = len(uninterrupted.history) * BATCHES
    for number, step in enumerate(sorted(rng.sample(range(1, steps), 3))):
        effective = configure(folder, **PAIRED)
        assert not train(effective, resume=number > 0, stop=at_step(step), pause=pause)
        assert find_checkpoint(folder / "run").header.threads == "pair"
    assert train(configure(folder), resume=True)
    assert outcome(folder) == uninterrupted


@needs_pairs
def test_early_stopping_and_averaging_keep_the_weights_that_one_process_keeps(
    folder: Path,
) -> None:
    changes = {**PAIRED, "learning_rate": 0.3, "patience": 2, "epochs": 40, "schedule": "constant"}
    assert train(configure(folder, **changes))
    together = outcome(folder)
    shutil.rmtree(folder / "run")
    assert train(configure(folder, **changes | {"threads": 1}))
    alone = outcome(folder)
    assert 3 < len(together.history) == len(alone.history) < 40
    weights = [np.frombuffer(each.weights, np.float32) for each in (together, alone)]
    np.testing.assert_allclose(*weights, rtol=0, atol=2e-3)


@needs_pairs
@pytest.mark.parametrize("leap", [2 * BATCHES, 3 * BATCHES - 1])
def test_a_pair_that_diverges_keeps_the_model_of_the_last_good_epoch(
    folder: Path, leap: int
) -> None:
    keys = {**PAIRED, "schedule": "constant", "averaging": 0, "patience": 0}
    assert train(configure(folder, **keys | {"epochs": 2}))
    model = folder / "run" / "model.npz"
    expected = load_model(model).network.params
    model.unlink()
    with training_run(configure(folder, **keys | {"epochs": 9})) as run:
        assert run.setup.pair is not None
        run.schedule = run.setup.pair.schedule = lambda step: 1e30 if step == leap else 0.02
        with pytest.raises(DivergedError, match="training diverged at epoch 3, step") as caught:
            for _ in run.events():
                pass
    assert caught.value.hint is not None
    assert caught.value.hint.endswith(f"; the model of epoch 2 is kept in {model}")
    np.testing.assert_array_equal(load_model(model).network.params, expected)


@needs_pairs
def test_a_pair_that_diverges_says_so_once(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = flags(PAIRED | {"data": folder / "data.npz", "output": folder / "run" / "model.npz"})
    sure = ["--set", "learning_rate=1e6", "--optimizer", "sgd", "--activation", "relu"]
    assert main(["train", *words, *sure]) == 1
    err = capsys.readouterr().err
    assert err.count("training diverged") == 1
    assert "Traceback" not in err


@needs_pairs
def test_what_the_second_process_took_with_it_is_in_no_checkpoint(folder: Path) -> None:
    with training_run(configure(folder, **PAIRED)) as run:
        for event in run.events():
            if isinstance(event, StepEnd) and run.state.progress.step == BATCHES + 3:
                break
        assert run.setup.pair is not None
        assert run.setup.pair._partner is not None
        run.setup.pair._partner.kill()
        with pytest.raises(PartnerError, match="the second process of the training has") as caught:
            run.pause()
    again = f"nnfs train --resume --output {folder / 'run' / 'model.npz'}"
    assert caught.value.hint == f"to go on: {again}; without a second process: --threads 1"
    assert find_checkpoint(folder / "run").header.counters["step"] == BATCHES
    assert not (folder / "run" / "model.npz").exists()


def command(folder: Path, *words: str) -> list[str]:
    place = ["--output", str(folder / "run" / "model.npz")]
    return [sys.executable, "-m", "nnfs_cli", "train", *place, *words]


@needs_pairs
@pytest.mark.parametrize("send", [os.kill, os.killpg], ids=["first", "both"])
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)]
)
def test_a_pair_ended_by_a_signal_goes_on_where_it_was(
    folder: Path, unkilled: Outcome, number: int, code: int, send: Callable[[int, int], None]
) -> None:
    data = {"data": folder / "data.npz"}
    process = subprocess.Popen(
        command(folder, *flags(LONG | data)), stderr=subprocess.PIPE, start_new_session=True
    )
    deadline = time.monotonic() + 30
    while not (folder / "run" / "history.jsonl").exists() or len(lines(folder)) < 3:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    send(process.pid, number)
    _, err = process.communicate(timeout=30)
    assert process.returncode in (code, 0), err  # it may have been at its end
    assert b"Traceback" not in err
    done = subprocess.run(command(folder, "--resume", "--quiet"), check=False, timeout=60)
    assert done.returncode == 0
    broken = outcome(folder)
    assert broken == unkilled


@pytest.fixture(scope="module")
def unkilled(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """What the long paired run ends with when nothing happens to it."""
    return finished(tmp_path_factory.mktemp("unkilled"), **LONG)


@needs_pairs
@pytest.mark.deep
@pytest.mark.parametrize("seed", range(100))
def test_each_of_100_pairs_killed_twice_ends_with_equal_weights(
    folder: Path, unkilled: Outcome, seed: int
) -> None:
    rng = random.Random(seed)
    words = flags(LONG | {"data": folder / "data.npz"})
    for _ in range(2):
        resumed = (folder / "run" / LATEST).exists()
        process = subprocess.Popen(command(folder, *(["--resume"] if resumed else words)))
        time.sleep(0.3 + rng.random())
        process.kill()
        process.wait(timeout=30)
    resumed = (folder / "run" / LATEST).exists()
    last = command(folder, "--quiet", *(["--resume"] if resumed else words))
    assert subprocess.run(last, check=False, timeout=60).returncode == 0
    assert outcome(folder) == unkilled


# ------------------------------------------------------------------------------------ where it may


REFUSED = [
    ({"hidden": "1"}, "this is 16 -> 1 sigmoid -> 3 softmax"),
    ({"hidden": "1,5"}, "this is 16 -> 1 sigmoid -> 5 sigmoid -> 3 softmax"),
    ({"hidden": "7", "dropout": 0.5}, "this is 16 -> 7 sigmoid dropout 0.5 -> 3 softmax"),
]


@needs_pairs
@pytest.mark.parametrize(("changes", "words"), REFUSED)
def test_a_pair_is_refused_for_a_network_that_cannot_be_halved(
    folder: Path, changes: dict[str, object], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    values = PAIRED | changes | {"data": folder / "data.npz"}
    assert main(["train", *flags(values), "--output", str(folder / "run" / "model.npz")]) == 2
    error, hint = capsys.readouterr().err.splitlines()
    assert error.startswith('error: threads = "pair" is for networks with a hidden layer')
    assert error.endswith(words)
    assert hint == "hint: leave it out, or say how many threads: --threads 2"


def test_a_pair_is_refused_where_no_process_can_be_forked(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "can_work_in_pairs", lambda: False)
    values = PAIRED | {"data": folder / "data.npz"}
    assert main(["train", *flags(values), "--output", str(folder / "run" / "model.npz")]) == 2
    error, hint = capsys.readouterr().err.splitlines()
    needs = "needs Linux, with /dev/shm and /proc: it forks a second process"
    assert error == f'error: threads = "pair" {needs}'
    assert hint == "hint: leave it out, or say how many threads: --threads 2"


@needs_pairs
def test_what_a_pair_began_is_resumed_elsewhere_with_threads(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not train(configure(folder, **PAIRED), stop=at_epoch(2))
    for module in (build, resume):
        monkeypatch.setattr(module, "can_work_in_pairs", lambda: False)
    assert train(configure(folder), resume=True)
    assert find_checkpoint(folder / "run").header.threads != "pair"


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_only_linux_forks(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_pair.sys, "platform", platform)
    assert not can_work_in_pairs()


def test_a_system_without_semaphores_has_no_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> None:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(engine_pair, "Bell", none)
    assert not can_work_in_pairs()


@needs_pairs
@pytest.mark.parametrize(
    ("changes", "possible"),
    [({}, True), ({"rotation": 0.0, "shift": 0.0}, True), ({"hidden": "1,5"}, False)],
)
def test_left_to_itself_it_pairs_what_can_be_halved(
    folder: Path, changes: dict[str, object], possible: bool
) -> None:
    with training_run(configure(folder, **PAIRED | {"threads": "auto"} | changes)) as run:
        assert isinstance(run.team, Pair) is possible
