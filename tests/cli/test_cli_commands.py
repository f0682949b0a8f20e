"""Commands that are shown to be typed: they work as they stand, whatever a path is called."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from running import Run

from nnfs_cli.cli.draw import report_saved
from nnfs_cli.cli.summary import resume_command
from nnfs_cli.text import typed

SHORT = ["--epochs", "1", "--hidden", "8", "--threads", "1"]


def commands(text: str) -> list[list[str]]:
    """Return the words of each command in `text`, from its `nnfs` to the end of its line."""
    lines = [line.partition("nnfs ")[2] for line in text.splitlines() if "nnfs " in line]
    return [shlex.split(line) for line in lines]


def test_a_shell_reads_a_command_as_it_was_meant() -> None:
    assert typed("nnfs", "show", "--model", Path("m.npz")) == "nnfs show --model m.npz"
    for name in ("my dir/m.npz", "it's.npz", "$(x);*", "~", "", "\u00fc\u2501.npz"):
        assert shlex.split(typed("nnfs", "show", name)) == ["nnfs", "show", name]


def test_what_comes_next_works_as_typed_in_a_folder_of_any_name(
    run: Run, small: Path, empty: Path
) -> None:
    trained = run("train", "--data", small, *SHORT, "--output", "my dir/m.npz")
    proposed = commands(trained.out)
    assert proposed == [
        ["evaluate", "--model", "my dir/m.npz"],
        ["predict", "--model", "my dir/m.npz"],
    ]
    for words in proposed:
        assert run(*words).code == 0


def test_a_picture_is_proposed_only_where_there_is_one(
    run: Run, small: Path, empty: Path, seven: bytes
) -> None:
    train = ["train", "--data", small, *SHORT]
    assert commands(run(*train).out) == [["evaluate"], ["predict"]]
    Path("image.png").write_bytes(seven)
    shown = run(*train).out
    assert commands(shown) == [["evaluate"], ["predict", "image.png"]]
    assert "picture" not in shown


def test_the_way_to_go_on_names_the_folder_so_that_a_shell_finds_it() -> None:
    assert resume_command(Path("model/model.npz")) == "nnfs train --resume"
    command = resume_command(Path("my dir/m.npz"))
    assert command == "nnfs train --resume --output 'my dir/m.npz'"


def test_other_classes_than_the_model_s_are_trained_in_a_folder_of_any_name(
    run: Run, here: Path, seven: bytes
) -> None:
    for name in ("7", "alpha"):
        (Path("my letters") / name).mkdir(parents=True)
        (Path("my letters") / name / "1.png").write_bytes(seven)
    hint = run("evaluate", "--data", "my letters").err.splitlines()[1]
    assert commands(hint) == [["train", "--data", "my letters"]]


@pytest.mark.parametrize(
    ("count", "model", "said"),
    [
        (1, None, "1 labelled in my ink. Learn from it: nnfs train --from builtin --data 'my ink'"),
        (2, "m.npz", "2 labelled in my ink. Learn from them: nnfs train --from m.npz "),
    ],
)
def test_after_drawing_the_model_learns_more_rather_than_a_new_one(
    count: int, model: str | None, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path("my ink")
    saved = [folder / "7" / f"000{number}.png" for number in range(count)]
    place = Path(model) if model else None
    report_saved([*saved, Path("sketch.png")], folder, place, tuple("0123456789"))
    out, err = capsys.readouterr()
    assert out.splitlines() == [*map(str, saved), "sketch.png"]
    assert err.startswith(said)


def test_one_drawing_is_enough_to_learn_from(run: Run, empty: Path, seven: bytes) -> None:
    Path("my-digits/7").mkdir(parents=True)
    Path("my-digits/7/0001.png").write_bytes(seven)
    learn = ["train", "--from", "builtin", "--data", "my-digits", "--print-config"]
    assert run(*learn).code == 0
