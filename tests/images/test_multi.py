"""Several digits in one picture: which ink is whose, in which order, and in what form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sheets
from lines_of_digits import HEIGHT, Pixels, alone, found, indifferent, like, on_white, page
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from nnfs_cli.datasets import load
from nnfs_cli.engine import (
    Adam,
    Constant,
    Examples,
    Minibatches,
    Network,
    Stream,
    fit,
    generator,
    he,
    multilayer_perceptron,
)
from nnfs_cli.errors import ImageError
from nnfs_cli.images.cuts import find_cuts
from nnfs_cli.images.ink import Ink, find_ink
from nnfs_cli.images.rows import in_rows
from nnfs_cli.images.segments import MOST, Segment
from nnfs_cli.images.several import fitted, normalise_several
from nnfs_cli.workflows.models import BUILTIN, find_model

UNEQUAL = [(30, 95), (95, 190), (190, 260), (260, 380), (380, 490)]  # boxes: from left to right


def test_each_digit_of_a_line_looks_as_it_does_alone() -> None:
    result = found(on_white(page("9021", "7385")))
    assert [len(line) for line in result.lines] == [4, 4]
    for piece, digit in zip(result.pieces, "90217385", strict=True):
        assert like(piece.pixels, alone(digit)) > 0.97, digit


@pytest.mark.parametrize("pen", [0.05, 0.11])
@pytest.mark.parametrize("digit", "0123456789")
def test_one_digit_is_a_line_of_one_whose_strokes_are_no_ruled_lines(
    digit: str, pen: float
) -> None:
    result = found(on_white(page(digit, pen=pen, margin=0.4)))
    assert [len(line) for line in result.lines] == [1]
    assert not result.ruling
    assert like(result.pieces[0].pixels, alone(digit, pen=pen)) > 0.97


def test_a_line_under_a_number_is_taken_out() -> None:
    image = on_white(page("714"))
    pen = ImageDraw.Draw(image)
    pen.line([40, 134, image.width - 40, 134], fill=30, width=4)
    result = found(image)
    assert result.ruling == "a ruled line"
    for piece, digit in zip(result.pieces, "714", strict=True):
        assert like(piece.pixels, alone(digit)) > 0.97, digit


@pytest.mark.parametrize("lean", [-12.0, -6.0, 6.0, 12.0])
def test_leaning_lines_are_read_line_by_line(lean: float) -> None:
    result = found(on_white(page("123456", "777777", "000000", gap=0.5, lean=lean)))
    assert [len(line) for line in result.lines] == [6, 6, 6]
    for line in result.lines:
        lefts = [piece.box[0] for piece in line]
        assert lefts == sorted(lefts)
    sevens = [piece.pixels for piece in result.lines[1]]
    assert min(like(sevens[0], other) for other in sevens) > 0.7
    assert like(sevens[0], result.lines[2][0].pixels) < 0.6


def test_boxes_are_in_pixels_of_the_picture_however_large_it_is() -> None:
    mask = page("805", height=300, gap=1.0)
    canvas = Image.new("L", (2400, 1600))
    canvas.paste(mask, (900, 700))
    boxes = [piece.box for piece in found(on_white(canvas)).pieces]
    parts = [np.flatnonzero(np.asarray(canvas).max(axis=0) > 128)]
    columns = parts[0]
    steps = np.flatnonzero(np.diff(columns) > 1)
    lefts = [columns[0], *columns[steps + 1]]
    rights = [*columns[steps], columns[-1]]
    for (left, top, right, bottom), x, y in zip(boxes, lefts, rights, strict=True):
        assert abs(left - x) <= 6
        assert abs(right - 1 - y) <= 6
        assert 285 <= bottom - top <= 315


def test_small_digits_on_a_large_page_are_looked_at_from_closer_by() -> None:
    mask = page("2468", height=60, gap=0.8)
    canvas = Image.new("L", (3000, 2200))
    canvas.paste(mask, (1500, 1800))
    result = found(on_white(canvas))
    assert len(result.pieces) == 4
    for piece, digit in zip(result.pieces, "2468", strict=True):
        assert like(piece.pixels, alone(digit)) > 0.9, digit


def test_an_open_flat_nought_is_whole_though_its_halves_would_do() -> None:
    def sure_of_anything(pictures: Pixels) -> NDArray[np.floating]:
        return np.repeat([[1.0] + [0.0] * 9], len(pictures), axis=0)

    image = on_white(page("4714"))
    wide = Image.new("L", (image.width + 100, image.height), 255)
    wide.paste(image)
    edges = [image.width, 90, image.width + 50, 130]
    ImageDraw.Draw(wide).arc(edges, -72, 250, fill=30, width=6)
    result = normalise_several(wide, read=sure_of_anything, name="x.png")
    assert [len(line) for line in result.lines] == [5]


def test_what_is_far_too_wide_is_not_one_digit_however_sure_the_reader() -> None:
    def doubtful_of_parts(pictures: Pixels) -> NDArray[np.floating]:
        wide = (pictures > 60).any(axis=2).sum(axis=1) < 13  # low in its frame: wide
        return np.stack([np.where(wide, 1.0, 0.75), np.where(wide, 0.0, 0.25)], axis=1)

    digits = [sheets.drawn(c, HEIGHT) for c in "222"]
    line = sheets.in_line(digits, gap=-3, wobble=[0, 0, 0])
    image = on_white(sheets.stacked([line], leading=0, margin=HEIGHT))
    assert len(normalise_several(image, read=indifferent, name="x.png").pieces) == 1
    assert len(normalise_several(image, read=doubtful_of_parts, name="x.png").pieces) > 1


def test_the_loose_hat_of_a_five_belongs_to_it() -> None:
    digit = np.asarray(sheets.drawn("5", 100))
    loose = np.zeros((112, digit.shape[1] + 200), np.uint8)
    loose[:14, 108 : 100 + digit.shape[1]] = digit[:14, 8:]
    loose[26:, 100 : 100 + digit.shape[1]] = digit[14:]
    mask = np.pad(loose, 60)
    result = found(on_white(Image.fromarray(mask)))
    assert len(result.pieces) == 1
    top, bottom = result.pieces[0].box[1], result.pieces[0].box[3]
    assert bottom - top >= 110


def test_strokes_that_are_broken_are_one_digit() -> None:
    mask = np.asarray(page("838")).copy()
    middle = slice(mask.shape[1] * 2 // 5, mask.shape[1] * 3 // 5)
    mask[HEIGHT + 30 : HEIGHT + 34, middle] = 0
    mask[HEIGHT + 12 : HEIGHT + 14, middle] = 0
    assert [len(line) for line in found(on_white(Image.fromarray(mask))).lines] == [3]


def test_specks_and_full_stops_are_not_digits() -> None:
    image = on_white(page("314"))
    pen = ImageDraw.Draw(image)
    for x, y in ((20, 20), (150, 30), (105, 118), (200, 150)):
        pen.ellipse([x, y, x + 3, y + 3], fill=0)
    assert [len(line) for line in found(image).lines] == [3]


def test_a_neighbour_that_reaches_into_the_box_does_not_come_along() -> None:
    masks = [sheets.drawn(c, 80) for c in "71"]
    line = sheets.in_line(masks, gap=-8, wobble=[0, 24])
    result = found(on_white(sheets.stacked([line], leading=0, margin=60)))
    seven, one = result.pieces
    assert seven.box[2] > one.box[0]
    assert like(seven.pixels, alone("7", height=80)) > 0.97
    assert like(one.pixels, alone("1", height=80)) > 0.97


@pytest.mark.parametrize("paper", sheets.PAPERS)
def test_digits_are_found_on_many_papers(paper: str) -> None:
    mask = page("26095", "41738", gap=0.6)
    rng = np.random.default_rng(1)
    result = found(sheets.written(mask, sheets.PAPERS[paper](rng, mask.size, HEIGHT)))
    assert [len(line) for line in result.lines] == [5, 5]
    assert bool(result.ruling) == (paper in ("squared", "ruled"))


@pytest.mark.parametrize("cell", [84, 110])
def test_the_cells_of_a_form_are_not_digits(cell: int) -> None:
    result = found(sheets.form([sheets.drawn(c, HEIGHT) for c in "90210"], cell=cell))
    assert [len(line) for line in result.lines] == [5]
    for piece, digit in zip(result.pieces, "90210", strict=True):
        assert like(piece.pixels, alone(digit)) > 0.9, digit


@pytest.mark.parametrize("pen", [0.05, 0.11])
@pytest.mark.parametrize("text", ["90210", "11111", "14141", "78263"])
def test_the_stem_of_a_one_is_no_side_of_its_box(text: str, pen: float) -> None:
    result = found(sheets.form([sheets.drawn(c, HEIGHT, pen=pen) for c in text], cell=72))
    assert [len(line) for line in result.lines] == [5]
    for piece, digit in zip(result.pieces, text, strict=True):
        assert like(piece.pixels, alone(digit, pen=pen)) > 0.97, digit


@pytest.mark.parametrize("pen", [0.05, 0.11])
@pytest.mark.parametrize("text", ["90210", "11111", "14141", "78263"])
def test_the_sides_of_boxes_that_their_digits_fill_are_no_ones(text: str, pen: float) -> None:
    for cell in (62, 66):  # of digits that are 60 high
        form = sheets.form([sheets.drawn(c, HEIGHT, pen=pen) for c in text], cell=cell)
        assert [len(line) for line in found(form).lines] == [5]


def test_a_line_as_thick_as_a_pen_is_no_side_of_boxes_of_any_width() -> None:
    image = Image.new("L", (520, 150), 255)
    canvas = ImageDraw.Draw(image)
    for digit, (left, right) in zip("12310", UNEQUAL, strict=True):
        canvas.rectangle([left, 40, right, 112], outline=40, width=2)
        image.paste(30, (left + 18, 46), sheets.drawn(digit, HEIGHT))
    result = found(image)
    assert [len(line) for line in result.lines] == [5]
    for piece, digit in zip(result.pieces, "12310", strict=True):
        assert like(piece.pixels, alone(digit)) > 0.95, digit


def test_small_boxes_on_a_large_page_are_found_too() -> None:
    form = sheets.form([sheets.drawn(c, 50) for c in "571"], cell=80)
    image = Image.new("L", (900, 900), 255)
    image.paste(form, (40, 60))
    image.paste(form, (480, 620))
    result = found(image)
    assert [len(line) for line in result.lines] == [3, 3]


def test_ink_that_would_fill_the_picture_is_the_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    def mistaken(image: Image.Image, *, name: str, **known: Any) -> Ink:
        ink = find_ink(image, name=name, **known)
        return ink if known else replace(ink, soft=1 - ink.soft, dark=False)

    monkeypatch.setattr("nnfs_cli.images.several.find_ink", mistaken)
    result = found(on_white(page("123")))
    assert result.dark_ink
    assert [len(line) for line in result.lines] == [3]


def test_a_blank_picture_is_refused_as_for_one_digit() -> None:
    with pytest.raises(ImageError, match=r"no digit found in x\.png: the picture looks blank"):
        found(Image.new("L", (300, 200), 255))


def test_a_picture_that_falls_into_too_many_pieces_is_refused() -> None:
    dots = np.zeros((600, 600), np.uint8)
    dots[5:-5:10, 5:-5:10] = 255
    dots |= np.roll(dots, 1, axis=1) | np.roll(dots, 1, axis=0)
    with pytest.raises(ImageError, match=f"3,481 pieces, the limit is {MOST:,}") as caught:
        found(on_white(Image.fromarray(dots)))
    assert caught.value.hint


def test_what_was_done_is_told() -> None:
    mask = page("12", "34")
    told = found(on_white(mask)).describe()
    size = f"{mask.width}x{mask.height}"
    assert told == f"{size}, dark ink on light paper; 4 digits in 2 lines"
    assert found(on_white(page("1"))).describe().endswith("; 1 digit in 1 line")


def test_rows_of_segments_are_in_reading_order() -> None:
    def at(x: int, y: int) -> Segment:
        return Segment(np.ones((20, 10), dtype=bool), x, y)

    # two lines that go down by a third of their height at each digit
    first, second = ([at(40 * i, 7 * i + y) for i in range(6)] for y in (0, 50))
    mixed = [*second[::2], *first[::-1], *second[1::2]]
    assert in_rows(mixed) == [first, second]
    assert in_rows([]) == []


def test_a_cut_follows_the_gap_between_leaning_strokes() -> None:
    ink = np.zeros((40, 60), np.float32)
    for row in range(40):
        ink[row, 10 + row // 2 : 14 + row // 2] = 1
        ink[row, 26 + row // 2 : 30 + row // 2] = 1
    ink[39, 10:60] = 1  # they hang together at the foot
    cut = min(find_cuts(ink), key=lambda cut: abs(cut.columns[20] - 30))
    # just one pixel of ink is crossed, and the path keeps between the strokes all the way
    assert 1 / 4 <= cut.cost <= 1 / 1.8  # of a pen that is 2 to 4 pixels thick
    assert all(14 + row // 2 <= cut.columns[row] <= 26 + row // 2 for row in range(39))


def test_a_picture_is_made_small_enough_to_be_shown() -> None:
    ink = np.zeros((100, 400), np.uint8)
    ink[:, 200:204] = 255
    small = fitted(ink, 100, 80)
    assert small.shape == (25, 100)
    assert small[:, 50].min() == 255
    assert not small[:, :49].any()


@dataclass(frozen=True)
class Skilled:
    """A network that reads well enough, and the test digits that it is sure of."""

    network: Network
    examples: Examples
    sure: NDArray[np.intp]

    def read(self, pictures: Pixels) -> NDArray[np.floating]:
        x = pictures.reshape(len(pictures), -1).astype(np.float32) / 255
        return self.network.predict_proba(x)

    def text(self, image: Image.Image) -> str:
        lines = normalise_several(image, read=self.read, name="x.png").lines
        best = [[self.read(p.pixels[None]).argmax() for p in line] for line in lines]
        return "\n".join("".join(map(str, line)) for line in best)

    def digits(
        self, rng: np.random.Generator, count: int, *, height: int
    ) -> tuple[str, list[Image.Image]]:
        """Return test digits, and what they are."""
        rows = rng.choice(self.sure, count)
        pixels = np.asarray(self.examples.x).reshape(-1, 28, 28)
        masks = [sheets.redrawn(pixels[i], round(height * rng.uniform(0.9, 1.1))) for i in rows]
        return "".join(str(self.examples.labels[i]) for i in rows), masks

    def line(
        self, rng: np.random.Generator, *, gap: float, count: int = 5, height: int = HEIGHT
    ) -> tuple[str, Image.Image]:
        """Return a line of test digits, and what they are."""
        text, masks = self.digits(rng, count, height=height)
        wobble = rng.uniform(-0.08, 0.08, count) * height
        return text, sheets.in_line(masks, gap=gap * height, wobble=wobble)


@pytest.fixture(scope="module")
def skilled() -> Skilled:
    """A network that was trained for a second or two."""
    data = load(None, splits=("train", "test"))
    train, test = data.split("train"), data.split("test")
    network = multilayer_perceptron(784, (128,), 10, activation="relu")
    network.initialize(generator(0, Stream.WEIGHTS), spread=he)
    few = Examples(np.asarray(train.x)[:15000], np.asarray(train.labels)[:15000])
    batches = Minibatches(few, batch_size=128, seed=0)
    for _ in fit(network, batches, epochs=3, optimizer=Adam(), schedule=Constant(0.002)):
        pass
    probs = network.predict_proba(np.asarray(test.x).astype(np.float32) / 255)
    right = probs.argmax(axis=1) == test.labels
    return Skilled(network, test, np.flatnonzero(right & (probs.max(axis=1) > 0.99)))


def fluent(test: Examples) -> Skilled:
    """The network that comes with nnfs, and all test digits."""
    return Skilled(find_model(Path(BUILTIN))[1].network, test, np.arange(len(test)))


def share_read(
    skilled: Skilled, lines: int, *, gap: float | None, seed: int, paper: str = "white"
) -> float:
    """Return the share of generated lines of five digits that are read without an error."""
    right = 0
    for number in range(lines):
        rng = np.random.default_rng([seed, number])
        height = int(rng.integers(36, 100))
        space = float(rng.uniform(0.08, 0.8)) if gap is None else gap
        text, line = skilled.line(rng, gap=space, height=height)
        lean = float(rng.uniform(-6, 6)) if gap is None else 0.0
        mask = sheets.stacked([line], leading=0, margin=round(0.7 * height), lean=lean)
        image = sheets.written(mask, sheets.PAPERS[paper](rng, mask.size, height))
        right += skilled.text(image) == text
    return right / lines


def test_lines_of_test_digits_are_read(skilled: Skilled) -> None:
    assert share_read(skilled, 12, gap=0.4, seed=1) >= 10 / 12


def test_digits_that_touch_are_parted(skilled: Skilled) -> None:
    assert share_read(skilled, 12, gap=-0.02, seed=2) >= 0.5


def test_digits_of_two_lines_that_touch_are_parted(skilled: Skilled) -> None:
    seven = next(i for i in skilled.sure if skilled.examples.labels[i] == 7)
    two = next(i for i in skilled.sure if skilled.examples.labels[i] == 2)
    pixels = np.asarray(skilled.examples.x).reshape(-1, 28, 28)
    upper, lower = (sheets.redrawn(pixels[i], HEIGHT) for i in (seven, two))
    apart = sheets.stacked([sheets.in_line([upper] * 3, gap=30, wobble=[0] * 3)] * 2,
                           leading=30, margin=40)  # fmt: skip
    mask = np.pad(np.asarray(apart), ((0, 0), (0, 160)))
    x = mask.shape[1] - 150
    mask[40 : 40 + upper.height, x : x + upper.width] = np.asarray(upper)
    below = slice(38 + upper.height, 38 + upper.height + lower.height)
    part = mask[below, x : x + lower.width]
    np.maximum(part, np.asarray(lower), out=part)
    assert skilled.text(on_white(Image.fromarray(mask))) == "7777\n7772"


# paper, gap in heights (None: 0.08 to 0.8, and the line leans), and the least share of lines that
# must be read right: of digits that the small network is sure of, and of all, by the network that
# comes with nnfs
DEEP: Sequence[tuple[str, float | None, float, float]] = (
    ("white", None, 0.97, 0.90),
    ("white", 0.03, 0.93, 0.88),
    ("white", -0.03, 0.66, 0.60),
    ("grained", None, 0.95, 0.90),
    ("squared", None, 0.95, 0.90),
    ("ruled", None, 0.94, 0.90),
)


@pytest.mark.deep
@pytest.mark.parametrize(("paper", "gap", "least", "least_of_all"), DEEP)
def test_two_hundred_lines_of_five_digits(
    paper: str, gap: float | None, least: float, least_of_all: float, skilled: Skilled
) -> None:
    share = share_read(skilled, 200, gap=gap, seed=3, paper=paper)
    of_all = share_read(fluent(skilled.examples), 200, gap=gap, seed=3, paper=paper)
    print(f"{paper}, gap {gap}: {share:.3f}; by the network that comes along {of_all:.3f}")
    assert share >= least
    assert of_all >= least_of_all


@pytest.mark.deep
def test_a_hundred_forms_with_a_box_for_each_digit(skilled: Skilled) -> None:
    reader = fluent(skilled.examples)
    right = 0
    for number in range(100):
        rng = np.random.default_rng([4, number])
        height = int(rng.integers(36, 100))
        text, masks = reader.digits(rng, 5, height=height)
        cell = round(height * rng.uniform(1.35, 1.8))
        right += reader.text(sheets.form(masks, cell=cell)) == text
    print(f"forms: {right} of 100")
    assert right >= 90


@pytest.mark.deep
@pytest.mark.parametrize(
    ("paper", "lean"), [("white", 0.0), ("white", 6.0), ("squared", 0.0), ("ruled", 0.0)]
)
def test_sheets_of_four_lines(paper: str, lean: float, skilled: Skilled) -> None:
    reader = fluent(skilled.examples)
    right = lines = 0
    for number in range(50):
        rng = np.random.default_rng([5, number])
        height = int(rng.integers(36, 100))
        made = [reader.line(rng, gap=rng.uniform(0.1, 0.8), height=height) for _ in range(4)]
        mask = sheets.stacked(
            [line for _, line in made], leading=round(0.6 * height), margin=height,
            lean=lean * float(rng.choice([-1.0, 1.0])),
        )  # fmt: skip
        image = sheets.written(mask, sheets.PAPERS[paper](rng, mask.size, height))
        read = reader.text(image).split("\n")
        right += sum(text in read for text, _ in made)
        lines += 4
    print(f"sheets, {paper}, leaning {lean}: {right / lines:.3f} of the lines")
    assert right >= 0.88 * lines
