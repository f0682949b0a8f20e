"""Imports go one way: cli > workflows > model, config, datasets > images > engine, files > errors.

Read from the source with `ast`, so that an import inside of a function counts as well. A new module
has to be given its place here.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import nnfs_cli

ROOT = Path(nnfs_cli.__file__).parent

# what is lower may be imported by what is higher, and nothing by its equals
LEVELS = (
    ("errors", "packaged"),
    ("files", "text"),
    ("engine", "npz", "manifest"),
    ("images",),
    ("model", "checkpoint", "config", "datasets", "augmentation"),
    ("workflows",),
    ("report",),
    ("cli",),
    ("__main__",),
)
ENGINE_LEVELS = (
    ("arrays", "progress"),
    ("ops", "seeding", "initializers", "examples"),
    ("layers", "losses", "optimizers", "schedules", "metrics", "batching"),
    ("network", "mixing"),
    ("evaluation", "activity", "averaging", "centering", "gradcheck", "attribution"),
    ("early_stopping", "divergence", "calibration"),
    ("state",),
    ("training", "halves"),
    ("pair",),
    ("trimming",),
    ("__init__",),
)
PLACE = {name: level for level, names in enumerate(LEVELS) for name in names}
ENGINE_PLACE = {name: level for level, names in enumerate(ENGINE_LEVELS) for name in names}

# who besides the standard library may be imported where
LIBRARIES = {
    "errors": set(),
    "packaged": set(),
    "files": set(),
    "text": set(),
    "engine": {"numpy"},
    "npz": {"numpy"},
    "manifest": {"numpy", "msgspec"},
    "model": {"numpy", "msgspec"},
    "checkpoint": {"numpy", "msgspec"},
    "config": {"msgspec", "ruamel"},
    "datasets": {"numpy", "PIL"},
    "images": {"numpy", "PIL", "pillow_heif"},
    "augmentation": {"numpy"},
    "workflows": {"numpy", "msgspec", "threadpoolctl"},
    "report": {"numpy", "jinja2", "markupsafe", "matplotlib"},
    "cli": {"numpy", "typer", "rich", "textual"},
    "__main__": set(),
}

SOURCES = sorted(path.relative_to(ROOT) for path in ROOT.rglob("*.py"))
MODULES = [path for path in SOURCES if path != Path("__init__.py")]


def imported(path: Path) -> Iterator[str]:
    """Yield the full names of the modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            assert node.module is not None
            for alias in node.names:  # a name in the module, or a module in the package
                full = f"{node.module}.{alias.name}"
                file = ROOT.parent / f"{full.replace('.', '/')}.py"
                yield full if file.exists() else node.module


def unit(path: Path) -> str:
    return path.parts[0].removesuffix(".py")


def test_every_module_has_its_place() -> None:
    assert {unit(path) for path in MODULES} == set(PLACE)
    engine = {path.stem for path in MODULES if unit(path) == "engine"}
    assert engine == set(ENGINE_PLACE)


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_a_module_imports_only_what_is_below_it(path: Path) -> None:
    for name in imported(path):
        if not name.startswith("nnfs_cli."):
            continue  # the version, in `nnfs_cli` itself, is everybody's
        other = name.split(".")[1]
        assert other == unit(path) or PLACE[other] < PLACE[unit(path)], f"{path} imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_a_module_imports_only_the_libraries_of_its_place(path: Path) -> None:
    names = {name.split(".")[0] for name in imported(path)} - {"nnfs_cli", "_typeshed"}
    assert names - set(sys.stdlib_module_names) <= LIBRARIES[unit(path)]


@pytest.mark.parametrize("path", [p for p in MODULES if unit(p) == "engine"], ids=str)
def test_the_engine_has_an_order_within(path: Path) -> None:
    for name in imported(path):
        parts = name.split(".")
        if parts[:2] == ["nnfs_cli", "engine"]:
            other = parts[2] if len(parts) > 2 else "__init__"
            assert ENGINE_PLACE[other] < ENGINE_PLACE[path.stem], f"{path} imports {name}"
        else:
            assert parts[0] != "nnfs_cli" or parts == ["nnfs_cli", "errors"]


def test_the_config_reaches_nothing_but_files_and_errors() -> None:
    for path in MODULES:
        if unit(path) == "config":
            ours = {name.split(".")[1] for name in imported(path) if name.startswith("nnfs_cli.")}
            assert ours <= {"config", "files", "errors", "packaged"}


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("nnfs_cli", ("numpy", "typer", "rich")),
        ("nnfs_cli.errors", ("numpy", "typer", "rich")),
        ("nnfs_cli.config", ("numpy", "typer", "rich")),
        ("nnfs_cli.engine", ("typer", "rich", "PIL", "msgspec")),
        ("nnfs_cli.workflows.train", ("typer", "rich")),
        ("nnfs_cli.workflows.predict", ("typer", "rich")),
        ("nnfs_cli.workflows.report", ("typer", "rich", "jinja2", "matplotlib")),
        ("nnfs_cli.report.page", ("typer", "rich", "matplotlib.pyplot")),
    ],
)
def test_importing_a_module_does_not_bring_in_what_it_does_without(
    module: str, absent: tuple[str, ...]
) -> None:
    program = f"import sys, {module}; print([m for m in {absent!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
