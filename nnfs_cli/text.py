"""Text: names and labels are data, and what reaches a reader is harmless."""

from __future__ import annotations

import shlex
import unicodedata


def printable(text: str) -> str:
    """Return `text` with control, bidirectional and broken characters escaped, on one line."""
    return "".join(
        character
        if unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
        else character.encode("unicode_escape", "surrogatepass").decode()
        for character in text
    )


def typed(*words: object) -> str:
    """Return a command as it is typed in a shell: `nnfs evaluate --model 'my dir/m.npz'`."""
    return shlex.join(map(str, words))
