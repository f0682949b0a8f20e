"""Weights: which units of the first layer are shown, and what is said about them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nnfs_cli.datasets.builtin import folder
from nnfs_cli.engine import Network, multilayer_perceptron
from nnfs_cli.errors import DataError, ModelError
from nnfs_cli.model import Model, load_model, save_model
from nnfs_cli.workflows.weights import WeightsReport, inspect_weights

CLASSES = ("a", "b", "c")


def saved(
    folder: Path, *hidden: int, shape: tuple[int, int] | None = (2, 3), **more: object
) -> Path:
    """Save a model of 2x3 pictures whose weights are all different; return its path."""
    network = multilayer_perceptron(6, hidden, 3, activation="relu")
    network.params[...] = np.random.default_rng(5).normal(size=network.params.size)
    path = folder / "m.npz"
    save_model(path, Model(network, "relu", CLASSES, shape, **more))  # type: ignore[arg-type]
    return path


def data(folder: Path, rows: int = 40) -> Path:
    """Save pictures of 2x3 pixels, sorted by class; return the path."""
    rng = np.random.default_rng(7)
    labels = np.sort(rng.integers(3, size=rows)).astype(np.uint8)
    images = rng.integers(256, size=(rows, 2, 3), dtype=np.uint8)
    path = folder / "data.npz"
    np.savez(path, images=images, labels=labels)
    return path


def network_of(path: Path) -> Network:
    return load_model(path).network


def look(
    path: Path, source: Path | None, *, neuron: int | None = None, count: int = 12
) -> WeightsReport:
    return inspect_weights(path, source, "test", neuron=neuron, count=count)


def test_the_most_influential_units_come_first(tmp_path: Path) -> None:
    path, source = saved(tmp_path, 8), data(tmp_path)
    report = look(path, source, count=5)
    arrays = network_of(path).arrays
    with np.load(source) as file:
        x = file["images"].reshape(-1, 6) / 255.0
    outputs = np.maximum(x @ arrays["W1"] + arrays["b1"], 0)
    influence = outputs.std(axis=0) * arrays["W2"].std(axis=1)
    order = np.argsort(-influence, kind="stable")[:5]
    assert [unit.number for unit in report.shown] == order.tolist()
    np.testing.assert_allclose([u.influence for u in report.shown], influence[order], rtol=1e-5)
    first = report.shown[0]
    np.testing.assert_array_equal(first.weights, arrays["W1"][:, first.number].reshape(2, 3))
    assert first.votes == tuple(map(float, arrays["W2"][first.number]))
    assert first.bias == arrays["b1"][first.number]
    low, mean, high = first.outputs or (0, 0, 0)
    column = outputs[:, first.number]
    assert (low, mean, high) == pytest.approx((column.min(), column.mean(), column.max()), rel=1e-5)
    assert (report.units, report.hidden, report.classes) == (8, True, CLASSES)


def test_one_unit_comes_with_the_rows_that_excite_it_most(tmp_path: Path) -> None:
    path, source = saved(tmp_path, 8), data(tmp_path)
    arrays = network_of(path).arrays
    with np.load(source) as file:
        images, labels = file["images"], file["labels"]
    all_sums = images.reshape(-1, 6) / 255.0 @ arrays["W1"] + arrays["b1"]
    number = int(all_sums.max(axis=0).argmax())
    sums = all_sums[:, number]
    report = look(path, source, neuron=number)
    (unit,) = report.shown
    rows = [excited.row for excited in unit.excited]
    assert rows == np.argsort(-np.maximum(sums, 0), kind="stable")[:5].tolist()
    for excited in unit.excited:
        assert excited.label == str(labels[excited.row])
        np.testing.assert_array_equal(excited.pixels, images[excited.row])
        assert excited.output == pytest.approx(max(sums[excited.row], 0), rel=1e-5)


def test_a_long_split_is_watched_at_rows_spread_over_all_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nnfs_cli.workflows.watched.ROWS", 4)
    report = look(saved(tmp_path, 8), data(tmp_path), neuron=0)
    assert report.data == "4 rows of data test"
    assert {excited.row for excited in report.shown[0].excited} == {0, 13, 26, 39}


def test_the_votes_of_a_deep_network_are_averaged_slopes(tmp_path: Path) -> None:
    path, source = saved(tmp_path, 8, 5), data(tmp_path)
    arrays = network_of(path).arrays
    with np.load(source) as file:
        x = file["images"].reshape(-1, 6) / 255.0
    first = np.maximum(x @ arrays["W1"] + arrays["b1"], 0)
    on = (first @ arrays["W2"] + arrays["b2"] > 0).astype(float)  # (N, 5)
    slopes = np.einsum("hk,nk,kc->hc", arrays["W2"], on, arrays["W3"]) / len(x)
    (unit,) = look(path, source, neuron=2).shown
    np.testing.assert_allclose(unit.votes, slopes[2], rtol=1e-4, atol=1e-5)
    assert "slope" in look(path, source).votes_are


def test_without_data_the_weights_alone_decide(tmp_path: Path) -> None:
    path = saved(tmp_path, 8, 5, config={"data": "gone.csv"})
    report = look(path, None)
    arrays = network_of(path).arrays
    product = arrays["W2"] @ arrays["W3"]
    influence = np.linalg.norm(arrays["W1"], axis=0) * product.std(axis=1)
    assert [unit.number for unit in report.shown] == np.argsort(-influence).tolist()
    np.testing.assert_allclose(report.shown[0].votes, product[report.shown[0].number], rtol=1e-5)
    assert report.data is None
    assert report.shown[0].outputs is None
    assert "product" in report.votes_are


def test_data_that_is_named_must_fit(tmp_path: Path) -> None:
    path = saved(tmp_path, 8)
    with pytest.raises(DataError, match="the model expects 6 inputs, a row of mnist has 784"):
        look(path, folder())
    assert look(path, None).data is None  # MNIST, which is not its kind


def test_without_hidden_layer_the_units_are_the_classes(tmp_path: Path) -> None:
    report = look(saved(tmp_path), None)
    assert not report.hidden
    assert [unit.number for unit in report.shown] == [0, 1, 2]
    assert all(unit.votes == () and unit.influence is None for unit in report.shown)
    assert look(saved(tmp_path), None, neuron=1).shown[0].number == 1


@pytest.mark.parametrize("neuron", [-1, 8, 10**12])
def test_a_unit_that_is_not_there_is_an_error(neuron: int, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=f"no neuron {neuron} .* it has 8") as caught:
        look(saved(tmp_path, 8), None, neuron=neuron)
    assert caught.value.hint == "neurons are numbered 0 to 7"


def test_inputs_that_are_no_picture_cannot_be_drawn(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"the 6 inputs of .* are not the pixels of a picture"):
        look(saved(tmp_path, 8, shape=None), None)


def test_the_influence_of_a_unit_that_never_speaks_is_zero(tmp_path: Path) -> None:
    network = multilayer_perceptron(6, (3,), 3, activation="relu")
    network.params[...] = 1.0
    network.arrays["b1"][1] = -100.0
    network.arrays["W2"][:, 0] = 0.0
    path = tmp_path / "dead.npz"
    save_model(path, Model(network, "relu", CLASSES, (2, 3)))
    report = look(path, data(tmp_path))
    assert report.shown[-1].number == 1
    assert report.shown[-1].influence == 0.0


def test_nothing_excites_a_unit_that_never_fires(tmp_path: Path) -> None:
    path = saved(tmp_path, 8)
    model = load_model(path)
    model.network.arrays["b1"][3] = -1e3
    save_model(path, model)
    (unit,) = look(path, data(tmp_path), neuron=3).shown
    assert (unit.outputs, unit.excited) == ((0.0, 0.0, 0.0), ())
