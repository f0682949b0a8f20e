"""Training data: it is known again, by its rows and by the names of its classes."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image, ImageDraw
from resuming import at_epoch, train

from nnfs_cli.checkpoint import Checkpoint, DataMark, Header
from nnfs_cli.config import load
from nnfs_cli.engine import Examples
from nnfs_cli.errors import DataError
from nnfs_cli.model import load_model
from nnfs_cli.workflows.resume import check_data, mark_data
from nnfs_cli.workflows.training_data import gather

EXAMPLES = Examples(np.arange(12, dtype=np.uint8).reshape(6, 2), np.arange(6) % 3)


def write_strokes(folder: Path, names: str) -> Path:
    for number, name in enumerate(names):
        (folder / name).mkdir(parents=True)
        for width in range(2, 8):
            image = Image.new("L", (30, 30), 255)
            ImageDraw.Draw(image).line([(4 + 10 * number, 4), (25, 25)], fill=0, width=width)
            image.save(folder / name / f"{width}.png")
    return folder


def checkpoint_of(mark: DataMark) -> Checkpoint:
    """Return a checkpoint of which only the mark of the data is looked at."""
    header = Header(
        format=2,
        config={},
        data=mark,
        threads=1,
        history=(),
        counters={},
        generators="[]",
        tensors={},
    )
    return Checkpoint(Path("checkpoint.npz"), header, {})


def test_a_checkpoint_from_before_classes_had_names_still_fits() -> None:
    now = mark_data("mine", EXAMPLES, classes=("a", "b", "c"))
    check_data(checkpoint_of(msgspec.structs.replace(now, classes=())), now)
    with pytest.raises(DataError, match=r"its classes have other names"):
        check_data(checkpoint_of(now), msgspec.structs.replace(now, classes=("a", "b", "d")))


def test_the_mark_covers_what_is_mixed_in() -> None:
    others = mark_data("old", EXAMPLES, classes=())
    alone = mark_data("new", EXAMPLES, classes=())
    both = mark_data("new", EXAMPLES, classes=(), others=others)
    assert (both.name, both.rows, both.inputs) == ("new and old", 12, 2)
    assert both.digest != alone.digest
    changed = msgspec.structs.replace(others, digest="0")
    assert mark_data("new", EXAMPLES, classes=(), others=changed).digest != both.digest


def test_pictures_under_other_names_are_resumed_with_these_names(tmp_path: Path) -> None:
    write_strokes(tmp_path / "strokes", "xyz")
    output = str(tmp_path / "run" / "model.npz")
    data = {"data": str(tmp_path / "strokes"), "output": output, "threads": 1, "epochs": 4}
    whole = str(tmp_path / "whole" / "model.npz")
    assert train(load(flags={**data, "output": whole}))
    assert not train(load(flags=data), stop=at_epoch(2))
    assert train(load(flags={"output": output}), resume=True)
    resumed = load_model(Path(output))
    assert resumed.classes == ("x", "y", "z")
    assert resumed.config["classes"] == 3
    np.testing.assert_array_equal(resumed.network.params, load_model(Path(whole)).network.params)
    assert not train(load(flags=data), stop=at_epoch(2))
    (tmp_path / "strokes" / "z").rename(tmp_path / "strokes" / "w")
    with pytest.raises(DataError, match="has the class w, the model knows x, y, z"):
        train(load(flags={"output": output}), resume=True)


def test_rows_of_a_single_class_are_warned_of(tmp_path: Path) -> None:
    pixels = np.zeros((20, 4, 4), dtype=np.uint8)
    np.savez(tmp_path / "d.npz", images=pixels, labels=np.full(20, 1))
    effective = load(flags={"data": str(tmp_path / "d.npz"), "classes": 3})
    told = gather(effective.values, None, None).warnings
    assert told == ("all rows are of the class 1: there is nothing to tell apart",)
