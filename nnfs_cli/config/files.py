"""The config file: which one is meant, and its text, read without trusting it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from nnfs_cli.config.words import bound, printable
from nnfs_cli.errors import ConfigError, did_you_mean
from nnfs_cli.files import advice
from nnfs_cli.packaged import packaged

SUFFIXES = (".toml", ".yaml", ".yml")
MAX_BYTES = 64 * 1024


def recipes() -> dict[str, Path]:
    """Return the configs that come with nnfs, by name: `{"fast": .../configs/fast.toml, ...}`."""
    folder = packaged("configs")
    found = [path for suffix in SUFFIXES for path in folder.glob(f"*{suffix}")] if folder else []
    return {path.stem: path for path in sorted(found, key=lambda path: path.stem)}


def find(file: Path) -> tuple[Path, str]:
    """Return the file that is meant and its name in messages; a bare name may mean a recipe.

    A path that exists comes first; only a folder does not hide the recipe of its name.
    """
    recipe = _recipe(file)
    try:
        is_usable = file.exists() and not (recipe and file.is_dir())
    except OSError:  # no permission, a name that is too long: `read` says which
        is_usable = True
    if is_usable:
        return file, _name(file)
    if recipe:
        return recipe, f"configs/{recipe.name}"
    guess = did_you_mean(file.stem[:100], recipes())
    hint = f"{guess} " if guess.startswith("did") else ""
    hint += "Recipes that come with nnfs: " + ", ".join(recipes())
    raise ConfigError(f"no config file {_name(file)}", hint=hint)


def _recipe(file: Path) -> Path | None:
    recipe = recipes().get(file.stem)
    return recipe if recipe and str(file) in (recipe.stem, recipe.name) else None


def read(path: Path, name: str) -> str:
    """Return the text of `path`; `name` opens the message when that cannot be done."""
    try:
        # Not blocking: to open a FIFO would wait for a writer.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags)
        try:
            content = _content(descriptor, path, name)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise ConfigError(
            f"{name}: cannot be read: {error.strerror}", hint=advice(error)
        ) from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{name} line {line}: not UTF-8 text", hint="save it as UTF-8") from error


def _content(descriptor: int, path: Path, name: str) -> bytes:
    """The bytes of an open file, once it is known to be an ordinary small one."""
    status = os.fstat(descriptor)
    if stat.S_ISDIR(status.st_mode):
        raise ConfigError(f"{name}: a folder, not a config file")
    if path.suffix not in SUFFIXES:
        raise ConfigError(f"{name}: a config file ends in {', '.join(SUFFIXES[:-1])} or .yml")
    if not stat.S_ISREG(status.st_mode):
        raise ConfigError(f"{name}: not a regular file")
    size = status.st_size
    if size <= MAX_BYTES:
        with os.fdopen(descriptor, "rb", closefd=False) as stream:
            content = stream.read(MAX_BYTES + 1)  # it may have grown since
        size = len(content)
    if size > MAX_BYTES:
        raise ConfigError(f"{name}: too big for a config: more than {bound(MAX_BYTES)} bytes")
    return content


def _name(path: Path) -> str:
    return printable(str(path), longest=200)
