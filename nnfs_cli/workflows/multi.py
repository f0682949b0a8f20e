"""Multi: what a model says about pictures of several digits each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nnfs_cli.errors import ImageError
from nnfs_cli.images import read_picture
from nnfs_cli.images.ink import Box
from nnfs_cli.images.several import Several, normalise_several
from nnfs_cli.model import Model
from nnfs_cli.workflows.predict import (
    Prediction,
    Refusal,
    check_bytes,
    check_pictures,
    each_picture,
    shown_name,
)

UNKNOWN = "?"  # stands for a digit that is not sure enough to be given


@dataclass(frozen=True, eq=False)
class Read:
    """What the model says about one digit of a picture."""

    prediction: Prediction
    box: Box  # left, top, right, bottom in pixels of the picture
    place: tuple[int, int]  # its line and its place in that, from 1
    least: float = 0.0  # the confidence below which it is not given

    @property
    def given(self) -> bool:
        """Whether it is sure enough."""
        return self.prediction.confidence >= self.least

    @property
    def label(self) -> str:
        """The most probable class, or a question mark."""
        return self.prediction.label if self.given else UNKNOWN

    def to_dict(self) -> dict[str, object]:
        """Return the digit as it is told in JSON."""
        told = self.prediction.to_dict()
        del told["path"]
        if not self.given:
            told = {**told, "digit": None, "guess": told["digit"]}
        return {**told, "box": list(self.box)}


@dataclass(frozen=True, eq=False)
class Reading:
    """What the model says about one picture of several digits."""

    path: str
    lines: tuple[tuple[Read, ...], ...]
    found: Several

    @property
    def digits(self) -> list[Read]:
        """All digits in reading order."""
        return [digit for line in self.lines for digit in line]

    @property
    def texts(self) -> list[str]:
        """The digits of each line, one after the other."""
        return ["".join(digit.label for digit in line) for line in self.lines]

    def to_dict(self) -> dict[str, object]:
        """Return the picture's line of `nnfs predict --multi --json`."""
        return {
            "path": self.path,
            "text": "\n".join(self.texts),
            "lines": [[digit.to_dict() for digit in line] for line in self.lines],
        }


def read_pictures(
    model: Model, sources: Iterable[str], *, stdin: bytes | None = None, least: float = 0.0
) -> Iterator[Reading | Refusal]:
    """Yield what each picture says, or why it says nothing, and go on.

    `sources` are as in `predict_pictures`; digits below the confidence `least` are not given.
    """
    check_pictures(model)
    for found in each_picture(sources, stdin=stdin):
        if isinstance(found, Refusal):
            yield found
            continue
        name, source = found
        try:
            yield read_several(model, source, name=name, least=least)
        except ImageError as error:
            yield Refusal(name, error)


def read_several(model: Model, source: Path | bytes, *, name: str, least: float = 0.0) -> Reading:
    """Return what one picture says.

    Raises:
        ImageError: it cannot be read, or shows no digits, or far too many pieces.
    """
    shown = shown_name(name)
    check_bytes(source, name=shown)

    def read(pictures: NDArray[np.uint8]) -> NDArray[np.floating]:
        return model.network.predict_proba(model.inputs_of(pictures))

    found = normalise_several(read_picture(source, name=shown), read=read, name=shown)
    probabilities = iter(read(np.stack([piece.pixels for piece in found.pieces])).tolist())
    lines = tuple(
        tuple(
            Read(
                Prediction(name, piece.pixels, model.classes, tuple(next(probabilities))),
                piece.box,
                (row, place),
                least,
            )
            for place, piece in enumerate(line, start=1)
        )
        for row, line in enumerate(found.lines, start=1)
    )
    return Reading(name, lines, found)
