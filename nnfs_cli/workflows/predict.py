"""Predict: what a model says about pictures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nnfs_cli.engine import Examples
from nnfs_cli.errors import ImageError, ModelError, NnfsError
from nnfs_cli.files import advice, why
from nnfs_cli.images import Normalised, find_pictures, normalise, read_picture
from nnfs_cli.images.normalise import SIDE
from nnfs_cli.images.reading import MAX_BYTES
from nnfs_cli.model import Model

STDIN = "-"


@dataclass(frozen=True, eq=False)
class Prediction:
    """What the model says about one picture."""

    path: str
    pixels: NDArray[np.uint8]  # (rows, columns), as the network saw them
    classes: tuple[str, ...]
    probabilities: tuple[float, ...]  # of each class
    note: str = ""  # what was done to the picture
    truth: str | None = None  # its label, where that is known
    picture: Normalised | None = None  # all that was done to the picture

    @property
    def best(self) -> list[int]:
        """The numbers of the classes, the most probable first."""
        return sorted(range(len(self.classes)), key=lambda i: -self.probabilities[i])

    @property
    def label(self) -> str:
        """The most probable class."""
        return self.classes[self.best[0]]

    @property
    def confidence(self) -> float:
        """Its probability."""
        return max(self.probabilities)

    def to_dict(self) -> dict[str, object]:
        """Return the picture's line of `nnfs predict --json`."""
        line: dict[str, object] = {
            "path": self.path,
            "digit": int(self.label) if self.label.isdecimal() else self.label,
            "confidence": self.confidence,
            "probabilities": list(self.probabilities),
        }
        if self.truth is not None:
            line["label"] = self.truth
        if self.picture is not None:
            line["picture"] = self.picture.to_dict()
        return line


@dataclass(frozen=True)
class Refusal:
    """A picture that could not be read, and why."""

    path: str
    error: NnfsError

    def to_dict(self) -> dict[str, object]:
        """Return the picture's line of `nnfs predict --json`."""
        line: dict[str, object] = {"path": self.path, "error": self.error.message}
        if self.error.hint:
            line["hint"] = self.error.hint
        return line


def predict_pictures(
    model: Model, sources: Iterable[str], *, stdin: bytes | None = None
) -> Iterator[Prediction | Refusal]:
    """Yield the answer for each picture, or why there is none, and go on.

    `sources` are files, folders, and `-` for the picture in `stdin`.
    """
    check_pictures(model)
    for found in each_picture(sources, stdin=stdin):
        if isinstance(found, Refusal):
            yield found
        else:
            yield answer(model, found[1], name=found[0])


def each_picture(
    sources: Iterable[str], *, stdin: bytes | None
) -> Iterator[tuple[str, Path | bytes] | Refusal]:
    """Yield name and file of each picture in `sources`, or why there is none."""
    for source in sources:
        if source == STDIN:
            yield STDIN, stdin or b""
            continue
        try:
            paths = find_pictures(named(source))
        except ImageError as error:
            yield Refusal(source, error)
            continue
        for path in paths:
            yield (source if path == Path(source) else str(path)), path


def check_pictures(model: Model) -> None:
    """Raise a ModelError if the model does not read pictures of 28x28."""
    if model.network.inputs != SIDE * SIDE:
        raise ModelError(
            f"the model expects {model.network.inputs} inputs, a picture has {SIDE * SIDE}",
            hint="predict pictures with a model of 28x28 digits: nnfs train",
        )


def answer(model: Model, source: Path | bytes, *, name: str) -> Prediction | Refusal:
    """Return the answer for one picture, or why there is none."""
    try:
        return predict_picture(model, source, name=name)
    except ImageError as error:
        return Refusal(name, error)


def named(source: str) -> Path:
    """Return the path that `source` names; unlike `Path` do not take no name for this folder.

    Raises:
        ImageError: it is empty, or no name that a file can have.
    """
    if not source:
        raise ImageError("a picture has no name", hint="name a file: nnfs predict image.png")
    path = Path(source)
    try:
        path.exists()
    except (OSError, ValueError) as error:
        raise ImageError(f"cannot read {source}: {why(error)}", hint=advice(error)) from error
    return path


def predict_picture(model: Model, source: Path | bytes, *, name: str) -> Prediction:
    """Return the answer for one picture.

    Raises:
        ImageError: it cannot be read, or shows no digit.
    """
    shown = shown_name(name)
    check_bytes(source, name=shown)
    normalised = normalise(read_picture(source, name=shown), name=shown)
    return predict_normalised(model, normalised, name=name)


def predict_normalised(model: Model, picture: Normalised, *, name: str) -> Prediction:
    """Return the answer for a picture that has been made ready."""
    prediction = predict_pixels(model, picture.pixels, name=name, note=picture.describe())
    return replace(prediction, picture=picture)


def shown_name(name: str) -> str:
    """Return what a picture is called in messages."""
    return "standard input" if name == STDIN else name


def check_bytes(source: Path | bytes, *, name: str) -> None:
    """Refuse a standard input that was cut off at the limit."""
    if isinstance(source, bytes) and len(source) > MAX_BYTES:
        raise ImageError(f"cannot read {name}: the limit is {MAX_BYTES:,} bytes")


def predict_example(
    model: Model, examples: Examples, index: int, *, shape: tuple[int, int], name: str, truth: str
) -> Prediction:
    """Return the answer for one row of a data set, of the class `truth`."""
    pixels = example_pixels(examples, index, shape)
    return predict_pixels(model, pixels, name=name, truth=truth)


def predict_pixels(
    model: Model,
    pixels: NDArray[np.uint8],
    *,
    name: str,
    note: str = "",
    truth: str | None = None,
) -> Prediction:
    """Return the answer for pixels as the network wants them."""
    probs = model.network.predict_proba(model.inputs_of(pixels))[0]
    if not np.isfinite(probs).all():
        raise ModelError(
            f"{name}: the scores of the network are too large to be numbers",
            hint="train it again, with a smaller learning rate",
        )
    return Prediction(
        path=name,
        pixels=pixels,
        classes=model.classes,
        probabilities=tuple(float(p) for p in probs),
        note=note,
        truth=truth,
    )


def example_pixels(examples: Examples, index: int, shape: tuple[int, int]) -> NDArray[np.uint8]:
    """Return one row of a data set as a picture, 0 to 255."""
    row = examples.x[index if examples.rows is None else examples.rows[index]]
    scaled = row if row.dtype == np.uint8 else np.clip(row * 255.0, 0, 255).astype(np.uint8)
    return np.asarray(scaled).reshape(shape)
