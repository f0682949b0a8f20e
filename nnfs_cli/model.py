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
from typing import Annotated, Any, Literal, TypeAlias, get_args

import msgspec
import numpy as np
from numpy.typing import NDArray

from nnfs_cli.engine import (
    ACTIVATIONS,
    PIXEL_SCALE,
    Floats,
    Network,
    multilayer_perceptron,
    scaled,
)
from nnfs_cli.errors import ModelError
from nnfs_cli.files import atomic_write, writing
from nnfs_cli.manifest import Manifest, describe, pack, unpack
from nnfs_cli.npz import MEMBERS, read_npz, write_npz

FORMAT = 1
HEADER = "nnfs"  # the member that describes the others
MAX_BYTES = 256 * 2**20
Store: TypeAlias = Literal["float16", "float32", "float64"]  # how numbers lie in the file
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

    def inputs_of(self, pixels: NDArray[np.uint8]) -> Floats:
        """Return pictures, one or more, 0 to 255, as the rows (n, D) that the network takes."""
        return scaled(pixels.reshape(-1, self.network.inputs), dtype=self.network.dtype)

    def __repr__(self) -> str:
        return f"Model({self.network.summary()})"


class Header(Manifest, frozen=True, kw_only=True):
    """The JSON of the member `nnfs`."""

    inputs: int
    hidden: Annotated[tuple[int, ...], msgspec.Meta(max_length=MEMBERS // 2)]
    activation: str
    classes: tuple[str, ...]
    image_shape: tuple[int, int] | None
    pixel_scale: float
    config: dict[str, Any]
    training: dict[str, str | float | int | None]


def save_model(path: Path, model: Model, *, store: Store | None = None) -> None:
    """Write `model` to `path`, atomically: a reader sees the old file or the new one.

    `store` is the type of the numbers in the file, by default that of the network. "float16" halves
    the file and rounds to 11 bits; the network that is read back computes in float32 all the same.

    Raises:
        ModelError: the file cannot be written; or a weight is too large for `store`.
    """
    arrays = stored_arrays(path, model.network, store)
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
    hint = "free some space or use --output FILE"
    with writing(path, error=ModelError, hint=hint), atomic_write(path) as file:
        write_npz(file, {HEADER: pack(header), **arrays})


def stored_arrays(path: Path, network: Network, store: Store | None) -> dict[str, NDArray[Any]]:
    """Return the arrays of `network` as they will lie in the file at `path`."""
    arrays: dict[str, NDArray[Any]] = dict(network.arrays)
    if store is None:
        return arrays
    with np.errstate(over="ignore"):  # said in words below
        stored = {name: array.astype(store) for name, array in arrays.items()}
    for name, array in arrays.items():
        if (np.isfinite(array) & ~np.isfinite(stored[name])).any():
            raise ModelError(
                f"cannot write {path}: {name} holds {abs(array).max():.3g}, "
                f"the most that {store} can hold is {np.finfo(store).max:.6g}",
                hint="store it in the type of the network, which is the default",
            )
    return stored


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
    """Decode the member `nnfs`, and check that this program can use what it describes."""
    if text.dtype != np.uint8:
        raise ModelError(f"{path} has a header of {text.dtype}, not of bytes", hint=HINT)
    header = unpack(text, Header, arrays, path=path, formats=[FORMAT], hint=HINT)
    if header.activation not in ACTIVATIONS:
        raise ModelError(f"{path} has an unknown activation {header.activation!r}", hint=HINT)
    if not math.isclose(header.pixel_scale, PIXEL_SCALE, rel_tol=0, abs_tol=1e-12):
        raise ModelError(
            f"{path} was trained on pixels times {header.pixel_scale}, "
            "this program multiplies them by 1/255",
            hint=HINT,
        )
    found = {str(array.dtype) for array in arrays.values()}
    if len(found) != 1 or not found <= set(get_args(Store)):
        raise ModelError(
            f"{path} has arrays of {' and '.join(sorted(found)) or 'nothing'}, "
            f"and should have one of {', '.join(get_args(Store))}",
            hint=HINT,
        )
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
        if array.dtype.kind != "f" or array.ndim not in ((1, 2) if name[0] == "b" else (2,)):
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
