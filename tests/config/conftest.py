"""Config files in an empty folder, and the refusal that a load ends in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from nnfs_cli.config import load
from nnfs_cli.errors import ConfigError, ExitCode

Write = Callable[..., Path]
Refusal = Callable[..., ConfigError]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write `x.toml` (or another name) in the current, empty folder; its path is its bare name."""
    monkeypatch.chdir(tmp_path)

    def write(content: str | bytes, name: str = "x.toml") -> Path:
        raw = content.encode() if isinstance(content, str) else content
        Path(name).write_bytes(raw)
        return Path(name)

    return write


@pytest.fixture
def refusal() -> Refusal:
    """Call `load`, which must refuse; return the error, whose message is one printable line."""

    def refusal(*args: object, **kwargs: object) -> ConfigError:
        with pytest.raises(ConfigError) as caught:
            load(*args, **kwargs)  # type: ignore[arg-type]
        error = caught.value
        assert error.exit_code == ExitCode.USAGE
        assert error.message.isprintable()
        assert not error.message.endswith(".")
        return error

    return refusal
