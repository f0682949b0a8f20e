"""Constants: no module gives one name to two of them, of which the first would silently be lost."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import nnfs_cli

ROOT = Path(nnfs_cli.__file__).parent
MODULES = sorted(str(path.relative_to(ROOT)) for path in ROOT.rglob("*.py"))


def constants(source: str) -> list[str]:
    """Return the names in capitals that the lines of a module give values to, in their order."""
    found: list[str] = []
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.Assign | ast.AnnAssign):
            names = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
            found += [n.id for n in names if n.id.isupper() and isinstance(n.ctx, ast.Store)]
    return found


@pytest.mark.parametrize("module", MODULES)
def test_every_constant_of_a_module_has_a_name_of_its_own(module: str) -> None:
    names = constants((ROOT / module).read_text(encoding="utf-8"))
    assert sorted(names) == sorted(set(names))


def test_a_second_constant_of_the_same_name_is_seen() -> None:
    assert constants("WIDE = 1\nA, B = 2, 3\nC: int = 4\nWIDE = 5") == [
        "WIDE",
        "A",
        "B",
        "C",
        "WIDE",
    ]
