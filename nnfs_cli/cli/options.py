"""Options: those that several commands share, each said once."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

DEFAULT_PICTURE = "image.png"  # what is read when nothing is named, as in the original project


class SplitName(StrEnum):
    """A part of a data set."""

    test = "test"
    train = "train"


class Style(StrEnum):
    """How a picture is drawn."""

    ascii = "ascii"
    blocks = "blocks"
    braille = "braille"
    small = "small"


ModelOption = Annotated[
    Path | None,
    typer.Option(
        "--model",
        metavar="FILE",
        readable=False,  # not asked of Typer: our own reading says what is wrong, and exits with 1
        help="Model file, or builtin: the network that comes with nnfs. "
        "[default: model/model.npz, or builtin until you have trained one]",
    ),
]
DataOption = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="PATH",
        readable=False,
        help="Data set: a folder of IDX files, of train.csv and test.csv, or of a folder of "
        "pictures for each class; or an IDX, CSV or NPZ file. "
        "[default: what the model learned from, or MNIST]",
    ),
]
SplitOption = Annotated[
    SplitName, typer.Option("--split", help="Which part of the data set to use.")
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Write JSON and nothing else to standard output.")
]
QuietOption = Annotated[
    bool, typer.Option("--quiet", "-q", help="Write the result and nothing else.")
]
DebugOption = Annotated[bool, typer.Option("--debug", help="Show the whole traceback of an error.")]
