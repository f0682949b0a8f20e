"""One key set to one value, and where: in a file, by `--set KEY=VALUE`, or by a flag."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from nnfs_cli.config.scalars import plain
from nnfs_cli.config.words import printable
from nnfs_cli.errors import ConfigError

FLAGS = {"start": "--from"}  # the options that are not called like their key
# their text is a path: `5` and `true` are names too
PATH_KEYS = frozenset({"data", "start", "mix_data", "output"})


@dataclass(frozen=True, slots=True)
class Setting:
    """A value as it was given, not yet checked.

    `source` is what `--print-config` shows (`--set`), `where` what an error points at
    (`--set epochs=0`).
    """

    key: str
    value: object
    source: str
    where: str


def from_assignments(assignments: Iterable[str]) -> Iterator[Setting]:
    """Read the arguments of `--set`, in their order."""
    for assignment in assignments:
        key, equals, text = (part.strip() for part in assignment.partition("="))
        where = f"--set {printable(assignment)}"
        if not (key and equals):
            raise ConfigError(f"{where}: not of the form KEY=VALUE", hint="write --set epochs=20")
        value = _path(text) if key in PATH_KEYS else _value(key, text)
        yield Setting(key, value, source="--set", where=where)


def from_flags(flags: Mapping[str, object]) -> Iterator[Setting]:
    """Read the options that name a key; one that is None was not given."""
    for key, given in flags.items():
        if given is None:
            continue
        value = given.value if isinstance(given, Enum) else given
        if isinstance(value, os.PathLike):
            value = os.fspath(value)
        flag = FLAGS.get(key, "--" + key.replace("_", "-"))
        where = f"{flag} {printable(_spelled(value))}"
        if isinstance(value, str) and key not in PATH_KEYS:
            value = _value(key, value)
        yield Setting(key, value, source=flag, where=where)


def _spelled(value: object) -> str:
    text = ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return text or "''"


def _path(text: str) -> str:
    """A path is the text itself; quotes around all of it are TOML's and come off."""
    value = _toml_value(text) if text[:1] in ("'", '"') else None
    return value if isinstance(value, str) else text


def _value(key: str, text: str) -> object:
    """The value that `text` spells: in TOML, else as a plain YAML scalar (`.5`, `010`, `adam`)."""
    if key == "hidden" and not text.startswith("["):
        # an empty shell variable is no wish for a network without hidden layers
        return [_value("", part.strip()) for part in text.split(",")] if text else None
    value = _toml_value(text)
    return plain(text) if value is None else value


def _toml_value(text: str) -> object | None:
    """The TOML value that `text` is, or None when it is not one."""
    import tomllib  # here: 6 ms that a run without `--set` and without a file need not spend

    if "\n" in text:  # a second line would be a second key
        return None
    try:
        value: object = tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):  # ValueError also for a number of 4,300 digits
        return None
    return value
