"""Keep the links of the documentation true: `python docs/links.py` rewrites their line numbers.

A link such as [`dense_forward`](../nnfs_cli/engine/ops.py#L32-L36) names what it points at, so the
lines can be found again when the code has moved. The name is that of a function, a class, a method
(`Dense.forward`) or a constant; anything else is the beginning of the one statement it points at.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from nnfs_cli.files import atomic_write

DOCS = Path(__file__).parent
LINK = re.compile(r"\[`(?P<name>[^`]+)`\]\((?P<path>[^)#\s]+\.py)#(?P<lines>L\d+(?:-L\d+)?)\)")
NAME = re.compile(r"\w+(\.\w+)*")
TARGET = re.compile(r"\]\((?!\w+:)(?P<path>[^)#\s]*)(?:#(?P<anchor>[^)\s]*))?\)")
FENCE = re.compile(r"^```.*?^```$", flags=re.DOTALL | re.MULTILINE)


def main() -> int:
    """Rewrite the line numbers in every page; return 1 if a link names what is not there."""
    failed = 0
    for page in sorted(DOCS.glob("*.md")):
        text = page.read_text(encoding="utf-8")
        try:
            fresh = updated(text, page.parent)
        except LookupError as error:
            print(f"error: {page.name}: {error.args[0]}", file=sys.stderr)  # noqa: T201
            print("hint: give the link the new name, or take it out", file=sys.stderr)  # noqa: T201
            failed = 1
            continue
        if fresh != text:
            with atomic_write(page) as file:
                file.write(fresh.encode())
            print(f"docs/{page.name}: line numbers brought up to date")  # noqa: T201
    return failed


def updated(text: str, folder: Path) -> str:
    """Return `text` with the lines that its links, relative to `folder`, should have.

    LookupError if a file is missing, or nothing (or more than one thing) in it has the name.
    """

    def fresh(link: re.Match[str]) -> str:
        name, path = link["name"], link["path"]
        try:
            source = (folder / path).read_text(encoding="utf-8")
        except OSError:
            raise LookupError(f"`{name}`: there is no file {path}") from None
        try:
            first, last = lines_of(name, source)
        except LookupError as error:
            raise LookupError(f"{path}: {error.args[0]}") from None
        lines = f"L{first}" if first == last else f"L{first}-L{last}"
        return f"[`{name}`]({path}#{lines})"

    return LINK.sub(fresh, text)


def lines_of(name: str, source: str) -> tuple[int, int]:
    """Return the first and the last line, from 1, of what `name` names in `source`."""
    named = definitions if NAME.fullmatch(name) else beginnings
    found = [node for what, node in named(ast.parse(source), source) if matches(name, what)]
    if len(found) != 1:
        raise LookupError(f"{len(found) or 'nothing'} in it is named `{name}`")
    node = found[0]
    first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
    return first, node.end_lineno or first


def matches(name: str, what: str) -> bool:
    """Return whether `what` has the name, or begins with it where it is a statement."""
    return what == name if NAME.fullmatch(name) else what.startswith(" ".join(name.split()))


def definitions(tree: ast.Module, source: str) -> Iterator[tuple[str, ast.stmt]]:
    """Yield every function, class, method and constant with its name: `Dense.forward`."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name, node
        if isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef):
                    yield f"{node.name}.{inner.name}", inner
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            if isinstance(target, ast.Name):
                yield target.id, node


def beginnings(tree: ast.Module, source: str) -> Iterator[tuple[str, ast.stmt]]:
    """Yield every statement with its text in one line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            yield " ".join((ast.get_source_segment(source, node) or "").split()), node


def missing(text: str, folder: Path) -> list[str]:
    """Return the relative links and pictures of `text` that lead nowhere; `folder` holds the page.

    A link into a page must name one of its headings, as GitHub spells them.
    """
    lost = []
    for link in TARGET.finditer(FENCE.sub("", text)):
        path, anchor = link["path"], link["anchor"]
        target = folder / path
        if path and not target.exists():
            lost.append(path)
        elif anchor and (not path or target.suffix == ".md"):
            page = target.read_text(encoding="utf-8") if path else text
            if anchor not in anchors(page):
                lost.append(f"{path}#{anchor}")
    return lost


def anchors(text: str) -> list[str]:
    """Return the anchors of the headings of a page."""
    headings = re.findall(r"^#+ +(.+?) *$", FENCE.sub("", text), flags=re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]


if __name__ == "__main__":
    sys.exit(main())
