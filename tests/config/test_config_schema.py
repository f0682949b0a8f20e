"""The schema: the original's recipe by default, and every key explained."""

from __future__ import annotations

import msgspec
import pytest

from nnfs_cli.config import GROUPS, KEYS, RunConfig, choices, describe, load

ORIGINAL = {
    "data": None,
    "classes": 10,
    "validation": 0,
    "start": None,
    "mix": 0.75,
    "mix_data": None,
    "hidden": (128,),
    "activation": "sigmoid",
    "init": "lecun",
    "dropout": 0.0,
    "center": False,
    "dtype": "float32",
    "epochs": 20,
    "batch_size": 64,
    "optimizer": "sgd",
    "learning_rate": 0.1,
    "momentum": 0.9,
    "beta1": 0.9,
    "beta2": 0.999,
    "eps": 1e-8,
    "weight_decay": 0.0,
    "schedule": "constant",
    "warmup": 0.25,
    "step_every": 10,
    "step_factor": 0.5,
    "label_smoothing": 0.0,
    "averaging": 0.0,
    "patience": 0,
    "calibrate": False,
    "rotation": 0.0,
    "scaling": 0.0,
    "shear": 0.0,
    "shift": 0.0,
    "elastic": 0.0,
    "stretch": 0.0,
    "thickness": 0.0,
    "blur": 0.0,
    "contrast": 0.0,
    "styles": 0.0,
    "synthetic": 0.0,
    "seed": 0,
    "threads": "auto",
    "output": "model/model.npz",
}


def test_defaults_are_the_recipe_of_the_original() -> None:
    assert msgspec.structs.asdict(RunConfig()) == ORIGINAL


def test_without_arguments_every_value_is_the_default_and_says_so() -> None:
    config = load()
    assert config.values == RunConfig()
    assert dict(config.sources) == dict.fromkeys(KEYS, "default")


@pytest.mark.parametrize("key", KEYS)
def test_default_passes_its_own_check(key: str) -> None:
    assert load(flags={key: ORIGINAL[key]}).values == RunConfig()


@pytest.mark.parametrize("key", KEYS)
def test_key_has_a_description_that_fits_a_line(key: str) -> None:
    text = describe(key)
    assert 10 <= len(text) <= 80
    assert not text.endswith(".")


def test_groups_start_at_keys_in_the_order_of_the_schema() -> None:
    positions = [KEYS.index(first) for first in GROUPS.values()]
    assert positions == sorted(positions)
    assert positions[0] == 0


def test_choices_are_the_words_of_a_key_in_the_order_of_the_schema() -> None:
    assert choices("optimizer") == ("sgd", "momentum", "nesterov", "adam", "adamw")
    assert choices("epochs") == choices("threads") == ()


def test_config_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        RunConfig().epochs = 3  # type: ignore[misc]
