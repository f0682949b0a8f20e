"""What augmentation does to a digit can be looked at, and what cannot be augmented says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

from nnfs_cli.augmentation.synthetic import drawings
from nnfs_cli.config import RunConfig, load
from nnfs_cli.datasets import load as load_data
from nnfs_cli.errors import ConfigError, DataError
from nnfs_cli.workflows.augmented import show_augmented
from nnfs_cli.workflows.build import AUGMENTING, build_augmentation

BEST = load(Path("best")).values


def test_the_original_comes_first_and_each_change_is_another() -> None:
    original, *changes = show_augmented(BEST, None, row=0, count=5, rng=np.random.default_rng(0))
    assert original.name == "mnist train 0"
    assert original.label == "5"
    np.testing.assert_array_equal(original.pixels.ravel(), load_data().split("train").x[0])
    assert len({picture.pixels.tobytes() for picture in [original, *changes]}) == 6
    assert {picture.label for picture in changes} == {"5"}
    assert all(picture.pixels.max() == 255 for picture in changes)


def test_a_change_is_still_the_same_digit_to_the_eye() -> None:
    rng = np.random.default_rng(1)
    config = msgspec.structs.replace(BEST, synthetic=0.0)
    original, *changes = show_augmented(config, None, row=7, count=20, rng=rng)  # a 3
    overlap = [
        np.corrcoef(original.pixels.ravel(), picture.pixels.ravel())[0, 1] for picture in changes
    ]
    assert min(overlap) > 0.1
    assert np.mean(overlap) > 0.4
    assert max(overlap) < 0.999


def test_a_row_that_is_not_there_is_an_error() -> None:
    with pytest.raises(DataError, match="there is no row 60000 in the train split"):
        show_augmented(BEST, None, row=60_000)


def test_a_config_without_augmentation_has_nothing_to_show() -> None:
    with pytest.raises(ConfigError, match="leaves pictures as they are") as caught:
        show_augmented(RunConfig(), None, row=0)
    assert caught.value.hint == "name one that does not: --config best"


def test_every_key_of_augmentation_alone_turns_it_on() -> None:
    mnist = load_data()
    assert build_augmentation(RunConfig(), mnist) is None
    for key in AUGMENTING:
        augmentation = build_augmentation(RunConfig(**{key: 0.2}), mnist)
        assert augmentation is not None
        x = mnist.split("train").x[:64].astype(np.float32) / 255.0
        before = x.copy()
        augmentation(x, np.ones(64, np.intp), np.random.default_rng(0))
        assert np.abs(x - before).max() > 0.01, key


def test_rows_that_are_no_pictures_cannot_be_augmented() -> None:
    flat = replace(load_data(), image_shape=None)
    with pytest.raises(ConfigError, match="are not pictures: they cannot be augmented") as caught:
        build_augmentation(RunConfig(rotation=10.0, blur=0.1), flat)
    assert caught.value.hint == "leave out rotation, blur"


def test_a_drawn_digit_that_takes_the_place_of_another_is_the_same_one() -> None:
    config = RunConfig(synthetic=1.0)
    _, *changes = show_augmented(config, None, row=7, count=20, rng=np.random.default_rng(1))
    threes = drawings(28, 28)[3]
    for picture in changes:
        assert np.abs(threes.astype(int) - picture.pixels).max(axis=(1, 2)).min() <= 1


@pytest.mark.parametrize("key", ["styles", "synthetic"])
def test_digits_are_drawn_for_digits_only(key: str) -> None:
    clothes = replace(load_data(), name="clothes", classes=tuple("abcdefghij"))
    with pytest.raises(ConfigError, match="the classes of clothes are others") as caught:
        build_augmentation(RunConfig(**{key: 0.1}), clothes)
    assert caught.value.hint == f"set {key} to 0"
