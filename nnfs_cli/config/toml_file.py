"""A TOML config to settings, each with its line, which the standard library does not tell."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

from nnfs_cli.config.settings import Setting
from nnfs_cli.config.words import printable
from nnfs_cli.errors import ConfigError

# More dots or brackets than any config has. Python's parser takes time square in the parts of a
# dotted key (1 s for 64 KB) and recurses once a bracket.
MAX_DOTS = 200
MAX_BRACKETS = 200

# Multi-line strings, other strings, comments: what could look like `key = value` and is not.
QUOTED = re.compile(
    r"'''.*?'''"
    r'|"""(?:\\.|[^\\])*?"""'
    r"|'[^'\n]*'"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|\#[^\n]*",
    re.DOTALL,
)
KEY = re.compile(r"^[ \t]*(?:\[+[ \t]*)?([\w-]+|'[^'\n]*'|\"[^\"\n]*\")[ \t]*[.=\]]", re.MULTILINE)
PLACE = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)


def settings(text: str, name: str) -> list[Setting]:
    """Read `text`; `name` is what messages call the file."""
    _refuse_bombs(text, name)
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _ill_formed(str(error), text, name) from error
    except ValueError as error:  # not TOML's: Python reads no number of more than 4,300 digits
        raise ConfigError(f"{name}: not valid TOML: a number has too many digits") from error
    lines: dict[str, int] = {}
    for key, line in _keys(text):
        lines.setdefault(key, line)
    places = {key: f"{name} line {lines[key]}" if key in lines else name for key in table}
    return [Setting(key, table[key], source, where=source) for key, source in places.items()]


def _refuse_bombs(text: str, name: str) -> None:
    brackets = 0
    for number, line in enumerate(text.split("\n"), start=1):
        if line.lstrip().startswith("#"):
            continue
        brackets += line.count("[") + line.count("{")
        if line.count(".") > MAX_DOTS or brackets > MAX_BRACKETS:
            raise ConfigError(f"{name} line {number}: nested too deep for a config")


def _keys(text: str) -> Iterator[tuple[str, int]]:
    """Each key at the start of a line of well-formed TOML, with the number of the line."""
    bare = QUOTED.sub(lambda match: _blank(match[0]), text)
    for match in KEY.finditer(bare):
        yield match[1].strip("'\""), bare.count("\n", 0, match.start(1)) + 1


def _blank(quoted: str) -> str:
    """Empty a multi-line string or comment; a short string may be a quoted key and stays."""
    return quoted if quoted[:1] in "'\"" and "\n" not in quoted else "\n" * quoted.count("\n")


def _ill_formed(message: str, text: str, name: str) -> ConfigError:
    place = PLACE.fullmatch(message)
    problem, line, column = place.groups() if place else (message, None, None)
    if problem == "Cannot overwrite a value":
        return _given_twice(text, name)
    where = f"{name} line {line}, column {column}" if line else name
    end = " at the end of the file" if place and not line else ""
    hint = 'text needs quotes, a number digits before its point: optimizer = "adam"'
    return ConfigError(
        f"{where}: not valid TOML: {printable(problem[:1].lower() + problem[1:])}{end}",
        hint=hint if problem == "Invalid value" else None,
    )


def _given_twice(text: str, name: str) -> ConfigError:
    seen: dict[str, int] = {}
    for key, line in _keys(text):
        if key in seen:
            return ConfigError(
                f"{name} line {line}: {printable(key)} is given twice, first on line {seen[key]}"
            )
        seen[key] = line
    return ConfigError(f"{name}: a key is given twice")
