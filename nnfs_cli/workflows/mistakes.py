"""Mistakes: the wrong answers that a model was surest of, to look at and to keep as pictures."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nnfs_cli.errors import DataError, NnfsError
from nnfs_cli.files import TEMPORARY, atomic_write, make_folder, why
from nnfs_cli.images.writing import png
from nnfs_cli.workflows.evaluate import Evaluated
from nnfs_cli.workflows.predict import example_pixels

INDEX = "index.csv"  # what is known about each picture, beside the pictures
COLUMNS = ("file", "row", "truth", "guess", "confidence", "truth_probability")
LONGEST = 24  # characters of a class in a file name
OTHER_FOLDER = "name a new or an empty folder: --save-mistakes DIR"


@dataclass(frozen=True, eq=False)
class Mistake:
    """A row that was read wrong."""

    row: int  # its number in the split, from 0
    truth: str
    guess: str
    confidence: float  # the probability of the guess
    truth_probability: float
    pixels: NDArray[np.uint8] | None  # (rows, columns); None where rows are no pictures

    def to_dict(self) -> dict[str, object]:
        """Return it as `nnfs evaluate --mistakes N --json` tells it."""
        return {column: getattr(self, column) for column in COLUMNS[1:]}


def worst_mistakes(evaluated: Evaluated, count: int) -> list[Mistake]:
    """Return at most `count` mistakes, the surest first.

    That is by the probability of the wrong guess: what a user would have relied on. Among equals
    the one that gave the truth least comes first, then the lower row.
    """
    result, classes = evaluated.result, evaluated.dataset.classes
    wrong = np.flatnonzero(result.predicted != result.labels)
    truths, guesses = result.labels[wrong], result.predicted[wrong]
    probs = np.nan_to_num(result.probs[wrong])  # 0 where logits overflowed: sure of nothing
    confidence = probs[np.arange(len(wrong)), guesses]
    of_truth = probs[np.arange(len(wrong)), truths]
    return [
        Mistake(
            row=int(wrong[i]),
            truth=classes[truths[i]],
            guess=classes[guesses[i]],
            confidence=float(confidence[i]),
            truth_probability=float(of_truth[i]),
            pixels=pixels_of(evaluated, int(wrong[i])),
        )
        for i in np.lexsort((wrong, of_truth, -confidence))[:count]
    ]


def pixels_of(evaluated: Evaluated, row: int) -> NDArray[np.uint8] | None:
    """Return a row as a picture, if the rows are pictures."""
    shape = evaluated.dataset.image_shape
    return None if shape is None else example_pixels(evaluated.examples, row, shape)


def prepare_folder(folder: Path) -> None:
    """Make `folder`; check that it is empty and, by doing it, that a file can be written there.

    Raises:
        NnfsError: it is not, or cannot, said before the work rather than after.
    """
    try:
        make_folder(folder)
        if any(folder.iterdir()):
            raise NnfsError(f"cannot save mistakes in {folder}: it is not empty", hint=OTHER_FOLDER)
        with tempfile.NamedTemporaryFile(dir=folder, suffix=TEMPORARY) as probe:
            probe.write(b"\0")
            probe.flush()
    except (OSError, ValueError) as error:
        raise NnfsError(
            f"cannot save mistakes in {folder}: {why(error)}", hint=OTHER_FOLDER
        ) from error


def save_mistakes(folder: Path, mistakes: Sequence[Mistake]) -> int:
    """Write each mistake as a PNG, with `index.csv`, into the empty `folder`; return how many.

    The pictures have the very pixels that the network saw, white ink on black. When one cannot be
    written, those before it are removed.

    Raises:
        DataError: the rows are not pictures.
        NnfsError: a file cannot be written.
    """
    names = [file_name(rank, mistake) for rank, mistake in enumerate(mistakes, start=1)]
    files = {name: encoded(mistake) for name, mistake in zip(names, mistakes, strict=True)}
    files[INDEX] = index(names, mistakes)
    path = folder
    try:
        for name, content in files.items():
            path = folder / name
            with atomic_write(path) as file:
                file.write(content)
    except BaseException as error:
        for name in files:
            (folder / name).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise NnfsError(
                f"cannot write {path}: {why(error)}", hint="free some space, or " + OTHER_FOLDER
            ) from error
        raise
    return len(mistakes)


def encoded(mistake: Mistake) -> bytes:
    """Return the picture of a mistake as PNG."""
    if mistake.pixels is None:
        raise DataError(
            "the rows of the data are not pictures: their mistakes cannot be saved as such",
            hint="leave out --save-mistakes; --mistakes N names their rows",
        )
    return png(mistake.pixels)


def file_name(rank: int, mistake: Mistake) -> str:
    """Return, say, `0001_row-2130_is-4_read-as-9_98.png`: sorted by name, the surest come first."""
    truth, guess = harmless(mistake.truth), harmless(mistake.guess)
    sure = f"{mistake.confidence * 100:.0f}"
    return f"{rank:04}_row-{mistake.row}_is-{truth}_read-as-{guess}_{sure}.png"


def harmless(name: str) -> str:
    """Return the name of a class as part of a file name: letters, digits, `-` for all else."""
    return "".join(c if c.isalnum() else "-" for c in name[:LONGEST]) or "-"


def index(names: Sequence[str], mistakes: Sequence[Mistake]) -> bytes:
    """Return the index as CSV in UTF-8, a line for each picture."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for name, mistake in zip(names, mistakes, strict=True):
        writer.writerow({"file": name, **mistake.to_dict()})
    return text.getvalue().encode("utf-8", "backslashreplace")
