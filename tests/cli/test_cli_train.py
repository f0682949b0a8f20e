"""`nnfs train`: what it writes, what it says, what it refuses, and that it does so each time."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from running import SMOKE, Refused, Run

from nnfs_cli.model import load_model

EPOCH_KEYS = ["epoch", "loss", "accuracy", "val_loss", "val_accuracy", "learning_rate", "seconds"]
RESULT_KEYS = [
    "train_accuracy",
    "test_accuracy",
    "test_loss",
    "epochs",
    "seconds",
    "parameters",
    "threads",
    "model",
    "kept",
    "diagnoses",
]
SHORT = ["--epochs", "2", "--hidden", "8", "--threads", "1"]
PLAIN = re.compile(
    r"epoch=(\d+)/2 loss=\d+\.\d{4} accuracy=[01]\.\d{4}"
    r"( val_loss=\d+\.\d{4} val_accuracy=[01]\.\d{4})? seconds=\d+\.\d{2}"
)


def weights(path: Path) -> dict[str, np.ndarray]:
    return dict(load_model(path).network.arrays)


def assert_same(first: Path, second: Path) -> None:
    one, two = weights(first), weights(second)
    assert list(one) == list(two)
    for name in one:
        np.testing.assert_array_equal(one[name], two[name])


def test_model_config_and_history_lie_beside_each_other(run: Run, small: Path, empty: Path) -> None:
    result = run("train", "--data", small, *SHORT)
    assert result.code == 0
    assert {"model.npz", "config.toml", "history.jsonl"} <= {
        p.name for p in Path("model").iterdir()
    }
    assert not list(Path("model").glob("*.part"))
    model = load_model(Path("model/model.npz"))
    assert model.network.summary() == "784 -> 8 sigmoid -> 10 softmax"


def test_json_lines_are_the_history_and_then_the_result(run: Run, small: Path, empty: Path) -> None:
    result = run("train", "--data", small, *SHORT, "--set", "validation=500", "--json")
    assert (result.code, result.err) == (0, "")
    *epochs, last = result.out.splitlines()
    assert epochs == Path("model/history.jsonl").read_text().splitlines()
    lines = [json.loads(line) for line in epochs]
    assert [list(line) for line in lines] == [EPOCH_KEYS] * 2
    assert [line["epoch"] for line in lines] == [1, 2]
    assert all(0 < line["val_accuracy"] < 1 and line["val_loss"] > 0 for line in lines)
    report = json.loads(last)
    assert list(report) == RESULT_KEYS
    assert report["epochs"] == 2
    assert report["parameters"] == 784 * 8 + 8 + 8 * 10 + 10
    assert report["threads"] == 1
    assert report["model"] == "model/model.npz"
    evaluation = json.loads(run("evaluate", "--data", small, "--json").out)
    assert report["test_accuracy"] == evaluation["accuracy"]
    assert report["test_loss"] == pytest.approx(evaluation["loss"], rel=1e-12)


def test_without_validation_its_figures_are_null(run: Run, small: Path, empty: Path) -> None:
    run("train", "--data", small, *SHORT)
    for line in Path("model/history.jsonl").read_text().splitlines():
        values = json.loads(line)
        assert values["val_loss"] is None
        assert values["val_accuracy"] is None


@pytest.mark.parametrize("validation", ["0", "500"])
def test_a_pipe_gets_a_line_an_epoch_of_the_promised_form(
    validation: str, run: Run, small: Path, empty: Path
) -> None:
    result = run("train", "--data", small, *SHORT, "--set", f"validation={validation}")
    lines = [line for line in result.err.splitlines() if line.startswith("epoch")]
    found = [PLAIN.fullmatch(line) for line in lines]
    assert [match and match[1] for match in found] == ["1", "2"]
    assert [bool(match and match[2]) for match in found] == [validation != "0"] * 2


def test_progress_goes_to_stderr_and_the_result_to_stdout(
    run: Run, small: Path, empty: Path
) -> None:
    result = run("train", "--data", small, *SHORT)
    assert result.err.startswith("data     small: 2,000 train, 500 test (784 pixels)\n")
    assert "network  784 -> 8 sigmoid -> 10 softmax, 6,370 parameters\n" in result.err
    assert "epoch" not in result.out.replace("2 epochs", "")
    assert "model/model.npz" in result.out
    assert "nnfs predict" in result.out


def test_quiet_says_the_result_and_nothing_else(run: Run, small: Path, empty: Path) -> None:
    result = run("train", "--data", small, *SHORT, "--quiet")
    assert result.err == ""
    assert re.fullmatch(
        r"train_accuracy=0\.\d{4} test_accuracy=0\.\d{4} model=model/model\.npz\n", result.out
    )


def test_the_saved_config_trains_the_same_weights_again(run: Run, small: Path, empty: Path) -> None:
    options = ["--set", "dropout=0.1", "--optimizer", "adam", "--learning-rate", "0.01"]
    assert run("train", "--data", small, *SHORT, *options, "--output", "a/m.npz").code == 0
    assert run("train", "--config", "a/config.toml", "--output", "b/m.npz", "--json").code == 0
    assert_same(Path("a/m.npz"), Path("b/m.npz"))


def test_how_it_is_watched_does_not_change_what_is_learned(
    run: Run, small: Path, empty: Path
) -> None:
    for folder, option in (("a", "--json"), ("b", "--quiet"), ("c", "--debug")):
        run("train", "--data", small, *SHORT, option, "--output", f"{folder}/m.npz")
    assert_same(Path("a/m.npz"), Path("b/m.npz"))
    assert_same(Path("a/m.npz"), Path("c/m.npz"))


def test_another_seed_learns_other_weights(run: Run, small: Path, empty: Path) -> None:
    for seed in ("0", "1"):
        run("train", "--data", small, *SHORT, "--seed", seed, "--output", f"{seed}/m.npz")
    assert not np.array_equal(weights(Path("0/m.npz"))["W1"], weights(Path("1/m.npz"))["W1"])


def test_a_flag_beats_set_which_beats_the_file_which_beats_the_default(
    run: Run, empty: Path
) -> None:
    Path("c.yaml").write_text("epochs: 3\nbatch_size: 32\nseed: 5\n")
    given = ["--config", "c.yaml", "--set", "epochs=4", "--set", "batch_size=16", "--epochs", "6"]
    lines = run("train", *given, "--print-config").out.splitlines()
    found = {line.split()[0]: line.split(maxsplit=2)[2] for line in lines if " = " in line}
    assert found["epochs"].split("#")[0].strip() == "6"
    assert found["epochs"].endswith("# from --epochs")
    assert found["batch_size"].split("#")[0].strip() == "16"
    assert found["batch_size"].endswith("# from --set")
    assert found["seed"].split("#")[0].strip() == "5"
    assert found["seed"].endswith("# from c.yaml line 3")
    assert found["optimizer"].endswith("# default")


def test_print_config_trains_nothing_and_can_be_trained_from(run: Run, empty: Path) -> None:
    result = run("train", "--config", SMOKE, "--seed", "3", "--print-config")
    assert (result.code, result.err) == (0, "")
    assert list(empty.iterdir()) == []
    Path("printed.toml").write_text(result.out)
    again = run("train", "--config", "printed.toml", "--print-config").out
    assert [line.split("#")[0] for line in again.splitlines()] == [
        line.split("#")[0] for line in result.out.splitlines()
    ]


def test_print_config_is_json_where_json_is_asked_for(run: Run, empty: Path) -> None:
    result = run("train", "--epochs", "7", "--set", "hidden=32,16", "--print-config", "--json")
    assert (result.code, result.err, result.out.count("\n")) == (0, "", 1)
    told = json.loads(result.out)
    assert list(told) == ["config", "sources"]
    assert told["config"].keys() == told["sources"].keys()
    assert (told["config"]["epochs"], told["sources"]["epochs"]) == (7, "--epochs")
    assert (told["config"]["hidden"], told["sources"]["hidden"]) == ([32, 16], "--set")
    assert (told["config"]["data"], told["sources"]["data"]) == (None, "default")


def no_reading(*arguments: object, **options: object) -> None:
    raise AssertionError("the data was read before the output was checked")


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("folder", "it is a folder"),
        (".", "it is a folder"),
        ("/dev/null/m.npz", "cannot write /dev/null/m.npz"),
    ],
)
def test_an_output_that_cannot_be_written_is_refused_before_data_is_read(
    output: str, said: str, refused: Refused, empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("folder").mkdir()
    monkeypatch.setattr("nnfs_cli.workflows.training_data.load", no_reading)
    assert said in refused("train", "--output", output, code=1)


@pytest.mark.parametrize("rate", ["1e6", "1e30"])
@pytest.mark.parametrize("activation", ["relu", "sigmoid"])
def test_a_training_that_diverges_says_where_and_exits_1(
    run: Run, small: Path, empty: Path, rate: str, activation: str
) -> None:
    options = ["--activation", activation, "--learning-rate", rate]
    result = run("train", "--data", small, *SHORT, *options)
    assert (result.code, result.out) == (1, "")
    error, hint = result.err.splitlines()[-2:]
    assert re.match(r"error: training diverged at epoch \d+, step \d+: ", error)
    assert hint.endswith("try --learning-rate 0.5")
    assert "Warning" not in result.err
    assert not Path("model/model.npz").exists()


def test_a_recipe_is_found_by_its_name(run: Run, empty: Path) -> None:
    text = run("train", "--config", "fast", "--print-config").out
    assert re.search(r"^optimizer = \"adam\" +# from configs/fast.toml line \d+$", text, re.M)
