"""Everything a training run can be told: the keys, their types, limits and defaults.

The defaults are the original script's recipe. The constraints live here and nowhere else: `checks`
applies them and words the refusals, and the help of a key is its description.
"""

from __future__ import annotations

import functools
import sys
import typing
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

Activation = Literal["sigmoid", "tanh", "relu"]
Init = Literal["lecun", "glorot", "he"]
Dtype = Literal["float32", "float64"]
Optimizer = Literal["sgd", "momentum", "nesterov", "adam", "adamw"]
Schedule = Literal["constant", "step", "cosine", "one-cycle"]

Layer = Annotated[int, Meta(ge=1, le=100_000)]  # units of one hidden layer

BILLION = 1_000_000_000  # the limit of a count that has no other: well inside every integer type
LARGEST = sys.float_info.max  # infinity is above it, and NaN is not below it: both are refused
# The upper limit of a path keeps a dumped config under the size that `files` reads back; NUL and
# lone surrogates can neither be opened everywhere nor be written into TOML or JSON.
PATH = Meta(min_length=1, max_length=2048, pattern=r"^[^\x00\ud800-\udfff]+\Z")


class RunConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One training run, as plain values under flat keys.

    Made by `load` or `from_dict`, which check every value; the constructor itself checks nothing.
    """

    # data
    data: Annotated[
        Annotated[str, PATH] | None,
        Meta(description="data set to train on: a file or a folder; the built-in MNIST if not set"),
    ] = None
    classes: Annotated[
        int, Meta(ge=2, le=1000, description="number of classes that the labels tell apart")
    ] = 10
    validation: Annotated[
        int, Meta(ge=0, le=BILLION, description="rows of the training set held out for validation")
    ] = 0

    # fine-tuning
    start: Annotated[
        Annotated[str, PATH] | None,
        Meta(description="model to start from, a file or builtin; a new network if not set"),
    ] = None
    mix: Annotated[
        float,
        Meta(
            ge=0,
            lt=1,
            description="share of an epoch from mix_data, more if it has under 256 rows "
            "(with start)",
        ),
    ] = 0.75
    mix_data: Annotated[
        Annotated[str, PATH] | None,
        Meta(description="data set that is mixed in, against forgetting; MNIST if not set"),
    ] = None

    # network
    hidden: Annotated[
        tuple[Layer, ...],
        Meta(max_length=32, description="units of each hidden layer; none is softmax regression"),
    ] = (128,)
    activation: Annotated[
        Activation, Meta(description="non-linearity that follows each hidden layer")
    ] = "sigmoid"
    init: Annotated[Init, Meta(description="scale of the random initial weights")] = "lecun"
    dropout: Annotated[
        float, Meta(ge=0, lt=1, description="share of hidden units silenced in a training step")
    ] = 0.0
    center: Annotated[
        bool, Meta(description="subtract the mean picture of the training set from every input")
    ] = False
    dtype: Annotated[Dtype, Meta(description="precision of weights and arithmetic")] = "float32"

    # training
    epochs: Annotated[int, Meta(ge=1, le=1_000_000, description="passes over the training set")] = (
        20
    )
    batch_size: Annotated[int, Meta(ge=1, le=BILLION, description="rows in a training step")] = 64
    optimizer: Annotated[
        Optimizer, Meta(description="rule that turns gradients into updates of the weights")
    ] = "sgd"
    learning_rate: Annotated[
        float, Meta(gt=0, le=LARGEST, description="size of an update; the peak of a schedule")
    ] = 0.1
    momentum: Annotated[
        float, Meta(ge=0, lt=1, description="share of the last update kept (momentum, nesterov)")
    ] = 0.9
    beta1: Annotated[
        float, Meta(ge=0, lt=1, description="decay of the mean of the gradients (adam, adamw)")
    ] = 0.9
    beta2: Annotated[
        float, Meta(ge=0, lt=1, description="decay of the mean of their squares (adam, adamw)")
    ] = 0.999
    eps: Annotated[
        float, Meta(gt=0, le=LARGEST, description="keeps the division finite (adam, adamw)")
    ] = 1e-8
    weight_decay: Annotated[
        float, Meta(ge=0, le=LARGEST, description="pull of the weights towards zero (adamw)")
    ] = 0.0

    # schedule
    schedule: Annotated[Schedule, Meta(description="course of the learning rate over the run")] = (
        "constant"
    )
    warmup: Annotated[
        float, Meta(ge=0, le=1, description="share of the steps in which one-cycle climbs")
    ] = 0.25
    step_every: Annotated[
        int, Meta(ge=1, le=BILLION, description="epochs between two steps of the schedule step")
    ] = 10
    step_factor: Annotated[
        float, Meta(gt=0, le=LARGEST, description="factor on the learning rate at each step")
    ] = 0.5

    # generalisation
    label_smoothing: Annotated[
        float, Meta(ge=0, lt=1, description="share of each target spread over all classes")
    ] = 0.0
    averaging: Annotated[
        float, Meta(ge=0, lt=1, description="decay of the moving average of the weights; 0 is off")
    ] = 0.0
    patience: Annotated[
        int,
        Meta(
            ge=0,
            le=BILLION,
            description="epochs without a better validation loss before stopping; 0 is off",
        ),
    ] = 0

    calibrate: Annotated[
        bool, Meta(description="rescale the confidences in the end so that 90 % is right in 90 %")
    ] = False

    # augmentation
    rotation: Annotated[
        float, Meta(ge=0, le=180, description="degrees by which pictures are turned, either way")
    ] = 0.0
    scaling: Annotated[
        float, Meta(ge=0, lt=1, description="share by which height and width change, either way")
    ] = 0.0
    shear: Annotated[
        float, Meta(ge=0, le=2, description="slant, in pixels aside for each pixel of height")
    ] = 0.0
    shift: Annotated[
        float, Meta(ge=0, le=1000, description="pixels by which pictures are moved, either way")
    ] = 0.0
    elastic: Annotated[
        float, Meta(ge=0, le=100, description="pixels by which shapes are bent (root mean square)")
    ] = 0.0
    stretch: Annotated[
        float, Meta(ge=0, le=1, description="share of pictures made much narrower or wider")
    ] = 0.0
    thickness: Annotated[
        float, Meta(ge=0, le=1, description="how much thicker or thinner strokes get")
    ] = 0.0
    blur: Annotated[float, Meta(ge=0, le=1, description="how much softer pictures get")] = 0.0
    contrast: Annotated[
        float, Meta(ge=0, le=1, description="how much darker or lighter grey pixels get")
    ] = 0.0
    styles: Annotated[
        float,
        Meta(
            ge=0, le=1, description="share of some digits drawn in other ways: with flag, bar, loop"
        ),
    ] = 0.0

    synthetic: Annotated[
        float,
        Meta(
            ge=0, le=1, description="share of pictures exchanged for drawn digits of the same class"
        ),
    ] = 0.0

    # run
    seed: Annotated[
        int, Meta(ge=0, le=2**63 - 1, description="start of every random sequence of the run")
    ] = 0
    threads: Annotated[
        Literal["auto", "pair"] | Annotated[int, Meta(ge=1, le=1024)],
        Meta(description="threads of the products, or pair: two processes; auto times steps"),
    ] = "auto"
    output: Annotated[
        Annotated[str, PATH], Meta(description="file that the trained model is written to")
    ] = "model/model.npz"


KEYS: tuple[str, ...] = RunConfig.__struct_fields__

# Headings for the eye, each with the first key under it, in the order of `KEYS`.
GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "data": "data",
        "fine-tuning": "start",
        "network": "hidden",
        "training": "epochs",
        "schedule": "schedule",
        "generalisation": "label_smoothing",
        "augmentation": "rotation",
        "run": "seed",
    }
)


@functools.cache
def annotated_types() -> Mapping[str, Any]:
    """Return the annotated type of each key: what `msgspec` checks a value against."""
    return typing.get_type_hints(RunConfig, include_extras=True)


def describe(key: str) -> str:
    """Return what `key` is for, in a few words without a full stop."""
    text: str = annotated_types()[key].__metadata__[-1].description
    return text


def choices(key: str) -> tuple[str, ...]:
    """Return the words that `key` takes, or none when it is not a choice between words."""
    kind = typing.get_args(annotated_types()[key])[0]
    return typing.get_args(kind) if typing.get_origin(kind) is Literal else ()
