"""A YAML config to settings, each with its line, straight from the parser's events.

Nothing is composed or constructed by ruamel.yaml: no alias is expanded, no tag is looked up, and
the first event that a config has no use for ends the reading.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from nnfs_cli.config.scalars import plain
from nnfs_cli.config.settings import Setting
from nnfs_cli.config.words import printable, shown
from nnfs_cli.errors import ConfigError

MAX_DEPTH = 8  # a config needs one level: the list of hidden layers
MAX_BRACKETS = 200  # more than any config has; the parser's time grows with their square
# What a parser written in Python may also raise on damaged text, and none of which is our mistake.
STUMBLES = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)


def settings(text: str, name: str) -> list[Setting]:
    """Read `text`; `name` is what messages call the file."""
    if text.count("[") + text.count("{") > MAX_BRACKETS:
        raise ConfigError(f"{name}: nested too deep for a config")
    try:
        return list(_document(YAML(typ="safe", pure=True).parse(text), name))
    except MarkedYAMLError as error:
        place = _place(error.problem_mark or error.context_mark, name)
        problem = error.problem or error.context or "cannot be parsed"
        raise ConfigError(f"{place}: not valid YAML: {printable(problem)}") from error
    except YAMLError as error:  # a character that YAML forbids
        line = text.count("\n", 0, getattr(error, "position", 0)) + 1
        reason = getattr(error, "reason", "cannot be parsed")
        raise ConfigError(f"{name} line {line}: not valid YAML: {printable(reason)}") from error
    except STUMBLES as error:
        raise ConfigError(f"{name}: not valid YAML: {printable(str(error))}") from error


def _document(events: Iterator[Any], name: str) -> Iterator[Setting]:
    """The settings of the one mapping that the stream of events describes."""
    next(events)  # the start of the stream
    event = next(events)
    if isinstance(event, StreamEndEvent):
        return
    if event.version or event.tags:
        raise ConfigError(f"{name}: directives such as %YAML are not supported")
    root = next(events)
    _check_plain(root, name)
    if isinstance(root, MappingStartEvent):
        yield from _mapping(events, name)
    elif not (isinstance(root, ScalarEvent) and _scalar(root) is None):
        raise _refusal(root, name, "a config is made of lines KEY: VALUE")
    next(events)  # the end of the document
    event = next(events)
    if isinstance(event, DocumentStartEvent):
        raise _refusal(event, name, "a second document begins; a config is one document")


def _mapping(events: Iterator[Any], name: str) -> Iterator[Setting]:
    seen: dict[str, int] = {}
    for event in events:
        if isinstance(event, MappingEndEvent):
            return
        _check_plain(event, name)
        if not isinstance(event, ScalarEvent):
            raise _refusal(event, name, "a key must be a word")
        key, line = event.value, event.start_mark.line + 1
        if key == "<<" and event.implicit[0]:
            raise _refusal(event, name, "merge keys are not supported")
        if key in seen:
            problem = f"{printable(key)} is given twice, first on line {seen[key]}"
            raise _refusal(event, name, problem)
        seen[key] = line
        source = f"{name} line {line}"
        yield Setting(key, _value(next(events), events, name, depth=1), source, where=source)


def _value(event: Any, events: Iterator[Any], name: str, *, depth: int) -> object:
    """The value that begins with `event`; the rest of it is taken from `events`."""
    _check_plain(event, name)
    if isinstance(event, ScalarEvent):
        return _scalar(event)
    if depth > MAX_DEPTH:
        raise _refusal(event, name, "nested too deep for a config")
    end = SequenceEndEvent if isinstance(event, SequenceStartEvent) else MappingEndEvent
    inner = []
    while not isinstance(event := next(events), end):
        inner.append(_value(event, events, name, depth=depth + 1))
    # What a mapping holds does not matter: no key takes one, and the refusal names the key.
    return inner if end is SequenceEndEvent else {}


def _scalar(event: Any) -> object:
    return plain(event.value) if event.implicit[0] else event.value  # a quoted one is text


def _check_plain(event: Any, name: str) -> None:
    """Refuse what makes a small file large or strange, before anything is made of it."""
    if isinstance(event, AliasEvent) or getattr(event, "anchor", None) is not None:
        raise _refusal(event, name, "anchors and aliases (& and *) are not supported")
    if getattr(event, "tag", None) is not None:
        raise _refusal(event, name, f"tags such as {shown(str(event.tag))} are not supported")


def _refusal(event: Any, name: str, problem: str) -> ConfigError:
    return ConfigError(f"{_place(event.start_mark, name)}: {problem}")


def _place(mark: Any, name: str) -> str:
    return f"{name} line {mark.line + 1}, column {mark.column + 1}" if mark else name
