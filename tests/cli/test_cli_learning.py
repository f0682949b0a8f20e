"""Pictures in folders, `train --from`, and warnings: what a user sees of them."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from running import Child, Refused, Run, digits

from nnfs_cli.workflows.threads import available_cores

FAST = ["--threads", "1", "--epochs", "3"]
SHAPES = {"bar": [(20, 4), (20, 36)], "dash": [(4, 20), (36, 20)], "slash": [(6, 36), (34, 4)]}


def write_shapes(folder: Path, *, each: int = 12) -> Path:
    """Draw strokes in three directions, a folder for each."""
    rng = np.random.default_rng(0)
    for name, line in SHAPES.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        for number in range(each):
            image = Image.new("L", (40, 40), 255)
            points = [tuple((np.array(point) + rng.integers(-2, 3, 2)).tolist()) for point in line]
            ImageDraw.Draw(image).line(points, fill=0, width=4)
            image.save(folder / name / f"{number}.png")
    return folder


def write_digits(folder: Path, *, rows: int) -> Path:
    """Write test digits as pictures, a folder for each."""
    examples = digits()
    for row in range(rows):
        place = folder / str(examples.labels[row])
        place.mkdir(parents=True, exist_ok=True)
        pixels = np.asarray(examples.x[row]).reshape(28, 28)
        Image.fromarray(255 - pixels).resize((56, 56)).save(place / f"{row}.png")
    return folder


def test_shapes_are_learned_evaluated_and_predicted_by_name(run: Run, empty: Path) -> None:
    write_shapes(empty / "shapes" / "train")
    write_shapes(empty / "shapes" / "test", each=7)
    words = ["--threads", "1", "--epochs", "30", "--learning-rate", "0.5"]
    trained = run("train", "--data", "shapes", *words, "--quiet")
    assert trained.code == 0, trained.err
    assert "test_accuracy=1.0000" in trained.out
    report = json.loads(run("evaluate", "--json").out)
    assert [score["label"] for score in report["per_class"]] == ["bar", "dash", "slash"]
    assert (report["rows"], report["accuracy"]) == (21, 1.0)
    for name in SHAPES:
        assert run("predict", f"shapes/test/{name}/3.png", "--quiet").out.strip() == name


def test_pictures_that_are_left_out_are_named_on_stderr(run: Run, empty: Path) -> None:
    write_shapes(empty / "shapes")
    nasty = empty / "shapes" / "bar" / "a\x1b[2Jb.png"
    nasty.write_bytes(b"no picture")
    words = ["train", "--data", "shapes", *FAST]
    for more in ([], ["--json"]):
        result = run(*words, *more)
        (warning,) = (line for line in result.err.splitlines() if line.startswith("warning: "))
        assert "1 of the 37 pictures in shapes are left out: cannot read " in warning
        assert "\x1b" not in result.err
        assert "warning" not in result.out
    assert run(*words, "--quiet").err == ""
    assert "1 of the 37 pictures" in run("evaluate").err


def test_the_number_of_classes_must_be_that_of_the_folders(refused: Refused, empty: Path) -> None:
    write_shapes(empty / "shapes", each=1)
    assert refused("train", "--data", "shapes", "--set", "classes=4", code=2) == (
        "error: classes is 4 (--set), but shapes has 3: bar, dash, slash"
    )


def test_other_classes_than_those_of_the_model_are_refused(refused: Refused, here: Path) -> None:
    write_shapes(here / "shapes", each=1)
    model = "model/model.npz"
    knows = "0, 1, 2, 3, 4, 5, 6, 7, 8, 9"
    said = f"error: shapes has the class bar, the model knows {knows}"
    assert refused("evaluate", "--data", "shapes", code=1) == said
    assert refused("train", "--from", model, "--data", "shapes", code=1) == said


def test_fine_tuning_shows_before_and_after(run: Run, here: Path) -> None:
    write_digits(here / "mine", rows=40)
    words = ["train", "--from", "model/model.npz", "--data", "mine", "-o", "new/model.npz", *FAST]
    result = run(*words)
    assert result.code == 0, result.err
    assert "mixed in 216 of 60,000 rows of mnist in each epoch" in result.err
    assert "start    model/model.npz" in result.err
    share = r"\d+\.\d\d %"
    assert re.search(rf"\n         mine, 40 learned from: {share} -> {share}\n", result.out)
    assert re.search(rf"\n         mnist, 10,000 test: {share} -> {share}\n", result.out)
    last = json.loads(run(*words, "--json").out.splitlines()[-1])
    assert [list(change) for change in last["changes"]] == [
        ["data", "part", "rows", "before", "after"]
    ] * 2
    assert all(len(line) <= 80 for line in result.out.splitlines())


def test_the_config_of_a_fine_tuning_can_be_looked_at(run: Run, here: Path) -> None:
    result = run("train", "--from", "model/model.npz", "--data", "mine", "--print-config")
    lines = [" ".join(line.split()) for line in result.out.splitlines()]
    assert 'start = "model/model.npz" # from --from' in lines
    assert "hidden = [16] # from model/model.npz" in lines
    assert 'optimizer = "momentum" # from the fine-tuning recipe' in lines
    assert "mix = 0.75 # default" in lines


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["--from", "none.npz"], "no model at none.npz"),
        (["--mix", "1"], "--mix 1.0: mix must be a number below 1, got 1.0"),
        (["--from", ""], "--from '': start is empty"),
        (["--hidden", ""], "--hidden '': hidden has no value"),
        (["--mix", "0.5"], "mix is 0.5 (--mix), but there is no model to start from"),
        (["--mix", "0.75"], "mix is 0.75 (--mix), but there is no model to start from"),
        (["--mix", "0", "--print-config"], "mix is 0 (--mix), but there is no model to start from"),
        (["--set", "mix=0.2"], "mix is 0.2 (--set), but there is no model to start from"),
        (["--set", "mix_data=x"], "mix_data is x (--set), but there is no model to start from"),
        (["--from", "model/model.npz", "--mix", "0.5"], "mix is 0.5 (--mix), but there is nothing"),
    ],
)
def test_wrong_options_are_refused(
    refused: Refused, here: Path, words: list[str], error: str
) -> None:
    code = 1 if "none.npz" in words else 2
    assert refused("train", *words, *FAST, code=code).startswith(f"error: {error}")


def test_a_file_with_mix_is_for_fine_tuning(run: Run, refused: Refused, here: Path) -> None:
    Path("tune.toml").write_text("mix = 0.5\n")
    tuning = ["train", "--config", "tune.toml", "--data", "mine", "--print-config"]
    assert refused(*tuning, code=2) == (
        "error: mix is 0.5 (tune.toml line 1), but there is no model to start from"
    )
    assert "mix = 0.5" in run(*tuning, "--from", "model/model.npz").out
    saved = run("train", "--config", "model/config.toml", "--print-config")
    assert (saved.code, saved.err) == (0, "")
    assert "mix = 0.75" in saved.out


def test_a_fine_tuning_may_be_resumed_with_its_mix_said_again(
    run: Run, refused: Refused, here: Path
) -> None:
    write_digits(here / "mine", rows=12)
    words = ["--mix", "0.5", "--output", "new/model.npz"]
    assert run("train", "--from", "model/model.npz", "--data", "mine", *words, *FAST).code == 0
    resumed = run("train", "--resume", *words)
    assert resumed.code == 0, resumed.err
    assert "nothing left to do" in resumed.err
    assert refused("train", "--resume", "--mix", "0.2", *words[2:], code=2).startswith(
        "error: cannot resume with mix = 0.2 (--mix): the run was started with 0.5"
    )


def test_more_threads_than_cores_are_not_used_and_a_warning_says_so(
    run: Run, small: Path, empty: Path
) -> None:
    words = ["train", "--data", small, "--epochs", "1"]
    result = run(*words, "--threads", "1024", "--json")
    (warning,) = (line for line in result.err.splitlines() if line.startswith("warning: "))
    assert warning.startswith("warning: threads is 1024, but there ")
    assert json.loads(result.out.splitlines()[-1])["threads"] == available_cores()
    resumed = run("train", "--resume", "--epochs", "2", "--json")  # with as many as were used
    assert "warning: threads" not in resumed.err
    assert json.loads(resumed.out.splitlines()[-1])["threads"] == available_cores()
    assert run(*words, "--threads", "1024", "--quiet").err == ""


def test_a_diagnosis_is_a_warning_on_stderr_and_part_of_the_json(
    run: Run, small: Path, empty: Path
) -> None:
    words = ["train", "--data", small, "--threads", "1", "--epochs", "1", "--learning-rate", "500"]
    result = run(*words)
    (warning,) = (line for line in result.err.splitlines() if line.startswith("warning: "))
    assert "% of the hidden outputs are at the end of their range (sigmoid); try" in warning
    assert run(*words, "--quiet").err == ""
    last = json.loads(run(*words, "--json").out.splitlines()[-1])
    assert [list(each) for each in last["diagnoses"]] == [["kind", "finding", "advice"]]
    found = json.loads(run("evaluate", "--data", small, "--json").out)
    assert "saturated-units" in [each["kind"] for each in found["diagnoses"]]
    assert "warning: " in run("evaluate", "--data", small).err


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_a_diagnosis_stays_readable_above_the_live_display(
    terminal: Child, small: Path, empty: Path
) -> None:
    words = ["train", "--data", small, "--threads", "1", "--epochs", "5", "--learning-rate", "500"]
    shown = terminal(*words, CI="").out.decode()
    assert shown.count("at the end of their range (sigmoid)") == 1
    assert "warning: " in shown


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_names_that_a_terminal_cannot_show_do_no_harm(
    child: Callable[..., object], empty: Path, encoding: str
) -> None:
    write_shapes(empty / "shapes")
    (empty / "shapes" / "bar").rename(empty / "shapes" / "Ω–strich")
    for words in (["train", "--data", "shapes", *FAST], ["evaluate"]):
        done = child(*words, PYTHONIOENCODING=encoding)
        assert done.code == 0, done.err
        assert b"Traceback" not in done.err
