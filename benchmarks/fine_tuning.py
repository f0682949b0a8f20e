"""Teach the built-in network a hand that it cannot read: digits turned by 40 degrees.

A hundred of them are learned from, as pictures in folders, and 500 others are read before and
after; so is MNIST's test set, which should not be forgotten. From the project's folder:

    python -m benchmarks.fine_tuning
    python -m benchmarks.fine_tuning --mix 0
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.sheets.making import ink_on, redrawn
from nnfs_cli.datasets import load

TURNED = 40.0  # degrees, against the clock
LEARNED, READ = 100, 500  # pictures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--learned", type=int, default=LEARNED, help="pictures to learn from")
    parser.add_argument("--mix", default="0.75", help="share of old rows in an epoch")
    parser.add_argument("--seed", type=int, default=0, help="draws the digits")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        draw(Path(folder, "hand"), args.learned, args.seed)
        command = ["train", "--from", "builtin", "--data", f"{folder}/hand", "--mix", args.mix]
        lines = subprocess.run(
            [sys.executable, "-m", "nnfs_cli", *command, "-o", f"{folder}/model.npz", "--json"],
            check=True, stdout=subprocess.PIPE, text=True,
        ).stdout.splitlines()  # fmt: skip
    for change in json.loads(lines[-1])["changes"]:
        print(
            f"{change['data']} ({change['part']}): {change['before']:.1%} -> {change['after']:.1%}"
        )


def draw(folder: Path, learned: int, seed: int) -> None:
    """Draw digits of MNIST's training set, turned, into `train` and `test`, a folder each digit."""
    examples = load(None, splits=["train"]).split("train")
    rng = np.random.default_rng(seed)
    rows = rng.choice(len(examples), READ + learned, replace=False)
    for number, row in enumerate(rows):
        split = "test" if number < READ else "train"
        place = folder / split / str(examples.labels[row]) / f"{number}.png"
        place.parent.mkdir(parents=True, exist_ok=True)
        digit = redrawn(examples.x[row].reshape(28, 28))
        ink_on(rng, digit, canvas=(160, 160), angle=TURNED).save(place)


if __name__ == "__main__":
    main()
