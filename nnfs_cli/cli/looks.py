"""Looks: what `nnfs show` can show besides digits, and which options go with what."""

from __future__ import annotations

import typer

from nnfs_cli.errors import ConfigError

# what there is to see besides digits, and the options that each can use
LOOKS = {
    "weights": ("neuron", "count", "style", "model", "data", "split", "json"),
    "network": ("model", "json"),
    "history": ("what", "style", "model", "json"),
    "augmented": ("what", "digit", "count", "style", "data", "config"),
}
NEEDED = {  # without which an option is pointless
    "neuron": ("weights",),
    "config": ("augmented",),
    "json": ("weights", "network", "history"),
}
ROWS_ONLY = ("split", "data")  # options that a picture of the user's has no use for


def chosen_look(context: typer.Context) -> str | None:
    """Return which of `LOOKS` is asked for, or None for digits.

    Raises:
        ConfigError: two things are asked for at once, or an option that the one cannot use.
    """
    given = {
        name: shown_as(name, value)
        for name, value in context.params.items()
        if value is not None and name != "debug" and was_given(context, name)
    }
    looks = [name for name in LOOKS if name in given]
    if len(looks) > 1:
        raise ConfigError(
            f"{given[looks[0]]} and {given[looks[1]]} exclude each other",
            hint="look at one thing at a time",
        )
    if {"neuron", "count"} <= given.keys():
        raise ConfigError(
            f"{given['neuron']} and {given['count']} exclude each other",
            hint=f"leave {given['count']} out",
        )
    look = looks[0] if looks else None
    for name, words in given.items():
        if look and name != look and name not in LOOKS[look]:
            raise ConfigError(
                f"{given[look]} and {words} exclude each other", hint=f"leave {words} out"
            )
        if not look and name in NEEDED:
            needed = " or ".join(f"--{each}" for each in NEEDED[name])
            raise ConfigError(f"{words} goes with {needed}", hint=f"add it, or leave {words} out")
    return look


def check_picture(context: typer.Context, what: str) -> None:
    """Refuse options that choose among the rows of a data set, where `what` is a picture.

    Raises:
        ConfigError: there is one.
    """
    for name in ROWS_ONLY:
        if was_given(context, name):
            words = shown_as(name, context.params[name])
            raise ConfigError(
                f"{words} is about the rows of a data set, and {what} is a picture",
                hint=f"leave {words} out",
            )


def was_given(context: typer.Context, name: str) -> bool:
    """Return whether a parameter was typed, rather than left at its default."""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def shown_as(name: str, value: object) -> str:
    """Return a parameter as it was typed, near enough."""
    if name == "what":
        return str(value)
    return f"--{name}" if value is True else f"--{name} {value}"
