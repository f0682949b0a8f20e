"""What can go wrong, said in the user's terms, and the exit code that goes with it.

Library code raises; it neither prints nor exits. One place, `cli.app.main`, turns an error into its
two lines (`error: ...`, `hint: ...`) and a process exit code.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """The exit codes of every command: the contract that scripts rely on."""

    OK = 0
    FAILURE = 1  # could not do it: a bad picture, data set or model file; training diverged
    USAGE = 2  # a wrong option or config
    GATE = 3  # it ran, but a gate that the user set failed: --min-accuracy, --min-confidence
    INTERRUPTED = 130  # Ctrl-C
    TERMINATED = 143  # SIGTERM


class NnfsError(Exception):
    """Anything the user can mend: `message` says what and where, `hint` what to do next."""

    exit_code: ClassVar[ExitCode] = ExitCode.FAILURE

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ConfigError(NnfsError):
    """A config file, `--set` or option that cannot be used."""

    exit_code = ExitCode.USAGE


class DataError(NnfsError):
    """A data set that is missing, damaged or not what it says it is."""


class ModelError(NnfsError):
    """A model file that is missing, damaged, or does not fit the data."""


class ImageError(NnfsError):
    """A picture that cannot be read, or in which there is no digit."""


class DivergedError(NnfsError):
    """Training that ran away: a loss, or a weight, is beyond all reason."""


class PartnerError(NnfsError):
    """The other one of two processes that train together has ended."""


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """Return `"did you mean 'adam'?"`, or the list of choices when none is close."""
    known = list(choices)
    close = difflib.get_close_matches(word, known, n=1)
    return f"did you mean '{close[0]}'?" if close else "choose one of: " + ", ".join(known)
