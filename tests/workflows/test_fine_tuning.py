"""Fine-tuning: a model learns a new hand, keeps what it knew, and can be interrupted like any."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from resuming import Outcome, at_epoch, at_step, outcome, train

from nnfs_cli.cli.app import main
from nnfs_cli.config import EffectiveConfig, load
from nnfs_cli.engine import Examples, evaluate
from nnfs_cli.errors import ConfigError, DataError, ModelError
from nnfs_cli.model import load_model
from nnfs_cli.workflows.build import LEAST_ROWS
from nnfs_cli.workflows.fine_tuning import ENOUGH, GENTLE, RECIPE, begin, habits
from nnfs_cli.workflows.train import training_run

SIDE = 6
RECIPE_OF_START = {"hidden": "12", "activation": "tanh", "epochs": 15, "threads": 1, "classes": 3}


def hand(rows: int, *, seed: int, turned: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return noisy pictures of three classes: row 0, 2 or 4 is bright, and nothing else.

    A `turned` hand writes rows 1, 3 and 5, with a paler stroke where the other hand has its next
    class: who learns from it alone unlearns the rows of the other.
    """
    rng = np.random.default_rng(seed)
    labels = np.arange(rows) % 3
    pixels = rng.integers(0, 60, (rows, SIDE, SIDE))
    for picture, label in zip(pixels, labels, strict=True):
        if turned:
            picture[2 * label + 1] += 180
            picture[2 * ((label + 1) % 3)] += 120
        else:
            picture[2 * label] += 180
    return pixels.astype(np.uint8), labels.astype(np.uint8)


def write_hand(path: Path, *, rows: int, turned: bool, test: bool = False) -> None:
    arrays: dict[str, Any] = {}
    for seed, split in enumerate(("train", "test") if test else ("train",)):
        x, y = hand(rows, seed=seed + 2 * turned, turned=turned)
        arrays |= {f"x_{split}": x, f"y_{split}": y}
    np.savez(path, **arrays)


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with old data, a model that has learned it, and new data in another hand."""
    folder = tmp_path_factory.mktemp("start")
    write_hand(folder / "old.npz", rows=240, turned=False, test=True)
    write_hand(folder / "new.npz", rows=90, turned=True)
    write_hand(folder / "few.npz", rows=ENOUGH - 1, turned=True)
    places = {"data": str(folder / "old.npz"), "output": str(folder / "start" / "model.npz")}
    train(load(flags={**RECIPE_OF_START, **places}))
    return folder


def tuning(start: Path, folder: Path, /, **changes: object) -> EffectiveConfig:
    places = {
        "start": str(start / "start" / "model.npz"),
        "data": str(start / "new.npz"),
        "output": str(folder / "run" / "model.npz"),
    }
    return load(flags={"threads": 1, **places, **changes})


def finished(effective: EffectiveConfig) -> Any:
    with training_run(effective) as run:
        for _ in run.events():
            pass
        return run.finish()


def test_the_new_is_learned_and_the_old_is_kept(start: Path, tmp_path: Path) -> None:
    report = finished(tuning(start, tmp_path))
    new, old = report.changes
    assert (new.data, new.part, new.rows) == ("new", "held out", 18)
    assert (old.data, old.part, old.rows) == ("old", "test", 240)
    assert new.before < 0.1
    assert new.after > 0.95
    assert old.before == 1.0
    assert old.after > 0.98
    x, y = hand(240, seed=1, turned=False)
    model = load_model(report.model)
    truth = evaluate(model.network, Examples(x.reshape(len(x), -1), y.astype(int)))
    assert truth.accuracy == old.after
    assert model.config["mix_data"] == str(start / "old.npz")


def test_without_mixing_the_old_is_forgotten_and_a_diagnosis_says_so(
    start: Path, tmp_path: Path
) -> None:
    """So it is the mixing that keeps it; the old data is still looked back at."""
    report = finished(tuning(start, tmp_path, mix=0))
    _, old = report.changes
    assert old.before == 1.0
    assert old.after < 0.1
    (found,) = (each for each in report.diagnoses if each.kind == "forgetting")
    fallen = f"from 100.00 % to {old.after * 100:.2f} %"
    assert found.finding == f"the accuracy on the old test set has fallen {fallen}"
    assert found.advice.startswith("try mixing old rows in: --mix 0.75, or a smaller ")


@pytest.mark.parametrize("truth", [True, False])
def test_one_new_picture_right_or_wrong_does_not_make_it_forget(
    start: Path, tmp_path: Path, truth: bool
) -> None:
    """With three old rows to one new one it did: they are no sample of what was known."""
    x, y = hand(1, seed=7, turned=False)
    np.savez(tmp_path / "one.npz", images=x, labels=y if truth else y + 1)
    report = finished(tuning(start, tmp_path, data=str(tmp_path / "one.npz")))
    new, old = report.changes
    assert (new.part, new.rows) == ("learned from", 1)
    assert old.before == 1.0
    assert old.after >= 0.99
    assert report.diagnoses == ()


@pytest.mark.parametrize("mix", [0, 0.75])
def test_epochs_of_few_rows_are_no_sign_of_a_learning_rate_too_large(
    start: Path, tmp_path: Path, mix: float
) -> None:
    """Augmented, one of a few rows may be very wrong in one epoch and right in the next."""
    x, y = hand(3, seed=7, turned=False)
    np.savez(tmp_path / "few.npz", images=x, labels=y)
    wild = {"rotation": 60, "shift": 1, "elastic": 1}
    report = finished(tuning(start, tmp_path, data=str(tmp_path / "few.npz"), mix=mix, **wild))
    assert "learning-rate-too-large" not in {each.kind for each in report.diagnoses}


def test_it_augments_as_the_model_was_trained_but_draws_no_digits_in_place_of_new_rows(
    start: Path,
) -> None:
    model = load_model(start / "start" / "model.npz")
    trained = replace(model, config={**model.config, "rotation": 5.0, "synthetic": 0.2})
    kept = habits(trained)
    assert kept["rotation"] == 5.0
    assert "synthetic" not in kept


def test_an_epoch_of_few_new_rows_is_filled_up_with_old_ones(start: Path, tmp_path: Path) -> None:
    with training_run(tuning(start, tmp_path, data=str(start / "few.npz"))) as run:
        assert run.setup.minibatches.rows == LEAST_ROWS
    with training_run(tuning(start, tmp_path, mix=0)) as run:
        assert run.setup.minibatches.rows == len(run.setup.examples)


def test_it_starts_from_the_weights_of_the_model(start: Path, tmp_path: Path) -> None:
    before = load_model(start / "start" / "model.npz").network.params
    with training_run(tuning(start, tmp_path)) as run:
        np.testing.assert_array_equal(run.network.params, before)
        next(run.events())
        assert np.abs(run.network.params - before).max() > 0


def test_the_architecture_and_the_recipe_come_with_the_model(start: Path, tmp_path: Path) -> None:
    effective, model = begin(tuning(start, tmp_path, epochs=7))
    source = str(start / "start" / "model.npz")
    values, sources = effective.values, effective.sources
    assert (values.hidden, values.activation, values.classes) == ((12,), "tanh", 3)
    assert {sources[key] for key in ("hidden", "activation", "classes", "mix_data")} == {source}
    assert (values.epochs, sources["epochs"]) == (7, "--epochs")
    gentle = {key: value for key, value in GENTLE.items() if key != "epochs"}
    assert {key: getattr(values, key) for key in gentle} == gentle
    assert {sources[key] for key in gentle} == {RECIPE}
    assert values.mix_data == str(start / "old.npz")
    assert model.classes == ("0", "1", "2")


def test_another_optimizer_has_its_own_learning_rate(start: Path, tmp_path: Path) -> None:
    values = begin(tuning(start, tmp_path, optimizer="sgd"))[0].values
    assert values.learning_rate == 0.1
    assert values.epochs == GENTLE["epochs"]


def test_what_was_learned_from_at_first_is_mixed_in_again_and_again(
    start: Path, tmp_path: Path
) -> None:
    finished(tuning(start, tmp_path, epochs=1))
    second = tuning(
        start, tmp_path / "b", start=str(tmp_path / "run/model.npz"), data=str(start / "few.npz")
    )
    assert begin(second)[0].values.mix_data == str(start / "old.npz")


def test_few_rows_are_all_learned_from_and_the_report_says_so(start: Path, tmp_path: Path) -> None:
    new, _ = finished(tuning(start, tmp_path, data=str(start / "few.npz"), epochs=2)).changes
    assert (new.part, new.rows) == ("learned from", ENOUGH - 1)


def test_the_same_data_is_not_mixed_with_itself(start: Path, tmp_path: Path) -> None:
    old = str(start / "old.npz")
    report = finished(tuning(start, tmp_path, data=old, epochs=1))
    assert [(change.data, change.part) for change in report.changes] == [("old", "test")]
    with pytest.raises(ConfigError, match="there is nothing to mix in"):
        begin(tuning(start, tmp_path, data=old, mix=0.5))


def test_the_model_may_be_written_over_the_one_it_started_from(start: Path, tmp_path: Path) -> None:
    model = tmp_path / "run" / "model.npz"
    model.parent.mkdir()
    model.write_bytes((start / "start" / "model.npz").read_bytes())
    new, _ = finished(tuning(start, tmp_path, start=str(model), epochs=20)).changes
    assert new.after > new.before
    assert load_model(model).config["start"] == str(model)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("hidden", "64", "hidden is [64] (--hidden), but PATH has [12]"),
        ("activation", "relu", "activation is relu (--activation), but PATH has tanh"),
        ("dtype", "float64", "dtype is float64 (--dtype), but PATH has float32"),
        ("classes", 10, "classes is 10 (--classes), but PATH has 3"),
    ],
)
def test_another_architecture_is_refused(
    start: Path, tmp_path: Path, key: str, value: object, message: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        begin(tuning(start, tmp_path, **{key: value}))
    path = str(start / "start" / "model.npz")
    assert caught.value.message == message.replace("PATH", path)
    assert caught.value.hint == f"leave {key} out: it comes with the model to start from"


def test_the_architecture_of_the_model_may_be_said(start: Path, tmp_path: Path) -> None:
    assert begin(tuning(start, tmp_path, hidden="12", classes=3))[0].values.hidden == (12,)


def test_data_that_does_not_fit_is_refused(start: Path, tmp_path: Path) -> None:
    wide = tmp_path / "wide.npz"
    np.savez(wide, images=np.zeros((6, 9), dtype=np.uint8), labels=np.arange(6) % 3)
    with pytest.raises(DataError, match="which have 36 inputs, cannot be mixed with rows of wide"):
        finished(tuning(start, tmp_path, data=str(wide)))
    with pytest.raises(ModelError, match="expects 36 inputs, the data has 9"):
        finished(tuning(start, tmp_path, data=str(wide), mix=0))


def test_old_data_that_is_gone_is_missed_only_when_it_is_mixed_in(
    start: Path, tmp_path: Path
) -> None:
    gone = {"mix_data": str(tmp_path / "gone.npz"), "epochs": 1}
    with pytest.raises(DataError) as caught:
        finished(tuning(start, tmp_path, **gone))
    assert caught.value.message == f"{tmp_path}/gone.npz does not exist"
    assert "--mix 0" in (caught.value.hint or "")
    (new,) = finished(tuning(start, tmp_path, mix=0, **gone)).changes
    assert new.data == "new"


def test_other_classes_are_refused(start: Path, tmp_path: Path) -> None:
    for name in ("alpha", "beta"):
        (tmp_path / "letters" / name).mkdir(parents=True)
        Image.new("L", (9, 9), 0).save(tmp_path / "letters" / name / "1.png")
    with pytest.raises(DataError, match="has the class alpha, the model knows 0, 1, 2"):
        finished(tuning(start, tmp_path, data=str(tmp_path / "letters")))


@pytest.fixture(scope="module")
def uninterrupted(start: Path, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    folder = tmp_path_factory.mktemp("whole")
    finished(tuning(start, folder, epochs=6, rotation=10))
    return outcome(folder)


@pytest.mark.parametrize(
    ("stop", "pause"),
    [(at_epoch(3), True), (at_epoch(3), False), (at_step(7), True), (at_step(20), False)],
)
def test_a_resumed_fine_tuning_ends_with_identical_weights(
    start: Path, tmp_path: Path, uninterrupted: Outcome, stop: Callable[..., bool], pause: bool
) -> None:
    assert not train(tuning(start, tmp_path, epochs=6, rotation=10), stop=stop, pause=pause)
    assert train(load(flags={"output": str(tmp_path / "run" / "model.npz")}), resume=True)
    assert outcome(tmp_path) == uninterrupted


def test_a_resumed_fine_tuning_still_knows_how_it_began(
    start: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    effective = tuning(start, tmp_path, epochs=6, rotation=10)
    train(effective, stop=at_epoch(2))
    output = str(tmp_path / "run" / "model.npz")
    capsys.readouterr()
    assert main(["train", "--resume", "--json", "--output", output]) == 0
    resumed = json.loads(capsys.readouterr().out.splitlines()[-1])["changes"]
    whole = [
        vars(change)
        for change in finished(tuning(start, tmp_path / "b", epochs=6, rotation=10)).changes
    ]
    assert resumed == whole


@pytest.mark.parametrize("name", ["old", "new"])
def test_changed_data_of_either_kind_is_noticed(start: Path, tmp_path: Path, name: str) -> None:
    for each in ("old", "new"):
        (tmp_path / f"{each}.npz").write_bytes((start / f"{each}.npz").read_bytes())
    places = {"data": str(tmp_path / "new.npz"), "mix_data": str(tmp_path / "old.npz")}
    train(tuning(start, tmp_path, **places), stop=at_epoch(1))
    with np.load(tmp_path / f"{name}.npz") as arrays:
        changed = {key: array.copy() for key, array in arrays.items()}
    changed["x_train"][0, 0, 0] ^= 1
    np.savez(tmp_path / f"{name}.npz", **changed)
    with pytest.raises(DataError, match="the training data has changed"):
        train(load(flags={"output": str(tmp_path / "run" / "model.npz")}), resume=True)


def test_without_new_data_it_goes_on_with_what_it_learned_from(start: Path) -> None:
    effective, model = begin(load(flags={"start": str(start / "start" / "model.npz")}))
    assert effective.values.data == model.config["data"]
    assert effective.values.mix == 0.0


def test_who_names_no_new_data_is_told_that_there_is_nothing_new_in_it(
    start: Path, tmp_path: Path
) -> None:
    for data, told in (("old.npz", True), ("new.npz", False)):
        with training_run(tuning(start, tmp_path, data=str(start / data))) as run:
            warned = [w for w in run.warnings if w.endswith("your own digits: --data PATH")]
        assert bool(warned) == told
