"""`nnfs show --weights, --network, --history` and `nnfs predict --explain`: the looks inside."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from running import Child, Refused, Run, digits

from nnfs_cli.engine import multilayer_perceptron
from nnfs_cli.model import Model, load_model, save_model

DIGITS = tuple("0123456789")
LOOKS = ["--weights", "--weights --neuron 3", "--network", "--history"]
GLYPHS = re.compile(r"[^\x20-\x7e\n]")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def history(*epochs: tuple[float | None, ...]) -> str:
    """Return a history of loss, accuracy and, where there are more figures, of both validated."""
    names = ("loss", "accuracy", "val_loss", "val_accuracy")
    lines = (dict(zip(names, epoch, strict=False)) for epoch in epochs)
    return "".join(
        json.dumps({"epoch": number, **line}) + "\n" for number, line in enumerate(lines, 1)
    )


def model_file(
    path: str, inputs: int, *hidden: int, shape: Any = None, classes: Any = DIGITS
) -> None:
    network = multilayer_perceptron(inputs, hidden, len(classes), activation="relu")
    network.initialize(np.random.default_rng(4))
    save_model(Path(path), Model(network, "relu", tuple(classes), shape))


# ------------------------------------------------------------------------------------- all of them


@pytest.mark.parametrize("look", LOOKS)
def test_a_look_fits_80_columns_and_is_plain_in_a_pipe(look: str, run: Run, here: Path) -> None:
    result = run("show", *look.split())
    assert (result.code, result.err) == (0, "")
    assert "\x1b" not in result.out
    assert max(map(len, result.out.splitlines())) <= 80
    assert len(result.out.splitlines()) > 10


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
@pytest.mark.parametrize("words", [*(f"show {look}" for look in LOOKS), "predict 7.png --explain"])
def test_a_look_is_ascii_where_there_is_nothing_else(
    words: str, encoding: str, on_terminal: Callable[..., str], here: Path, seven: bytes
) -> None:
    Path("7.png").write_bytes(seven)
    shown = COLOUR.sub("", on_terminal(*words.split(), encoding=encoding))
    assert len(shown.splitlines()) > 10
    assert not GLYPHS.search(shown)
    assert "\\u" not in shown  # nothing was written as an escape either


@pytest.mark.parametrize("columns", [20, 40, 200])
@pytest.mark.parametrize("words", [*(f"show {look}" for look in LOOKS), "predict 7.png --explain"])
def test_a_look_fits_on_terminals_of_other_widths(
    words: str, columns: int, on_terminal: Callable[..., str], here: Path, seven: bytes
) -> None:
    Path("7.png").write_bytes(seven)
    shown = COLOUR.sub("", on_terminal(*words.split(), columns=columns))
    assert max(map(len, shown.splitlines())) <= max(columns, 40)


def test_colours_make_heat_maps_of_half_blocks(terminal: Child, here: Path) -> None:
    shown = terminal("show", "--weights", COLORTERM="truecolor").out.decode()
    assert shown.count("\u2580") == 12 * 18 * 9
    assert "\x1b[38;2;" in shown
    few = terminal("show", "--weights", COLORTERM="").out.decode()
    assert "\x1b[38;5;" in few
    assert "\x1b[38;2;" not in few
    plain = terminal("show", "--weights", COLORTERM="truecolor", NO_COLOR="1").out.decode()
    assert "\u2580" not in plain
    assert "38;2;" not in plain
    letters = terminal("show", "--weights", "--style", "ascii", COLORTERM="truecolor").out.decode()
    assert "\u2580" not in letters


@pytest.mark.parametrize(
    ("words", "one", "other"),
    [
        ("--weights --network", "--weights", "--network"),
        ("--network --history", "--network", "--history"),
        ("7 --weights", "--weights", "7"),
        ("7.png --network", "--network", "7.png"),
        ("7 --history", "--history", "row 7"),
        ("--weights --digit 5", "--weights", "--digit 5"),
        ("--network --data x.csv", "--network", "--data x.csv"),
        ("--network --style ascii", "--network", "--style ascii"),
        ("--history --split train", "--history", "--split train"),
        ("--history --count 1", "--history", "--count 1"),
        ("--weights --neuron 1 --count 2", "--neuron 1", "--count 2"),
    ],
)
def test_what_excludes_each_other_is_named(
    words: str, one: str, other: str, refused: Refused, here: Path
) -> None:
    assert refused("show", *words.split(), code=2) == f"error: {one} and {other} exclude each other"


@pytest.mark.parametrize(
    ("words", "needed"),
    [
        ("--neuron 3", "--neuron 3 goes with --weights"),
        ("7 --neuron 3", "--neuron 3 goes with --weights"),
        ("--json", "--json goes with --weights or --network or --history"),
        ("7 --json", "--json goes with --weights or --network or --history"),
    ],
)
def test_an_option_that_is_of_no_use_is_refused(
    words: str, needed: str, refused: Refused, here: Path
) -> None:
    assert refused("show", *words.split(), code=2) == f"error: {needed}"


@pytest.mark.parametrize("look", LOOKS)
def test_json_is_one_document_and_nothing_else(look: str, run: Run, here: Path) -> None:
    result = run("show", *look.split(), "--json")
    assert (result.code, result.err) == (0, "")
    assert isinstance(json.loads(result.out), dict)
    assert result.out.count("\n") == 1


# ------------------------------------------------------------------------------------------ weights


def test_json_has_the_weights_and_votes_of_the_model(run: Run, here: Path) -> None:
    document = json.loads(run("show", "--weights", "--json", "--count", "2").out)
    arrays = load_model(Path("model/model.npz")).network.arrays
    assert (document["units"], len(document["shown"])) == (16, 2)
    for unit in document["shown"]:
        weights = arrays["W1"][:, unit["number"]].reshape(28, 28)
        np.testing.assert_allclose(unit["weights"], weights, atol=1e-6)
        np.testing.assert_allclose(unit["votes"], arrays["W2"][unit["number"]], rtol=1e-6)


def test_a_caption_says_for_and_against_which_digits_a_neuron_speaks(run: Run, here: Path) -> None:
    lines = run("show", "--weights", "--count", "1").out.splitlines()
    place = next(i for i, line in enumerate(lines) if re.match(r"neuron \d", line))
    number = int(lines[place].split()[1])
    order = np.argsort(-load_model(Path("model/model.npz")).network.arrays["W2"][number])
    assert lines[place + 1] == f"for {order[0]} {order[1]} not {order[-1]} {order[-2]}"


@pytest.mark.parametrize(("columns", "across"), [(17, 1), (80, 4), (100, 5)])
def test_as_many_maps_stand_beside_each_other_as_fit(
    columns: int, across: int, on_terminal: Callable[..., str], here: Path
) -> None:
    shown = COLOUR.sub("", on_terminal("show", "--weights", columns=columns))
    rows = [line for line in shown.splitlines() if re.match(r"neuron \d", line)]
    assert [line.count("neuron") for line in rows] == [across] * 3


def test_one_neuron_is_large_with_a_bar_for_each_vote(run: Run, here: Path) -> None:
    out = run("show", "--weights", "--neuron", "3").out
    votes = load_model(Path("model/model.npz")).network.arrays["W2"][3]
    for label, vote in enumerate(votes):
        (bar,) = re.findall(rf"  {label}  ?{re.escape(f'{vote:+.2f}')} (.*)$", out, re.MULTILINE)
        left, right = (side.count("\u2588") for side in bar.split("\u2502"))
        assert (left == 0) if vote > 0 else (right == 0)
        assert abs(left - right) == round(5 * abs(vote) / np.abs(votes).max())
    assert "On 2,000 rows of mnist test its output lies between" in out
    rows = re.findall(r"row (\d+) is (\d)", out)
    assert len(rows) == 5
    assert [int(label) for _, label in rows] == [digits().labels[int(row)] for row, _ in rows]


def test_a_neuron_that_is_not_there_is_an_error(refused: Refused, here: Path) -> None:
    for number in (-1, 16):
        line = refused("show", "--weights", "--neuron", number, code=1)
        assert line == (
            f"error: there is no neuron {number} in the first layer of model/model.npz: it has 16"
        )


def test_without_hidden_layer_there_are_templates_of_the_classes(run: Run, empty: Path) -> None:
    model_file("m.npz", 784, shape=(28, 28), classes=("cat", "dog", "x" * 40))
    out = run("show", "--weights", "--model", "m.npz").out
    assert "The template of each class" in out
    assert re.search(r"^cat +dog +x{16}\.\.$", out, re.MULTILINE)
    assert run("show", "--weights", "--model", "m.npz", "--neuron", "1").out.count("dog") == 1


@pytest.mark.parametrize("hidden", [(4096,), (64, 32, 16, 8)])
def test_wide_and_deep_networks_are_shown_alike(
    hidden: tuple[int, ...], run: Run, empty: Path
) -> None:
    model_file("m.npz", 784, *hidden, shape=(28, 28))
    result = run("show", "--weights", "--model", "m.npz")
    assert (result.code, result.err) == (0, "")
    assert f"These 12 of {hidden[0]:,} move the scores most" in " ".join(result.out.split())
    assert ("slope" in result.out) == (len(hidden) > 1)
    assert run("show", "--network", "--model", "m.npz").code == 0


def test_what_is_no_picture_has_layers_and_no_heat_map(
    run: Run, refused: Refused, empty: Path
) -> None:
    model_file("m.npz", 6, 3, classes=("yes", "no"))
    line = refused("show", "--weights", "--model", "m.npz", code=1)
    assert line == "error: the 6 inputs of m.npz are not the pixels of a picture"
    out = run("show", "--network", "--model", "m.npz").out
    assert "input       6 numbers, no picture" in out
    assert "classes     2: yes, no" in out


def test_a_note_says_when_there_is_no_data_to_rank_by(run: Run, empty: Path) -> None:
    model_file("m.npz", 6, 3, shape=(2, 3), classes=("yes", "no"))
    result = run("show", "--weights", "--model", "m.npz")
    assert result.code == 0
    assert "ranked by their weights alone" in result.err
    assert "rows of" not in result.out


def test_names_of_classes_are_only_shown(run: Run, here: Path, seven: bytes) -> None:
    Path("7.png").write_bytes(seven)
    model = load_model(Path("model/model.npz"))
    nasty = tuple(f"[red]{number}\x1b[31m\u202e\n" for number in range(10))
    hostile = dataclasses.replace(
        model, classes=nasty, training={"data": nasty[0]}, config={nasty[1]: nasty[2]}
    )
    save_model(Path("hostile.npz"), hostile)
    for words in (*(f"show {look}" for look in LOOKS[:3]), "predict 7.png --explain"):
        result = run(*words.split(), "--model", "hostile.npz")
        assert result.code == 0
        assert not set("\x1b\u202e") & set(result.out)
        assert "[red]" in result.out


# ------------------------------------------------------------------------------------------ network


def test_the_layers_add_up_and_the_training_is_told(run: Run, here: Path) -> None:
    out = run("show", "--network").out
    assert out.startswith("model/model.npz: 784 -> 16 sigmoid -> 10 softmax\n")
    cells = [re.split(r"  +", line.strip()) for line in out.splitlines()]
    assert ["1", "Dense", "784 -> 16", "12,560"] in [row[:4] for row in cells]
    assert ["3", "Dense", "16 -> 10", "170"] in [row[:4] for row in cells]
    assert ["all", "12,730"] in cells
    assert "trained on  mnist, 60,000 rows, 1 epoch, 1 thread, seed 0" in out
    assert "recipe      epochs = 1, batch_size = 256, learning_rate = 1.0" in out
    assert re.search(r"^accuracy    \d\d\.\d\d % train, \d\d\.\d\d % test$", out, re.MULTILINE)
    size = Path("model/model.npz").stat().st_size
    assert f"file        model/model.npz, {size:,} bytes, 20" in out


def test_the_norm_and_the_typical_weight_are_those_of_the_arrays(run: Run, here: Path) -> None:
    document = json.loads(run("show", "--network", "--json").out)
    weight = load_model(Path("model/model.npz")).network.arrays["W1"].astype(float)
    first = document["layers"][0]
    assert first["weight_norm"] == pytest.approx(np.sqrt((weight**2).sum()))
    assert first["weight_rms"] == pytest.approx(np.sqrt((weight**2).mean()))
    assert sum(layer["parameters"] for layer in document["layers"]) == document["parameters"]
    assert document["recipe"] == {"epochs": 1, "batch_size": 256, "learning_rate": 1.0}


def test_the_bare_arrays_of_the_original_have_a_past_that_is_unknown(run: Run, here: Path) -> None:
    arrays = load_model(Path("model/model.npz")).network.arrays
    np.savez("original.npz", **arrays)
    result = run("show", "--network", "--model", "original.npz")
    assert result.code == 0
    for name in ("trained on", "recipe", "accuracy"):
        assert re.search(rf"^{name} +unknown: the file does not say$", result.out, re.MULTILINE)
    assert (
        json.loads(run("show", "--network", "--json", "--model", "original.npz").out)["recipe"]
        is None
    )


# ------------------------------------------------------------------------------------------ history


def test_both_curves_are_drawn_with_axes_and_a_legend(run: Run, empty: Path) -> None:
    Path("h.jsonl").write_text(
        history((2.0, 0.5, 1.5, 0.6), (1.0, 0.7, 1.2, 0.65), (0.5, 0.9, 1.3, 0.62)), "utf-8"
    )
    out = run("show", "--history", "h.jsonl").out
    assert out.startswith("h.jsonl: 3 epochs\n")
    assert "loss   * training 0.5000   o validation 1.3000" in out
    assert "accuracy   * training 90.00 %   o validation 62.00 %" in out
    assert "lowest in epoch 2: 1.2000, at an accuracy of 65.00 %." in " ".join(out.split())
    assert run("show", "h.jsonl", "--history").out == out


def test_curves_are_braille_where_colour_tells_them_apart(terminal: Child, here: Path) -> None:
    Path("h.jsonl").write_text(history((2.0, 0.5, 1.5, 0.6), (1.0, 0.7, 1.2, 0.65)), "utf-8")
    braille = re.compile("[\u2801-\u28ff]")
    assert braille.search(terminal("show", "--history", "h.jsonl").out.decode())
    grey = terminal("show", "--history", "h.jsonl", NO_COLOR="1").out.decode()
    assert not braille.search(grey)
    assert "o validation" in grey
    assert braille.search(terminal("show", "--history", NO_COLOR="1").out.decode())  # one curve


def test_a_single_epoch_and_unknown_figures_are_no_trouble(run: Run, empty: Path) -> None:
    Path("h.jsonl").write_text('{"epoch": 1, "loss": NaN}\n', "utf-8")
    out = run("show", "--history", "h.jsonl").out
    assert "h.jsonl: 1 epoch\n" in out
    assert "loss: the history does not say" in out
    Path("h.jsonl").write_text('{"epoch": 1, "loss": 0.5, "accuracy": 0}\n', "utf-8")
    assert "training 0.5000" in run("show", "--history", "h.jsonl").out


def test_a_steep_fall_is_drawn_logarithmically(run: Run, empty: Path) -> None:
    Path("h.jsonl").write_text(history((2.0, 0.5), (0.1, 0.9), (0.01, 0.99)), "utf-8")
    assert "loss (logarithmic)" in run("show", "--history", "h.jsonl").out
    Path("h.jsonl").write_text(history((2.0, 0.5), (0.0, 0.9)), "utf-8")
    assert "logarithmic" not in run("show", "--history", "h.jsonl").out


def test_a_history_that_is_none_is_an_error_with_its_line(
    run: Run, refused: Refused, here: Path
) -> None:
    assert "no history at nope.jsonl" in refused("show", "--history", "nope.jsonl", code=1)
    assert "model/model.npz, line 1: not JSON" in refused(
        "show", "--history", "model/model.npz", code=1
    )
    path = Path("model/history.jsonl")
    whole = path.read_text("utf-8")
    path.write_text(whole + "{}\n", "utf-8")
    assert 'line 2: no "epoch"' in refused("show", "--history", code=1)
    path.write_text(whole + '{"epo', "utf-8")
    result = run("show", "--history")
    assert (result.code, result.err) == (
        0,
        "model/history.jsonl: line 2 is cut short and left out\n",
    )


# ------------------------------------------------------------------------------------------ explain


def test_the_explanation_has_neurons_softmax_and_pixels(run: Run, here: Path, seven: bytes) -> None:
    Path("7.png").write_bytes(seven)
    result = run("predict", "7.png", "--explain")
    assert (result.code, result.err) == (0, "")
    assert "\x1b" not in result.out
    assert max(map(len, result.out.splitlines())) <= 80
    for title in ("What the hidden neurons say", "the softmax", "Which pixels speak for 7, and"):
        assert title in result.out
    assert result.out.count("neuron ") >= 4
    document = json.loads(run("predict", "7.png", "--explain", "--json").out)
    told = document["explanation"]
    assert f"{told['lead']:+.2f}" in result.out
    assert told["winner"] == "7"
    assert np.shape(told["pixels"]) == (28, 28)
    parts = told["pixels_sum"] + told["biases"] + told["remainder"]
    assert parts == pytest.approx(told["lead"])
    shares = np.exp(told["logits"]) / np.exp(told["logits"]).sum()
    np.testing.assert_allclose(document["probabilities"], shares, atol=1e-6)


def test_every_picture_is_explained_and_a_bad_one_refused(
    run: Run, here: Path, seven: bytes
) -> None:
    Path("7.png").write_bytes(seven)
    Path("bad.png").write_bytes(b"no picture")
    result = run("predict", "7.png", "bad.png", "7.png", "--explain")
    assert result.code == 1
    assert result.out.count("What the hidden neurons say") == 2
    assert result.err.startswith("error: ")
    lines = run("predict", "7.png", "bad.png", "--explain", "--json").out.splitlines()
    assert ["explanation" in json.loads(line) for line in lines] == [True, False]


def test_an_explanation_is_not_quiet(refused: Refused, here: Path) -> None:
    line = refused("predict", "--explain", "--quiet", code=2)
    assert line == "error: --explain and --quiet exclude each other"


def test_other_networks_are_explained_too(run: Run, empty: Path, seven: bytes) -> None:
    Path("7.png").write_bytes(seven)
    for number, (hidden, classes) in enumerate(
        [((), DIGITS), ((24, 12), DIGITS), ((8,), ("only",)), ((8,), ("a" * 50, "b" * 50))]
    ):
        model_file(f"{number}.npz", 784, *hidden, shape=(28, 28), classes=classes)
        result = run("predict", "7.png", "--explain", "--model", f"{number}.npz")
        assert result.code == 0
        assert ("There are none" in result.out) == (not hidden)
        assert "lead" in result.out
        if number < 2:
            assert max(map(len, result.out.splitlines())) <= 80


def test_the_history_of_another_training_is_shown_with_a_warning(run: Run, here: Path) -> None:
    assert run("show", "--history").err == ""
    Path("model/history.jsonl").write_text(history((2.0, 0.5), (1.0, 0.7), (0.9, 0.8)), "utf-8")
    result = run("show", "--history")
    assert result.code == 0
    assert "history.jsonl ends with epoch 3, the model was trained for 1" in result.err
    assert run("show", "--history", "model/history.jsonl").err == ""
    Path("model/history.jsonl").write_text(history((2.0, 0.5)), "utf-8")
    assert "is that of another training of as many epochs" in run("show", "--history").err


def test_weights_near_the_limits_of_their_type_are_shown_without_a_word(
    run: Run, here: Path
) -> None:
    network = multilayer_perceptron(784, (4,), 10, dtype="float64")
    network.params[...] = np.resize([1e200, -1e200], network.params.size)
    save_model(Path("m.npz"), Model(network, "sigmoid", tuple("0123456789"), (28, 28)))
    for look in ("--weights", "--network"):
        result = run("show", look, "--model", "m.npz")
        assert (result.code, "Warning" in result.err) == (0, False)
