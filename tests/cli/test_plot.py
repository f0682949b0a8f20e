"""Plots: axes, ticks and curves, small enough to be checked by eye."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnfs_cli.cli.charts import signed_bar
from nnfs_cli.cli.plot import Curve, Scale, level_ticks, plot, scale_for


def curve(*values: float | None, mark: str = "*") -> Curve:
    return Curve("name", values, "cyan", mark)


def drawn(
    *curves: Curve, numbers: list[int] | None = None, width: int = 14, height: int = 3,
    logarithmic: bool = False, braille: bool = False,
) -> list[str]:  # fmt: skip
    lines = plot(
        curves,
        numbers or list(range(1, len(curves[0].values) + 1)),
        width=width,
        height=height,
        scale=scale_for(curves, logarithmic=logarithmic),
        label=lambda tick: f"{tick:g}",
        braille=braille,
    )
    return [line.plain for line in lines]


def test_a_falling_curve_with_its_axes() -> None:
    assert drawn(curve(3.0, 2.0, 1.0), width=24, height=5) == [
        "3 +***",
        "  |   *****",
        "2 +        *****",
        "  |             *****",
        "1 +                  ***",
        "  ++---------+---------+",
        "   1         2         3",
    ]


def test_two_curves_keep_their_marks_and_share_one_where_they_meet() -> None:
    assert drawn(curve(3.0, 2.0, 1.0), curve(1.0, 2.0, 3.0, mark="o"), width=24, height=3) == [
        "3 +******         oooooo",
        "2 +      @@@@@@@@@",
        "1 +oooooo         ******",
        "  ++---------+---------+",
        "   1         2         3",
    ]


def test_braille_has_eight_dots_a_character() -> None:
    lines = drawn(curve(3.0, 2.0, 1.0), width=12, height=2, braille=True)
    assert lines[0] == "3 \u2524\u2809\u2822\u2824\u2840"
    assert lines[1] == "1 \u2524   \u2808\u2809\u2812\u2822\u2824\u28c0"
    assert lines[2] == "  \u2514\u252c\u2500\u2500\u2500\u252c\u2500\u2500\u2500\u2500"


def test_a_gap_is_left_where_there_is_no_value() -> None:
    lines = drawn(curve(3.0, None, 2.0, 1.0), width=24, height=3)
    assert lines[:2] == ["3 +*", "2 +             ****"]


def test_one_value_is_one_point_on_a_scale_around_it() -> None:
    lines = drawn(curve(3.0), width=24, height=3)
    assert [line for line in lines if "*" in line] == ["  3 +*"]
    assert lines[-1].split() == ["1"]


def test_equal_values_are_a_level_line_in_the_middle() -> None:
    lines = drawn(curve(0.0, 0.0), width=24, height=3)
    assert lines[1] == " 0 +" + 20 * "*"


def test_equal_ratios_are_equal_steps_on_a_logarithmic_scale() -> None:
    lines = drawn(curve(1.0, 0.1, 0.01, 0.001), width=24, height=7, logarithmic=True)
    assert [line.split()[0] for line in lines[0:7:2]] == ["1", "0.1", "0.01", "0.001"]
    assert not any("*" not in line for line in lines[:7])
    assert scale_for([curve(1.0, 0.0)], logarithmic=True).logarithmic is False


def test_a_long_history_is_drawn_in_the_same_room() -> None:
    values = [1 / n for n in range(1, 20_001)]
    lines = drawn(curve(*values), width=40, height=6, braille=True)
    assert len(lines) == 8
    assert max(map(len, lines)) <= 40 + len("20,000")
    assert lines[-1].split() == ["1", "10,000", "20,000"]


def test_the_epochs_have_their_places_even_if_some_are_missing() -> None:
    lines = drawn(curve(1.0, 1.0, 2.0), numbers=[1, 2, 11], width=24, height=2)
    assert lines == [
        "2 +           **********",
        "1 +***********",
        "  ++-------+---------+--",
        "   1       5        10",
    ]


@given(
    values=st.lists(st.none() | st.floats(-1e300, 1e300), min_size=1, max_size=20),
    numbers=st.lists(st.integers(1, 2**62), min_size=20, max_size=20, unique=True),
    width=st.integers(1, 60),
    height=st.integers(2, 9),
    logarithmic=st.booleans(),
    braille=st.booleans(),
)
def test_no_numbers_are_too_large_too_small_or_too_near(
    values: list[float | None],
    numbers: list[int],
    width: int,
    height: int,
    logarithmic: bool,
    braille: bool,
) -> None:
    lines = drawn(
        curve(*values),
        numbers=sorted(numbers)[: len(values)],
        width=width,
        height=height,
        logarithmic=logarithmic,
        braille=braille,
    )
    assert len(lines) == height + 2
    room = max(line.index("+") if "+" in line else 0 for line in lines)
    assert max(map(len, lines[: height + 1])) <= max(width, room + 20)


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0.1, 0.8, [0.2, 0.4, 0.6, 0.8]),
        (0.8, 0.9474, [0.8, 0.85, 0.9]),
        (-3, 4, [-2, 0, 2, 4]),
        (0.994, 0.9995, [0.994, 0.996, 0.998]),
        (0, 1e300, [0, 5e299, 1e300]),
    ],
)
def test_ticks_are_a_few_round_numbers(low: float, high: float, ticks: list[float]) -> None:
    assert Scale(low, high).ticks() == pytest.approx(ticks)


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0.1, 0.8, [0.1, 0.2, 0.5]),
        (1e-5, 1e5, [1e-5, 1e-2, 1e1, 1e4]),
        (0.8, 0.95, [0.8, 0.85, 0.9, 0.95]),
    ],
)
def test_logarithmic_ticks_have_one_digit(low: float, high: float, ticks: list[float]) -> None:
    assert Scale(low, high, logarithmic=True).ticks() == pytest.approx(ticks)


@pytest.mark.parametrize(
    ("first", "last", "across", "ticks"),
    [
        (1, 1, 60, [1]),
        (1, 2, 60, [1, 2]),
        (1, 12, 60, [1, 2, 4, 6, 8, 10, 12]),
        (1, 250, 60, [1, 50, 100, 150, 200, 250]),
        (90, 110, 60, [90, 95, 100, 105, 110]),
        (3, 100, 8, [3, 100]),
    ],
)
def test_the_level_axis_has_whole_numbers(
    first: int, last: int, across: int, ticks: list[int]
) -> None:
    assert level_ticks(first, last, across) == ticks


def test_a_signed_bar_leaves_its_axis_to_the_side_of_its_sign() -> None:
    assert signed_bar(1.0, 7) == "   \u2502\u2588\u2588\u2588"
    assert signed_bar(-2 / 3, 7) == " \u2588\u2588\u2502   "
    assert signed_bar(0.0, 7, ascii_only=True) == "   |   "
    assert signed_bar(-5.0, 7, ascii_only=True) == "###|   "
