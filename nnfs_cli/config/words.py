"""How a value, an argument or a file name looks inside a one-line message."""

from __future__ import annotations

from collections.abc import Mapping

LONGEST = 60  # characters of a value that a message quotes
HUGE = 200  # bits from which a whole number is described, not written: Python may refuse to


def shown(value: object) -> str:
    """Return `value` as the message quotes it: on one line, printable, of bounded length."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and value.bit_length() > HUGE:
        return f"a number of about {int(value.bit_length() * 0.30103) + 1:,} digits"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return repr(shortened(value))
    if isinstance(value, Mapping):
        return "a group of keys"
    if isinstance(value, list | tuple):
        return "a list"
    return printable(f"the {type(value).__name__} {value}")


def printable(text: str, *, longest: int = LONGEST) -> str:
    """Return `text` shortened, as it is when it can be printed on one line, else quoted."""
    text = shortened(text, longest=longest)
    return text if text.isprintable() else repr(text)


def shortened(text: str, *, longest: int = LONGEST) -> str:
    """Return `text` with its tail replaced by `...` when it is too long to quote."""
    return text if len(text) <= longest else text[: longest - 3] + "..."


def bound(limit: float) -> str:
    """Return a limit as people write it: `1,000,000`, `0.5`."""
    return f"{limit:,}" if isinstance(limit, int) else f"{limit:g}"
