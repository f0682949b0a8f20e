"""What the README promises of the whole: memory, and that the form of the data is no matter."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nnfs_cli.cli.app import main
from nnfs_cli.datasets import load
from nnfs_cli.engine import Examples
from nnfs_cli.model import load_model

NUMBERS = [str(value) for value in range(256)]
PEAK_OF_TRAINING = """
from pathlib import Path
from nnfs_cli.cli.app import main
assert main(["train", "--epochs", "1", "--quiet"]) == 0
lines = Path("/proc/self/status").read_text().splitlines()
print(next(int(line.split()[1]) / 1e3 for line in lines if line.startswith("VmHWM:")))
"""


def write_csv(path: Path, examples: Examples) -> None:
    with path.open("w") as file:
        print("label", *(f"pixel{i}" for i in range(1, 785)), sep=",", file=file)
        for label, row in zip(examples.labels, examples.x, strict=True):
            print(label, ",".join(map(NUMBERS.__getitem__, row.tolist())), sep=",", file=file)


def test_all_of_mnist_as_csv_gives_the_same_weights_as_its_own_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    mnist = load()
    write_csv(tmp_path / "train.csv", mnist.split("train"))
    write_csv(tmp_path / "test.csv", mnist.split("test"))
    once = ["train", "--epochs", "1", "--threads", "1", "--quiet"]
    assert main([*once, "--output", "idx/model.npz"]) == 0
    assert main([*once, "--data", ".", "--output", "csv/model.npz"]) == 0
    idx, csv = (load_model(Path(name, "model.npz")) for name in ("idx", "csv"))
    np.testing.assert_array_equal(csv.network.params, idx.network.params)
    assert csv.training["test_accuracy"] == idx.training["test_accuracy"]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells the peak")
def test_training_takes_less_than_250_megabytes(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PEAK_OF_TRAINING],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert float(done.stdout.splitlines()[-1]) < 250
