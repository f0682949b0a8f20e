"""`nnfs show --network`: layers, training and file of a model."""

from __future__ import annotations

import json as jsonlib
from pathlib import Path
from typing import TYPE_CHECKING

from nnfs_cli.cli.console import emit, emit_styled, percent, printable
from nnfs_cli.cli.prose import crew, prose
from nnfs_cli.cli.tables import show_table, table_of

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from nnfs_cli.workflows.anatomy import Anatomy

LABEL = 12  # characters of a heading at the left
UNKNOWN = "unknown: the file does not say"
MOST_CLASSES = 20  # that are named


def show_network(model: Path | None, *, json: bool) -> None:
    """Show what the model is made of and where it comes from."""
    from nnfs_cli.workflows.anatomy import inspect_network

    anatomy = inspect_network(model)
    if json:
        emit(jsonlib.dumps(anatomy.to_dict()))
        return
    text = (
        "Each Dense layer multiplies by its weights and adds its biases; what stands between "
        "two of them bends, or they would be one. The softmax turns scores into probabilities."
    )
    for line in [*title(anatomy.file, anatomy.network), *prose(text)]:
        emit_styled(line)
    emit("")
    show_table(layer_table(anatomy))
    for name, text in facts(anatomy).items():
        for number, line in enumerate(prose(text, indent=LABEL)):
            if number == 0:
                line.plain = f"{name:<{LABEL}}{line.plain[LABEL:]}"
                line.stylize("bold", 0, len(name))
            emit_styled(line)


def title(model: Path, network: str) -> list[Text]:
    """Return the name of a model and its layers."""
    return prose(f"{name_of(model)}: {network}", style="bold")


def name_of(model: Path) -> str:
    """Return what a model is called: its file, or, of the one that comes with nnfs, that."""
    from nnfs_cli.workflows.models import is_builtin

    return "the built-in network" if is_builtin(model) else printable(str(model))


def layer_table(anatomy: Anatomy) -> Table:
    """Return a row for each layer."""
    table = table_of(["", "layer", "shape", "parameters", "weight norm", "typical weight"])
    for number, layer in enumerate(anatomy.layers, start=1):
        shape = f"{layer.inputs:,} -> {layer.units:,}" if layer.parameters else f"{layer.units:,}"
        norm, rms = layer.weight_norm, layer.weight_rms
        table.add_row(
            str(number),
            layer.kind,
            shape,
            f"{layer.parameters:,}" if layer.parameters else "-",
            "-" if norm is None else f"{norm:.2f}",
            "-" if rms is None else f"{rms:.4f}",
        )
    table.add_row("", "all", "", f"{anatomy.parameters:,}", "", "")
    return table


def facts(anatomy: Anatomy) -> dict[str, str]:
    """Return what is known besides the layers, under its headings."""
    classes = ", ".join(printable(name) for name in anatomy.classes[:MOST_CLASSES])
    more = len(anatomy.classes) - MOST_CLASSES
    shape = anatomy.image_shape
    hidden = sum(layer.parameters > 0 for layer in anatomy.layers) > 1
    bend = printable(anatomy.activation) if hidden else "none, as there is no hidden layer"
    inputs = f"{anatomy.layers[0].inputs:,} numbers"
    return {
        "activation": f"{bend}, computed in {anatomy.dtype}",
        "input": f"pictures of {shape[0]}x{shape[1]} pixels" if shape else f"{inputs}, no picture",
        "classes": f"{len(anatomy.classes)}: {classes}" + (f" and {more} more" if more > 0 else ""),
        "trained on": trained_on(anatomy),
        "recipe": recipe(anatomy),
        "accuracy": accuracy(anatomy),
        "file": f"{printable(str(anatomy.file))}, {anatomy.size:,} bytes, "
        f"{anatomy.changed:%Y-%m-%d %H:%M}",
    }


def trained_on(anatomy: Anatomy) -> str:
    """Say on what, how often and with how many threads the model was trained."""
    known = anatomy.training
    parts = []
    if known.get("data") is not None:
        parts.append(printable(str(known["data"])))
    for key, words in {"rows": "rows", "epochs": "epochs"}.items():
        value = known.get(key)
        if isinstance(value, int):
            parts.append(f"{value:,} {words[:-1] if value == 1 else words}")
    threads = known.get("threads")
    if isinstance(threads, int) or threads == "pair":
        parts.append(crew(threads))
    if anatomy.seed is not None:
        parts.append(f"seed {anatomy.seed}")
    return ", ".join(parts) or UNKNOWN


def recipe(anatomy: Anatomy) -> str:
    """Return what was set otherwise than the defaults."""
    if anatomy.recipe is None:
        return UNKNOWN
    words = (
        f"{printable(key)} = {printable(jsonlib.dumps(value, ensure_ascii=False))}"
        for key, value in anatomy.recipe.items()
    )
    return ", ".join(words) or "the default of every key"


def accuracy(anatomy: Anatomy) -> str:
    """Return how good the model was when its training ended."""
    shares = {name: anatomy.training.get(f"{name}_accuracy") for name in ("train", "test")}
    words = [
        f"{percent(share, 2)} {name}" for name, share in shares.items() if isinstance(share, float)
    ]
    return ", ".join(words) or UNKNOWN
