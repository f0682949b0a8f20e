"""Digits are redrawn as other people write them: flags, bars, loops, short stems."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from nnfs_cli.augmentation import Styles
from nnfs_cli.augmentation.ink import Ink
from nnfs_cli.augmentation.pen import Stroke
from nnfs_cli.augmentation.styles import (
    NO_PEN,
    STYLES,
    Change,
    bar,
    block,
    closed,
    flag,
    hook,
    loop,
    low,
    serif,
    slash,
)


def one() -> np.ndarray:
    """Return a picture of an upright line, the plainest 1."""
    picture = np.zeros((28, 28), dtype=np.float32)
    picture[4:24, 13:15] = 1.0
    return picture


def ring() -> np.ndarray:
    """Return a picture of a circle of radius 9 about (14, 14)."""
    rows, columns = np.indices((28, 28))
    return np.asarray(np.abs(np.hypot(rows - 14, columns - 14) - 9) < 1.2, dtype=np.float32)


def open_four() -> np.ndarray:
    """Return a picture of a U, the right arm of which goes on: the 4 that MNIST has most of."""
    picture = np.zeros((28, 28), dtype=np.float32)
    picture[4:15, 6:8] = picture[4:24, 17:19] = picture[13:15, 6:21] = 1.0
    return picture


def many(picture: np.ndarray, n: int = 100) -> np.ndarray:
    return np.repeat(picture[None], n, axis=0)


def redrawn(picture: np.ndarray, changes: Sequence[Change]) -> np.ndarray:
    """Return many times this picture, each with the changes."""
    pictures = many(picture)
    for change in changes:
        pictures = change.on(pictures)
    return pictures


def ends(strokes: list[Stroke]) -> tuple[np.ndarray, np.ndarray]:
    (stroke,) = strokes
    assert not stroke.rubs_out
    return stroke.start, stroke.end


def test_the_flag_of_a_1_goes_down_to_the_left_from_its_top() -> None:
    start, end = ends(flag(Ink(many(one())), np.random.default_rng(0)))
    np.testing.assert_allclose(start, [[4.0, 13.5]] * 100)
    assert (end[:, 0] > start[:, 0]).all()
    assert (end[:, 1] < start[:, 1]).all()


@pytest.mark.parametrize(("thickness", "radius"), [(2, 1.0), (4, 2.0)])
def test_a_style_is_drawn_with_the_pen_of_its_digit(thickness: int, radius: float) -> None:
    picture = np.zeros((28, 28), dtype=np.float32)
    picture[4:24, 13 : 13 + thickness] = 1.0
    (stroke,) = flag(Ink(many(picture)), np.random.default_rng(0))
    assert stroke.radius.min() == pytest.approx(0.75 * radius, rel=0.15)
    assert stroke.radius.max() == pytest.approx(1.15 * radius, rel=0.15)


def test_the_serif_of_a_1_lies_under_its_foot() -> None:
    start, end = ends(serif(Ink(many(one())), np.random.default_rng(1)))
    np.testing.assert_allclose((start + end) / 2, [[23.0, 13.5]] * 100)
    assert (np.abs(end - start)[:, 0] < np.abs(end - start)[:, 1] / 5).all()


def test_the_bar_of_a_7_crosses_the_middle_of_its_stem() -> None:
    start, end = ends(bar(Ink(many(one())), np.random.default_rng(2)))
    middle = (start + end) / 2
    assert middle[:, 0].min() >= 4 + 0.35 * 20
    assert middle[:, 0].max() <= 4 + 0.65 * 20
    np.testing.assert_allclose(middle[:, 1], 13.5)


def test_the_slash_of_a_0_rises_to_the_right_through_its_middle() -> None:
    start, end = ends(slash(Ink(many(ring())), np.random.default_rng(3)))
    np.testing.assert_allclose((start + end) / 2, [[14.0, 14.0]] * 100, atol=0.6)
    assert (start[:, 0] > end[:, 0]).all()
    assert (start[:, 1] < end[:, 1]).all()


def test_the_loop_of_a_2_goes_from_its_tip_down_to_its_neck() -> None:
    picture = np.zeros((28, 28), dtype=np.float32)
    picture[4:6, 8:18] = picture[4:13, 8:10] = picture[4:14, 16:18] = 1.0  # tip, head, back
    picture[13:15, 12:17] = picture[14:24, 8:10] = picture[22:24, 8:18] = 1.0  # neck, foot
    start, end = ends(loop(Ink(many(picture)), np.random.default_rng(4)))
    assert (start[:, 0] >= 4 + 0.2 * 19).all()
    assert (start[:, 0] <= 4 + 0.4 * 19).all()
    np.testing.assert_allclose(start[:, 1], 9.0, atol=0.3)  # in the tip's own ink
    assert (end[:, 0] > start[:, 0]).all()


def test_the_hook_of_a_9_leads_to_the_left_from_its_foot() -> None:
    start, end = ends(hook(Ink(many(one())), np.random.default_rng(5)))
    np.testing.assert_allclose(start, [[22.0, 13.5]] * 100, atol=0.4)
    assert (end[:, 1] < start[:, 1] - 4).all()
    assert (np.abs(end - start)[:, 0] < np.abs(end - start)[:, 1] / 2).all()


def test_an_open_4_is_closed_at_the_top_of_its_stem() -> None:
    picture = many(open_four(), 1)
    for stroke in closed(Ink(picture), np.random.default_rng(6)):
        picture = stroke.on(picture)
    assert picture[0, 4:9, 6].max() < 0.1  # the left arm is gone
    assert picture[0, 10, 10:13].max() > 0.9  # and leans against the stem
    assert picture[0, 13:15, 9:21].min() == 1.0  # the crossbar is what it was
    assert picture[0, 6:24, 18].min() == 1.0  # and the stem


def test_a_4_that_is_closed_stays_what_it_is() -> None:
    triangle = np.zeros((28, 28), dtype=np.float32)
    for row in range(4, 15):  # from the top of the stem to the left end of the crossbar
        triangle[row, 18 - (row - 4) : 20 - (row - 4)] = 1.0
    triangle[4:24, 17:19] = triangle[13:15, 7:22] = 1.0
    for stroke in closed(Ink(many(triangle, 5)), np.random.default_rng(8)):
        np.testing.assert_array_equal(stroke.radius, NO_PEN)


def test_an_open_4_gets_a_short_stem_and_a_low_crossbar() -> None:
    pictures = redrawn(open_four(), low(Ink(many(open_four())), np.random.default_rng(7)))
    assert pictures[:, 4:6, 12:].max() < 0.1  # the stem begins further down
    assert pictures[:, 4:13, 6].min() > 0.9  # the arm as high up as before
    bars = pictures[:, :, 12].argmax(axis=1)  # between arm and stem there is nothing else
    assert bars.min() >= 13 + 1
    assert bars.max() <= 21
    assert len(set(bars)) > 2
    tops = (pictures[:, :, 18] > 0.5).argmax(axis=1)
    assert (tops < bars - 1).all()  # it still crosses the bar
    assert pictures[:, 23, 18].min() > 0.9  # and ends where it ended
    assert pictures[:, 24:].max() == 0.0


def test_of_a_closed_4_the_stem_keeps_its_top() -> None:
    triangle = np.zeros((28, 28), dtype=np.float32)
    for row in range(4, 15):
        triangle[row, 18 - (row - 4) : 20 - (row - 4)] = 1.0
    triangle[4:24, 17:19] = triangle[13:15, 7:22] = 1.0
    pictures = redrawn(triangle, low(Ink(many(triangle)), np.random.default_rng(7)))
    assert pictures[:, 4:24, 18].min() > 0.9
    assert pictures[:, 13, 8].max() < 0.9  # its bar is lower all the same


def test_a_1_becomes_a_block_between_its_ends() -> None:
    pictures = redrawn(one(), block(Ink(many(one())), np.random.default_rng(7)))
    widths = pictures[:, 14].sum(axis=1)
    assert widths.min() == pytest.approx(3.0, abs=0.2)
    assert widths.max() == pytest.approx(8.0, abs=0.2)
    assert pictures[:, :4].max() <= 0.5  # no longer than it was
    assert pictures[:, 24:].max() <= 0.5
    assert pictures[:, 4, 13].min() > 0.9


def test_the_flag_of_a_block_is_as_broad_as_the_block() -> None:
    styles = [style for digit, style in STYLES if digit == 1]
    assert styles.index(block) < styles.index(flag)


def test_only_a_share_of_the_digits_that_have_styles_is_changed() -> None:
    labels = np.repeat(np.arange(10), 500)
    pictures = many(open_four(), len(labels))
    Styles(0.3)(pictures, labels, np.random.default_rng(9))
    changed = (pictures != open_four()).any(axis=(1, 2)).reshape(10, 500).mean(axis=1)
    np.testing.assert_array_equal(changed[[3, 5, 6, 8]], 0.0)
    np.testing.assert_allclose(changed[[0, 2, 7, 9]], 0.3, atol=0.06)
    # closed, twice as many as have other styles, or low, or both
    assert changed[4] == pytest.approx(1 - 0.4 * 0.7, abs=0.06)
    assert changed[1] == pytest.approx(1 - 0.7 * 0.4 * 0.7, abs=0.06)  # a block, a flag, a serif


def test_a_digit_in_a_new_style_is_placed_anew() -> None:
    pictures = many(one())
    Styles(0.5)(pictures, np.ones(100, dtype=np.intp), np.random.default_rng(12))
    mass = pictures.sum(axis=(1, 2))
    columns = pictures.sum(axis=1) @ np.arange(28) / mass
    assert np.abs(columns - 14).max() <= 0.51  # the flag alone would move it by up to 2
    stem = pictures[:, 16].argmax(axis=1)
    assert stem.max() > 14  # to the right of the middle, where that of a flagged 1 stands


def test_an_empty_picture_is_left_alone() -> None:
    for digit, _ in STYLES:
        pictures = np.zeros((20, 28, 28), dtype=np.float32)
        Styles(1.0)(pictures, np.full(20, digit), np.random.default_rng(10))
        assert pictures.max() == 0.0


@pytest.mark.parametrize("digit", sorted({digit for digit, _ in STYLES}))
def test_a_dot_and_a_page_of_ink_can_have_a_style(digit: int) -> None:
    pictures = np.zeros((2, 28, 28), dtype=np.float32)
    pictures[0, 14, 14] = 1.0
    pictures[1] = 1.0
    Styles(1.0)(pictures, np.full(2, digit), np.random.default_rng(11))
    assert np.isfinite(pictures).all()
    assert pictures.min() >= 0.0
    assert pictures.max() <= 1.0
