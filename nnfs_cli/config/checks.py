"""Is a value fit for its key, and do the keys fit each other? If not, say so in plain words."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

import msgspec
from msgspec import inspect

from nnfs_cli.config.schema import KEYS, Layer, RunConfig, annotated_types, choices
from nnfs_cli.config.settings import Setting
from nnfs_cli.config.words import bound, shown
from nnfs_cli.errors import ConfigError, did_you_mean

# How a limit reads when it is broken: (attribute of the type, what must hold, words)
LIMITS: tuple[tuple[str, Callable[[Any, Any], bool], str], ...] = (
    ("ge", operator.ge, "of at least"),
    ("gt", operator.gt, "above"),
    ("le", operator.le, "of at most"),
    ("lt", operator.lt, "below"),
)
# The second one is how msgspec meets a lone surrogate: a name in the shell that is not UTF-8.
UNFIT = (msgspec.ValidationError, UnicodeEncodeError)


def checked(setting: Setting) -> Any:
    """Return the value of `setting` in the type that its key has.

    Raises:
        ConfigError: the key is unknown, or the value is of the wrong type or out of range.
    """
    key, value = setting.key, setting.value
    if key not in KEYS:
        _refuse_key(setting)
    if key == "hidden" and isinstance(value, int) and not isinstance(value, bool):
        value = [value]
    try:
        return msgspec.convert(value, annotated_types()[key])
    except UNFIT:
        problem, hint = _problem(key, inspect.type_info(annotated_types()[key]), value)
        raise ConfigError(f"{setting.where}: {problem}", hint=hint) from None


def check_together(config: RunConfig, where: Mapping[str, str]) -> None:
    """Refuse values that are fine alone but not together; `where[key]` opens the message."""
    if config.weight_decay > 0 and config.optimizer != "adamw":
        raise ConfigError(
            f"{where['weight_decay']}: weight_decay needs the optimizer adamw, "
            f"not {config.optimizer}",
            hint="set optimizer to adamw, or weight_decay to 0",
        )
    if config.patience > 0 and config.validation == 0:
        raise ConfigError(
            f"{where['patience']}: patience needs a validation set, but validation is 0",
            hint="set validation to a number of rows such as 5000, or patience to 0",
        )


def _refuse_key(setting: Setting) -> NoReturn:
    hint = did_you_mean(setting.key[:100], KEYS)
    if isinstance(setting.value, dict) and not hint.startswith("did"):
        hint = "all keys are at the top level: write them without a table around them"
    raise ConfigError(f"{setting.where}: unknown key {shown(setting.key)}", hint=hint)


def _problem(name: str, kind: inspect.Type, value: object) -> tuple[str, str | None]:
    """Say what is wrong with `value`, which `msgspec` has refused for `kind`, and what may help."""
    match kind:
        case inspect.Metadata():
            return _problem(name, kind.type, value)
        case _ if value is None:
            hint = "for a network without hidden layers: --set hidden=[]"
            return f"{name} has no value", hint if name == "hidden" else None
        case inspect.IntType():
            return _number_problem(name, "a whole number", kind, value)
        case inspect.FloatType():
            return _number_problem(name, "a number", kind, value)
        case inspect.BoolType():
            return f"{name} must be true or false, got {shown(value)}", None
        case inspect.StrType():
            return _text_problem(name, kind, value)
        case inspect.LiteralType():
            return _choice_problem(name, value)
        case inspect.VarTupleType():
            return _list_problem(name, kind, value)
        case inspect.UnionType():
            return _union_problem(name, kind, value)
    raise NotImplementedError(f"no words for {kind}")


def _number_problem(
    name: str, noun: str, kind: inspect.IntType | inspect.FloatType, value: object
) -> tuple[str, str | None]:
    whole = isinstance(kind, inspect.IntType)
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
        exact = isinstance(value, float) and value.is_integer() and abs(value) < 1e15
        hint = f"write {value:.0f}" if exact else None
        return f"{name} must be {noun}, got {shown(value)}", hint
    for attribute, holds, words in LIMITS if whole or _is_finite(value) else ():
        limit = getattr(kind, attribute)
        if limit is not None and not holds(value, limit):
            return f"{name} must be {noun} {words} {bound(limit)}, got {shown(value)}", None
    return f"{name} must be a finite number, got {shown(value)}", None


def _is_finite(value: int | float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number of more than 308 digits
        return False


def _text_problem(name: str, kind: inspect.StrType, value: object) -> tuple[str, str | None]:
    if not isinstance(value, str):
        return f"{name} must be text, got {shown(value)}", f'put it in quotes: {name} = "..."'
    if not value:
        return f"{name} is empty", None
    if kind.max_length is not None and len(value) > kind.max_length:
        limit = bound(kind.max_length)
        return f"{name} must be text of at most {limit} characters, got {len(value):,}", None
    return f"{name} must be text without NUL and in UTF-8, got {shown(value)}", None


def _choice_problem(name: str, value: object) -> tuple[str, str | None]:
    words = choices(name)
    if isinstance(value, str):
        return f"unknown {name} {shown(value)}", did_you_mean(value[:100], words)
    return f"{name} must be one of {', '.join(words)}, got {shown(value)}", None


def _list_problem(name: str, kind: inspect.VarTupleType, value: object) -> tuple[str, str | None]:
    hint = f"write {name} = [128, 64], or --set {name}=128,64"
    if not isinstance(value, list | tuple):
        return f"{name} must be a list of whole numbers, got {shown(value)}", hint
    if kind.max_length is not None and len(value) > kind.max_length:
        return f"{name} must be a list of at most {kind.max_length} numbers, got {len(value)}", None
    wrong = next(item for item in value if not _is_layer(item))
    if wrong is None:
        return f"{name} lacks a number: there is nothing before or after a comma", hint
    return _problem(f"each number in {name}", kind.item_type, wrong)


def _is_layer(item: object) -> bool:
    try:
        msgspec.convert(item, Layer)
    except UNFIT:
        return False
    return True


def _union_problem(name: str, kind: inspect.UnionType, value: object) -> tuple[str, str | None]:
    """A union is one word or a number (`threads`), or text or nothing (`data`)."""
    for each in kind.types:
        if isinstance(each, inspect.IntType):
            return _number_problem(name, "auto, pair or a whole number", each, value)
        if isinstance(each, inspect.StrType):
            return _text_problem(name, each, value)
    raise NotImplementedError(f"no words for {kind}")
