"""Pictures and charts: small ones, checked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from rich.text import Text

from nnfs_cli.cli.charts import bar, curve, resample
from nnfs_cli.cli.options import Style
from nnfs_cli.cli.pictures import RAMP, beside, draw


def picture(*rows: str) -> np.ndarray:
    """Return a picture in which # is white and . is black."""
    return np.array([[255 * (pixel == "#") for pixel in row] for row in rows], dtype=np.uint8)


def test_ascii_is_two_characters_a_pixel_and_ten_levels_of_ink() -> None:
    pixels = np.array([[0, 255], [28, 128]], dtype=np.uint8)
    assert draw(pixels, Style.ascii) == ["  @@", "..++"]
    levels = draw(np.arange(256, dtype=np.uint8)[None], Style.ascii)[0][::2]
    assert sorted(set(levels), key=levels.index) == list(RAMP)
    assert levels == "".join(sorted(levels, key=RAMP.index))


def test_blocks_are_two_pixels_a_character_one_above_the_other() -> None:
    assert draw(picture(".#.#", "..##"), Style.blocks) == [" \u2580\u2584\u2588"]
    assert draw(picture("#", "#", "#"), Style.blocks) == ["\u2588", "\u2580"]


def test_braille_is_eight_pixels_a_character() -> None:
    assert draw(picture("##", "##", "##", "##"), Style.braille) == ["\u28ff"]
    assert draw(picture("#.", "..", "..", ".."), Style.braille) == ["\u2801"]
    assert draw(picture(".#", "..", "..", ".#"), Style.braille) == ["\u2888"]
    assert draw(picture("..", "#.", ".#", "#."), Style.braille) == ["\u2862"]
    assert draw(picture("..#", "..."), Style.braille) == ["\u2800\u2801"]


def test_each_dot_of_braille_has_its_own_bit() -> None:
    seen = set()
    for index in range(8):
        pixels = np.zeros(8, np.uint8)
        pixels[index] = 255
        (line,) = draw(pixels.reshape(4, 2), Style.braille)
        seen.add(ord(line) - 0x2800)
    assert seen == {1 << bit for bit in range(8)}


@pytest.mark.parametrize("style", list(Style))
@pytest.mark.parametrize("shape", [(1, 1), (28, 28), (5, 3), (4, 2)])
def test_all_lines_of_a_picture_are_of_one_length(style: Style, shape: tuple[int, int]) -> None:
    lines = draw(np.zeros(shape, np.uint8), style)
    assert len({len(line) for line in lines}) == 1


def test_blocks_of_unequal_size_stand_beside_each_other() -> None:
    left, right = [Text("ab"), Text("c")], [Text("x"), Text("yz"), Text("w")]
    assert [line.plain for line in beside([left, right], gap=1)] == ["ab x", "c  yz", "   w"]
    assert [line.plain for line in beside([left], gap=9)] == ["ab", "c"]


def test_colours_survive_beside() -> None:
    line = beside([[Text("a", "red")], [Text("b", "green")]])[0]
    assert line.plain == "a  b"
    assert {str(span.style): line.plain[span.start : span.end] for span in line.spans} == {
        "red": "a",
        "green": "b",
    }


def test_a_bar_is_as_long_as_its_share_to_an_eighth() -> None:
    assert bar(0.0, 4) == ""
    assert bar(1.0, 4) == "\u2588" * 4
    assert bar(0.5, 4) == "\u2588\u2588"
    assert bar(1 / 32, 4) == "\u258f"
    assert bar(0.5 + 3 / 32, 4) == "\u2588\u2588\u258d"
    assert bar(0.5, 4, ascii_only=True) == "##"
    assert all(len(bar(share / 97, 20)) <= 20 for share in range(98))


def test_a_falling_curve_goes_from_top_left_to_bottom_right() -> None:
    assert curve([3, 2, 1], 3, 3, ascii_only=True) == ["** ", " **", "  *"]
    assert curve([1, 2, 3], 3, 3, ascii_only=True) == ["  *", " **", "** "]


def test_a_level_curve_is_a_line() -> None:
    lines = curve([5.0] * 4, 4, 2, ascii_only=True)
    assert sorted(lines) == ["    ", "****"]


@pytest.mark.parametrize("count", [0, 1, 2, 5, 48, 49, 1000])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_a_curve_fills_its_box_for_any_number_of_values(count: int, ascii_only: bool) -> None:
    lines = curve([1 / (i + 1) for i in range(count)], 24, 3, ascii_only=ascii_only)
    assert len(lines) == 3
    assert {len(line) for line in lines} == {24}
    if count:
        assert any(line.strip() for line in lines)


def test_a_steep_fall_is_joined_without_gaps() -> None:
    lines = curve([9.0, 9.0, 0.0, 0.0], 4, 4, ascii_only=True)
    assert all("*" in line for line in lines)


def test_more_values_than_places_are_averaged() -> None:
    assert resample([1, 3, 5, 7], 2) == [2, 6]
    assert resample([4.0], 1) == [4.0]
    assert resample([], 3) == []


def test_small_is_a_character_for_two_pixels_that_keeps_their_grey() -> None:
    pixels = np.array([[0, 255, 255], [0, 255, 0], [255, 0, 0]], np.uint8)
    assert draw(pixels, Style.small) == [" @=", "=  "]
