"""Show: digits to look at, and what the model says about them."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nnfs_cli.datasets import Dataset, Split, load
from nnfs_cli.errors import DataError, ModelError
from nnfs_cli.model import Model
from nnfs_cli.workflows.models import DEFAULT, data_for, find_model
from nnfs_cli.workflows.predict import (
    Prediction,
    check_pictures,
    example_pixels,
    named,
    predict_example,
    predict_normalised,
)

SEEN = "as the network sees it"  # a picture of the user's, once it is made ready
MOST_CLASSES = 256  # that are looked at: a picture needs no model to say how many there are


@dataclass(frozen=True, eq=False)
class Shown:
    """A picture with what is known about it."""

    name: str
    pixels: NDArray[np.uint8]  # (rows, columns)
    label: str | None  # None for a picture of the user's
    prediction: Prediction | None  # None without a model
    note: str = ""  # what was done to it


def optional_model(path: Path | None) -> Model | None:
    """Return the model that `path` or no path stands for; looking needs none that works."""
    if path is not None or DEFAULT.exists():
        return find_model(path)[1]
    with contextlib.suppress(ModelError):  # the one that comes with nnfs is gone
        return find_model(None)[1]
    return None


def show_picture(name: str, model: Model | None) -> list[Shown]:
    """Return a picture of the user's, the file `name`, and what the network sees of it."""
    from nnfs_cli.images import normalise, read_picture, thumbnail
    from nnfs_cli.images.normalise import SIDE

    image = read_picture(named(name), name=name)
    normalised = normalise(image, name=name)
    prediction = None
    if model is not None:
        check_pictures(model)
        prediction = predict_normalised(model, normalised, name=name)
    return [
        Shown(name, thumbnail(image, side=SIDE), None, None),
        Shown(SEEN, normalised.pixels, None, prediction, normalised.describe()),
    ]


def show_examples(
    dataset: Dataset, split: Split, indices: Sequence[int], model: Model | None
) -> list[Shown]:
    """Return rows of a data set; the model is asked if they are of its size."""
    examples = dataset.split(split)
    shape = shape_of(dataset)
    shown = []
    for index in indices:
        name, label = f"{dataset.name} {split} {index}", dataset.classes[examples.labels[index]]
        prediction = None
        if model is not None and model.network.inputs == examples.inputs:
            prediction = predict_example(
                model, examples, index, shape=shape, name=name, truth=label
            )
        shown.append(Shown(name, example_pixels(examples, index, shape), label, prediction))
    return shown


def choose_examples(dataset: Dataset, split: Split, *, label: str | None, count: int) -> list[int]:
    """Return the numbers of `count` random rows, of the class `label` if one is given.

    Raises:
        DataError: there is no such class, or no row of it.
    """
    examples = dataset.split(split)
    candidates = np.arange(len(examples))
    if label is not None:
        if label not in dataset.classes:
            raise DataError(
                f"there is no class {label!r} in {dataset.name}",
                hint="the classes are " + ", ".join(dataset.classes[:20]),
            )
        candidates = np.flatnonzero(examples.labels == dataset.classes.index(label))
    if not len(candidates):
        raise DataError(
            f"{dataset.name} has no {label!r} in its {split} split",
            hint="choose another digit, or the other --split",
        )
    chosen = np.random.default_rng().choice(
        candidates, size=min(count, len(candidates)), replace=False
    )
    return [int(index) for index in chosen]


def check_index(dataset: Dataset, split: Split, index: int) -> int:
    """Return `index` if there is such a row, or raise a DataError with both numbers."""
    rows = len(dataset.split(split))
    if not 0 <= index < rows:
        raise DataError(
            f"there is no row {index} in the {split} split of {dataset.name}: it has {rows:,}",
            hint=f"rows are numbered 0 to {rows - 1}",
        )
    return index


def show_rows(
    model: Model | None,
    data: Path | None,
    split: Split,
    *,
    first: int | None = None,
    label: str | None = None,
    count: int = 1,
) -> list[Shown]:
    """Return `count` rows of a data set from row `first` on, or random ones without it.

    Raises:
        DataError: the data cannot be read, holds no pictures, or has no such row or class.
    """
    dataset = load_to_look(model, data, split)
    if first is None:
        indices = choose_examples(dataset, split, label=label, count=count)
    else:
        last = check_index(dataset, split, first) + count
        indices = list(range(first, min(last, len(dataset.split(split)))))
    return show_examples(dataset, split, indices, model)


def load_to_look(model: Model | None, data: Path | None, split: Split) -> Dataset:
    """Load `data`, or else what the model was trained on; it may have more classes than that."""
    if model is not None:
        data = data_for(model, data)
    classes = 10 if data is None else MOST_CLASSES
    return load(data, splits=(split,), classes=max(classes, len(model.classes) if model else 0))


def shape_of(dataset: Dataset) -> tuple[int, int]:
    """Return rows and columns of the data set's pictures, or raise if it holds none."""
    if dataset.image_shape is None:
        raise DataError(
            f"the rows of {dataset.name} are not pictures: their size is not known",
            hint="show draws square pictures, 28x28 for example",
        )
    return dataset.image_shape


def random_prediction(model: Model) -> Prediction:
    """Return the answer to a random test digit, with its label."""
    hint = "name a picture: nnfs predict IMAGE"
    try:
        (shown,) = show_rows(model, None, "test")
    except DataError as error:
        raise DataError(error.message, hint=hint) from error
    if shown.prediction is None:
        inputs, pixels = model.network.inputs, shown.pixels.size
        message = f"the model expects {inputs} inputs, a test digit has {pixels}"
        raise ModelError(message, hint=hint)
    return shown.prediction
