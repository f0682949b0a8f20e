"""Make data/builtin.npz, the model that comes with nnfs, from one trained by configs/best.toml.

    nnfs train --config best --seed 1 --output best/model.npz
    python data/make_builtin.py best/model.npz

Half precision halves the file; what it costs is measured and written into the header.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from nnfs_cli.config import RunConfig
from nnfs_cli.datasets import load
from nnfs_cli.engine import evaluate
from nnfs_cli.engine.metrics import calibration_error
from nnfs_cli.model import Model, load_model, save_model

PLACE = Path(__file__).with_name("builtin.npz")


def make(source: Path, place: Path = PLACE) -> Model:
    """Write the compact model, read it back, and write it again with what it is worth."""
    model = load_model(source)
    # MNIST, wherever it lay while this was trained
    config = {**model.config, "data": RunConfig().data, "output": "builtin.npz"}
    save_model(place, replace(model, config=config), store="float16")
    compact = load_model(place)
    answers = evaluate(compact.network, load().split("test"))
    training = {
        **model.training,
        "test_accuracy": answers.accuracy,
        "test_loss": answers.loss,
        "calibration_error": calibration_error(answers.probs, answers.labels),
    }
    save_model(place, replace(compact, training=training), store="float16")
    return load_model(place)


if __name__ == "__main__":
    made = make(Path(sys.argv[1]))
    print(PLACE, f"{PLACE.stat().st_size:,} bytes", made, made.training)
