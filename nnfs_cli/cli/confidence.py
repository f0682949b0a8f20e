"""Confidence: warnings about answers that may be wrong, and the exit code of a whole run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from nnfs_cli.cli.console import warn, whole
from nnfs_cli.errors import ExitCode
from nnfs_cli.text import typed

if TYPE_CHECKING:
    from nnfs_cli.workflows.predict import Prediction

Result = TypeVar("Result")


@dataclass
class Outcome:
    """What has happened so far to the pictures of a command."""

    refused: bool = False  # a picture could not be read
    withheld: bool = False  # an answer was under --min-confidence

    @property
    def code(self) -> ExitCode:
        """The exit code: that something could not be done counts more than a gate that failed."""
        if self.refused:
            return ExitCode.FAILURE
        return ExitCode.GATE if self.withheld else ExitCode.OK


def watched(results: Iterable[Result], outcome: Outcome) -> Iterator[Result]:
    """Yield the results, and keep in `outcome` whether all of them are answers."""
    from nnfs_cli.workflows.confidence import Withheld
    from nnfs_cli.workflows.predict import Refusal

    for result in results:
        if isinstance(result, Withheld):
            outcome.withheld = True
        elif isinstance(result, Refusal):
            outcome.refused = True
        yield result


def with_warnings(results: Iterable[Result]) -> Iterator[Result]:
    """Yield the results; once one that may be wrong has been written, say so."""
    from nnfs_cli.workflows.predict import Prediction

    for result in results:
        yield result
        if isinstance(result, Prediction) and result.truth is None:
            warn_of(result)


def warn_of(prediction: Prediction) -> None:
    """Write a line to stderr if an answer may well be wrong."""
    from nnfs_cli.workflows.confidence import doubt
    from nnfs_cli.workflows.predict import shown_name

    name = shown_name(prediction.path)
    if doubts := doubt(prediction):
        warn(f"not sure about {name}: {doubts}")
    if prediction.picture is not None and prediction.picture.several:
        command = whole(typed("nnfs", "predict", "--multi", prediction.path))
        warn(f"{name} may show several digits, and only one was read; for all: {command}")
