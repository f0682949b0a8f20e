"""The sheet: soft round ink along strokes, that can be erased and undone."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import numpy as np
import pytest

from nnfs_cli.workflows.sketch import MARGIN, SIDE, STEPS, Point, Sketch, bend


def stroke(sketch: Sketch, *points: Point) -> None:
    sketch.press(points[0])
    for point in points[1:]:
        sketch.drag(point)
    sketch.lift()


def test_a_dot_is_round_and_soft_and_has_the_area_of_the_brush() -> None:
    sketch = Sketch()
    stroke(sketch, (56.0, 56.0))
    assert sketch.ink.sum() == pytest.approx(math.pi * sketch.radius**2, rel=0.01)
    np.testing.assert_array_equal(sketch.ink, sketch.ink.T)
    np.testing.assert_array_equal(sketch.ink, sketch.ink[::-1, ::-1])
    edge = sketch.ink[(sketch.ink > 0) & (sketch.ink < 1)]
    assert len(edge) > 20


def test_a_line_has_the_area_of_a_bar_with_round_ends() -> None:
    sketch = Sketch()
    stroke(sketch, (30.0, 40.0), (60.0, 80.0))
    area = math.pi * sketch.radius**2 + 50 * 2 * sketch.radius
    assert sketch.ink.sum() == pytest.approx(area, rel=0.01)


def test_the_line_reaches_the_pointer_when_the_brush_is_lifted() -> None:
    sketch = Sketch()
    sketch.press((20.0, 56.0))
    sketch.drag((90.0, 56.0))
    assert sketch.ink[56, 90] == 0
    sketch.lift()
    assert sketch.ink[56, 90] == 1


def test_a_staircase_of_cells_becomes_a_slope() -> None:
    stairs = [(20.0 + 6 * (i // 2 + i % 2), 20.0 + 6 * (i // 2)) for i in range(20)]
    smooth, jagged, slope = Sketch(), Sketch(), Sketch()
    stroke(smooth, *stairs)
    for start, end in itertools.pairwise(stairs):
        stroke(jagged, start, end)
    stroke(slope, (23.0, 20.0), (77.0, 74.0))  # through the middles of the steps
    middle = slice(32, 64)  # away from the ends
    wrong = [np.abs(each.ink - slope.ink)[middle].sum() for each in (smooth, jagged)]
    assert wrong[0] < 0.5 * wrong[1]


def test_a_bend_leaves_and_arrives_along_its_corner() -> None:
    assert bend((0, 0), (10, 0), (10, 10), 0.0) == (0, 0)
    assert bend((0, 0), (10, 0), (10, 10), 1.0) == (10, 10)
    assert bend((0, 0), (10, 0), (10, 10), 0.5) == (7.5, 2.5)


def test_ink_over_ink_is_no_blacker() -> None:
    once, twice = Sketch(), Sketch()
    stroke(once, (30.0, 30.0), (80.0, 80.0))
    for _ in range(2):
        stroke(twice, (30.0, 30.0), (80.0, 80.0))
    np.testing.assert_array_equal(once.ink, twice.ink)


def test_the_eraser_takes_away_exactly_what_the_pen_gave() -> None:
    sketch = Sketch()
    stroke(sketch, (30.0, 30.0), (80.0, 80.0))
    sketch.erasing = True
    sketch.radius += 2
    stroke(sketch, (30.0, 30.0), (80.0, 80.0))
    assert sketch.blank


@pytest.mark.parametrize("point", [(-500.0, 3.0), (0.0, 0.0), (111.0, 111.0), (40.0, 1e6)])
def test_a_point_beyond_the_sheet_is_no_harm(point: Point) -> None:
    sketch = Sketch()
    stroke(sketch, point, (56.0, 56.0))
    stroke(sketch, (56.0, 56.0), point, point)
    assert sketch.ink[56, 56] == 1
    assert 0 <= sketch.ink.min() <= sketch.ink.max() <= 1


def test_nothing_is_drawn_while_the_brush_is_up() -> None:
    sketch = Sketch()
    sketch.drag((50.0, 50.0))
    sketch.lift()
    assert sketch.blank
    assert not sketch.down


def test_undo_takes_back_a_stroke_at_a_time_and_a_new_sheet_too() -> None:
    sketch = Sketch()
    stroke(sketch, (20.0, 20.0), (90.0, 20.0))
    first = sketch.ink.copy()
    stroke(sketch, (20.0, 60.0), (90.0, 60.0))
    second = sketch.ink.copy()
    sketch.clear(saved=Path("7/0001.png"))
    assert sketch.blank
    step = sketch.undo()
    assert step is not None
    assert step.saved == Path("7/0001.png")
    np.testing.assert_array_equal(sketch.ink, second)
    step = sketch.undo()
    assert step is not None
    assert step.saved is None
    np.testing.assert_array_equal(sketch.ink, first)
    assert sketch.undo() is not None
    assert sketch.blank
    assert sketch.undo() is None


def test_undo_remembers_only_so_much() -> None:
    sketch = Sketch()
    for _ in range(STEPS + 5):
        sketch.clear()
    assert sum(sketch.undo() is not None for _ in range(STEPS + 5)) == STEPS


def test_the_paper_is_white_with_black_ink_and_a_margin() -> None:
    sketch = Sketch()
    stroke(sketch, (56.0, 10.0), (56.0, 100.0))
    paper = sketch.paper()
    assert paper.shape == (SIDE + 2 * MARGIN, SIDE + 2 * MARGIN)
    assert paper.dtype == np.uint8
    assert paper[56 + MARGIN, 56 + MARGIN] == 0
    assert set(paper[0]) | set(paper[:, 0]) | set(paper[-1]) | set(paper[:, -1]) == {255}
