"""Printed boxes, fields and labels: what was written in them is read, every stroke of it."""

from __future__ import annotations

import numpy as np
import pytest
from alike import clean, likeness
from PIL import Image, ImageDraw
from sheets import STROKES, drawn

from nnfs_cli.images import normalise
from nnfs_cli.images.boxes import boxes_of, cut_sides, without_strokes
from nnfs_cli.images.components import label
from nnfs_cli.images.digit import find_digit
from nnfs_cli.images.erasing import erased
from nnfs_cli.images.form import company, lettering
from nnfs_cli.images.frames import holds
from nnfs_cli.images.line import Line
from nnfs_cli.images.lines import strongest_of
from nnfs_cli.images.printed import closing

SIDE = 240
DIGITS = sorted(STROKES)


def page(digit: str, *, height: int = 120, pen: float = 0.11) -> Image.Image:
    """Return a white sheet with a dark digit in its middle."""
    sheet = Image.new("L", (SIDE, SIDE), 255)
    ink = drawn(digit, height, pen=pen)
    sheet.paste(20, ((SIDE - ink.width) // 2, (SIDE - ink.height) // 2), ink)
    return sheet


def assert_read(sheet: Image.Image, digit: str, *, height: int = 120, least: float = 0.95) -> None:
    """Check that a sheet gives what the digit alone does."""
    assert likeness(normalise(sheet).pixels, clean(page(digit, height=height))) > least


def across(row: float, start: int, stop: int, *, down: bool = False) -> Line:
    """Return a line of three pixels."""
    return Line(down, start, stop, np.full(stop - start, row), 3.0, 1.0)


def down(column: float, start: int, stop: int) -> Line:
    return across(column, start, stop, down=True)


BOX = [across(20, 20, 101), across(100, 20, 101), down(20, 20, 101), down(100, 20, 101)]


def test_a_stroke_inside_a_box_is_no_divider_unless_it_goes_from_side_to_side() -> None:
    stem, bar, divider = down(60, 30, 96), across(50, 26, 60), down(70, 19, 102)
    overshoot = down(45, 12, 109)  # through both sides
    full = np.ones((120, 120), dtype=bool)
    assert without_strokes([*BOX, stem, bar, divider, overshoot], full) == [*BOX, divider]
    assert without_strokes([stem, bar], full) == [stem, bar]  # no box
    full[24:29] = False  # a gap below the top
    assert without_strokes([*BOX, divider], full) == BOX


def test_of_two_boxes_with_a_common_side_the_one_with_the_better_corners_is_meant() -> None:
    stroke = down(92, 28, 95)  # the right side of a 9, close to that of the box
    (box,) = boxes_of([*BOX, stroke])
    assert list(box) == BOX
    beside = [across(20, 120, 201), across(100, 120, 201), down(120, 20, 101), down(200, 20, 101)]
    assert len(boxes_of([*BOX, *beside])) == 2


@pytest.mark.parametrize("digit", DIGITS)
@pytest.mark.parametrize("room", [6, 12, 20])
def test_a_digit_keeps_the_strokes_that_come_near_to_its_box(digit: str, room: int) -> None:
    sheet = page(digit, pen=0.05)
    rows, columns = (np.asarray(sheet) < 128).nonzero()
    near = room + 6  # the box is as thick as the pen
    edges = (columns.min() - near, rows.min() - near, columns.max() + near, rows.max() + near)
    ImageDraw.Draw(sheet).rectangle(edges, outline=20, width=6)
    done = normalise(sheet)
    assert done.lines == 4 or done.ruling == "a frame"
    assert likeness(done.pixels, clean(page(digit, pen=0.05))) > 0.95


@pytest.mark.parametrize("digit", DIGITS)
@pytest.mark.parametrize("shade", [190, 150, 130])
def test_strokes_that_go_along_a_paler_box_are_kept(digit: str, shade: int) -> None:
    sheet = Image.new("L", (SIDE, SIDE), 255)
    ink = drawn(digit, 120, pen=0.05)
    left, top = (SIDE - ink.width) // 2, (SIDE - ink.height) // 2
    edges = (SIDE // 2 - 70, top + 2, SIDE // 2 + 70, top + ink.height + 20)
    ImageDraw.Draw(sheet).rectangle(edges, outline=shade, width=6)
    sheet.paste(20, (left, top), ink)
    done = normalise(sheet)
    assert done.lines == 4
    assert likeness(done.pixels, clean(page(digit, pen=0.05))) > 0.93


def test_ink_of_another_pen_is_told_by_what_is_usual_along_a_line() -> None:
    def strongest(*strengths: float) -> float:
        return strongest_of(np.repeat(np.array(strengths, dtype=np.float32), 20))

    assert strongest(0.38, 0.4, 0.4, 0.45) == pytest.approx(0.7)
    assert strongest(0.8, 0.8, 0.8, 0.81) == pytest.approx(0.88)  # even: printed
    assert strongest(*np.linspace(0.6, 1.0, 20)) > 1  # uneven: everything is of the line
    assert strongest(0.5, 0.5, 1.0, 1.0, 1.0) == pytest.approx(0.8)  # written along the most of it
    assert strongest(0.9, 0.9, 1.0, 1.0, 1.0) == pytest.approx(0.98)
    assert strongest(0.05, 0.05, 1.0, 1.0, 1.0) > 1  # gaps are no ink


def test_dark_spots_of_a_line_go_with_it_and_a_dark_stroke_along_it_stays() -> None:
    soft = np.zeros((40, 100), dtype=np.float32)
    soft[19:22, 5:95] = 0.8
    soft[19:22, 10:14] = soft[19:22, 30:35] = 1.0  # where the printer had too much ink
    soft[19:22, 50:80] = 1.0  # where somebody wrote
    line = Line(False, 5, 95, np.full(90, 20.0), 3.0, 0.8, darkest=0.88)
    rest = erased(soft, soft > 0.3, [line]) > 0
    assert rest[19:22, 50:80].all()
    assert rest.sum() == 3 * 30


@pytest.mark.parametrize("digit", DIGITS)
@pytest.mark.parametrize("side", ["left", "top", "right", "bottom"])
def test_a_box_of_which_the_border_cuts_a_side_off_is_still_a_box(digit: str, side: str) -> None:
    sheet = page(digit, pen=0.05)
    box = [50, 45, 190, 195]
    ImageDraw.Draw(sheet).rectangle(tuple(box), outline=20, width=6)
    view = [0, 0, SIDE, SIDE]
    number = ["left", "top", "right", "bottom"].index(side)
    view[number] = box[number] + (7 if number < 2 else -7)
    done = normalise(sheet.crop(tuple(view)))
    assert likeness(done.pixels, clean(page(digit, pen=0.05))) > 0.95


def test_two_lines_that_run_out_at_one_border_have_a_side_there_and_a_ruling_has_none() -> None:
    (side,) = cut_sides([across(20, 30, 100), across(80, 31, 100)], (120, 100))
    assert side.down
    assert (side.start, side.stop, side.place) == (20, 80, 100)
    (side,) = cut_sides([down(20, 0, 70), down(80, 0, 71)], (120, 100))
    assert not side.down
    assert (side.start, side.stop, side.place) == (20, 80, 0)
    assert not list(cut_sides([across(20, 0, 100), across(80, 0, 100)], (120, 100)))
    assert not list(cut_sides([across(20, 30, 100), across(80, 0, 60)], (120, 100)))
    assert not list(cut_sides([across(20, 30, 100), down(80, 0, 120)], (120, 100)))
    assert not list(cut_sides([across(20, 30, 100), across(20.3, 31, 100)], (120, 100)))


@pytest.mark.parametrize("digit", DIGITS)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_the_empty_frames_beside_that_of_a_digit_are_left_out(digit: str, place: int) -> None:
    sheet = Image.new("L", (720, 320), 255)
    pen = ImageDraw.Draw(sheet)
    lean = 0.08  # far enough that the frames are no straight lines across
    for x in (110, 320, 530):
        corners = [(-80, -110), (80, -110), (80, 110), (-80, 110), (-80, -110)]
        turned = [(x + u - lean * v, 160 + v + lean * u) for u, v in corners]
        pen.line(turned, fill=20, width=4)
    ink = drawn(digit, 120)
    sheet.paste(20, (110 + 210 * place - ink.width // 2, 160 - ink.height // 2), ink)
    assert_read(sheet, digit)


@pytest.mark.parametrize("digit", DIGITS)
@pytest.mark.parametrize("dash", [(14, 8), (5, 6)])
def test_a_dashed_box_is_left_out_dash_by_dash(digit: str, dash: tuple[int, int]) -> None:
    sheet = page(digit, height=100)
    pen = ImageDraw.Draw(sheet)
    for start in range(40, 196, sum(dash)):
        for edge in (40, 200):
            pen.line((start, edge, start + dash[0], edge), fill=20, width=4)
            pen.line((edge, start, edge, start + dash[0]), fill=20, width=4)
    done = normalise(sheet)
    assert_read(sheet, digit, height=100)
    assert done.parts <= 2


@pytest.mark.parametrize("digit", DIGITS)
@pytest.mark.parametrize("gap", [8, 0])
def test_a_digit_on_a_long_line_with_free_ends_is_read_without_it(digit: str, gap: int) -> None:
    sheet = Image.new("L", (480, SIDE), 255)
    ink = drawn(digit, 90)
    sheet.paste(20, (210, 60), ink)
    ImageDraw.Draw(sheet).rectangle((40, 150 + gap, 440, 153 + gap), fill=20)
    assert_read(sheet, digit, height=90, least=0.9 if gap else 0.85)


@pytest.mark.parametrize("digit", DIGITS)
def test_a_digit_in_a_comb_or_a_tray_is_read_without_it(digit: str) -> None:
    tray, comb = page(digit, height=90), page(digit, height=90)
    for sheet, ticks in ((tray, (70, 170)), (comb, (10, 70, 170, 230))):
        pen = ImageDraw.Draw(sheet)
        pen.line((ticks[0], 190, ticks[-1], 190), fill=20, width=4)
        for x in ticks:
            pen.line((x, 150, x, 190), fill=20, width=4)
        assert_read(sheet, digit, height=90)


def test_a_tray_has_two_ends_and_nothing_above_its_foot() -> None:
    for ends, is_tray in (((20, 180), True), ((20,), False), ((20, 100, 180), False)):
        mask = np.zeros((120, 200), dtype=bool)
        mask[100:104, 20:184] = True
        for x in ends:
            mask[60:104, x : x + 4] = True
        mask[20:90, 60:64] = True  # a 1 in it
        parts = label(mask)
        (number,) = np.flatnonzero(parts.bottom == 104)
        assert holds(parts, int(number)) == is_tray


@pytest.mark.parametrize("digit", DIGITS)
def test_the_letters_of_a_label_above_a_digit_are_none_of_it(digit: str) -> None:
    sheet = page(digit, height=110)
    pen = ImageDraw.Draw(sheet)
    for x in range(40, 190, 24):  # six letters
        pen.rectangle((x, 30, x + 12, 48), outline=20, width=3)
    assert_read(sheet, digit, height=110)


@pytest.mark.parametrize("digit", DIGITS)
@pytest.mark.parametrize("letters", [3, 7])
def test_a_word_whose_letters_touch_is_no_part_of_the_digit_below_it(
    digit: str, letters: int
) -> None:
    sheet = page(digit, height=100)
    pen = ImageDraw.Draw(sheet)
    for x in range(60, 60 + 16 * letters, 16):
        pen.rectangle((x, 32, x + 16, 54), outline=20, width=3)
    assert_read(sheet, digit, height=100)


def test_a_word_is_wide_has_many_strokes_and_something_higher_beside_it() -> None:
    def found(*, rungs: int, other: int) -> set[int]:
        mask = np.zeros((200, 200), dtype=bool)
        mask[20:23, 20:101] = True
        for x in np.linspace(20, 97, rungs).astype(int):
            mask[20:50, x : x + 4] = True
        mask[80 : 80 + other, 60:70] = True
        parts = label(mask, mask.astype(np.float32))
        return lettering(parts, list(range(len(parts))))

    assert found(rungs=4, other=100) == {0}
    assert found(rungs=2, other=100) == set()
    assert found(rungs=4, other=20) == set()


def test_broken_strokes_are_no_company_of_their_largest_piece() -> None:
    mask = np.zeros((200, 200), dtype=bool)
    mask[60:140, 95:105] = True  # the middle of a 1 whose ends fell apart
    for row in (20, 32, 44, 150, 162, 174):
        mask[row : row + 8, 95:105] = True
    parts = label(mask, mask.astype(np.float32))
    assert company(parts, int(parts.area.argmax())) == set()
    digit = find_digit(mask.astype(np.float32), mask)
    assert digit is not None
    assert digit.parts == 7


@pytest.mark.parametrize("digit", DIGITS)
@pytest.mark.parametrize("light", [False, True])
def test_strokes_that_nearly_reach_the_border_of_28x28_are_no_lines(
    digit: str, light: bool
) -> None:
    ink = np.asarray(drawn(digit, 26, pen=0.1))
    pixels = np.zeros((28, 28), dtype=np.uint8)
    left = (28 - ink.shape[1]) // 2
    pixels[1:27, left : left + ink.shape[1]] = ink[:26]
    done = normalise(Image.fromarray(pixels if light else 255 - pixels))
    assert not done.lines
    assert likeness(done.pixels, clean(page(digit))) > 0.8


def test_a_stroke_that_ends_a_pixel_from_the_border_of_28x28_does_not_reach_it() -> None:
    stroke, line = down(15, 1, 27), down(15, 0, 28)
    assert [closing(end, stroke, [], (28, 28)) for end in stroke.ends] == ["", ""]
    assert [closing(end, line, [], (28, 28)) for end in line.ends] == ["border", "border"]


@pytest.mark.parametrize("side", [1080, 600])
@pytest.mark.parametrize("dark", [True, False])
def test_a_digit_of_few_pixels_on_a_large_page_is_seen(side: int, dark: bool) -> None:
    shades = np.full((side, side), 250 if dark else 5, dtype=np.uint8)
    page = Image.fromarray(shades)
    page.paste(10 if dark else 245, (side // 3, side // 2), drawn("7", 24))
    grain = np.random.default_rng(0).normal(0, 1.5, shades.shape)
    grainy = Image.fromarray(np.clip(np.asarray(page) + grain, 0, 255).astype(np.uint8))
    for picture in (page, grainy):
        done = normalise(picture)
        assert done.dark_ink is dark
        assert done.box[3] - done.box[1] == pytest.approx(24, abs=6)


def test_a_digit_with_parts_of_its_neighbours_at_the_border_is_dark_ink() -> None:
    sheet = Image.new("L", (130, 110), 250)
    sheet.paste(20, (-30, 5), drawn("3", 100, pen=0.08))
    sheet.paste(20, (40, 5), drawn("5", 100, pen=0.08))
    sheet.paste(20, (112, 5), drawn("2", 100, pen=0.08))
    done = normalise(sheet)
    assert done.dark_ink
    assert done.dropped == 3  # the 3 is cut in two


@pytest.mark.parametrize("digit", ["5", "7"])
def test_the_last_side_of_a_small_round_box_goes_though_it_is_found_after_the_others(
    digit: str,
) -> None:
    sheet = Image.new("L", (84, 105), 255)
    ink = drawn(digit, 42)
    sheet.paste(20, ((84 - ink.width) // 2, (105 - ink.height) // 2), ink)
    canvas = ImageDraw.Draw(sheet)
    canvas.rounded_rectangle((14, 13, 70, 92), radius=12, outline=20, width=2)
    canvas.line((14, 50, 21, 50), fill=20, width=2)  # a closed line alone would go at once
    askew = normalise(sheet.rotate(2.5, resample=Image.Resampling.BICUBIC, fillcolor=255))
    assert askew.lines == 4
    assert askew.box[3] - askew.box[1] == pytest.approx(42, abs=4)


@pytest.mark.parametrize("digit", ["0", "2", "6", "7"])
def test_a_double_frame_of_hairlines_goes_as_a_whole(digit: str) -> None:
    plain = Image.new("L", (170, 190), 250)
    ink = drawn(digit, 74)
    plain.paste(20, ((170 - ink.width) // 2, (190 - ink.height) // 2), ink)
    sheet = plain.copy()
    for inset in (20, 25):
        edges = (inset, inset, 169 - inset, 189 - inset)
        ImageDraw.Draw(sheet).rectangle(edges, outline=20, width=1)
    done = normalise(sheet)
    assert done.box == pytest.approx(normalise(plain).box, abs=1)
    assert done.to_dict()["removed"] == "frames"
    assert done.dropped == 0


@pytest.mark.parametrize("lean", [-20, -11, 11, 20])
def test_a_frame_that_leans_further_than_lines_are_looked_for_goes_as_a_whole(lean: int) -> None:
    plain = Image.new("L", (400, 400), 250)
    ink = drawn("5", 120)
    plain.paste(20, ((400 - ink.width) // 2, (400 - ink.height) // 2), ink)
    frame = Image.new("L", (400, 400), 0)
    ImageDraw.Draw(frame).rectangle((110, 90, 290, 310), outline=255, width=3)
    sheet = plain.copy()
    sheet.paste(30, None, frame.rotate(lean, resample=Image.Resampling.BICUBIC))
    assert normalise(sheet).box == pytest.approx(normalise(plain).box, abs=1)


def test_a_digit_that_touches_its_frame_from_within_makes_it_none() -> None:
    plain = Image.new("L", (200, 240), 250)
    ink = drawn("5", 120)
    plain.paste(20, ((200 - ink.width) // 2, 70), ink)
    ImageDraw.Draw(plain).ellipse((60, 20, 100, 60), outline=20, width=4)  # something else in it
    left, top, right, bottom = 30, 10, 170, 70 + ink.height
    sheet = plain.copy()
    ImageDraw.Draw(sheet).rectangle((left, top, right, bottom), outline=20, width=3)
    assert normalise(sheet).lines == 4  # taken out as lines, which spare what crosses them


def test_between_a_box_and_a_thick_nought_is_no_stroke_drawn_as_an_outline() -> None:
    plain = Image.new("L", (400, 400), 250)
    ink = drawn("0", 120, pen=0.15)
    plain.paste(20, ((400 - ink.width) // 2, (400 - ink.height) // 2), ink)
    sheet = plain.copy()
    ImageDraw.Draw(sheet).rectangle((110, 110, 290, 290), outline=30, width=6)
    done = normalise(sheet)
    assert not done.hollow
    assert done.box == pytest.approx(normalise(plain).box, abs=1)
