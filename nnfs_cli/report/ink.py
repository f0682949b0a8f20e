"""Ink: the colours of a drawing, and a Matplotlib figure as an SVG that takes them from the page.

A page is read on light and on dark ground, and is printed. So a figure is drawn in colours that
stand for others, and each is put into the words of CSS afterwards.
"""

from __future__ import annotations

import io
import re

from markupsafe import Markup, escape
from matplotlib import rc_context, rcParamsDefault
from matplotlib.figure import Figure

TEXT, GRID, FIRST, SECOND, THIRD = (f"#0{n}0{n}0{n}" for n in range(1, 6))
CSS = {
    TEXT: "currentColor",
    GRID: "var(--grid)",
    FIRST: "var(--first)",
    SECOND: "var(--second)",
    THIRD: "var(--third)",
}
STYLE = {
    # first what a user's own matplotlibrc may have changed
    **{key: value for key, value in rcParamsDefault.items() if not key.startswith("backend")},
    "svg.fonttype": "none",  # text stays text: it can be read aloud, searched and copied
    "svg.hashsalt": "nnfs",  # the same figure is the same bytes
    "path.simplify": True,
    "font.size": 9.5,
    "axes.titlesize": 10.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "savefig.facecolor": "none",
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "axes.edgecolor": GRID,
    "xtick.color": GRID,
    "ytick.color": GRID,
    "xtick.labelcolor": TEXT,
    "ytick.labelcolor": TEXT,
    "axes.labelcolor": TEXT,
    "axes.titlecolor": TEXT,
    "text.color": TEXT,
    "legend.frameon": False,
}
SIZE = (4.6, 3.0)  # inches: two beside each other on a screen, one as wide as a telephone
styled = rc_context(STYLE)  # a decorator: the style is that of one function, not of the process


def svg(figure: Figure, *, name: str, says: str) -> Markup:
    """Return `figure` as an SVG element to be put into a page.

    Args:
        name: goes before each id in it, as ids are unique in a page.
        says: what is to be seen, for those who cannot see it.
    """
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    _, start, drawing = buffer.getvalue().partition("<svg ")
    attributes, _, content = drawing.partition(">")
    viewed = re.search(r'viewBox="[^"]*"', attributes)
    assert viewed is not None
    content = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>", "", content, flags=re.DOTALL)
    content = re.sub(r'\bid="', f'id="{name}-', content)
    content = re.sub(r'(xlink:href="#|url\(#)', rf"\1{name}-", content)
    content = content.replace("xlink:href", "href")
    for colour, word in CSS.items():
        content = content.replace(colour, word)
    label = f'role="img" aria-label="{escape(says)}"'
    return Markup(f"{start}{viewed[0]} {label}>{content.rstrip()}")
