"""The screen, driven by Textual's pilot: strokes of the mouse and of the arrow keys, every key."""

from __future__ import annotations

import asyncio
import errno
import html
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from small_models import model_of
from textual.app import App
from textual.geometry import Size
from textual.pilot import Pilot

from nnfs_cli.cli.drawing import app as app_module
from nnfs_cli.cli.drawing.app import SMALLEST, DrawApp
from nnfs_cli.cli.drawing.canvas import STEP, Canvas
from nnfs_cli.cli.drawing.look import Look
from nnfs_cli.cli.drawing.naming import Naming
from nnfs_cli.cli.drawing.network_view import NetworkView
from nnfs_cli.cli.drawing.neurons import Neurons, layout
from nnfs_cli.cli.drawing.probabilities import Probabilities
from nnfs_cli.errors import ExitCode
from nnfs_cli.images import read_picture
from nnfs_cli.model import Model
from nnfs_cli.workflows import labelled
from nnfs_cli.workflows.labelled import LabelledFolder
from nnfs_cli.workflows.predict import predict_picture
from nnfs_cli.workflows.sketch import SIDE, THICKEST, THINNEST, USUAL

Scenario = Callable[[DrawApp, "Pilot[None]"], Awaitable[None]]
LINE = [(8, 4), (12, 6), (16, 8), (20, 10)]  # cells of the canvas, its frame included


def draw(
    scenario: Scenario,
    model: Model,
    *,
    look: Look = Look.COLOUR,
    size: tuple[int, int] = (80, 24),
    folder: str = "my-digits",
) -> DrawApp:
    """Run the screen without a terminal, and a scenario on it."""
    app = DrawApp(model, LabelledFolder(Path(folder)), look)

    async def run() -> None:
        async with app.run_test(size=size) as pilot:
            await scenario(app, pilot)

    asyncio.run(run())
    return app


async def drag(pilot: Pilot[None], cells: list[tuple[int, int]] = LINE, *, button: int = 1) -> None:
    """Press the mouse on the canvas, drag it over cells, and release it."""
    which = {} if button == 1 else {"button": button}  # which older Textuals do not know
    await pilot.mouse_down(Canvas, offset=cells[0], **which)
    for cell in cells[1:]:
        await pilot.hover(Canvas, offset=cell)
    await pilot.mouse_up(Canvas, offset=cells[-1])


def scribble(app: DrawApp, cells: list[tuple[int, int]] = LINE) -> None:
    """Draw the same line at once: the mouse of the pilot takes its time."""
    app.sketch.press(point(app, cells[0]))
    for cell in cells[1:]:
        app.sketch.drag(point(app, cell))
    app.sketch.lift()
    app.canvas.show()
    app.on_canvas_changed()


async def screen_text(pilot: Pilot[None]) -> str:
    """Return the characters on the screen, when all that was done has had its effect."""
    await pilot.pause()
    return text_of(pilot.app)


def text_of(app: App[Any]) -> str:
    svg = re.sub(r'<text class="[^"]*-title".*?</text>', "", app.export_screenshot())
    lines: dict[float, list[tuple[float, str]]] = {}
    for x, y, text in re.findall(r'<text [^>]*?x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)', svg):
        lines.setdefault(float(y), []).append((float(x), html.unescape(text)))
    return "\n".join(
        "".join(text for _, text in sorted(parts)).replace("\xa0", " ")
        for _, parts in sorted(lines.items())
    )


def point(app: DrawApp, cell: tuple[int, int]) -> tuple[float, float]:
    """Return the pixel in the middle of a cell of the canvas."""
    columns, rows = app.canvas.size
    return (cell[0] - 0.5) * SIDE / columns, (cell[1] - 0.5) * SIDE / rows


def at(app: DrawApp, cell: tuple[int, int]) -> float:
    """Return the ink there."""
    x, y = point(app, cell)
    return float(app.sketch.ink[int(y), int(x)])


def test_dragging_the_mouse_draws_where_it_goes(model: Model) -> None:
    async def scenario(app: DrawApp, pilot: Pilot[None]) -> None:
        await drag(pilot)
        assert [at(app, cell) for cell in LINE] == [1.0] * len(LINE)
        assert [at(app, cell) for cell in ((8, 10), (20, 4), (30, 15))] == [0.0] * 3
        before = app.sketch.ink.copy()
        await pilot.hover(Canvas, offset=(30, 15))  # the button is up: nothing more
        np.testing.assert_array_equal(app.sketch.ink, before)

    draw(scenario, model)


def test_a_stroke_may_leave_the_sheet_and_come_back(model: Model) -> None:
    async def scenario(app: DrawApp, pilot: Pilot[None]) -> None:
        await pilot.mouse_down(Canvas, offset=(30, 5))
        await pilot.hover(offset=(70, 12))
        await pilot.hover(Canvas, offset=(30, 15))
        await pilot.mouse_up(offset=(70, 12))
        assert not app.sketch.down
        assert app.sketch.ink[:, -1].any()

    draw(scenario, model)


def test_space_and_the_arrow_keys_draw_without_a_mouse(model: Model) -> None:
    async def scenario(app: DrawApp, pilot: Pilot[None]) -> None:
        await pilot.press("up", "up", "left")  # the pen is up
        assert app.sketch.blank
        assert "pen up" in await screen_text(pilot)
        await pilot.press("space", *["right"] * 3, "shift+down")
        assert "pen down" in await screen_text(pilot)
        await pilot.press("space", "right", "right")
        assert "pen up" in await screen_text(pilot)
        x, y = SIDE / 2 - STEP, SIDE / 2 - 2 * STEP
        corner = int(y), int(x) + 3 * STEP
        assert app.sketch.ink[int(y), int(x)] == 1
        assert app.sketch.ink[corner[0] + 3 * STEP, corner[1]] == 1
        assert app.sketch.ink[corner[0] + 3 * STEP, corner[1] + 2 * STEP] == 0

    draw(scenario, model)


def test_the_cursor_shows_whether_the_pen_is_down_and_hides_from_the_mouse(model: Model) -> None:
    async def scenario(app: DrawApp, pilot: Pilot[None]) -> None:
        canvas = app.query_one(Canvas)
        row = canvas.size.height // 2

        def shown() -> str:
            return "".join(canvas.render_line(y).text for y in range(canvas.size.height)).strip()

        assert canvas.render_line(row).text[canvas.size.width // 2] == "+"
        await pilot.press("space")
        assert "*" in shown()
        await pilot.press("e", "space")
        assert "o" in shown()
        await pilot.press("escape", "u", "u")
        assert shown() == "+"
        await drag(pilot, [(5, 5)])
        assert not set(shown()) & set("+*o")
        await pilot.press("left")
        assert "+" in shown()

    draw(scenario, model)


def test_the_right_button_and_e_erase(model: Model) -> None:
    async def scenario(app: DrawApp, pilot: Pilot[None]) -> None:
        scribble(app)
        await drag(pilot, LINE[:2], button=3)
        assert at(app, LINE[0]) == at(app, LINE[1]) == 0.0
        assert at(app, LINE[3]) == 1.0
        assert not app.sketch.erasing  # the right button is let go
        await pilot.press("e")
        assert "eraser" in await screen_text(pilot)
        await drag(pilot, LINE[3:])
        assert at(app, LINE[3]) == 0.0
        await pilot.press("e")
        assert "pen up" in await screen_text(pilot)

    draw(scenario, model)


def test_undo_and_clear(model: Model) -> None:
    async def scenario(app: DrawApp, pilot: Pilot[None]) -> None:
        scribble(app)
        ink = app.sketch.ink.copy()
        scribble(app, [(25, 5), (25, 15)])
        await pilot.press("u")
        np.testing.assert_array_equal(app.sketch.ink, ink)
        await pilot.press("c")
        assert app.sketch.blank
        await pilot.press("u")
        np.testing.assert_array_equal(app.sketch.ink, ink)
        await pilot.press("u", "u")
        assert app.sketch.blank
        assert "nothing to undo" in await screen_text(pilot)

    draw(scenario, model)


def test_keys_and_the_wheel_change_the_brush_within_its_limits(model: Model) -> None:
    async def scenario(app: DrawApp, pilot: Pilot[None]) -> None:
        await pilot.press("+", "=")
        assert app.sketch.radius == USUAL + 2
        await pilot.press("-")
        assert app.sketch.radius == USUAL + 1
        assert f"size {USUAL + 1}" in await screen_text(pilot)
        canvas = app.query_one(Canvas)
        for _ in range(20):
            canvas.on_mouse_scroll_up()
        assert app.sketch.radius == THICKEST
        for _ in range(20):
            canvas.on_mouse_scroll_down()
        assert app.sketch.radius == THINNEST

    draw(scenario, model)


def test_the_network_reads_along_while_the_button_is_still_down(model: Model) -> None:
    async def scenario(app: DrawApp, pilot: Pilot[None]) -> None:
        assert "draw" in await screen_text(pilot)
        await pilot.mouse_down(Canvas, offset=LINE[0])
        await pilot.hover(Canvas, offset=LINE[2])
        for _ in range(500):
            await pilot.pause(0.02)
            if app.reading.prediction:
                break
        shown = await screen_text(pilot)
        assert app.reading.prediction is not None
        assert f"reads {app.reading.prediction.label}" in shown
        await pilot.mouse_up(Canvas, offset=LINE[2])

    draw(scenario, model)


def test_every_class_has_its_bar_and_share_and_neurons_their_push(model: Model) -> None:
    async def scenario(app: DrawApp, pilot: Pilot[None]) -> None:
        scribble(app)
        await app.read()
        prediction = app.reading.prediction
        assert prediction is not None
        lines = app.query_one(Probabilities).render().plain.splitlines()
        assert lines[0] == f"reads {prediction.label}"
        for number, line in enumerate(lines[1:]):
            share = round(prediction.probabilities[number] * 100)
            assert re.fullmatch(rf"{number} [█▏▎▍▌▋▊▉ ]+ {share} %", line), line
        busy = app.reading.neurons[0]
        assert f"#{busy.number} {busy.push:+.1f}" in app.query_one(Neurons).render().plain
        view = app.query_one(NetworkView)
        seen = "".join(view.render_line(y).text for y in range(1, 15))
        assert len(seen) == 28 * 14
        assert "▀" in seen

    draw(scenario, model)


def test_a_digit_key_labels_and_saves_and_gives_a_new_sheet(model: Model) -> None:
    async def scenario(app: DrawApp, pilot: Pilot[None]) -> None:
        for _ in range(2):
            scribble(app)
            await pilot.press("7")
            assert app.sketch.blank
        scribble(app)
        await pilot.press("0")
        shown = await screen_text(pilot)
        assert "saved my-digits/0/0001.png" in shown
        assert "0:1  7:2  total 3" in shown

    app = draw(scenario, model)
    names = ["my-digits/7/0001.png", "my-digits/7/0002.png", "my-digits/0/0001.png"]
    assert app.saved == [Path(name) for name in names]
    assert all(path.is_file() for path in app.saved)


def test_what_is_saved_reads_as_what_was_drawn(model: Model) -> None:
    async def scenario(app: DrawApp, pilot: Pilot[None]) -> None:
        scribble(app)
        await app.read()
        prediction = app.reading.prediction
        assert prediction is not None
        await pilot.press("3")
        saved = predict_picture(model, app.saved[0], name="saved")
        np.testing.assert_array_equal(saved.pixels, prediction.pixels)
        assert saved.probabilities == prediction.probabilities
        assert read_picture(app.saved[0], name="saved").mode == "L"

    draw(scenario, model)


def test_undo_after_a_label_takes_the_file_back_and_brings_the_drawing(model: Model) -> None:
    async def scenario(app: DrawApp, pilot: Pilot[None]) -> None:
        scribble(app)
        ink = app.sketch.ink.copy()
        await pilot.press("7", "u")
        np.testing.assert_array_equal(app.sketch.ink, ink)
        assert "took back my-digits/7/0001.png" in await screen_text(pilot)
        assert app.folder.counts == {}

    app = draw(scenario, model)
    assert app.saved == []
    assert not Path("my-digits/7").exists()


def test_a_digit_on_a_blank_sheet_saves_nothing(model: Model) -> None:
    async def scenario(app: DrawApp, pilot: Pilot[None]) -> None:
        for key in ("7", "s", "l"):
            await pilot.press(key)
            assert "there is nothing on the sheet yet" in await screen_text(pilot)

    draw(scenario, model)
    assert not list(Path().iterdir())


def test_s_saves_a_picture_and_never_over_another(model: Model) -> None:
    Path("drawing-0001.png").write_bytes(b"somebody's")

    async def scenario(app: DrawApp, pilot: Pilot[None]) -> None:
        scribble(app)
        await pilot.press("s", "s")
        assert not app.sketch.blank
        assert "saved drawing-0003.png" in await screen_text(pilot)

    app = draw(scenario, model)
    assert Path("drawing-0001.png").read_bytes() == b"somebody's"
    with Image.open("drawing-0003.png") as picture:
        assert picture.size == (SIDE + 16, SIDE + 16)
    assert app.saved == [Path("drawing-0002.png"), Path("drawing-0003.png")]


def test_a_save_that_fails_says_so_and_keeps_the_drawing(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    async def scenario(app: DrawApp, pilot: Pilot[None]) -> None:
        scribble(app)
        ink = app.sketch.ink.copy()
        with monkeypatch.context() as patch:
            patch.setattr(labelled, "atomic_write", full)
            for key in ("7", "s"):
                await pilot.press(key)
                assert "No space left on device" in await screen_text(pilot)
        np.testing.assert_array_equal(app.sketch.ink, ink)
        await pilot.press("7")
        assert app.folder.counts == {"7": 1}

    draw(scenario, model)


def test_l_asks_for_a_class_of_the_model(model: Model) -> None:
    letters = model_of(4, classes=("alpha", "beta"))

    async def scenario(app: DrawApp, pilot: Pilot[None]) -> None:
        scribble(app)
        await pilot.press("7")
        assert "the model has no class 7" in await screen_text(pilot)
        await pilot.press("l")
        assert isinstance(app.screen, Naming)
        assert "known: alpha, beta" in await screen_text(pilot)
        await pilot.press(*"beta", "enter")
        assert app.folder.counts == {"beta": 1}

    draw(scenario, letters, folder="letters")
    assert Path("letters/beta/0001.png").is_file()


def test_a_new_class_is_asked_for_twice_and_a_bad_one_refused(model: Model) -> None:
    async def scenario(app: DrawApp, pilot: Pilot[None]) -> None:
        scribble(app)
        await pilot.press("l", *"77q", "enter")  # keys that mean something outside of the question
        assert "77q is no class yet" in await screen_text(pilot)
        await pilot.press("/", "enter")
        assert "no folder can be named 77q/" in await screen_text(pilot)
        await pilot.press("escape")
        assert not isinstance(app.screen, Naming)
        assert app.folder.counts == {}
        assert not app.sketch.blank
        await pilot.press("l", *"x1", "enter", "enter")
        assert app.folder.counts == {"x1": 1}
        scribble(app)
        await pilot.press("l", *"x1", "enter")  # by now it is known
        assert app.folder.counts == {"x1": 2}

    draw(scenario, model)


def test_a_terminal_that_is_too_small_says_so_and_recovers(model: Model) -> None:
    async def scenario(app: DrawApp, pilot: Pilot[None]) -> None:
        said = " ".join((await screen_text(pilot)).split())
        assert said.startswith("This terminal has 40x10 characters, and nnfs draw needs 64x18.")
        await pilot.resize_terminal(100, 30)
        await pilot.pause()
        assert "This terminal" not in await screen_text(pilot)
        await pilot.press("space", "right", "right")
        assert not app.sketch.blank
        ink = app.sketch.ink.copy()
        await pilot.resize_terminal(*SMALLEST)
        await pilot.pause()
        np.testing.assert_array_equal(app.sketch.ink, ink)
        canvas = app.query_one(Canvas)
        assert canvas.size.width == 2 * canvas.size.height
        assert "*" in "".join(canvas.render_line(y).text for y in range(canvas.size.height))

    draw(scenario, model, size=(40, 10))


@pytest.mark.parametrize("size", [tuple(SMALLEST), (80, 24), (200, 24), (64, 60), (150, 50)])
def test_all_fits_on_a_terminal_of_any_shape(size: tuple[int, int], model: Model) -> None:
    async def scenario(app: DrawApp, pilot: Pilot[None]) -> None:
        scribble(app)
        await app.read()
        await pilot.pause()
        screen = app.screen.region
        for widget in app.screen.query("Canvas, NetworkView, Probabilities, #status, #keys"):
            assert widget.region in screen
            assert widget.region.area == widget.outer_size.width * widget.outer_size.height > 0
        canvas = app.query_one(Canvas)
        assert canvas.size.width == 2 * canvas.size.height
        assert "q quit" in await screen_text(pilot)
        assert max(map(len, (await screen_text(pilot)).splitlines())) <= size[0]

    draw(scenario, model, size=size)


def test_an_ascii_terminal_gets_ascii_and_a_plain_one_blocks(model: Model) -> None:
    async def scenario(app: DrawApp, pilot: Pilot[None]) -> None:
        scribble(app)
        await app.read()
        await pilot.press("7", "u", "l")
        shown.append(await screen_text(pilot))
        await pilot.press("escape")

    shown: list[str] = []
    for look in (Look.ASCII, Look.BLOCKS):
        draw(scenario, model_of(16, classes=(*"0123456", "7", "ü\u202e", "[red]")), look=look)
    assert shown[0].isascii()
    assert "@" in shown[0]
    assert "█" in shown[1]


def test_without_colours_the_ground_is_not_painted(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def scenario(app: DrawApp, pilot: Pilot[None]) -> None:
        scribble(app)
        await app.read()
        await pilot.pause()
        colours = {
            colour.name
            for strip in app.screen._compositor.render_strips()
            for segment in strip
            if segment.style is not None
            for colour in (segment.style.color, segment.style.bgcolor)
            if colour is not None
        }
        assert colours <= {"default"}

    draw(scenario, model, look=Look.BLOCKS)


def test_names_of_classes_and_folders_are_only_shown(model: Model) -> None:
    nasty = "x\x1b[31m[red][bold]\n\u202e"
    strange = model_of(4, classes=(nasty, "y" * 300, "[/]"))

    async def scenario(app: DrawApp, pilot: Pilot[None]) -> None:
        scribble(app)
        await app.read()
        await pilot.press("l", *"[/]", "enter")
        await pilot.pause()
        assert "no folder can be named [/]" in await screen_text(pilot)
        await pilot.press("escape")
        await pilot.pause()
        shown = await screen_text(pilot)
        assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", shown)
        assert "\\x1b[31m[red]" in shown

    draw(scenario, strange, folder=nasty.replace("\n", ""))


def test_many_classes_show_the_likeliest_first(model: Model) -> None:
    many = model_of(8, classes=tuple(f"class {number}" for number in range(40)))

    async def scenario(app: DrawApp, pilot: Pilot[None]) -> None:
        scribble(app)
        await app.read()
        prediction = app.reading.prediction
        assert prediction is not None
        lines = app.query_one(Probabilities).render().plain.splitlines()
        assert len(lines) == app.query_one(Probabilities).size.height
        bars = app.query_one(Probabilities)
        assert bars.chosen(prediction) == prediction.best[: len(lines) - 1]

    draw(scenario, many)


def test_a_network_without_hidden_neurons_says_so(model: Model) -> None:
    async def scenario(app: DrawApp, pilot: Pilot[None]) -> None:
        scribble(app)
        await app.read()
        await pilot.pause()
        assert "no hidden neurons here" in await screen_text(pilot)

    draw(scenario, model_of())


@pytest.mark.parametrize(("key", "code"), [("q", ExitCode.OK), ("ctrl+c", ExitCode.INTERRUPTED)])
def test_the_two_ways_out(key: str, code: ExitCode, model: Model) -> None:
    async def scenario(app: DrawApp, pilot: Pilot[None]) -> None:
        await pilot.press("space", "right", key)

    assert (draw(scenario, model).return_code or ExitCode.OK) == code


def test_a_bug_ends_the_screen_and_is_told_by_the_command_alone(
    model: Model, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*arguments: Any) -> None:
        raise ZeroDivisionError("for the test")

    monkeypatch.setattr(app_module, "read_paper", broken)
    app = DrawApp(model, LabelledFolder(Path("my-digits")), Look.COLOUR)

    async def run() -> None:
        async with app.run_test() as pilot:
            await pilot.press("space", "right")
            for _ in range(500):
                if app.bug is not None:
                    break
                await asyncio.sleep(0.02)

    with pytest.raises(ZeroDivisionError, match="for the test"):
        asyncio.run(run())
    assert isinstance(app.bug, ZeroDivisionError)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("room", "expected"),
    [
        (Size(41, 6), (10, 3, 1)),
        (Size(48, 21), (14, 3, 2)),
        (Size(200, 40), (28, 6, 2)),
        (Size(41, 3), (10, 3, 0)),
        (Size(5, 3), (10, 0, 0)),
    ],
)
def test_neurons_are_as_large_as_three_of_them_fit(
    room: Size, expected: tuple[int, int, int]
) -> None:
    assert layout(room) == expected
