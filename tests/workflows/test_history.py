"""Histories: read line by line, and refused with the number of the line that is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nnfs_cli.errors import NnfsError
from nnfs_cli.workflows import history
from nnfs_cli.workflows.history import EpochRecord, history_beside, load_history

GOOD = '{"epoch": 1, "loss": 0.5, "accuracy": 0.8, "val_loss": null, "val_accuracy": null}\n'


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "history.jsonl"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def line(epoch: int, **figures: float | None) -> str:
    return json.dumps({"epoch": epoch, "loss": 1.0 / epoch, **figures}) + "\n"


def test_every_line_is_an_epoch(tmp_path: Path) -> None:
    read = load_history(written(tmp_path, GOOD + line(2, val_loss=0.25, seconds=1.5, more=7)))
    assert read.epochs == (
        EpochRecord(1, 0.5, 0.8, None, None, None, None),
        EpochRecord(2, 0.5, None, 0.25, None, None, 1.5),
    )
    assert read.series("loss") == [0.5, 0.5]
    assert read.cut_short is None


def test_an_empty_line_is_no_matter(tmp_path: Path) -> None:
    assert len(load_history(written(tmp_path, f"{GOOD}\n{line(2)}\r\n\n")).epochs) == 2


def test_the_best_epoch_has_the_lowest_validation_loss(tmp_path: Path) -> None:
    text = line(1, val_loss=0.5) + line(2, val_loss=0.2) + line(3, val_loss=0.3) + line(4)
    read = load_history(written(tmp_path, text))
    assert read.best is not None
    assert read.best.epoch == 2
    assert load_history(written(tmp_path, line(1))).best is None


@pytest.mark.parametrize(
    "word", ["NaN", "Infinity", "-Infinity", "1e999", "-1e300", "1" + "0" * 400]
)
def test_a_figure_that_is_no_finite_number_is_unknown(word: str, tmp_path: Path) -> None:
    text = GOOD.replace('"val_loss": null', f'"val_loss": {word}')
    read = load_history(written(tmp_path, text))
    assert read.epochs[0].val_loss is None
    assert json.loads(json.dumps(read.to_dict(), allow_nan=False))["epochs"][0]["val_loss"] is None


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ("no json\n", "not JSON"),
        ("[" * 3000 + "\n", "not JSON"),
        (b"\xff\xfe\x00\n", "not JSON"),
        ("[1]\n", "not a JSON object"),
        ("{}\n", 'no "epoch", a whole number from 1'),
        ('{"epoch": "2", "loss": 1}\n', 'no "epoch"'),
        ('{"epoch": true, "loss": 1}\n', 'no "epoch"'),
        ('{"epoch": 0, "loss": 1}\n', 'no "epoch"'),
        ('{"epoch": 1, "loss": 1}\n', "epoch 1 comes after epoch 1"),
        ('{"epoch": 2}\n', 'no "loss"'),
        ('{"epoch": 2, "loss": "low"}\n', '"loss" is not a number'),
        ('{"epoch": 2, "loss": 1, "accuracy": false}\n', '"accuracy" is not a number'),
        ('{"epoch": 2, "loss": 1, "x": "' + "y" * 5000 + '"}\n', "a line of 4,096 bytes and more"),
    ],
)
def test_a_line_that_is_no_epoch_is_named(bad: str | bytes, words: str, tmp_path: Path) -> None:
    bad = bad if isinstance(bad, bytes) else bad.encode()
    path = written(tmp_path, GOOD.encode() + bad + line(3).encode())
    with pytest.raises(NnfsError) as caught:
        load_history(path)
    assert caught.value.message.startswith(f"{path}, line 2: ")
    assert words in caught.value.message
    assert caught.value.hint


def test_a_last_line_that_was_cut_short_is_left_out(tmp_path: Path) -> None:
    read = load_history(written(tmp_path, GOOD + line(2)[:20]))
    assert [epoch.epoch for epoch in read.epochs] == [1]
    assert read.cut_short == 2
    with pytest.raises(NnfsError, match="line 1: not JSON"):
        load_history(written(tmp_path, line(1)[:20]))


def test_an_empty_a_missing_and_a_huge_file_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, "")
    with pytest.raises(NnfsError, match="is empty: no epoch was finished"):
        load_history(path)
    with pytest.raises(NnfsError, match="no history at"):
        load_history(tmp_path / "none.jsonl")
    with pytest.raises(NnfsError, match="it is a folder"):
        load_history(tmp_path)
    monkeypatch.setattr(history, "MAX_BYTES", 10)
    with pytest.raises(NnfsError, match="the limit is 10"):
        load_history(written(tmp_path, GOOD))


def test_the_history_of_a_model_lies_beside_it() -> None:
    assert history_beside(None) == Path("model/history.jsonl")
    assert history_beside(Path("a/b.npz")) == Path("a/history.jsonl")
    with pytest.raises(NnfsError, match="the model that comes with nnfs brings no history"):
        history_beside(Path("builtin"))
