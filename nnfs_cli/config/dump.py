"""The config in force as TOML: what `--print-config` prints, and what is saved beside a model."""

from __future__ import annotations

from nnfs_cli.config.load import EffectiveConfig
from nnfs_cli.config.schema import GROUPS, KEYS

HEADINGS = {first: group for group, first in GROUPS.items()}
UNSET = {  # what the keys mean that may be without a value: TOML has no null
    "data": "is the built-in MNIST",
    "start": "is not set: a new network",
    "mix_data": "is the built-in MNIST",
}
WIDEST = 40  # columns: one long path does not push every comment off the screen


def to_toml(config: EffectiveConfig, *, annotate: bool) -> str:
    """Return `config` as TOML that `load` reads back to the same values.

    Args:
        annotate: follow each value by where it comes from, as a comment.
    """
    lines = {key: _line(key, getattr(config.values, key)) for key in KEYS}
    width = max(len(line) for line in lines.values() if len(line) <= WIDEST)
    text = ""
    for key, line in lines.items():
        if key in HEADINGS:
            text += "\n" if text else ""
            text += f"# {HEADINGS[key]}\n"
        text += f"{line:{width}}  # {_origin(config.sources[key])}\n" if annotate else f"{line}\n"
    return text


def _line(key: str, value: object) -> str:
    if value is None:
        return f"# {key} {UNSET[key]}"
    return f"{key} = {_literal(value)}"


def _literal(value: object) -> str:
    """A value of the schema in TOML; `repr` gives the shortest digits that read back the same."""
    if isinstance(value, str):
        return f'"{"".join(map(_escaped, value))}"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return f"[{', '.join(map(_literal, value))}]"
    return repr(value)


def _escaped(character: str) -> str:
    """Leave what prints as it is; TOML forbids control characters, and ESC moves the cursor."""
    if character in '"\\':
        return f"\\{character}"
    if character.isprintable():
        return character
    return f"\\u{ord(character):04x}" if ord(character) < 0x10000 else f"\\U{ord(character):08x}"


def _origin(source: str) -> str:
    return source if source == "default" else f"from {source}"
