"""`nnfs predict`: one digit for a pipe, a line for each of several, a drawing for a terminal."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from rich.cells import cell_len
from running import Refused, Run, digits

from nnfs_cli.cli.predict import drawing
from nnfs_cli.workflows.predict import Prediction

KEYS = ["path", "digit", "confidence", "probabilities"]


def plain(text: str) -> str:
    """Return `text` without its colours."""
    return re.sub(r"\x1b\[[\d;]*m", "", text)


def test_a_pipe_gets_the_digit_alone(run: Run, here: Path, seven: bytes) -> None:
    Path("7.png").write_bytes(seven)
    result = run("predict", "7.png")
    assert (result.code, result.out, result.err) == (0, "7\n", "")
    assert run("predict", "7.png", "--quiet") == result


def test_several_pictures_get_path_digit_and_confidence(run: Run, here: Path, seven: bytes) -> None:
    Path("a.png").write_bytes(seven)
    Path("b.png").write_bytes(seven)
    lines = [line.split("\t") for line in run("predict", "a.png", "./b.png").out.splitlines()]
    assert [line[:2] for line in lines] == [["a.png", "7"], ["./b.png", "7"]]
    assert lines[0][2] == lines[1][2]
    assert re.fullmatch(r"[01]\.\d{4}", lines[0][2])


def test_a_folder_is_its_pictures_by_name(run: Run, here: Path, seven: bytes) -> None:
    Path("scans").mkdir()
    for name in ("b.png", "a.jpeg", "notes.txt"):
        Path("scans", name).write_bytes(seven)
    lines = run("predict", "scans").out.splitlines()
    assert [line.split("\t")[0] for line in lines] == ["scans/a.jpeg", "scans/b.png"]
    Path("scans/a.jpeg").unlink()
    assert run("predict", "scans").out.startswith("scans/b.png\t7\t")


def test_json_has_a_line_for_each_picture(run: Run, here: Path, seven: bytes) -> None:
    Path("7.png").write_bytes(seven)
    result = run("predict", "7.png", "7.png", "--json")
    lines = [json.loads(line) for line in result.out.splitlines()]
    assert [list(line) for line in lines] == [[*KEYS, "picture"]] * 2
    assert lines[0] == lines[1]
    assert (lines[0]["path"], lines[0]["digit"]) == ("7.png", 7)
    assert len(lines[0]["probabilities"]) == 10
    assert sum(lines[0]["probabilities"]) == pytest.approx(1, abs=1e-5)
    assert lines[0]["confidence"] == max(lines[0]["probabilities"])
    assert lines[0]["probabilities"].index(lines[0]["confidence"]) == 7


def test_a_refused_picture_does_not_stop_the_others(run: Run, here: Path, seven: bytes) -> None:
    Path("7.png").write_bytes(seven)
    names = ["7.png", "nope.png", "", "-", "7.png"]
    result = run("predict", *names[:3], "7.png", "--json")
    assert (result.code, result.err) == (1, "")
    good, missing, nameless, last = (json.loads(line) for line in result.out.splitlines())
    assert (good["digit"], last["digit"]) == (7, 7)
    assert missing == {
        "path": "nope.png",
        "error": "cannot read nope.png: No such file or directory",
        "hint": "check the spelling of the path",
    }
    assert (nameless["error"], "hint" in nameless) == ("a picture has no name", True)
    text = run("predict", "7.png", "nope.png", "7.png")
    assert text.code == 1
    assert len(text.out.splitlines()) == 2
    assert text.err.startswith("error: cannot read nope.png: No such file or directory\nhint: ")


def number(text: str) -> Image.Image:
    """Return a picture of test digits in a row."""
    labels = digits().labels.tolist()
    rows = [np.asarray(digits().x[labels.index(int(digit))]).reshape(28, 28) for digit in text]
    return Image.fromarray(np.hstack(rows)).resize((112 * len(text), 112))


def test_a_number_is_not_silently_read_as_one_digit(run: Run, here: Path) -> None:
    number("2017").save("my 2017.png")
    number("7").save("7.png")
    result = run("predict", "my 2017.png")
    assert (result.code, len(result.out)) == (0, 2)
    assert result.err.splitlines()[-1] == (
        "warning: my 2017.png may show several digits, and only one was read; "
        "for all: nnfs predict --multi 'my 2017.png'"
    )
    assert "several" not in run("predict", "7.png").err
    assert run("predict", "my 2017.png", "--quiet").err == ""
    told = run("predict", "my 2017.png", "7.png", "--json")
    assert told.err == ""
    pictures = [json.loads(line)["picture"] for line in told.out.splitlines()]
    assert [picture["several_digits"] for picture in pictures] == [True, False]
    assert run("predict", "--multi", "my 2017.png", "--quiet").out == "2017\n"


class Stdin:
    """Stands for a standard input that holds some bytes."""

    def __init__(self, content: bytes) -> None:
        self.buffer = io.BytesIO(content)


def test_a_dash_is_the_picture_on_standard_input(
    run: Run, here: Path, seven: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Stdin(seven))
    assert run("predict", "-").out == "7\n"
    monkeypatch.setattr(sys, "stdin", Stdin(seven))
    assert json.loads(run("predict", "-", "--json").out)["path"] == "-"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "cannot read standard input: it is empty"),
        (b"\x89PNG\r\n\x1a\n", "cannot read standard input"),
        (b"x" * 101, "cannot read standard input: the limit is 100 bytes"),
    ],
    ids=["empty", "cut", "endless"],
)
def test_a_bad_standard_input_is_refused(
    content: bytes, said: str, refused: Refused, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("nnfs_cli.images.reading", "nnfs_cli.workflows.predict"):
        monkeypatch.setattr(f"{module}.MAX_BYTES", 100)
    monkeypatch.setattr(sys, "stdin", Stdin(content))
    assert said in refused("predict", "-", code=1)


def test_image_png_is_read_when_nothing_is_named(run: Run, here: Path, seven: bytes) -> None:
    Path("image.png").write_bytes(seven)
    result = run("predict", "--json")
    assert result.err == ""
    assert json.loads(result.out)["path"] == "image.png"
    assert run("predict").out == "7\n"


def test_without_image_png_it_is_a_random_test_digit_with_its_label(run: Run, here: Path) -> None:
    result = run("predict", "--json")
    line = json.loads(result.out)
    assert list(line) == [*KEYS, "label"]
    index = int(re.fullmatch(r"mnist test (\d+)", line["path"])[1])  # type: ignore[index]
    assert line["label"] == str(digits().labels[index])
    assert result.err == (
        f"no picture named, and no image.png here: mnist test {index}, labelled {line['label']}\n"
    )
    piped = run("predict", "--quiet")
    assert re.fullmatch(r"\d\n", piped.out)
    assert piped.err == ""


def test_a_random_digit_is_not_always_the_same(run: Run, here: Path) -> None:
    assert len({run("predict").err for _ in range(4)}) > 1


def test_a_terminal_sees_the_picture_beside_the_guesses(
    on_terminal: Callable[..., str], here: Path, seven: bytes
) -> None:
    Path("7.png").write_bytes(seven)
    shown = plain(on_terminal("predict", "7.png"))
    lines = shown.splitlines()
    assert re.fullmatch(r" 7 +\d\d\.\d %   7\.png", lines[0])
    assert lines[1].strip() == "112x112, light ink on a dark ground; cropped and centred"
    guesses = [line for line in lines[2:] if line.endswith(" %")]
    assert len(guesses) == 3
    assert re.search(r" 7 \u2588+[\u2589-\u258f]? +\d\d\.\d %$", guesses[0])
    shares = [float(line.split()[-2]) for line in guesses]
    assert shares == sorted(shares, reverse=True)
    assert max(map(len, lines)) <= 80
    assert len([line for line in lines if "%" in line]) == 4


@pytest.mark.parametrize("top", [1, 2, 10, 99])
def test_top_says_how_many_guesses_are_shown(
    top: int, on_terminal: Callable[..., str], here: Path, seven: bytes
) -> None:
    Path("7.png").write_bytes(seven)
    shown = plain(on_terminal("predict", "7.png", "--top", top))
    assert shown.count(" %") == 1 + min(top, 10)


@pytest.mark.parametrize(("columns", "encoding"), [(40, "utf-8"), (80, "ascii"), (60, "cp1252")])
def test_where_the_guesses_do_not_fit_beside_the_picture_they_stand_under_it(
    columns: int, encoding: str, on_terminal: Callable[..., str], here: Path, seven: bytes
) -> None:
    Path("7.png").write_bytes(seven)
    lines = plain(on_terminal("predict", "7.png", columns=columns, encoding=encoding)).splitlines()
    assert max(map(len, lines)) <= columns
    assert [line[:3] for line in lines if line.endswith("%")][0:1] == [" 7 "]
    assert "\\u" not in "".join(lines)


def test_more_than_four_pictures_get_a_line_each(
    on_terminal: Callable[..., str], here: Path, seven: bytes
) -> None:
    Path("7.png").write_bytes(seven)
    lines = plain(on_terminal("predict", *["7.png"] * 6)).splitlines()
    assert len(lines) == 6
    assert set(lines) == {lines[0]}
    assert re.fullmatch(r" 7 +\d\d\.\d %   7\.png", lines[0])


def test_a_right_guess_is_green_and_a_wrong_one_red(
    on_terminal: Callable[..., str], here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def prediction(truth: str) -> Callable[[object], Prediction]:
        pixels = np.zeros((28, 28), np.uint8)
        return lambda model: Prediction("mnist test 1", pixels, ("3", "8"), (0.9, 0.1), "", truth)

    monkeypatch.setattr("nnfs_cli.workflows.show.random_prediction", prediction("3"))
    right = on_terminal("predict")
    assert "\x1b[1;32m 3\x1b[0m" in right
    assert plain(right).startswith(" 3   90.0 %   mnist test 1, labelled 3\n")
    monkeypatch.setattr("nnfs_cli.workflows.show.random_prediction", prediction("8"))
    wrong = on_terminal("predict")
    assert "\x1b[1;31m 3\x1b[0m" in wrong
    assert "labelled 8" in plain(wrong)


def test_a_model_of_other_pictures_is_refused(refused: Refused, here: Path, seven: bytes) -> None:
    Path("7.png").write_bytes(seven)
    np.savez("tiny.npz", W1=np.zeros((4, 10)), b1=np.zeros(10))
    line = refused("predict", "7.png", "--model", "tiny.npz", code=1)
    assert line == "error: the model expects 4 inputs, a picture has 784"
    assert "4 inputs, a test digit has 784" in refused("predict", "--model", "tiny.npz", code=1)


def test_the_original_project_s_model_file_predicts(run: Run, empty: Path, seven: bytes) -> None:
    rng = np.random.default_rng(0)
    arrays: dict[str, Any] = {
        "W1": rng.normal(size=(784, 5)),
        "b1": rng.normal(size=(1, 5)),
        "W2": rng.normal(size=(5, 10)),
        "b2": rng.normal(size=(1, 10)),
    }
    np.savez("model.npz", **arrays)
    Path("7.png").write_bytes(seven)
    line = json.loads(run("predict", "7.png", "--model", "model.npz", "--json").out)
    assert line["digit"] in range(10)


def test_a_picture_of_dark_ink_is_read_like_one_of_light_ink(
    run: Run, here: Path, seven: bytes
) -> None:
    image = Image.open(io.BytesIO(seven))
    Image.eval(image, lambda value: 255 - value).save("dark.png")
    assert run("predict", "dark.png").out == "7\n"


def test_hidden_files_in_a_folder_are_no_pictures(run: Run, here: Path, seven: bytes) -> None:
    Path("d").mkdir()
    Path("d/a.png").write_bytes(seven)
    Path("d/._a.png").write_bytes(b"what macOS leaves beside it")
    result = run("predict", "d")
    assert (result.code, result.out.split("\t")[:2]) == (0, ["d/a.png", "7"])


def test_pictures_in_folders_of_a_folder_are_pointed_at(run: Run, here: Path, seven: bytes) -> None:
    Path("d/7").mkdir(parents=True)
    Path("d/7/a.png").write_bytes(seven)
    result = run("predict", "d")
    assert result.code == 1
    assert "error: no pictures in d, but in folders in it\nhint: name one: d/7; or all: d/*\n" in (
        result.err
    )


def test_the_bars_of_names_of_any_length_line_up() -> None:
    names = ("a", "beta", "\u4e03")
    pixels = np.zeros((28, 28), dtype=np.uint8)
    lines = drawing(Prediction("x", pixels, names, (0.5, 0.3, 0.2)), 3, 200)
    ends = [cell_len(line.plain.rstrip()) for line in lines if line.plain.rstrip().endswith("%")]
    assert len(ends) == 3
    assert len(set(ends)) == 1
