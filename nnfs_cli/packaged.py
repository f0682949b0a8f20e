"""Packaged: where the files lie that come with the program.

In a wheel they are inside the package; in a checkout beside it, at the top level, where people look
for them.
"""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def places(name: str) -> tuple[Path, Path]:
    """Return where the file or folder `name` may be, the wheel's place first."""
    return PACKAGE / name, PACKAGE.parent / name


def packaged(name: str) -> Path | None:
    """Return the file or folder `name` that comes with the program, or None if it is not there."""
    return next((place for place in places(name) if place.exists()), None)
