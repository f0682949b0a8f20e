"""A small model that reads pictures, an empty folder, and a terminal of many colours."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_models import model_of

from nnfs_cli.model import Model


@pytest.fixture(scope="session")
def model() -> Model:
    return model_of(16)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    return tmp_path
