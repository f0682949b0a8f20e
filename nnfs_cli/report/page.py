"""Page: the template filled in. All values are data: harmless text, escaped for HTML."""

from __future__ import annotations

import base64
import functools

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup
from matplotlib import colormaps

from nnfs_cli import __version__
from nnfs_cli.engine import Floats
from nnfs_cli.images.writing import png
from nnfs_cli.report.figures import confidence_counts, learning_curves, reliability_diagram
from nnfs_cli.text import printable
from nnfs_cli.workflows.history import History
from nnfs_cli.workflows.report import Absent, Report

MOST_CLASSES = 30  # of which the confusion matrix is shown


def render(report: Report) -> str:
    """Return the page: one HTML document with its pictures inside, which loads nothing."""
    return template().render(
        report=report,
        figures=report.figures,
        curves=[] if isinstance(report.history, Absent) else learning_curves(report.history),
        validated=isinstance(report.history, History) and report.history.best is not None,
        smoothed=differs(report, "label_smoothing"),
        reliability=[draw(report.reliability) for draw in (reliability_diagram, confidence_counts)],
        matrix_fits=len(report.figures.per_class) <= MOST_CLASSES,
        most_errors=max((mixup.count for mixup in report.figures.most_confused), default=1),
        version=__version__,
    )


@functools.cache
def template() -> Template:
    """Return the template, in which a value that is not given is an error."""
    environment = Environment(
        loader=PackageLoader("nnfs_cli.report"),
        autoescape=True,
        finalize=harmless,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.tests["absent"] = lambda part: isinstance(part, Absent)
    environment.filters |= {"percent": percent, "picture": picture, "heat_map": heat_map}
    return environment.get_template("page.html")


def differs(report: Report, key: str) -> bool:
    """Return whether the model was trained with another `key` than the default."""
    settings = () if isinstance(report.config, Absent) else report.config
    return any(setting.key == key and setting.changed for setting in settings)


def harmless(value: object) -> object:
    """Return a value as the page shows it: text without control and bidirectional characters."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def percent(share: float, digits: int = 2) -> str:
    """Return a share, 0 to 1, as text: `97.90 %`, with a space that does not break."""
    return f"{share * 100:.{digits}f}\N{NO-BREAK SPACE}%"


def picture(pixels: np.ndarray) -> str:
    """Return a grey picture (rows, columns), 0 to 255, as the address of an image."""
    return "data:image/png;base64," + base64.b64encode(png(pixels)).decode()


def heat_map(weight: Floats) -> str:
    """Return weights (rows, columns) as the address of an image: red above zero, blue below.

    Full strength is what one weight in a hundred exceeds, so that a few do not fade the rest.
    """
    values = weight.astype(np.float64)
    strongest = float(np.quantile(np.abs(values), 0.99)) or float(np.abs(values).max()) or 1.0
    shares = (np.clip(values / strongest, -1, 1) + 1) / 2
    colours = colormaps["RdBu_r"](shares, bytes=True)[..., :3]
    return picture(np.ascontiguousarray(colours))
