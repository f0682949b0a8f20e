"""Stroke: the pen is measured as thick as it was."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.images.stroke import in_box, thickened, thickness, thinned


@pytest.mark.parametrize("pen", [1, 3, 8])
@pytest.mark.parametrize("ink", [1.0, 0.4])
def test_a_long_line_is_as_thick_as_its_pen_however_pale(pen: int, ink: float) -> None:
    line = np.zeros((400, 30), dtype=np.float32)
    line[:, 5 : 5 + pen] = ink
    assert thickness(line) == pytest.approx(pen, rel=0.03)
    assert in_box(line) == pytest.approx(pen * 20 / 400, rel=0.03)


def test_a_thicker_pen_is_thicker_by_twice_what_its_radius_gains() -> None:
    line = np.zeros((300, 40), dtype=np.float32)
    line[:, 18:21] = 1.0
    for radius in (1.0, 1.5, 2.0):
        assert thickness(thickened(line, radius)) == pytest.approx(3 + 2 * radius, rel=0.05)


def test_a_thinner_pen_is_thinner_by_twice_what_its_radius_loses() -> None:
    line = np.zeros((300, 40), dtype=np.float32)
    line[:, 14:26] = 1.0
    for radius in (1.0, 1.5, 4.0):
        assert thickness(thinned(line, radius)) == pytest.approx(12 - 2 * radius, rel=0.05)
    touching = np.ones((300, 12), dtype=np.float32)  # beyond the edge is paper, too
    assert thickness(thinned(touching, 2.0)) == pytest.approx(8, rel=0.05)
    assert thinned(line, 0.0).shape == line.shape
    np.testing.assert_array_equal(thinned(line, 0.0), line)


def test_nothing_has_no_thickness() -> None:
    assert thickness(np.zeros((5, 5), dtype=np.float32)) == 0.0
