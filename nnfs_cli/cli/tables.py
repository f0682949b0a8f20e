"""Tables: numbers in right-aligned columns, close together."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

from nnfs_cli.cli.console import arriving, can_show, emit, note, stdout

if TYPE_CHECKING:
    from rich.table import Table

WIDEST = 1000  # columns that a table may have where nothing limits it


def table_of(headings: list[str]) -> Table:
    """Return an empty table of right-aligned columns, close together."""
    from rich import box
    from rich.table import Table

    lines = box.SIMPLE_HEAD if can_show("─", sys.stdout) else box.ASCII2
    table = Table(box=lines, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def show_table(table: Table) -> None:
    """Print a table as wide as it is, and an empty line; nothing on a terminal that is narrower."""
    console = stdout()
    console.width = WIDEST
    width = console.measure(table).maximum
    if sys.stdout.isatty() and width > shutil.get_terminal_size().columns:
        note(f"a table of {width} columns does not fit here: see --json")
    else:
        with arriving():
            console.print(table)
    emit("")
