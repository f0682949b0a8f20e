"""The same rows give the same weights and the same accuracy, from whichever kind of file."""

from __future__ import annotations

import gzip
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnfs_cli.cli.app import main
from nnfs_cli.datasets import load
from nnfs_cli.model import load_model

ROWS = {"train": 3000, "test": 1000}
Splits = dict[str, tuple[np.ndarray, np.ndarray]]


@pytest.fixture(scope="module")
def rows() -> Splits:
    """The first rows of both splits of MNIST."""
    mnist = load()
    parts = {"train": mnist.split("train"), "test": mnist.split("test")}
    return {
        split: (np.asarray(part.x[: ROWS[split]]), np.asarray(part.labels[: ROWS[split]]))
        for split, part in parts.items()
    }


def write_csv(folder: Path, rows: Splits, *, header: bool) -> None:
    for split, (pixels, labels) in rows.items():
        names = ",".join(["label", *(f"pixel{i}" for i in range(784))])
        table = np.column_stack([labels, pixels]).astype(int)
        np.savetxt(
            folder / f"{split}.csv",
            table,
            fmt="%d",
            delimiter=",",
            header=names if header else "",
            comments="",
        )


def write_idx(folder: Path, rows: Splits) -> None:
    for split, (pixels, labels) in rows.items():
        start = "t10k" if split == "test" else "train"
        images = struct.pack(">4I", 0x803, len(labels), 28, 28) + pixels.tobytes()
        marks = struct.pack(">2I", 0x801, len(labels)) + labels.astype(np.uint8).tobytes()
        (folder / f"{start}-images-idx3-ubyte.gz").write_bytes(gzip.compress(images, 1))
        (folder / f"{start}-labels-idx1-ubyte").write_bytes(marks)


def write_npz(folder: Path, rows: Splits) -> Path:
    arrays: dict[str, Any] = {}
    for split, (pixels, labels) in rows.items():
        arrays |= {f"x_{split}": pixels.reshape(-1, 28, 28), f"y_{split}": labels}
    np.savez(folder / "rows.npz", **arrays)
    return folder / "rows.npz"


def test_csv_idx_and_npz_of_the_same_rows_give_the_same_model(
    rows: Splits, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("csv", "bare", "idx", "npz"):
        (tmp_path / name).mkdir()
    write_csv(tmp_path / "csv", rows, header=True)
    write_csv(tmp_path / "bare", rows, header=False)
    write_idx(tmp_path / "idx", rows)
    data = {name: tmp_path / name for name in ("csv", "bare", "idx")}
    data["npz"] = write_npz(tmp_path / "npz", rows)
    results = {}
    for name, path in data.items():
        output = tmp_path / "models" / name / "m.npz"
        words = ["--epochs", "2", "--hidden", "16", "--threads", "1", "--output", str(output)]
        capsys.readouterr()
        assert main(["train", "--data", str(path), *words, "--json"]) == 0
        report = json.loads(capsys.readouterr().out.splitlines()[-1])
        figures = {key: report[key] for key in ("train_accuracy", "test_accuracy", "test_loss")}
        results[name] = (figures, load_model(output).network.params)
    figures, params = results.pop("idx")
    assert figures["test_accuracy"] > 0.5
    for name, (others, weights) in results.items():
        assert others == figures, name
        np.testing.assert_array_equal(weights, params, err_msg=name)
