"""Diagnoses: provoked by really training badly, and silent where all is well."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnfs_cli.config import load
from nnfs_cli.engine import Examples, Stream, generator, multilayer_perceptron
from nnfs_cli.workflows import diagnoses
from nnfs_cli.workflows.diagnoses import RULES, Diagnosis, diagnose
from nnfs_cli.workflows.evaluate import evaluate_model
from nnfs_cli.workflows.evidence import Evidence
from nnfs_cli.workflows.train import training_run
from nnfs_cli.workflows.watch import examine

GOOD = Evidence(
    classes=tuple("abcd"),
    counts=(50, 40, 45, 60),
    lowest=0.0,
    highest=1.0,
    dead=0.05,
    saturated=0.3,
    activation="sigmoid",
    learning_rate=0.1,
    losses=(1.2, 0.8, 0.5, 0.3, 0.31, 0.2),
    accuracies=(0.5, 0.7, 0.8, 0.9, 0.9, 0.93),
    epoch_rows=195,
    val_losses=(1.1, 0.8, 0.6, 0.5, 0.5, 0.49),
    val_rows=50,
    accuracy=0.93,
    train_accuracy=0.97,
    seen=False,
)


def course(
    losses: tuple[float, ...], accuracies: tuple[float, ...], *, rows: int = 195
) -> dict[str, Any]:
    """Return the epochs of a training, as evidence."""
    return {"losses": losses, "accuracies": accuracies, "epoch_rows": rows, "val_losses": ()}


def write_data(
    path: Path, *, rows: int = 160, noise: int = 100, labels: str = "true", test: int = 0
) -> Path:
    """Write pictures of four classes: a bright row of 4, under noise; `labels` may be random."""
    rng = np.random.default_rng(0)
    arrays: dict[str, Any] = {}
    for split, count in (("train", rows), ("test", test)):
        truth = np.arange(count) % 4
        pixels = rng.integers(0, noise, (count, 4, 4))
        pixels[np.arange(count), truth] += 255 - noise
        given = rng.permutation(truth) if labels == "random" else truth
        if labels == "unbalanced":
            keep = (truth > 0) | (np.arange(count) < 10)
            pixels, given = pixels[keep], given[keep]
        if count:
            arrays |= {f"x_{split}": pixels.astype(np.uint8), f"y_{split}": given}
    np.savez(path, **arrays)
    return path


def train(folder: Path, data: Path, /, **changes: object) -> dict[str, str]:
    """Train; return what was diagnosed, by its kind."""
    places = {"data": str(data), "output": str(folder / "model.npz")}
    usual = {"classes": 4, "hidden": "16", "epochs": 12, "batch_size": 16, "threads": 1}
    effective = load(flags={**usual, "learning_rate": 0.3, **places, **changes})
    with training_run(effective) as run:
        for _ in run.events():
            pass
        report = run.finish()
    kinds = [diagnosis.kind for diagnosis in report.diagnoses]
    assert len(kinds) == len(set(kinds)), "each is made once"
    return {diagnosis.kind: str(diagnosis) for diagnosis in report.diagnoses}


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
def test_nothing_is_said_of_a_good_training(tmp_path: Path, activation: str) -> None:
    data = write_data(tmp_path / "d.npz", test=80)
    assert train(tmp_path, data, activation=activation, validation=40) == {}
    found = evaluate_model(tmp_path / "model.npz", None).report
    assert found.accuracy == 1.0
    assert found.diagnoses == ()
    assert found.to_dict()["diagnoses"] == []


def test_a_rate_too_large_makes_the_loss_rise(tmp_path: Path) -> None:
    found = train(tmp_path, write_data(tmp_path / "d.npz"), learning_rate=100)
    said = found["learning-rate-too-large"]
    assert said.startswith("the loss ")
    assert said.endswith("; try a smaller learning rate: --learning-rate 10")


def test_a_rate_too_small_leaves_the_loss_where_it_is(tmp_path: Path) -> None:
    found = train(tmp_path, write_data(tmp_path / "d.npz"), learning_rate=1e-5)
    assert set(found) == {"learning-rate-too-small"}
    said = found["learning-rate-too-small"]
    assert "in 5 epochs; try a larger learning rate: --learning-rate 0.0001" in said


def test_dead_units_are_counted(tmp_path: Path) -> None:
    """A huge step makes ReLUs negative for all inputs, which are never negative themselves."""
    found = train(tmp_path, write_data(tmp_path / "d.npz"), activation="relu", learning_rate=8)
    assert found["dead-units"].endswith(
        "% of the hidden units never fire (ReLU); try a smaller learning rate"
    )


@pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
def test_saturated_units_are_counted(tmp_path: Path, activation: str) -> None:
    data = write_data(tmp_path / "d.npz")
    found = train(tmp_path, data, activation=activation, learning_rate=300)
    said = found["saturated-units"]
    assert f"of the hidden outputs are at the end of their range ({activation}); try " in said


def test_learning_noise_by_heart_is_over_fitting(tmp_path: Path) -> None:
    data = write_data(tmp_path / "d.npz", labels="random", noise=200, rows=100, test=80)
    found = train(
        tmp_path, data, validation=50, hidden="64", epochs=60, optimizer="adam", learning_rate=0.02
    )
    said = found["over-fitting"]
    assert said.startswith("the validation loss has risen from 1.")
    assert ", while the training loss falls; try --set patience=3, " in said

    (gap,) = evaluate_model(tmp_path / "model.npz", None).report.diagnoses
    assert gap.kind == "over-fitting"
    found = re.fullmatch(
        r"right on (.*) % of what was learned from, but on (.*) % of these rows", gap.finding
    )
    assert found
    assert float(found[1]) > 50 > float(found[2])  # a quarter is chance


def test_unbalanced_classes_are_named_before_time_is_spent(tmp_path: Path) -> None:
    data = write_data(tmp_path / "d.npz", labels="unbalanced")
    effective = load(flags={"data": str(data), "output": str(tmp_path / "m.npz"), "threads": 1})
    with training_run(effective) as run:
        next(run.events())
        (found,) = run.diagnoses
    assert found.kind == "unbalanced-classes"
    assert found.finding == "class 3 has 40 rows, class 0 has 3"


def test_random_labels_are_no_better_than_chance(tmp_path: Path) -> None:
    data = write_data(tmp_path / "d.npz", test=80)
    train(tmp_path, data)
    wrong = write_data(tmp_path / "wrong.npz", labels="random", test=80)
    (found,) = evaluate_model(tmp_path / "model.npz", wrong).report.diagnoses
    assert found.kind == "no-better-than-chance"
    assert "always naming the commonest class gives 25.0 %; check that labels" in str(found)


def test_faint_pixels_are_not_scaled(tmp_path: Path) -> None:
    """As those of scikit-learn's digits are, which go from 0 to 16."""
    with np.load(write_data(tmp_path / "d.npz")) as arrays:
        faint = {"x_train": arrays["x_train"] // 16, "y_train": arrays["y_train"]}
    np.savez(tmp_path / "faint.npz", **faint)
    found = train(tmp_path, tmp_path / "faint.npz", epochs=1)
    assert found["inputs-not-scaled"] == (
        "the inputs reach 0.0588 of 1 at most (15 of 255); scale the pixels to 0-255"
    )


def test_floats_from_0_to_255_are_not_scaled() -> None:
    x = np.linspace(0, 255, 400).reshape(100, 4)
    network = multilayer_perceptron(4, [3], 2)
    evidence = examine(network, Examples(x, np.arange(100) % 2), classes=("a", "b"))
    assert diagnoses.inputs_not_scaled(evidence) == Diagnosis(
        "inputs-not-scaled", "the inputs reach from 0 to 255", "scale them to 0-1 before training"
    )


def test_an_evaluation_on_what_was_learned_from_says_so(tmp_path: Path) -> None:
    data = write_data(tmp_path / "d.npz")
    with np.load(data) as arrays:
        np.savez(tmp_path / "one.npz", images=arrays["x_train"], labels=arrays["y_train"])
    train(tmp_path, tmp_path / "one.npz", validation=40)
    (found,) = evaluate_model(tmp_path / "model.npz", None).report.diagnoses
    assert found.kind == "seen-before"
    assert found.finding == "the model was trained with these very rows, 160"
    assert evaluate_model(tmp_path / "model.npz", data, "train").report.diagnoses == ()


def test_as_many_rows_as_were_learned_from_are_not_yet_the_same(tmp_path: Path) -> None:
    train(tmp_path, write_data(tmp_path / "d.npz", rows=160, test=160))
    report = evaluate_model(tmp_path / "model.npz", None).report
    assert (report.rows, report.diagnoses) == (160, ())


def test_units_are_not_called_dead_after_a_few_rows_or_few_classes() -> None:
    network = multilayer_perceptron(4, [6], 4, activation="relu")
    network.params[...] = -1.0
    x = np.ones((200, 4))

    def dead(rows: int, classes: int) -> float | None:
        examples = Examples(x[:rows], np.arange(rows) % classes)
        return examine(network, examples, classes=tuple("abcd")).dead

    assert (dead(200, 4), dead(100, 3)) == (1.0, 1.0)
    assert (dead(99, 4), dead(200, 2)) == (None, None)


def test_examining_changes_neither_the_network_nor_the_rows() -> None:
    network = multilayer_perceptron(4, [5, 3], 2, activation="relu", dropout=0.5)
    network.initialize(generator(0, Stream.WEIGHTS))
    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, (1000, 4)).astype(np.uint8)
    before, rows = network.params.copy(), x.copy()
    examples = Examples(x, np.arange(1000) % 2)
    assert examine(network, examples, classes=("a", "b")) == examine(
        network, examples, classes=("a", "b")
    )
    np.testing.assert_array_equal(network.params, before)
    np.testing.assert_array_equal(x, rows)


@pytest.mark.parametrize("rule", [*RULES, diagnoses.no_better_than_chance])
def test_a_rule_is_silent_when_all_is_well_and_when_nothing_is_known(
    rule: Callable[[Evidence], Diagnosis | None],
) -> None:
    assert rule(GOOD) is None
    assert rule(Evidence(("a", "b"), (10, 10), 0.0, 1.0)) is None
    assert rule(Evidence(("a", "b"), (0, 0), 0.0, 0.0)) is None


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("inputs-not-scaled", {"highest": 3.1}),
        ("inputs-not-scaled", {"lowest": -200.0}),
        ("unbalanced-classes", {"counts": (5, 0, 50, 20)}),
        ("seen-before", {"seen": True}),
        ("learning-rate-too-large", course((1.4, 1.1, 1.6), (0.3, 0.3, 0.3))),
        ("learning-rate-too-large", course((0.5, 0.2, 0.4), (0.8, 0.95, 0.8))),
        (
            "learning-rate-too-large",
            course((0.5, *(0.2, 0.4) * 2, 0.2), (0.8, *(0.95, 0.8) * 2, 0.9)),
        ),
        ("learning-rate-too-small", course((1.39, 1.39, 1.388, 1.387, 1.386), (0.3,) * 5)),
        ("learning-rate-too-small", course((1.7, 1.699, 1.698, 1.697, 1.696), (0.3,) * 5)),
        ("dead-units", {"dead": 0.51}),
        ("saturated-units", {"saturated": 0.61}),
        ("over-fitting", {"val_losses": (1.1, 0.8, 0.6, 0.65, 0.68, 0.7)}),
        ("over-fitting", {"train_accuracy": 1.0, "accuracy": 0.89}),
        ("forgetting", {"old_before": 0.99, "old_after": 0.97, "old_rows": 50}),
        ("no-better-than-chance", {"accuracy": 0.3, "train_accuracy": None}),
    ],
)
def test_a_rule_has_its_limit(kind: str, changes: dict[str, Any]) -> None:
    (found,) = diagnose(replace(GOOD, **changes))
    assert found.kind == kind
    for text in (found.finding, found.advice):
        assert text
        assert not text.endswith(".")
        assert "\n" not in text


@pytest.mark.parametrize(
    "changes",
    [
        {"highest": 0.0},  # nothing but black: another matter
        {"counts": (9, 0, 50, 80)},  # under ten times as many
        course((3.0, 2.5, 2.0), (0.3, 0.3, 0.4)),  # above guessing, and falling
        course((1.3, 0.02, 0.03, 0.05), (0.5, 1, 1, 0.9)),  # three times as much, of nothing
        course((1.3, 1.2), (0.3, 0.2)),  # too early to say
        course((0.3, 0.3, 0.299, 0.299, 0.3), (0.9,) * 5),  # it has arrived
        course((0.002, 0.01, 0.4), (1.0, 1.0, 0.97)),  # a few rows that are very wrong
        course((0.5, *(0.2, 0.4) * 2, 0.2), (0.9,) * 6),  # likewise
        course((0.002, 0.01, 1.8), (1.0, 1.0, 0.75), rows=4),  # one of four rows
        course((0.4, 0.1, 0.4), (0.9, 0.95, 0.85), rows=60),  # as the rows of an epoch differ
        {"val_losses": (1.1, 0.8, 0.6, 0.55, 0.5, 0.56)},  # one bad epoch
        {**course((1.2, 0.8, 0.5), (0.5, 0.7, 0.8)), "val_losses": (0.5, 0.6, 0.7)},
        {"val_losses": (1.1, 0.8, 0.6, 0.65, 0.68, 0.7), "val_rows": 49},
        {"old_before": 0.99, "old_after": 0.98, "old_rows": 1000},  # one point: not a word
        {"old_before": 0.99, "old_after": 0.9, "old_rows": 49},
        {"old_before": None, "old_after": 0.9, "old_rows": 1000},  # the checkpoint does not say
        {"accuracy": 0.1, "counts": (5, 4, 5, 5), "train_accuracy": None},  # too few rows
        {**course((1.2, 0.8, 0.5), (0.3,) * 3), "accuracy": 0.3, "train_accuracy": None},
        {**course((1.2, 0.8, 0.5), (0.3,) * 3), "finished": True},
    ],
)
def test_a_rule_does_not_speak_too_early(changes: dict[str, Any]) -> None:
    assert diagnose(replace(GOOD, **changes)) == []


STUCK = course((1.39, 1.39, 1.388, 1.387, 1.386), (0.3,) * 5)
CHANCE = {"accuracy": 0.3, "train_accuracy": None, **course((), ())}


@pytest.mark.parametrize(
    ("changes", "kind", "advice"),
    [
        ({**STUCK, "hidden": (8, 1, 8)}, "too-narrow", "a layer of 1 unit lets too little through"),
        ({**STUCK, "hidden": (1, 8, 8, 8, 8)}, "too-narrow", "a layer of 1 unit lets too little"),
        ({**STUCK, "hidden": (8,) * 4}, "too-deep", "4 layers of sigmoids pass too little"),
        ({**STUCK, "hidden": (8,) * 3}, "learning-rate-too-small", "try a larger learning rate"),
        ({**STUCK, "hidden": (8,) * 4, "activation": "relu"}, "learning-rate-too-small", "try a"),
        ({**STUCK, "hidden": (2,)}, "learning-rate-too-small", "try a larger learning rate"),
        ({**CHANCE, "hidden": (1,)}, "no-better-than-chance", "a layer of 1 unit lets too little"),
        ({**CHANCE, "hidden": (8,) * 6}, "no-better-than-chance", "6 layers of sigmoids pass"),
        # it was learned, so nothing was in the way: it is these rows
        ({**CHANCE, "hidden": (1,), "train_accuracy": 0.38}, "no-better-than-chance", "check that"),
        ({**CHANCE, "hidden": (8,)}, "no-better-than-chance", "check that labels and pictures"),
        ({**CHANCE, "finished": True}, "no-better-than-chance", "try more epochs, or a larger"),
    ],
)
def test_what_is_in_the_way_is_named(changes: dict[str, Any], kind: str, advice: str) -> None:
    (found,) = diagnose(replace(GOOD, **{"counts": (50, 50, 50, 50), **changes}))
    assert found.kind == kind
    assert found.advice.startswith(advice)


@pytest.mark.parametrize("epochs", [1, 7])
def test_a_network_too_deep_to_learn_is_told_at_the_end_at_the_latest(
    tmp_path: Path, epochs: int
) -> None:
    deep = {"hidden": ",".join(["8"] * 8), "learning_rate": 0.1, "epochs": epochs}
    (said,) = train(tmp_path, write_data(tmp_path / "d.npz"), **deep).values()
    assert "; 8 layers of sigmoids pass too little gradient back: try fewer, or" in said


def test_a_training_that_ended_too_early_says_so(tmp_path: Path) -> None:
    found = train(tmp_path, write_data(tmp_path / "d.npz"), learning_rate=1e-6, epochs=1)
    said = found["no-better-than-chance"]
    assert "; try more epochs, or a larger learning rate; or check that labels" in said


def test_chance_is_the_last_explanation() -> None:
    found = diagnose(replace(GOOD, accuracy=0.25, train_accuracy=None, dead=0.9))
    assert [diagnosis.kind for diagnosis in found] == ["dead-units"]
