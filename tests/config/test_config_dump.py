"""Writing a config: TOML that reads back the same, and plain values for a model's JSON."""

from __future__ import annotations

import json

import msgspec
import pytest

from nnfs_cli.config import KEYS, EffectiveConfig, RunConfig, from_dict, load, to_dict, to_toml
from nnfs_cli.errors import ConfigError


def test_annotated_dump_tells_where_each_value_comes_from(write) -> None:
    file = write("# mine\n\nepochs = 3\ndata = 'a.csv'\n")
    config = load(file, assignments=["hidden=64,32"], flags={"learning_rate": "1e-3"})
    lines = to_toml(config, annotate=True).splitlines()
    assert lines[:3] == [
        "# data",
        'data = "a.csv"                     # from x.toml line 4',
        "classes = 10                       # default",
    ]
    assert "# start is not set: a new network  # default" in lines
    assert "hidden = [64, 32]                  # from --set" in lines
    assert "epochs = 3                         # from x.toml line 3" in lines
    assert "learning_rate = 0.001              # from --learning-rate" in lines
    comments = {line.index("  # ") for line in lines if " = " in line}
    assert comments == {33}


def test_plain_dump_has_every_key_once_under_its_heading() -> None:
    text = to_toml(load(), annotate=False)
    assert text.startswith("# data\n# data is the built-in MNIST\nclasses = 10\n")
    assert "\n\n# network\nhidden = [128]\n" in text
    assert text.endswith('\noutput = "model/model.npz"\n')
    keys = [line.partition(" = ")[0] for line in text.splitlines() if " = " in line]
    assert tuple(keys) == tuple(key for key in KEYS if key not in ("data", "start", "mix_data"))


def test_long_value_does_not_push_the_other_comments_aside() -> None:
    text = to_toml(load(flags={"data": "d" * 300}), annotate=True)
    assert f'data = "{"d" * 300}"  # from --data\n' in text
    assert "epochs = 20                        # default\n" in text


@pytest.mark.parametrize("annotate", [True, False])
@pytest.mark.parametrize(
    "path",
    [
        'a"b\\c',
        "tab\tline\nend\r\x7f\x1b[0m\x01",
        "caf\u00e9 \U0001f600 \u202e \u2028 \U000e0001",
        "[/red] # '''",
        '"""',
        " = 3",
    ],
)
def test_path_of_any_characters_is_escaped_and_reads_back(path: str, annotate: bool, write) -> None:
    config = load(flags={"data": path, "output": path})
    text = to_toml(config, annotate=annotate)
    assert text.replace("\n", "").isprintable()
    assert load(write(text)).values == config.values


def test_longest_paths_still_make_a_file_that_is_small_enough(write) -> None:
    config = load(flags={"data": "\U000e0001" * 2048, "output": "\x1b" * 2048})
    assert load(write(to_toml(config, annotate=True))).values == config.values


def test_stored_config_survives_json() -> None:
    config = load(assignments=["hidden=64,32", "threads=2", "data=x", "learning_rate=1e-9"]).values
    assert from_dict(json.loads(json.dumps(to_dict(config)))) == config
    assert from_dict(json.loads(json.dumps(to_dict(RunConfig())))) == RunConfig()
    assert tuple(to_dict(config)) == KEYS


def test_stored_config_of_an_older_version_takes_the_defaults() -> None:
    assert from_dict({"epochs": 3}) == msgspec.structs.replace(RunConfig(), epochs=3)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"epoch": 3}, "stored config: unknown key 'epoch'"),
        ({"epochs": "3"}, "stored config: epochs must be a whole number, got '3'"),
        ({"epochs": None}, "stored config: epochs has no value"),
        ({"weight_decay": 0.1}, "stored config: weight_decay needs the optimizer adamw, not sgd"),
    ],
)
def test_stored_config_is_checked_like_any_other(values: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        from_dict(values)
    assert caught.value.message == message


def test_dump_needs_nothing_but_values_and_sources() -> None:
    config = EffectiveConfig(RunConfig(), dict.fromkeys(KEYS, "default"))
    assert to_toml(config, annotate=True) == to_toml(load(), annotate=True)
