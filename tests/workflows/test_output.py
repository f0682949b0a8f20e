"""What an earlier run left is not lost to a later one, and not taken for its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from resuming import BATCHES, EPOCHS, at_epoch, at_step, configure, contents, train, write_data

from nnfs_cli.checkpoint import LATEST, UNFINISHED
from nnfs_cli.config import load
from nnfs_cli.errors import ConfigError, NnfsError
from nnfs_cli.workflows.resume import resume_config, unfinished
from nnfs_cli.workflows.train import training_run

EARLIER = 7  # the seed of the run before
MODEL, KEPT, HISTORY = "model.npz", "model.previous.npz", "history.jsonl"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder in which a run was finished."""
    write_data(tmp_path / "data.npz")
    assert train(configure(tmp_path, seed=EARLIER))
    return tmp_path


def test_the_model_of_an_earlier_run_is_kept_under_another_name(folder: Path) -> None:
    before = contents(folder / "run")[MODEL]
    with training_run(configure(folder)) as run:
        for _ in run.events():
            pass
        report = run.finish()
    after = contents(folder / "run")
    assert (after[KEPT], after[MODEL] != before) == (before, True)
    assert report.kept == folder / "run" / KEPT
    assert report.to_dict()["kept"] == str(report.kept)


def test_the_first_run_keeps_nothing_for_there_was_nothing(tmp_path: Path) -> None:
    write_data(tmp_path / "data.npz")
    with training_run(configure(tmp_path)) as run:
        for _ in run.events():
            pass
        assert run.finish().kept is None
    assert KEPT not in contents(tmp_path / "run")


@pytest.mark.parametrize("pause", [True, False])
def test_a_run_that_is_cut_off_and_resumed_keeps_what_was_there_before_it(
    folder: Path, pause: bool
) -> None:
    before = contents(folder / "run")[MODEL]
    train(configure(folder), stop=at_epoch(2), pause=pause)
    assert contents(folder / "run")[KEPT if pause else MODEL] == before
    assert train(configure(folder), resume=True)
    assert contents(folder / "run")[KEPT] == before
    assert contents(folder / "run")[MODEL] != before


def test_before_its_first_epoch_is_over_a_run_leaves_model_and_history_alone(folder: Path) -> None:
    before = contents(folder / "run")
    train(configure(folder), stop=at_step(BATCHES - 2))
    after = contents(folder / "run")
    assert {name for name in after if after[name] != before.get(name)} == {LATEST}
    assert (after[MODEL], after[HISTORY]) == (before[MODEL], before[HISTORY])


def test_a_run_is_not_resumed_into_the_model_of_another_one(folder: Path) -> None:
    other = folder / "run" / "my other.npz"
    other.write_bytes((folder / "run" / MODEL).read_bytes())
    with pytest.raises(ConfigError) as caught:
        resume_config(load(flags={"output": str(other)}))
    assert "the run that was interrupted here is that of " in caught.value.message
    assert caught.value.hint == f"nnfs train --resume --output {folder / 'run' / MODEL}"
    other.unlink()  # what is not there cannot be lost
    effective, _ = resume_config(load(flags={"output": str(other)}))
    assert effective.values.output == str(other)


@pytest.mark.parametrize("patience", [0, 4])
def test_who_starts_anew_where_a_run_was_cut_off_is_told(folder: Path, patience: int) -> None:
    assert unfinished(folder / "run") is None
    train(configure(folder, patience=patience), stop=at_epoch(2))
    assert unfinished(folder / "run") == (2, EPOCHS)
    with training_run(configure(folder)) as run:
        (told,) = run.warnings
    assert f"was stopped after epoch 2 of {EPOCHS}" in told
    assert f"(nnfs train --resume --output {folder / 'run' / MODEL} goes on with it)" in told


def test_the_checkpoint_of_an_unfinished_run_outlives_the_run_that_takes_its_place(
    folder: Path,
) -> None:
    run = folder / "run"
    train(configure(folder), stop=at_epoch(2))
    before = contents(run)[LATEST]
    assert UNFINISHED not in contents(run)
    train(configure(folder, seed=3), stop=at_step(2))  # --resume was forgotten, and then Ctrl-C
    train(configure(folder, seed=3), stop=at_step(2))  # that run had no epoch worth keeping
    assert contents(run)[UNFINISHED] == before
    (run / UNFINISHED).replace(run / LATEST)
    assert unfinished(run) == (2, EPOCHS)
    assert train(configure(folder), resume=True)
    assert unfinished(run) is None


def test_a_run_that_stopped_early_is_finished(tmp_path: Path) -> None:
    write_data(tmp_path / "data.npz")
    config = configure(tmp_path, patience=1, learning_rate=0.3, epochs=40)
    assert train(config)
    assert len(contents(tmp_path / "run")[HISTORY].splitlines()) < 40
    assert unfinished(tmp_path / "run") is None


@pytest.mark.parametrize("name", ["checkpoint.npz", "config.toml", "history.jsonl"])
def test_a_model_is_not_named_like_what_lies_beside_it(tmp_path: Path, name: str) -> None:
    write_data(tmp_path / "data.npz")
    effective = configure(tmp_path, output=str(tmp_path / "run" / name))
    with (
        pytest.raises(ConfigError, match=f"{name}: a file of this name is written beside"),
        training_run(effective),
    ):
        pass
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("name", ["config.toml", "history.jsonl", LATEST, KEPT])
def test_a_folder_where_a_file_is_to_be_is_told_before_the_training(
    tmp_path: Path, name: str
) -> None:
    write_data(tmp_path / "data.npz")
    (tmp_path / "run" / name).mkdir(parents=True)
    words = f"cannot write {tmp_path / 'run' / name}: it is a folder"
    with pytest.raises(NnfsError, match=words), training_run(configure(tmp_path)):
        pass


def test_a_name_too_long_to_be_kept_is_told_before_the_training(tmp_path: Path) -> None:
    write_data(tmp_path / "data.npz")
    effective = configure(tmp_path, output=str(tmp_path / ("m" * 230 + ".npz")))
    with (
        pytest.raises(NnfsError, match=r"previous\.npz: File name too long"),
        training_run(effective),
    ):
        pass


@pytest.mark.parametrize("name", ["config.toml", "history.jsonl"])
def test_somebody_elses_file_is_not_written_over(tmp_path: Path, name: str) -> None:
    write_data(tmp_path / "data.npz")
    (tmp_path / "run").mkdir()
    mine = tmp_path / "run" / name
    mine.write_text("# my notes")
    with (
        pytest.raises(ConfigError, match=f"{name} seems to be your own") as caught,
        training_run(configure(tmp_path)),
    ):
        pass
    hint = "move it away, or name another folder: --output FOLDER/model.npz"
    assert caught.value.hint == hint
    assert mine.read_text() == "# my notes"


def test_a_config_of_your_own_is_not_written_over_after_a_training_either(tmp_path: Path) -> None:
    write_data(tmp_path / "data.npz")
    train(configure(tmp_path))
    train(configure(tmp_path))  # what the first one wrote is known by how it begins
    mine = tmp_path / "run" / "config.toml"
    mine.write_text("epochs = 1\n# my careful notes")
    with (
        pytest.raises(ConfigError, match=r"config\.toml seems to be your own"),
        training_run(configure(tmp_path)),
    ):
        pass
    assert mine.read_text() == "epochs = 1\n# my careful notes"


def test_an_output_that_is_no_model_is_not_written_over(tmp_path: Path) -> None:
    write_data(tmp_path / "data.npz")
    mine = tmp_path / "digits.csv"
    mine.write_text("7,0,0,0")
    effective = configure(tmp_path, output=str(mine))
    with pytest.raises(ConfigError, match="a file of this name that is no model") as caught:
        train(effective)
    assert caught.value.hint == "move it away, or name the model otherwise: --output FILE"
    assert mine.read_text() == "7,0,0,0"
    assert not (tmp_path / "digits.previous.csv").exists()


def test_an_output_that_is_the_data_is_not_written_over(tmp_path: Path) -> None:
    write_data(tmp_path / "data.npz")
    before = (tmp_path / "data.npz").read_bytes()
    with pytest.raises(ConfigError, match="a file of this name that is no model"):
        train(configure(tmp_path, output=str(tmp_path / "data.npz")))
    assert (tmp_path / "data.npz").read_bytes() == before
