"""The figures: what they show, in which colours, and that the same is the same bytes."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import matplotlib
from pages import Page, made

from nnfs_cli.report.figures import Curve, curves, learning_curves, reliability_diagram
from nnfs_cli.report.ink import CSS
from nnfs_cli.workflows.history import History
from nnfs_cli.workflows.report import Bin


def texts(svg: str) -> list[str]:
    return [element.text.strip() for element in Page(svg).all("text")]


def test_the_curves_are_named_and_told_in_words() -> None:
    report = made()
    assert isinstance(report.history, History)
    loss, accuracy = learning_curves(report.history)
    assert {"loss", "epoch", "nats", "training", "validation"} <= set(texts(loss))
    assert {"accuracy", "epoch", "training", "validation"} <= set(texts(accuracy))
    says = Page(loss).all("svg")[0].attributes["aria-label"]
    assert says == "loss by epoch: training from 2 to 0.05; validation from 1.5 to 0.4"


def test_a_loss_that_falls_far_is_drawn_on_a_logarithmic_scale_with_plain_numbers() -> None:
    steep = texts(curves("loss", [1, 2, 3], [Curve("training", [2.0, 0.3, 0.02])]))
    assert {"0.02", "0.05", "0.1", "0.2", "0.5", "1", "2"} <= set(steep)
    flat = texts(curves("loss", [1, 2, 3], [Curve("training", [2.0, 1.5, 1.0])]))
    assert "1.2" in flat  # evenly spaced


def test_one_epoch_is_a_dot_and_no_value_at_all_is_an_empty_figure() -> None:
    assert "<use" in curves("loss", [1], [Curve("training", [0.5])])
    empty = curves("loss", [1], [Curve("training", [None])])
    assert "nothing was written down" in empty


def test_long_histories_make_no_longer_figures() -> None:
    def size(epochs: int) -> int:
        values = [1 / (1 + i % 7) for i in range(epochs)]
        return len(curves("loss", range(1, epochs + 1), [Curve("training", values)]))

    assert size(200_000) < 2 * size(1_000)


def test_colours_are_those_of_the_page() -> None:
    drawn = curves("loss", [1, 2], [Curve("training", [2, 1]), Curve("validation", [2, 1.5])])
    assert "var(--first)" in drawn
    assert "var(--second)" in drawn
    assert "currentColor" in drawn
    assert set(re.findall("#[0-9a-f]{6}", drawn)) <= {"#000000", "#ffffff"} - set(CSS)
    assert not re.search("fill: #|stroke: #", drawn)


def test_bars_stand_as_high_as_the_share_of_right_answers() -> None:
    svg = reliability_diagram((Bin(0, 0.5, 4, 0.4, 0.25), Bin(0.5, 1.0, 8, 0.9, 0.5)))
    assert "25% right of 4 at 40%; 50% right of 8 at 90%" in svg
    bars = [
        [float(y) for y in re.findall(r"[ML] [\d.]+ ([\d.]+)", e.attributes["d"])]
        for e in Page(svg).all("path")
        if "opacity: 0.75" in e.attributes.get("style", "")
    ]
    heights = [max(bar) - min(bar) for bar in bars][:2]  # the third is in the legend
    assert abs(heights[1] / heights[0] - 2) < 1e-6


def test_a_style_of_the_users_changes_nothing(tmp_path: Path) -> None:
    program = (
        "from nnfs_cli.report.figures import Curve, curves\n"
        "print(curves('loss', [1, 2], [Curve('training', [2, 1])]))"
    )
    (tmp_path / "matplotlibrc").write_text(
        "axes.facecolor: red\nlines.linewidth: 9\nsvg.fonttype: path\nfont.size: 30\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == curves("loss", [1, 2], [Curve("training", [2, 1])])
    assert done.stderr == ""


def test_the_style_of_the_process_is_left_alone() -> None:
    before = dict(matplotlib.rcParams)
    curves("loss", [1, 2], [Curve("training", [2, 1])])
    assert dict(matplotlib.rcParams) == before
