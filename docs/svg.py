"""Svg: the pieces that the diagrams are put together from."""

from __future__ import annotations

import numpy as np

from nnfs_cli.engine import Floats

LEVELS = 8  # shades of each colour in a map
PAPER, INK, DIM, LINE = "#ffffff", "#1f2328", "#656d76", "#d0d7de"
FORWARD, BACKWARD = "#0969da", "#cf4a22"
RED, BLUE = (207, 64, 30), (30, 100, 200)


def picture(width: float, height: float, parts: list[str], says: str) -> str:
    """Return a picture on white paper; `says` is what it says to those who cannot see it."""
    marker = "".join(
        f'<marker id="{colour[1:]}" viewBox="0 0 8 8" refX="5" refY="4" markerWidth="6" '
        f'markerHeight="6" orient="auto"><path d="M0 0L8 4L0 8z" fill="{colour}"/></marker>'
        for colour in (FORWARD, BACKWARD, DIM)
    )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
            f'width="{width:g}" height="{height:g}" role="img" '
            'font-family="system-ui, Helvetica, Arial, sans-serif">',
            f"<title>{says}</title><defs>{marker}</defs>",
            rectangle(0, 0, width, height, fill=PAPER),
            *parts,
            "</svg>\n",
        ]
    )


def text(
    x: float,
    y: float,
    said: str,
    *,
    anchor: str = "start",
    size: int = 14,
    colour: str = INK,
    bold: bool = False,
) -> str:
    """Return a line of text with its base line at (x, y)."""
    weight = ' font-weight="600"' if bold else ""
    place = f' text-anchor="{anchor}"' if anchor != "start" else ""
    style = f'font-size="{size}" fill="{colour}"{place}{weight}'
    return f'<text x="{x:g}" y="{y:g}" {style}>{said}</text>'


def rectangle(
    x: float, y: float, width: float, height: float, *, fill: str, stroke: str = "none"
) -> str:
    """Return a filled rectangle with its upper left corner at (x, y)."""
    outline = "" if stroke == "none" else f' stroke="{stroke}"'
    size = f'width="{width:g}" height="{height:g}"'
    return f'<rect x="{x:g}" y="{y:g}" {size} fill="{fill}"{outline}/>'


def path(way: str, colour: str) -> str:
    """Return an arrow along `way`."""
    style = f'fill="none" stroke="{colour}" stroke-width="2" marker-end="url(#{colour[1:]})"'
    return f'<path d="{way}" {style}/>'


def line(way: str, colour: str, *, width: float) -> str:
    """Return a line along `way`."""
    return f'<path d="{way}" fill="none" stroke="{colour}" stroke-width="{width:g}"/>'


def heatmap(values: Floats, x: float, y: float, cell: int) -> str:
    """Return `values (rows, columns)` as a map: red above zero, blue below, white at zero.

    One path for each shade, and one stroke of it for each run of that shade in a row: a tenth of
    the size that a rectangle for each number would take.
    """
    limit = float(np.quantile(np.abs(values), 0.995)) or 1.0
    levels = np.rint(np.clip(values / limit, -1, 1) * LEVELS).astype(int)
    columns = values.shape[1]
    parts = [rectangle(x, y, columns * cell, len(values) * cell, fill=PAPER, stroke=LINE)]
    for level in np.unique(levels[levels != 0]):
        runs = []
        for row, line in enumerate(levels == level):
            edges = np.flatnonzero(np.diff(np.concatenate([[0], line, [0]])))
            for start, stop in edges.reshape(-1, 2):
                length = (stop - start) * cell
                runs.append(f"M{x + start * cell:g} {y + row * cell:g}h{length}v{cell}h-{length}z")
        share = abs(level) / LEVELS
        colour = ",".join(str(round(255 + (c - 255) * share)) for c in (RED if level > 0 else BLUE))
        parts.append(f'<path fill="rgb({colour})" d="{"".join(runs)}"/>')
    return "".join(parts)
