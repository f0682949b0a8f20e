"""Heat maps: small ones, checked by hand."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from rich.text import Text
from running import Terminal

from nnfs_cli.cli.heatmap import SIGNED, heatmap, in_colour, shrink, strongest
from nnfs_cli.cli.pictures import beside

FULL = np.array([[1.0, -1.0], [0.0, 0.5]])


def plain(lines: list[Text]) -> list[str]:
    return [line.plain for line in lines]


def channels(colour: str) -> list[int]:
    """Return red, green and blue of #rrggbb."""
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def test_without_colours_the_character_tells_sign_and_strength() -> None:
    assert plain(heatmap(FULL, colour=False, big=True)) == ["##==", "  ++"]
    levels = np.linspace(-1, 1, 5)[None]
    assert plain(heatmap(levels, colour=False, limit=1.0, big=True)) == ["==--  ++##"]
    assert len(SIGNED) == 5


def test_a_small_map_of_characters_is_the_mean_of_two_numbers() -> None:
    values = np.array([[1.0, -1.0, 1.0], [1.0, -1.0, -1.0]])
    assert plain(heatmap(values, colour=False, limit=1.0)) == ["#= "]


def test_in_colour_a_half_block_shows_two_numbers_red_above_zero_and_blue_below() -> None:
    (line,) = heatmap(FULL, colour=True, limit=1.0)
    assert line.plain == "\u2580\u2580"
    upper_left, lower_left = str(line.spans[0].style).split(" on ")
    upper_right, lower_right = str(line.spans[1].style).split(" on ")
    red, _, blue = channels(upper_left)
    assert red > 200 > blue
    red, _, blue = channels(upper_right)
    assert blue > 200 > red
    assert max(channels(lower_left)) < 30
    half, _, _ = channels(lower_right)
    assert 60 < half < channels(upper_left)[0]


def test_an_odd_last_row_stands_above_nothing() -> None:
    assert len(heatmap(np.ones((3, 2)), colour=True)) == 2
    assert plain(heatmap(np.ones((3, 2)), colour=False)) == ["##", "++"]


@pytest.mark.parametrize("colour", [False, True])
@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("shape", [(1, 1), (28, 28), (5, 3)])
def test_a_map_is_of_the_size_that_is_said(colour: bool, big: bool, shape: tuple[int, int]) -> None:
    lines = heatmap(np.ones(shape), colour=colour, big=big)
    rows, columns = shape
    assert len(lines) == (rows if big else -(-rows // 2))
    assert {line.cell_len for line in lines} == {columns * (1 + big)}


def test_a_map_in_colour_is_not_trimmed_when_it_stands_beside_another() -> None:
    tall, short = heatmap(np.ones((6, 2)), colour=True, big=True), [Text("x")]
    assert [line.cell_len for line in beside([short, tall], gap=1)] == [6] * 6
    assert beside([tall, short], gap=1)[-1].cell_len == 4


def test_numbers_that_are_none_are_drawn_as_zero() -> None:
    values = np.array([[np.nan, np.inf, -np.inf]])
    assert plain(heatmap(values, colour=False, limit=1.0, big=True)) == ["  ##=="]


def test_the_limit_leaves_out_a_few_outliers_and_keeps_the_few_that_are_not_zero() -> None:
    noise = np.random.default_rng(0).normal(size=1000)
    noise[:2] = 1e6
    assert strongest(noise) < 5
    sparse = np.zeros(1000)
    sparse[:2] = -3.0
    assert strongest(sparse) == 3.0
    assert strongest(np.zeros(4)) == 1.0


def test_shrinking_averages_what_each_number_covers() -> None:
    values = np.arange(16.0).reshape(4, 4)
    np.testing.assert_allclose(shrink(values, 2), [[2.5, 4.5], [10.5, 12.5]])
    wide = np.array([[3.0, 6.0, 9.0]])
    np.testing.assert_allclose(shrink(wide, 2), [[4.0, 8.0]])  # (3 + 6 / 2) / 1.5


@pytest.mark.parametrize(("shape", "small"), [((28, 28), (18, 18)), ((10, 40), (4, 18))])
def test_shrinking_keeps_the_aspect_and_the_mean(
    shape: tuple[int, int], small: tuple[int, int]
) -> None:
    values = np.random.default_rng(1).normal(size=shape)
    shrunk = shrink(values, 18)
    assert shrunk.shape == small
    assert shrunk.mean() == pytest.approx(values.mean())
    np.testing.assert_allclose(shrink(np.full(shape, 7.0), 18), 7.0)


def test_what_is_narrow_enough_is_not_shrunk() -> None:
    assert shrink(FULL, 2) is FULL


@pytest.mark.parametrize(
    ("terminal", "variables", "encoding", "expected"),
    [
        ("xterm-256color", {}, "utf-8", True),
        ("xterm", {"COLORTERM": "truecolor"}, "utf-8", True),
        ("xterm", {}, "utf-8", False),  # sixteen colours: none of them is a faint red
        ("dumb", {"COLORTERM": "truecolor"}, "utf-8", False),
        ("xterm-256color", {"NO_COLOR": "1"}, "utf-8", False),
        ("xterm-256color", {}, "ascii", False),
        ("xterm-256color", {}, "cp1252", False),
    ],
)
def test_colours_are_used_where_there_are_many_and_half_blocks(
    terminal: str,
    variables: dict[str, str],
    encoding: str,
    expected: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("COLORTERM", raising=False)
    for name, value in {"TERM": terminal, **variables}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdout", Terminal(encoding))
    assert in_colour() is expected
