"""Loading: what beats what, where a value came from, and which file a name means."""

from __future__ import annotations

import os
from enum import Enum
from pathlib import Path

import pytest

from nnfs_cli.config import load, recipes


def test_flag_beats_set_beats_file_beats_default(write) -> None:
    file = write("epochs = 1\nseed = 1\nclasses = 3\n")
    config = load(file, assignments=["epochs=2", "seed=2"], flags={"epochs": 3})
    values, sources = config.values, config.sources
    assert (values.epochs, values.seed, values.classes, values.validation) == (3, 2, 3, 0)
    assert sources["epochs"] == "--epochs"
    assert sources["seed"] == "--set"
    assert sources["classes"] == "x.toml line 3"
    assert sources["validation"] == "default"


def test_later_set_beats_earlier_set() -> None:
    assert load(assignments=["epochs=1", "epochs=2"]).values.epochs == 2


def test_flag_that_is_none_was_not_given() -> None:
    config = load(assignments=["epochs=2"], flags={"epochs": None, "seed": None})
    assert config.values.epochs == 2
    assert config.sources["epochs"] == "--set"
    assert config.sources["seed"] == "default"


def test_value_that_is_beaten_is_still_checked(write, refusal) -> None:
    error = refusal(write("epochs = 0"), flags={"epochs": 3})
    assert error.message == "x.toml line 1: epochs must be a whole number of at least 1, got 0"


def test_source_of_a_flag_has_the_spelling_of_the_flag() -> None:
    assert load(flags={"learning_rate": 1}).sources["learning_rate"] == "--learning-rate"


def test_flags_take_text_paths_and_enums() -> None:
    class Rule(Enum):
        ADAM = "adam"

    flags = {"hidden": "128, 64", "threads": "4", "data": Path("a/5"), "optimizer": Rule.ADAM}
    values = load(flags=flags).values
    assert values.hidden == (128, 64)
    assert values.threads == 4
    assert values.data == str(Path("a/5"))
    assert values.optimizer == "adam"


def test_unknown_flag_is_refused(refusal) -> None:
    assert refusal(flags={"epoch": 3}).message == "--epoch 3: unknown key 'epoch'"


@pytest.mark.parametrize("name", ["seed", "seed.toml", "smoke", "smoke.yaml"])
def test_bare_name_means_the_recipe_that_comes_with_nnfs(name: str, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = load(Path(name))
    file = recipes()[Path(name).stem].name
    assert config.sources["epochs"].startswith(f"configs/{file} line ")


def test_file_in_the_current_folder_beats_the_recipe_of_its_name(write) -> None:
    config = load(write("epochs = 7", "seed.toml"))
    assert config.values.epochs == 7
    assert config.sources["epochs"] == "seed.toml line 1"


def test_folder_does_not_hide_the_recipe_of_its_name(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("seed").mkdir()
    assert load(Path("seed")).values.epochs == 250


def test_every_recipe_loads() -> None:
    assert {"seed", "smoke"} <= set(recipes())
    for path in recipes().values():
        assert "default" in load(path).sources.values()


def test_missing_file_names_the_recipes(refusal, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    names = ", ".join(recipes())
    close = refusal(Path("smok.yaml"))
    assert close.message == "no config file smok.yaml"
    assert close.hint == f"did you mean 'smoke'? Recipes that come with nnfs: {names}"
    far = refusal(Path("runs/qqqq.toml"))
    assert far.message == f"no config file {Path('runs/qqqq.toml')}"
    assert far.hint == f"Recipes that come with nnfs: {names}"


def test_other_suffix_is_refused(write, refusal) -> None:
    error = refusal(write("{}", "x.json"))
    assert error.message == "x.json: a config file ends in .toml, .yaml or .yml"


def test_folder_is_refused(refusal, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x.toml").mkdir()
    assert refusal(Path("x.toml")).message == "x.toml: a folder, not a config file"


def test_fifo_is_refused_without_waiting_for_a_writer(refusal, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("x.toml")
    assert refusal(Path("x.toml")).message == "x.toml: not a regular file"


def test_device_behind_a_link_is_refused(refusal, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x.yaml").symlink_to("/dev/zero")
    assert refusal(Path("x.yaml")).message == "x.yaml: not a regular file"


def test_loop_of_links_is_refused(refusal, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x.toml").symlink_to("x.toml")
    assert refusal(Path("x.toml")).message == "no config file x.toml"


@pytest.mark.parametrize("size", [65_537, 50_000_000])
def test_big_file_is_refused_before_it_is_parsed(size: int, write, refusal) -> None:
    file = write("")
    os.truncate(file, size)
    assert refusal(file).message == "x.toml: too big for a config: more than 65,536 bytes"


def test_file_of_the_largest_size_is_read(write) -> None:
    assert load(write("epochs = 3\n#" + "x" * (65_536 - 12))).values.epochs == 3


def test_name_that_no_file_can_have_is_refused(refusal) -> None:
    assert refusal(Path("a\0.toml")).message == r"no config file 'a\x00.toml'"
    assert refusal(Path("a" * 300 + ".toml")).message.endswith(
        ": cannot be read: File name too long"
    )


def test_hostile_file_name_is_escaped_in_messages_and_sources(write, refusal) -> None:
    name = "a\x1b[31m\n.toml"
    assert load(write("epochs = 3", name)).sources["epochs"] == r"'a\x1b[31m\n.toml' line 1"
    assert refusal(write("epoch = 3", name)).message.startswith(r"'a\x1b[31m\n.toml' line 1: ")


@pytest.mark.parametrize("name", ["x.toml", "x.yaml"])
def test_byte_order_mark_is_skipped(name: str, write) -> None:
    text = "epochs = 3" if name == "x.toml" else "epochs: 3"
    assert load(write(b"\xef\xbb\xbf" + text.encode(), name)).values.epochs == 3


@pytest.mark.parametrize("name", ["x.toml", "x.yaml"])
def test_text_that_is_not_utf8_is_refused_with_its_line(name: str, write, refusal) -> None:
    error = refusal(write(b"# one\n# caf\xe9\n", name))
    assert error.message == f"{name} line 2: not UTF-8 text"
    assert error.hint == "save it as UTF-8"


@pytest.mark.parametrize("name", ["x.toml", "x.yaml", "x.yml"])
@pytest.mark.parametrize("text", ["", "\n", "# a comment\n"])
def test_empty_file_changes_nothing(name: str, text: str, write) -> None:
    assert load(write(text, name)) == load()
