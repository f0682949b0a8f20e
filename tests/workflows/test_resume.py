"""Resume: a run that was interrupted ends as if it had not been, to the last bit."""

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
    EPOCHS,
    FAR,
    Outcome,
    at_epoch,
    at_step,
    configure,
    contents,
    finished,
    flags,
    lines,
    outcome,
    train,
    write_data,
)

from nnfs_cli.checkpoint import BEST, LATEST, PREVIOUS, find_checkpoint, load_checkpoint
from nnfs_cli.cli.app import main
from nnfs_cli.errors import DataError, ModelError, NnfsError
from nnfs_cli.files import folder_lock
from nnfs_cli.workflows import train as train_workflow
from nnfs_cli.workflows.resume import check_data
from nnfs_cli.workflows.train import training_run

CHECKOUT = Path(__file__).resolve().parents[2]
SLOW = {
    **FAR,
    "epochs": 60,
    "hidden": "64",
    "batch_size": 4,
    "patience": 60,
}  # half a second of training
Refuse = Callable[..., tuple[str, str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the data, in which nothing was trained yet."""
    write_data(tmp_path / "data.npz")
    return tmp_path


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """What the demanding run ends with when nothing happens to it."""
    return finished(tmp_path_factory.mktemp("uninterrupted"))


@pytest.fixture
def refuse(capsys: pytest.CaptureFixture[str]) -> Refuse:
    """Run a command that must fail; return its error and its hint."""

    def refuse(*words: str, code: int) -> tuple[str, str]:
        capsys.readouterr()
        assert main(["train", *words]) == code
        out, err = capsys.readouterr()
        error, hint = err.splitlines()
        assert out == ""
        return error.removeprefix("error: "), hint.removeprefix("hint: ")

    return refuse


def output(folder: Path) -> list[str]:
    return ["--output", str(folder / "run" / "model.npz")]


# ------------------------------------------------------------------------------- exactly as before


@pytest.mark.parametrize("pause", [True, False], ids=["paused", "vanished"])
@pytest.mark.parametrize("seed", range(6))
def test_a_run_stopped_at_any_steps_ends_as_if_it_had_not_been(
    folder: Path, uninterrupted: Outcome, seed: int, pause: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train_workflow, "CHECKPOINT_SECONDS", 0.0)  # a checkpoint at every step
    rng = random.Random(seed)
    steps = len(uninterrupted.history) * BATCHES
    stops = sorted(rng.sample(range(1, steps), rng.randint(1, 5)))
    for number, step in enumerate(stops):
        effective = configure(folder)
        assert not train(effective, resume=number > 0, stop=at_step(step), pause=pause)
    assert train(configure(folder), resume=True)
    assert outcome(folder) == uninterrupted


@pytest.mark.parametrize("step", [1, BATCHES - 1, BATCHES, BATCHES + 1, 2 * BATCHES])
def test_a_run_stopped_in_the_first_or_last_step_of_an_epoch_ends_as_before(
    folder: Path, uninterrupted: Outcome, step: int
) -> None:
    assert not train(configure(folder), stop=at_step(step))
    assert train(configure(folder), resume=True)
    assert outcome(folder) == uninterrupted


@pytest.mark.parametrize("pause", [True, False], ids=["paused", "vanished"])
def test_a_run_stopped_at_the_end_of_every_epoch_ends_as_before(
    folder: Path, uninterrupted: Outcome, pause: bool
) -> None:
    for epoch in range(1, len(uninterrupted.history) + 1):
        train(configure(folder), resume=epoch > 1, stop=at_epoch(epoch), pause=pause)
        assert [line["epoch"] for line in lines(folder)] == list(range(1, epoch + 1))
    assert train(configure(folder), resume=True)
    assert outcome(folder) == uninterrupted


def test_without_a_checkpoint_in_between_the_steps_since_the_epoch_are_made_again(
    folder: Path, uninterrupted: Outcome
) -> None:
    train(configure(folder), stop=at_step(2 * BATCHES + 3), pause=False)
    assert find_checkpoint(folder / "run").header.counters["step"] == 2 * BATCHES
    assert train(configure(folder), resume=True)
    assert outcome(folder) == uninterrupted


def test_early_stopping_comes_in_the_same_epoch_after_resuming(folder: Path) -> None:
    changes = {"learning_rate": 0.3, "patience": 2, "epochs": 40, "schedule": "constant"}
    assert train(configure(folder, **changes))
    expected = outcome(folder)
    assert 3 < len(expected.history) < 40
    shutil.rmtree(folder / "run")
    train(configure(folder, **changes), stop=at_step(len(expected.history) * BATCHES - 1))
    assert train(configure(folder), resume=True)
    assert outcome(folder) == expected


def test_a_run_made_longer_ends_as_one_that_was_so_long_from_the_start(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(configure(folder, **FAR | {"epochs": 7}))
    expected = outcome(folder)
    shutil.rmtree(folder / "run")
    assert train(configure(folder, **FAR | {"epochs": 3}))
    assert main(["train", "--resume", "--epochs", "7", *output(folder)]) == 0
    assert outcome(folder) == expected


# --------------------------------------------------------------------------------- what is written


def test_a_long_epoch_is_saved_every_so_often(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr(train_workflow.time, "perf_counter", lambda: now[0])
    monkeypatch.setattr(train_workflow, "CHECKPOINT_SECONDS", 2.5)
    found = []
    with training_run(configure(folder)) as run:
        for event in run.events():
            if not hasattr(event, "batch") or event.epoch > 1:
                break
            now[0] += 1.0
            if (folder / "run" / LATEST).exists():
                found.append(load_checkpoint(folder / "run" / LATEST).header.counters["step"])
    assert found == [4, 4, 4, 7, 7]  # after the steps 4 to 8


def test_the_latest_the_one_before_and_the_best_are_kept(folder: Path) -> None:
    for patience in (EPOCHS, 0):
        changes = {"patience": patience, "learning_rate": 0.3}
        assert train(configure(folder, **changes, epochs=15, schedule="constant"))
        losses = [line["val_loss"] for line in lines(folder)]
        best = losses.index(min(losses)) + 1
        assert best < len(losses) - 1
        epochs = {
            name: load_checkpoint(folder / "run" / name).header.counters["epoch"]
            for name in (LATEST, PREVIOUS, BEST)
        }
        assert epochs == {LATEST: len(losses), PREVIOUS: len(losses) - 1, BEST: best}


def test_the_best_stays_the_best_after_resuming(folder: Path) -> None:
    changes = {"patience": 0, "learning_rate": 0.3, "epochs": 15, "schedule": "constant"}
    for stop in (3, 6, 9, 12):
        train(configure(folder, **changes), resume=stop > 3, stop=at_epoch(stop), pause=False)
    assert train(configure(folder), resume=True)
    losses = [line["val_loss"] for line in lines(folder)]
    best = load_checkpoint(folder / "run" / BEST).header.counters["epoch"]
    assert best == losses.index(min(losses)) + 1


def test_without_validation_no_best_is_kept(folder: Path) -> None:
    assert train(configure(folder, validation=0, patience=0))
    names = ["checkpoint.npz", "checkpoint.previous.npz", "config.toml", "history.jsonl"]
    assert sorted(contents(folder / "run")) == [*names, "model.npz"]


def test_a_new_run_drops_the_earlier_ones_files_once_it_has_written_its_own(folder: Path) -> None:
    assert train(configure(folder))
    before = contents(folder / "run")
    train(configure(folder, seed=5), stop=at_step(3), pause=False)
    after = contents(folder / "run")
    for name in (LATEST, PREVIOUS, BEST):
        assert after[name] == before[name]
    train(configure(folder, seed=5), stop=at_step(3))
    assert not {PREVIOUS, BEST} & set(contents(folder / "run"))
    assert load_checkpoint(folder / "run" / LATEST).header.config["seed"] == 5


def test_a_pause_before_the_first_epoch_leaves_a_checkpoint_and_no_model(folder: Path) -> None:
    train(configure(folder), stop=at_step(3))
    assert list(contents(folder / "run")) == [LATEST]


def test_what_a_killed_save_left_is_swept_away(folder: Path) -> None:
    train(configure(folder), stop=at_epoch(2))
    for name in (LATEST, PREVIOUS, BEST, "config.toml", "history.jsonl", "model.npz"):
        (folder / "run" / f".{name}.x1.part").write_bytes(b"half")
        (folder / "run" / f".{name}.link.part").write_bytes(b"half")
    assert train(configure(folder), resume=True)
    assert not [name for name in contents(folder / "run") if name.startswith(".")]


# ----------------------------------------------------------------------------------------- damage


@pytest.mark.parametrize("kind", ["cut", "empty", "gone", "flipped"])
def test_when_the_latest_is_damaged_the_one_before_is_used_and_kept(
    folder: Path, uninterrupted: Outcome, kind: str
) -> None:
    train(configure(folder), stop=at_epoch(3), pause=False)
    latest, previous = folder / "run" / LATEST, folder / "run" / PREVIOUS
    good = previous.read_bytes()
    content = bytearray(latest.read_bytes())
    for i in range(len(content) // 2, len(content) // 2 + 500):  # more than what nobody reads
        content[i] ^= 4
    latest.write_bytes({"cut": bytes(content[:-9]), "flipped": bytes(content)}.get(kind, b""))
    if kind == "gone":
        latest.unlink()
    train(configure(folder), resume=True, stop=at_step(2 * BATCHES + 1))
    assert previous.read_bytes() == good  # and not the damaged one
    assert train(configure(folder), resume=True)
    assert outcome(folder) == uninterrupted


@pytest.mark.parametrize("words", [[], ["--quiet"], ["--json"]])
@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (
            lambda path: path.write_bytes(b"PK and no more"),
            "is no .npz file, or its beginning is damaged",
        ),
        (Path.unlink, "No such file or directory"),
        (lambda path: path.write_bytes(path.read_bytes()[:-1]), "is damaged: it is cut short, or "),
    ],
)
def test_going_on_from_the_one_before_is_said_on_stderr(
    folder: Path,
    uninterrupted: Outcome,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    damage: Callable[[Path], object],
    said: str,
) -> None:
    train(configure(folder), stop=at_epoch(3), pause=False)
    latest, previous = folder / "run" / LATEST, folder / "run" / PREVIOUS
    damage(latest)
    capsys.readouterr()
    assert main(["train", "--resume", *words, *output(folder)]) == 0
    out, err = capsys.readouterr()
    (warning,) = (line for line in err.splitlines() if "; going on from " in line)
    assert warning.startswith("warning: ")
    assert str(latest) in warning
    assert said in warning
    assert warning.endswith(f"; going on from {previous}, after epoch 2")
    assert "warning" not in out
    assert outcome(folder) == uninterrupted
    assert main(["train", "--resume", *words, *output(folder)]) == 0
    assert "going on from" not in capsys.readouterr().err


def test_without_a_latest_the_error_is_that_of_the_one_before(folder: Path, refuse: Refuse) -> None:
    train(configure(folder), stop=at_epoch(3))
    (folder / "run" / LATEST).unlink()
    (folder / "run" / PREVIOUS).write_bytes(b"")
    error, _ = refuse("--resume", *output(folder), code=1)
    assert error == f"{folder / 'run' / PREVIOUS} is no .npz file, or its beginning is damaged"


def test_when_both_are_damaged_nothing_is_resumed(folder: Path, refuse: Refuse) -> None:
    train(configure(folder), stop=at_epoch(3))
    for name in (LATEST, PREVIOUS):
        (folder / "run" / name).write_bytes(b"PK\3\4 nothing of the kind")
    before = contents(folder / "run")
    error, _ = refuse("--resume", *output(folder), code=1)
    assert error.startswith(f"{folder / 'run' / LATEST} is damaged: ")
    assert contents(folder / "run") == before


def test_where_nothing_was_trained_there_is_nothing_to_resume(
    tmp_path: Path, refuse: Refuse
) -> None:
    assert refuse("--resume", *output(tmp_path), code=1) == (
        f"nothing to resume: there is no {tmp_path / 'run' / LATEST}",
        "start with: nnfs train",
    )
    assert list(tmp_path.iterdir()) == []


# -------------------------------------------------------------------------------------- conflicts


@pytest.mark.parametrize(
    ("words", "key", "values"),
    [
        (["--learning-rate", "0.5"], "learning_rate", "0.5 (--learning-rate)|0.02"),
        (["--set", "dropout=0.3"], "dropout", "0.3 (--set)|0.2"),
        (["--optimizer", "sgd"], "optimizer", "sgd (--optimizer)|adam"),
        (["--seed", "9"], "seed", "9 (--seed)|0"),
        (["--epochs", "9"], "epochs", "9 (--epochs)|6"),  # one-cycle would be another curve
        (["--epochs", "5"], "epochs", "5 (--epochs)|6"),
    ],
)
def test_what_would_make_it_another_training_is_refused(
    folder: Path, refuse: Refuse, words: list[str], key: str, values: str
) -> None:
    train(configure(folder), stop=at_step(3))
    new, old = values.split("|")
    before = contents(folder / "run")
    assert refuse("--resume", *words, *output(folder), code=2) == (
        f"cannot resume with {key} = {new}: the run was started with {old}",
        "leave it out to go on as before, or train anew without --resume",
    )
    assert contents(folder / "run") == before


def test_fewer_epochs_are_refused_whatever_the_schedule(folder: Path, refuse: Refuse) -> None:
    train(configure(folder, **FAR), stop=at_step(3))
    error, _ = refuse("--resume", "--epochs", "39", *output(folder), code=2)
    assert error == "cannot resume with epochs = 39 (--epochs): the run was started with 40"


def test_saying_the_same_again_is_no_conflict_and_threads_are_free(
    folder: Path, uninterrupted: Outcome
) -> None:
    train(configure(folder), stop=at_step(3))
    same = flags(DEMANDING | {"data": folder / "data.npz", "threads": 2})
    assert main(["train", "--resume", *same, *output(folder), "--quiet"]) == 0
    assert find_checkpoint(folder / "run").header.threads == 2
    assert len(lines(folder)) == len(uninterrupted.history)


def test_the_name_of_the_model_is_free(folder: Path, uninterrupted: Outcome) -> None:
    train(configure(folder), stop=at_step(3))
    moved = folder / "moved"
    (folder / "run").rename(moved)
    assert main(["train", "--resume", "--output", str(moved / "other.npz"), "--quiet"]) == 0
    (moved / "other.npz").rename(moved / "model.npz")
    moved.rename(folder / "run")
    assert outcome(folder) == uninterrupted


# ------------------------------------------------------------------------------------ other data


def change_rows(folder: Path) -> None:
    write_data(folder / "data.npz", rows=140)


def change_width(folder: Path) -> None:
    write_data(folder / "data.npz", size=5)


def change_too_few(folder: Path) -> None:
    write_data(folder / "data.npz", rows=20)  # fewer than are held out


def change_contents(folder: Path) -> None:
    write_data(folder / "data.npz", seed=1)


def change_a_label(folder: Path) -> None:
    with np.load(folder / "data.npz") as file:
        arrays = dict(file)
    held_out = train_rows(folder)
    arrays["y_train"][held_out] = (arrays["y_train"][held_out] + 1) % 3
    np.savez(folder / "data.npz", **arrays)


def train_rows(folder: Path) -> int:
    """Return a row that is held out for validation."""
    from nnfs_cli.datasets import hold_out, load

    examples = load(folder / "data.npz", classes=3).split("train")
    rows = hold_out(examples, 30, seed=0)[1].rows
    assert rows is not None
    return int(rows[0])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (change_rows, "150 rows of 16 then, 140 rows of 16 now"),
        (change_width, "150 rows of 16 then, 150 rows of 25 now"),
        (change_too_few, "150 rows of 16 then, 20 rows of 16 now"),
        (change_contents, "its contents are not the same"),
        (change_a_label, "its contents are not the same"),
    ],
)
def test_other_data_is_refused_and_the_difference_said(
    folder: Path, refuse: Refuse, change: Callable[[Path], None], said: str
) -> None:
    train(configure(folder), stop=at_step(3))
    before = contents(folder / "run")
    change(folder)
    assert refuse("--resume", *output(folder), code=1) == (
        f"cannot resume: the training data has changed ({said})",
        "put the data back, or train anew without --resume",
    )
    assert contents(folder / "run") == before


def test_data_of_another_name_is_refused(folder: Path) -> None:
    (folder / "data.npz").rename(folder / "first.npz")
    (folder / "data.npz").symlink_to("first.npz")
    train(configure(folder), stop=at_step(3))
    (folder / "first.npz").rename(folder / "second.npz")
    (folder / "data.npz").unlink()
    (folder / "data.npz").symlink_to("second.npz")
    with pytest.raises(DataError, match=r"\(it was first then, and is second now\)$"):
        train(configure(folder), resume=True)
    found = find_checkpoint(folder / "run")
    check_data(found, found.header.data)


# ---------------------------------------------------------------------------- finished, or occupied


@pytest.mark.parametrize(
    "changes", [{}, {"learning_rate": 0.3, "patience": 2, "epochs": 40, "schedule": "constant"}]
)
def test_resuming_a_finished_run_says_so_and_changes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str], changes: dict[str, object]
) -> None:
    assert train(configure(folder, **changes))
    expected = outcome(folder)
    epochs = len(expected.history)
    assert (epochs < 40) if changes else (epochs == EPOCHS)
    capsys.readouterr()
    assert main(["train", "--resume", *output(folder)]) == 0
    err = capsys.readouterr().err
    assert f"nothing left to do: the run finished after {epochs} epochs\n" in err
    assert outcome(folder) == expected


@pytest.mark.parametrize("words", [[], ["--resume"]])
def test_a_second_training_in_one_folder_is_told_so_and_touches_nothing(
    folder: Path, refuse: Refuse, words: list[str]
) -> None:
    train(configure(folder), stop=at_epoch(2))
    half = folder / "run" / ".model.npz.abc.part"
    half.write_bytes(b"what the first training is writing right now")
    before = contents(folder / "run")
    with folder_lock(folder / "run"):
        error, hint = refuse(*words, "--data", str(folder / "data.npz"), *output(folder), code=1)
    assert error == f"another training is writing to {folder / 'run'}"
    assert hint == "wait until it has finished, or choose another: --output FOLDER/model.npz"
    assert contents(folder / "run") == before


def test_the_folder_is_free_again_when_a_run_has_failed(folder: Path) -> None:
    with pytest.raises(ZeroDivisionError), training_run(configure(folder)):
        raise ZeroDivisionError
    with training_run(configure(folder)), pytest.raises(NnfsError, match="another training"):
        train(configure(folder))
    assert train(configure(folder))


# ------------------------------------------------------------------------------- the real command


def start(folder: Path, *, resume: bool) -> subprocess.Popen[bytes]:
    words = ["--resume"] if resume else flags(SLOW | {"data": folder / "data.npz"})
    return subprocess.Popen(
        [sys.executable, "-m", "nnfs_cli", "train", *words, *output(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT), "LC_ALL": "C.UTF-8"},
    )


def wait_for_epochs(process: subprocess.Popen[bytes], count: int) -> None:
    """Wait until the process has shown so many more epochs, or has ended."""
    assert process.stderr is not None
    while count and (line := process.stderr.readline()):
        count -= line.startswith(b"epoch=")


def kill_chain(folder: Path, rng: random.Random) -> int:
    """Train to the end with the real command, killing it now and then; return the kills."""
    kills = 0
    for _ in range(2):
        process = start(folder, resume=(folder / "run" / LATEST).exists())
        wait_for_epochs(process, rng.randrange(25))
        time.sleep(rng.random() * 0.02)
        process.kill()
        process.communicate(timeout=30)
        kills += process.returncode == -signal.SIGKILL
    process = start(folder, resume=(folder / "run" / LATEST).exists())
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert not [name for name in contents(folder / "run") if name.startswith(".")]
    return kills


@pytest.fixture(scope="module")
def unkilled(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """What the run of the real command ends with when nothing happens to it."""
    folder = tmp_path_factory.mktemp("unkilled")
    write_data(folder / "data.npz")
    process = start(folder, resume=False)
    process.communicate(timeout=60)
    assert process.returncode == 0
    return outcome(folder)


@pytest.mark.parametrize("seed", range(3))
def test_killed_and_resumed_the_command_ends_with_equal_weights(
    folder: Path, unkilled: Outcome, seed: int
) -> None:
    assert kill_chain(folder, random.Random(seed)) >= 1  # a busy machine may be late for one
    assert outcome(folder) == unkilled


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(100, 300))
def test_each_of_200_killed_chains_ends_with_equal_weights(
    folder: Path, unkilled: Outcome, seed: int
) -> None:
    kill_chain(folder, random.Random(seed))
    assert outcome(folder) == unkilled


SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143}


def stop_and_resume(folder: Path, number: signal.Signals, seed: int) -> None:
    """Stop the real command by a signal at a random moment, check how, and resume to the end."""
    rng = random.Random(seed)
    process = start(folder, resume=False)
    wait_for_epochs(process, rng.randint(1, 20))
    time.sleep(rng.random() * 0.02)
    process.send_signal(number)
    sent = time.monotonic()
    _, err = process.communicate(timeout=30)
    assert time.monotonic() - sent < 2
    assert process.returncode == SIGNALS[number]
    assert b"Continue: nnfs train --resume --output " in err
    assert b"Traceback" not in err
    assert find_checkpoint(folder / "run").header.counters["step"]
    assert train(configure(folder), resume=True)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_stops_the_command_in_time_and_it_can_be_resumed(
    folder: Path, unkilled: Outcome, number: signal.Signals, seed: int
) -> None:
    stop_and_resume(folder, number, seed)
    assert outcome(folder) == unkilled


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(100, 150))
@pytest.mark.parametrize("number", SIGNALS)
def test_each_of_100_signals_stops_the_command_in_time_and_it_can_be_resumed(
    folder: Path, unkilled: Outcome, number: signal.Signals, seed: int
) -> None:
    stop_and_resume(folder, number, seed)
    assert outcome(folder) == unkilled


def test_a_checkpoint_that_cannot_be_written_ends_the_run_and_keeps_the_old_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch, uninterrupted: Outcome
) -> None:
    train(configure(folder), stop=at_epoch(2), pause=False)
    before = (folder / "run" / LATEST).read_bytes()

    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("nnfs_cli.checkpoint.write_npz", full)
        with pytest.raises(ModelError, match=r"checkpoint\.npz: No space left on device"):
            train(configure(folder), resume=True)
    assert (folder / "run" / LATEST).read_bytes() == before
    assert train(configure(folder), resume=True)
    assert outcome(folder) == uninterrupted
