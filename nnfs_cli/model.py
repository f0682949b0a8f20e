"""Model: a trained network together with what is needed to use it, and the file it lives in.

The file is an `.npz`: the arrays W1, b1, W2, b2, ... that any program can multiply, and a member
`nnfs`, a JSON text as bytes, that says what they are. It holds numbers and names, never code.
"""

from __future__ import annotations

import contextlib
import itertools
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from nnfs_cli.engine import ACTIVATIONS, Network, multilayer_perceptron
from nnfs_cli.errors import ModelError
from nnfs_cli.files import atomic_write, why
from nnfs_cli.manifest import Tensor, describe, pack
from nnfs_cli.npz import MEMBERS, one_line, read_npz, write_npz

FORMAT = 1
HEADER = "nnfs"  # the member that describes the others
MAX_BYTES = 256 * 2**20
PIXEL_SCALE = 1 / 255  # inputs are pixels times this, here and in the original project
HINT = "it is not a model of nnfs, or it was damaged on the way; train one: nnfs train"


@dataclass(frozen=True, eq=False)
class Model:
    """A network and its surroundings.

    `config` is what it was trained with, `training` on what and how good it became; both
    are plain values, and empty for a model that another program made.
    """

    network: Network
    activation: str
    classes: tuple[str, ...]
    image_shape: tuple[int, int] | None
    config: dict[str, Any] = field(default_factory=dict)
    training: dict[str, str | float | int | None] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Model({self.network.summary()})"


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """The JSON of the member `nnfs`."""

    format: int
    inputs: int
    hidden: Annotated[tuple[int, ...], msgspec.Meta(max_length=MEMBERS // 2)]
    activation: str
    classes: tuple[str, ...]
    image_shape: tuple[int, int] | None
    pixel_scale: float
    config: dict[str, Any]
    training: dict[str, str | float | int | None]
    tensors: dict[str, Tensor]


def save_model(path: Path, model: Model) -> None:
    """Write `model` to `path`, atomically: a reader sees the old file or the new one.

    Raises:
        ModelError: the file cannot be written.
    """
    arrays: dict[str, NDArray[Any]] = dict(model.network.arrays)
    header = Header(
        format=FORMAT,
        inputs=model.network.inputs,
        hidden=tuple(layer.units for layer in model.network.dense[:-1]),
        activation=model.activation,
        classes=model.classes,
        image_shape=model.image_shape,
        pixel_scale=PIXEL_SCALE,
        config=model.config,
        training=model.training,
        tensors=describe(arrays),
    )
    try:
        with atomic_write(path) as file:
            write_npz(file, {HEADER: pack(header), **arrays})
    except OSError as error:
        raise ModelError(
            f"cannot write {path}: {why(error)}", hint="free some space or use --output FILE"
        ) from error


def load_model(path: Path) -> Model:
    """Read the model at `path`: one of ours, or the four bare arrays of the original project.

    Raises:
        ModelError: there is no such file, or it is damaged, or it holds something else.
    """
    with contextlib.suppress(OSError):  # where it cannot even be looked up: read_npz says why
        if not path.exists():
            raise ModelError(f"no model at {path}", hint="train one first: nnfs train")
    arrays = read_npz(path, limit=MAX_BYTES, error=ModelError)
    text = arrays.pop(HEADER, None)
    header = original_header(path, arrays) if text is None else read_header(path, text, arrays)
    check_tensors(path, header, arrays)
    network = multilayer_perceptron(
        header.inputs,
        header.hidden,
        len(header.classes),
        activation=header.activation,
        dtype=np.float64 if arrays["W1"].dtype == np.float64 else np.float32,
    )
    with np.errstate(over="ignore"):  # what is too large for the dtype is found below
        for name, values in network.arrays.items():
            values[...] = arrays[name]
    if not np.isfinite(network.params).all():
        raise ModelError(f"{path} has weights that are no finite numbers", hint=HINT)
    return Model(
        network=network,
        activation=header.activation,
        classes=header.classes,
        image_shape=header.image_shape,
        config=header.config,
        training=header.training,
    )


def read_header(path: Path, text: NDArray[Any], arrays: dict[str, NDArray[Any]]) -> Header:
    """Decode the member `nnfs`, and compare each array with what it says about it."""
    if text.dtype != np.uint8:
        raise ModelError(f"{path} has a header of {text.dtype}, not of bytes", hint=HINT)
    try:
        header = msgspec.json.decode(text.tobytes(), type=Header)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise ModelError(f"{path} has a damaged header: {one_line(error)}", hint=HINT) from error
    if header.format != FORMAT:
        raise ModelError(
            f"{path} has format {header.format}, this program reads format {FORMAT}",
            hint="it was written by a newer nnfs: update nnfs",
        )
    if header.activation not in ACTIVATIONS:
        raise ModelError(f"{path} has an unknown activation {header.activation!r}", hint=HINT)
    if not math.isclose(header.pixel_scale, PIXEL_SCALE, rel_tol=0, abs_tol=1e-12):
        raise ModelError(
            f"{path} was trained on pixels times {header.pixel_scale}, "
            "this program multiplies them by 1/255",
            hint=HINT,
        )
    if header.tensors != describe(arrays):
        raise ModelError(f"{path} is damaged: its arrays are not those it lists", hint=HINT)
    return header


def original_header(path: Path, arrays: dict[str, NDArray[Any]]) -> Header:
    """Describe bare arrays W1, b1, W2, b2, ... as the original project saves them: sigmoid, 28x28.

    Biases may be (1, H).
    """
    depth = len(arrays) // 2
    names = [f"{kind}{number}" for number in range(1, depth + 1) for kind in "Wb"]
    if not arrays or set(arrays) != set(names):
        found = ", ".join(sorted(arrays)[:8]) or "none"
        raise ModelError(f"{path} has no arrays W1, b1, W2, b2 (found: {found})", hint=HINT)
    for name, array in arrays.items():
        if array.dtype.kind != "f" or array.ndim != 2 - (name[0] == "b" and array.ndim == 1):
            raise ModelError(f"{path}: {name} is {array.dtype} {array.shape}", hint=HINT)
        if name[0] == "b":
            arrays[name] = array.reshape(-1)
    inputs, *widths = arrays["W1"].shape[0], *(arrays[f"W{i + 1}"].shape[1] for i in range(depth))
    return Header(
        format=FORMAT,
        inputs=inputs,
        hidden=tuple(widths[:-1]),
        activation="sigmoid",
        classes=tuple(str(number) for number in range(widths[-1])),
        image_shape=(28, 28) if inputs == 784 else None,
        pixel_scale=PIXEL_SCALE,
        config={},
        training={},
        tensors={},
    )


def check_tensors(path: Path, header: Header, arrays: dict[str, NDArray[Any]]) -> None:
    """Check the arrays against the network that the header describes, before it is made."""
    widths = (header.inputs, *header.hidden, len(header.classes))
    expected: dict[str, tuple[int, ...]] = {}
    for number, (inputs, units) in enumerate(itertools.pairwise(widths), start=1):
        expected[f"W{number}"] = (inputs, units)
        expected[f"b{number}"] = (units,)
    for name in sorted(expected.keys() | arrays.keys()):
        found = arrays[name].shape if name in arrays else None
        if found != expected.get(name):
            raise ModelError(
                f"{path}: {name} is {found or 'missing'}, "
                f"and should be {expected.get(name, 'absent')}",
                hint=HINT,
            )
    if min(widths) < 1:
        raise ModelError(f"{path}: a layer has no units", hint=HINT)
    rows, columns = header.image_shape or (1, header.inputs)
    if rows < 1 or rows * columns != header.inputs:
        raise ModelError(
            f"{path}: pictures of {rows}x{columns} do not have {header.inputs} pixels", hint=HINT
        )
