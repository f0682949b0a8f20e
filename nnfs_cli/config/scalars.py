"""Plain words to values, by the core schema of YAML 1.2.2 (2021, section 10.3.2).

Here `1e-3` is a number, `010` is ten, and `no` is text: in YAML 1.1 they are text, eight and false.
"""

from __future__ import annotations

import re

INTEGER = re.compile(r"[-+]?[0-9]+")
OCTAL = re.compile(r"0o[0-7]+")
HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
INFINITY = re.compile(r"[-+]?\.(inf|Inf|INF)")
WORDS: dict[str, object] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}


def plain(text: str) -> object:
    """Return the null, bool, int, float or text that an unquoted scalar stands for."""
    if text in WORDS:
        return WORDS[text]
    try:
        if INTEGER.fullmatch(text):
            return int(text)
        if OCTAL.fullmatch(text):
            return int(text[2:], 8)
        if HEXADECIMAL.fullmatch(text):
            return int(text[2:], 16)
    except ValueError:  # thousands of digits, which Python refuses to read
        return text
    if NUMBER.fullmatch(text):
        return float(text)
    if INFINITY.fullmatch(text):
        return float(text.replace(".", ""))
    return text
