"""Report: the page of `nnfs evaluate --report`, made sure of before the work and written after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnfs_cli.errors import ConfigError, NnfsError
from nnfs_cli.files import atomic_write, prepare_output, why

if TYPE_CHECKING:
    from pathlib import Path

    from nnfs_cli.workflows.evaluate import Evaluated

SUFFIXES = (".html", ".htm")
OTHER_FILE = "name another place: --report FILE.html"


def prepare_report(path: Path) -> None:
    """Check that a page can be made and written to `path`, before the time is spent.

    Raises:
        ConfigError: the name is that of something else, which would be overwritten.
        NnfsError: the extra is not installed, or the file cannot be written.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise ConfigError(
            f"the report is a web page, and {path} is not named as one",
            hint=f"give it a name that ends in {SUFFIXES[0]}: --report report.html",
        )
    try:
        import nnfs_cli.report.page  # noqa: F401
    except ImportError as error:
        if (error.name or "").startswith("nnfs_cli"):  # a mistake of ours
            raise
        raise NnfsError(
            "the report needs Jinja2 and Matplotlib", hint="pip install 'nnfs-cli[report]'"
        ) from error
    try:
        prepare_output(path)
    except NnfsError as error:
        raise NnfsError(error.message, hint=OTHER_FILE) from error


def write_report(path: Path, evaluated: Evaluated, mistakes: int, *, options: str) -> None:
    """Write the page to `path`, with that many mistakes on it; `options` find the same rows."""
    from nnfs_cli.report.page import render
    from nnfs_cli.workflows.report import gather

    page = render(gather(evaluated, mistakes, options=options))
    try:
        with atomic_write(path) as file:
            file.write(page.encode())
    except OSError as error:
        raise NnfsError(f"cannot write {path}: {why(error)}", hint=OTHER_FILE) from error
