"""A sheet in a picture is found, whatever lies around it; where there is none, none is found."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from sheets import STROKES, drawn

from nnfs_cli.images import normalise
from nnfs_cli.images.components import label
from nnfs_cli.images.contour import POINTS
from nnfs_cli.images.modes import look
from nnfs_cli.images.polygon import hull, polygon_area, simplified
from nnfs_cli.images.several import normalise_several
from nnfs_cli.images.sheet import Sheet, calm, find_sheet, spread, written_on

SIZE = (640, 480)
BOX = (200, 120, 460, 380)  # of the sheet in the picture
Colour = tuple[int, int, int]


def card(
    digit: str = "4",
    *,
    paper: Colour = (240, 236, 225),
    ink: Colour = (30, 30, 60),
    height: int = 130,
    at: tuple[int, int] = (90, 65),
) -> Image.Image:
    """Return a sheet with a digit on it."""
    sheet = Image.new("RGB", (BOX[2] - BOX[0], BOX[3] - BOX[1]), paper)
    if digit:
        sheet.paste(ink, at, drawn(digit, height))
    return sheet


def wood(seed: int = 0) -> Image.Image:
    """Return a table: streaks of brown."""
    streaks = np.random.default_rng(seed).normal(0, 5, (SIZE[1], 8)).repeat(80, axis=1)
    shades = np.array([120, 80, 50]) + streaks[..., None]
    return Image.fromarray(np.clip(shades, 0, 255).astype(np.uint8))


def plain(colour: Colour) -> Image.Image:
    return Image.new("RGB", SIZE, colour)


def lying(sheet: Image.Image, ground: Image.Image, *, angle: float = 0.0) -> Image.Image:
    """Put a sheet onto something, turned by `angle` degrees about its middle."""
    layer = Image.new("RGBA", SIZE)
    layer.paste(sheet, BOX[:2])
    middle = ((BOX[0] + BOX[2]) / 2, (BOX[1] + BOX[3]) / 2)
    layer = layer.rotate(angle, Image.Resampling.BICUBIC, center=middle)
    return Image.alpha_composite(ground.convert("RGBA"), layer).convert("RGB")


def sheet_in(picture: Image.Image, *, several: bool = False) -> Sheet | None:
    view = look(picture, (0, 0, *picture.size), pixels=picture.width * picture.height)
    return find_sheet(view.colour, left=0, top=0, factor=1, several=several)


def likeness(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


GROUNDS = {
    "wood": wood(),
    "a dark desk": plain((50, 52, 60)),
    "a grey desk": plain((150, 150, 150)),
    "a blue wall": plain((70, 110, 190)),
}
SHEETS = {
    "dark on light": {},
    "light on dark": {"paper": (20, 20, 25), "ink": (250, 250, 250)},
    "a yellow note": {"paper": (250, 230, 90)},
}


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("kind", SHEETS)
@pytest.mark.parametrize("angle", [0, 7])
def test_a_digit_on_a_sheet_is_read_as_if_the_sheet_were_all(
    ground: str, kind: str, angle: float
) -> None:
    sheet = card(**SHEETS[kind])  # type: ignore[arg-type]
    done = normalise(lying(sheet, GROUNDS[ground], angle=angle))
    alone = normalise(
        sheet.rotate(angle, Image.Resampling.BICUBIC, fillcolor=sheet.getpixel((2, 2)))
    )
    assert likeness(done.pixels, alone.pixels) > 0.97
    assert done.sheet is not None
    assert "a sheet of" in done.describe()
    assert done.to_dict()["sheet"] == list(done.sheet)


@pytest.mark.parametrize("digit", sorted(STROKES))
def test_a_dark_canvas_on_a_white_page_is_a_sheet_whatever_the_digit(digit: str) -> None:
    canvas = card(digit, paper=(0, 0, 0), ink=(255, 255, 255))
    page = plain((255, 255, 255))
    ImageDraw.Draw(page).rectangle((200, 410, 300, 440), fill=(60, 80, 170))  # a button
    done = normalise(lying(canvas, page))
    assert not done.dark_ink
    assert done.sheet == pytest.approx(BOX, abs=10)
    assert likeness(done.pixels, normalise(canvas).pixels) > 0.97


@pytest.mark.parametrize("corner", [60, 100, 130])  # the last one makes it a disc
@pytest.mark.parametrize("digit", ["2", "4", "8"])
def test_a_badge_and_a_card_with_round_corners_are_sheets(digit: str, corner: int) -> None:
    badge = card(digit, paper=(30, 110, 120), ink=(255, 255, 255), height=100, at=(100, 80))
    mask = Image.new("L", SIZE)
    ImageDraw.Draw(mask).rounded_rectangle(BOX, corner, fill=255)
    page = Image.composite(lying(badge, plain((255,) * 3)), plain((255,) * 3), mask)
    done = normalise(page)
    assert not done.dark_ink
    assert likeness(done.pixels, normalise(badge).pixels) > 0.97


@pytest.mark.parametrize("angle", [0, 5])
@pytest.mark.parametrize("digit", ["3", "7"])
def test_lines_do_not_cut_a_ruled_card_into_strips(digit: str, angle: float) -> None:
    sheet = card(digit)
    pen = ImageDraw.Draw(sheet)
    for y in range(20, sheet.height, 34):
        pen.line((0, y, sheet.width, y), fill=(120, 140, 200), width=2)
    done = normalise(lying(sheet, wood(), angle=angle))
    assert done.dark_ink
    assert done.sheet is not None
    plain_card = card(digit).rotate(angle, Image.Resampling.BICUBIC, fillcolor=(240, 236, 225))
    assert likeness(done.pixels, normalise(plain_card).pixels) > 0.9


def test_a_bar_chart_beside_a_canvas_is_not_what_was_written_on() -> None:
    canvas = card("5", paper=(0, 0, 0), ink=(255, 255, 255))
    page = plain((245, 247, 250))
    pen = ImageDraw.Draw(page)
    for number in range(10):
        top = 160 if number == 5 else 340
        pen.rectangle((500 + 12 * number, top, 508 + 12 * number, 360), fill=(66, 133, 244))
    done = normalise(lying(canvas, page))
    assert done.sheet == pytest.approx(BOX, abs=10)
    assert likeness(done.pixels, normalise(canvas).pixels) > 0.97


@pytest.mark.parametrize("seam", [150, 240, 330])
def test_an_edge_that_ink_crosses_is_not_that_of_a_sheet(seam: int) -> None:
    ground = plain((180, 215, 250))
    ImageDraw.Draw(ground).rectangle((0, seam, *SIZE), fill=(250, 235, 200))
    picture = ground.copy()
    picture.paste((20, 20, 20), (230, 90), drawn("2", 300))
    assert sheet_in(picture) is None
    white = plain((255, 255, 255))
    white.paste((20, 20, 20), (230, 90), drawn("2", 300))
    assert likeness(normalise(picture).pixels, normalise(white).pixels) > 0.95


def test_a_finger_on_its_edge_leaves_a_sheet_a_sheet() -> None:
    picture = lying(card("6"), plain((50, 52, 60)))
    ImageDraw.Draw(picture).line((430, 480, 440, 350), fill=(205, 150, 125), width=50)
    done = normalise(picture)
    assert done.dark_ink
    assert done.sheet is not None
    assert likeness(done.pixels, normalise(card("6")).pixels) > 0.95


def test_a_sheet_that_the_picture_cuts_off_is_one_too() -> None:
    corner = lying(card(), wood()).crop((230, 0, 460 - 30, 340))
    sheet = sheet_in(corner)
    assert sheet is not None
    assert sheet.box == pytest.approx((0, 120, 200, 340), abs=8)


PLAIN = {
    "nothing but paper": card(),
    "a digit in the middle of everything": lying(Image.new("RGB", (1, 1)), card().resize(SIZE)),
    "an empty sheet": lying(card(""), wood()),
    "a thick 0": lying(Image.new("RGB", (1, 1)), plain((255, 255, 255))),
    "too small a picture": lying(card(), wood()).resize((60, 45)),
}
ImageDraw.Draw(PLAIN["a thick 0"]).ellipse((200, 80, 440, 400), outline=(0, 0, 0), width=80)


@pytest.mark.parametrize("name", PLAIN)
def test_where_there_is_no_written_sheet_none_is_found(name: str) -> None:
    assert sheet_in(PLAIN[name]) is None


@pytest.mark.parametrize("digit", sorted(STROKES))
@pytest.mark.parametrize("pen", [0.1, 0.2])
def test_between_the_strokes_of_a_digit_that_fills_its_picture_is_no_sheet(
    digit: str, pen: float
) -> None:
    mask = drawn(digit, 300, pen=pen)
    picture = Image.new("RGB", mask.size, (250, 250, 250))
    picture.paste((20, 20, 20), mask=mask)
    assert sheet_in(picture) is None


@pytest.mark.parametrize("digit", sorted(STROKES))
@pytest.mark.parametrize("pen", [0.28, 0.32])
def test_a_thick_stroke_with_holes_and_bays_is_no_sheet(digit: str, pen: float) -> None:
    for width, lean in ((0.7, 0.4), (1.0, 0.0), (1.3, 0.2), (1.3, -0.2), (1.3, -0.4)):
        mask = drawn(digit, 160, pen=pen)
        mask = mask.resize((round(width * mask.width), 160), Image.Resampling.BOX)
        ink = Image.new("L", (mask.width + 200, 300))
        ink.paste(mask, (100, 70))
        ink = ink.transform(ink.size, Image.Transform.AFFINE, (1, lean, -150 * lean, 0, 1, 0))
        picture = Image.new("RGB", ink.size, (250, 250, 250))
        picture.paste((20, 20, 20), mask=ink)
        assert sheet_in(picture) is None, (width, lean)


@pytest.mark.parametrize("half", [70, 90])
def test_a_thick_nought_around_a_slit_is_no_sheet(half: int) -> None:
    picture = Image.new("RGB", (320, 400), (255, 255, 255))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((160 - half, 80, 160 + half, 320), fill=(0, 0, 0))
    pen.line((130, 260, 190, 140), fill=(255, 255, 255), width=5)
    assert sheet_in(picture) is None


@pytest.mark.parametrize("bay", [40, 60])
def test_a_thick_6_around_an_odd_hole_is_no_sheet(bay: int) -> None:
    picture = Image.new("RGB", (320, 400), (255, 255, 255))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((80, 80, 240, 320), fill=(0, 0, 0))
    pen.polygon([(170, 170), (240, 170 - bay), (240, 170)], fill=(255, 255, 255))
    pen.line((140, 210, 140, 270, 190, 270), fill=(255, 255, 255), width=14)
    assert sheet_in(picture) is None


@pytest.mark.parametrize("corner", [5, 20])
@pytest.mark.parametrize("bay", [18, 25])
def test_a_5_made_of_blocks_is_no_sheet(corner: int, bay: int) -> None:
    picture = Image.new("RGB", (320, 400), (255, 255, 255))
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((80, 80, 240, 300), corner, fill=(0, 0, 0))
    pen.rectangle((130, 135, 240, 135 + bay), fill=(255, 255, 255))
    pen.rectangle((80, 185 + bay, 190, 185 + 2 * bay), fill=(255, 255, 255))
    assert sheet_in(picture) is None


def test_a_printed_box_is_no_sheet_for_the_paper_goes_on_behind_its_lines() -> None:
    page = plain((250, 250, 250))
    ImageDraw.Draw(page).rectangle(BOX, outline=(0, 0, 0), width=6)
    page.paste((30, 30, 60), (290, 185), drawn("4", 130))
    assert sheet_in(page) is None


def test_a_small_picture_on_a_page_is_no_sheet_if_the_digit_stands_beside_it() -> None:
    page = plain((255, 255, 255))
    page.paste(card("8", height=60, at=(110, 100)).resize((130, 130)), (20, 20))
    ImageDraw.Draw(page).rectangle((20, 20, 150, 150), outline=(200, 30, 30), width=8)
    page.paste((0, 0, 0), (400, 150), drawn("2", 220))
    assert sheet_in(page) is None


def test_a_shadow_across_a_digit_makes_no_sheet_of_the_light_half() -> None:
    page = plain((235, 235, 235))
    page.paste((30, 30, 30), (240, 120), drawn("2", 240))
    shades = np.asarray(page).copy()
    shades[:, :330] = (shades[:, :330] * 0.55).astype(np.uint8)
    assert sheet_in(Image.fromarray(shades)) is None


def test_a_number_on_a_sheet_is_read_and_one_that_goes_beyond_it_is_not_cut() -> None:
    note = Image.new("RGB", (300, 160), (250, 240, 150))
    for place, digit in enumerate("704"):
        note.paste((20, 20, 60), (40 + 80 * place, 40), drawn(digit, 80))
    desk = plain((70, 60, 50))
    desk.paste(note, (150, 150))
    assert sheet_in(desk, several=True) is not None
    found = normalise_several(desk, read=lambda batch: np.zeros((len(batch), 10)))
    assert [len(line) for line in found.lines] == [3]
    desk.paste((240, 240, 240), (500, 190), drawn("1", 80))  # beside the note
    assert sheet_in(desk, several=True) is None


def test_the_paper_goes_on_around_a_sheet_in_its_own_light() -> None:
    colour = np.arange(12, dtype=np.float32).reshape(3, 4, 1)
    inside = np.zeros((3, 4), dtype=bool)
    inside[1, 1:3] = True
    np.testing.assert_array_equal(spread(colour, inside)[..., 0], [[5, 5, 6, 6]] * 3)
    assert spread(colour, ~inside & inside) is colour


def test_a_hull_is_simplified_to_its_corners() -> None:
    mask = np.zeros((60, 80), dtype=bool)
    mask[10:50, 20:70] = True
    mask[10, 20] = mask[49, 69] = False
    outline = hull(mask)
    assert polygon_area(outline) == 40 * 50 - 1
    assert polygon_area(simplified(outline, POINTS)) == polygon_area(outline)
    y, x = np.mgrid[0:60, 0:80]
    disc = hull((x - 40) ** 2 + (y - 30) ** 2 < 25**2)
    assert polygon_area(simplified(disc, POINTS)) == pytest.approx(0.9 * np.pi * 25**2, rel=0.03)


def test_an_area_that_is_calm_nowhere_but_without_its_thin_lines_is_no_sheet() -> None:
    small = np.full((120, 160, 3), 0.5, dtype=np.float32)
    small[20:100, 20:80] = 0.9
    small[45:75, 48:52] = 0.1
    small[20:100, 100:150:2] = 0.1  # hatched, line by line
    still = calm(small)
    without_lines = still.copy()
    without_lines[22:98, 102:148] = True
    assert not still[22:98, 102:148].any()
    found = written_on(small, still, label(without_lines), several=False)
    assert found is not None
    assert found[60, 50]
    assert not found[60, 125]
