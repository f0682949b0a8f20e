"""Which model and which data a command uses when none is named, and what an evaluation counts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnfs_cli.datasets import Dataset, load
from nnfs_cli.engine import Examples, generator, multilayer_perceptron
from nnfs_cli.engine.initializers import lecun
from nnfs_cli.engine.seeding import Stream
from nnfs_cli.errors import DataError, ModelError
from nnfs_cli.model import Model, save_model
from nnfs_cli.workflows.evaluate import Mixup, most_confused
from nnfs_cli.workflows.models import data_for, find_model, is_builtin
from nnfs_cli.workflows.show import choose_examples, optional_model, random_prediction, show_rows


def small_model(
    inputs: int = 784, classes: int = 10, config: dict[str, Any] | None = None
) -> Model:
    network = multilayer_perceptron(inputs, (4,), classes, activation="relu")
    network.initialize(generator(0, Stream.WEIGHTS), spread=lecun)
    names = tuple(str(label) for label in range(classes))
    return Model(network, "relu", names, (28, 28), config=config or {})


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_model_that_is_named_beats_the_one_that_is_here() -> None:
    Path("model").mkdir()
    save_model(Path("model/model.npz"), small_model())
    save_model(Path("other.npz"), small_model(classes=3))
    path, model = find_model(Path("other.npz"))
    assert (path, len(model.classes)) == (Path("other.npz"), 3)
    path, model = find_model(None)
    assert (path, len(model.classes)) == (Path("model/model.npz"), 10)


def test_without_a_model_of_one_s_own_the_one_that_comes_with_nnfs_is_used() -> None:
    path, model = find_model(None)
    assert is_builtin(path)
    assert path.name == "builtin.npz"
    assert model.network.inputs == 784
    own = optional_model(None)
    assert own is not None
    assert not is_builtin(Path("model/model.npz"))


def test_the_builtin_model_has_a_name_that_a_file_can_take_from_it() -> None:
    assert is_builtin(find_model(Path("builtin"))[0])
    save_model(Path("builtin"), small_model(classes=3))
    path, model = find_model(Path("builtin"))
    assert (path, len(model.classes)) == (Path("builtin"), 3)


def test_without_any_model_the_error_says_how_to_train_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("nnfs_cli.workflows.models.packaged", lambda name: None)
    with pytest.raises(ModelError, match=r"no model: there is no model/model\.npz here") as caught:
        find_model(None)
    assert caught.value.hint is not None
    assert "nnfs train" in caught.value.hint
    assert optional_model(None) is None


def test_a_model_that_is_named_must_be_there() -> None:
    with pytest.raises(ModelError, match=r"no model at nope\.npz"):
        optional_model(Path("nope.npz"))


def test_data_is_what_is_named_or_what_the_model_learned_from_or_mnist() -> None:
    Path("own.csv").touch()
    named = Path("other.csv")
    own = small_model(config={"data": "own.csv"})
    assert data_for(own, named) == named
    assert data_for(own, None) == Path("own.csv")
    assert data_for(small_model(config={"data": None}), None) is None
    assert data_for(small_model(), None) is None


@pytest.mark.parametrize("gone", ["gone.csv", "x" * 5000, "a\x00b"])
def test_data_that_is_gone_is_an_error(gone: str) -> None:
    with pytest.raises(DataError, match="trained on is not here") as caught:
        data_for(small_model(config={"data": gone}), None)
    assert caught.value.hint == "name a data set: --data PATH"
    with pytest.raises(DataError) as caught:
        random_prediction(small_model(config={"data": gone}))
    assert caught.value.hint == "name a picture: nnfs predict IMAGE"


def test_rows_of_classes_that_the_model_does_not_know_can_be_looked_at() -> None:
    for shown in show_rows(small_model(classes=3), None, "test", first=0, count=20):
        assert shown.prediction is not None
        assert shown.prediction.truth == shown.label
        assert shown.prediction.label in ("0", "1", "2")


def test_rows_of_another_size_than_the_model_s_are_shown_without_a_guess() -> None:
    (shown,) = show_rows(small_model(inputs=9), None, "test", first=0)
    assert (shown.label, shown.prediction) == ("7", None)
    with pytest.raises(ModelError, match="expects 9 inputs, a test digit has 784"):
        random_prediction(small_model(inputs=9))


def dataset(labels: list[int]) -> Dataset:
    examples = Examples(np.zeros((len(labels), 4), np.uint8), np.array(labels))
    return Dataset("toy", Path("toy"), None, examples, (2, 2), ("0", "1", "2"))


def test_chosen_rows_are_of_the_class_and_each_at_most_once() -> None:
    toy = dataset([0, 1, 1, 0, 1])
    assert sorted(choose_examples(toy, "test", label="1", count=9)) == [1, 2, 4]
    assert len(set(choose_examples(toy, "test", label=None, count=5))) == 5
    with pytest.raises(DataError, match="has no '2' in its test split"):
        choose_examples(toy, "test", label="2", count=1)
    with pytest.raises(DataError, match="there is no class 'x' in toy"):
        choose_examples(toy, "test", label="x", count=1)


def test_rows_that_are_no_pictures_are_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    flat = replace(dataset([0]), image_shape=None)
    monkeypatch.setattr("nnfs_cli.workflows.show.load", lambda *a, **k: flat)
    with pytest.raises(DataError, match="are not pictures"):
        show_rows(None, None, "test", first=0)


def test_the_commonest_mistakes_come_first_and_right_answers_never() -> None:
    confusion = np.array([[90, 2, 0], [5, 80, 1], [0, 5, 70]])
    assert most_confused(confusion, ("a", "b", "c")) == [
        Mixup("b", "a", 5),
        Mixup("c", "b", 5),
        Mixup("a", "b", 2),
        Mixup("b", "c", 1),
    ]
    assert most_confused(confusion, ("a", "b", "c"), top=1) == [Mixup("b", "a", 5)]
    assert most_confused(np.diag([3, 4]), ("a", "b")) == []


def test_the_real_test_set_is_what_is_shown_by_default() -> None:
    labels = load().split("test").labels
    shown = show_rows(None, None, "test", first=9995, count=9)
    assert [item.label for item in shown] == [str(label) for label in labels[9995:]]
