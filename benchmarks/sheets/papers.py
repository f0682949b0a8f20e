"""Papers: yellow, ruled and squared ones, under lamps and in shadows, photographed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from benchmarks.sheets.making import (
    Picture,
    Random,
    as_file,
    grained,
    ink_on,
    inked,
    lit,
    places,
    plain,
    sheet,
)


@sheet("paper")
def yellow_paper(rng: Random, mask: Picture) -> Any:
    return grained(rng, inked(ink_on(rng, mask), plain((240, 220, 90)), (30, 30, 120)))


@sheet("paper")
def chalkboard(rng: Random, mask: Picture) -> Any:
    full = np.asarray(ink_on(rng, mask)).astype(np.float32)
    full *= rng.uniform(0.55, 1.0, full.shape)
    board = grained(rng, plain((40, 75, 60)), 6)
    return inked(Image.fromarray(full.astype("u1")), board, (225, 230, 225))


@sheet("paper")
def equal_luminance(rng: Random, mask: Picture) -> Any:
    return inked(ink_on(rng, mask), plain((220, 60, 60)), (30, 130, 170))


@sheet("paper")
def gradient_light(rng: Random, mask: Picture) -> Any:
    y, x = places((400, 400))
    a = rng.uniform(0, 2 * np.pi)
    light = 0.65 + 0.5 * ((x - 0.5) * np.cos(a) + (y - 0.5) * np.sin(a))
    return grained(rng, lit(inked(ink_on(rng, mask), plain((230, 228, 220))), light), 3)


def shadow(rng: Random, size: tuple[int, int]) -> NDArray[np.float32]:
    y, x = places(size)
    a = rng.uniform(0, 2 * np.pi)
    d = (x - 0.5) * np.cos(a) + (y - 0.5) * np.sin(a) - rng.uniform(-0.25, 0.25)
    soft = rng.uniform(0.005, 0.05)
    return np.asarray(1 - rng.uniform(0.3, 0.55) / (1 + np.exp(-d / soft)), dtype=np.float32)


@sheet("paper")
def shadow_edge(rng: Random, mask: Picture) -> Any:
    picture = inked(ink_on(rng, mask, size=rng.uniform(0.3, 0.6)), plain((230, 228, 220)))
    return grained(rng, lit(picture, shadow(rng, (400, 400))), 3)


@sheet("paper")
def vignette(rng: Random, mask: Picture) -> Any:
    y, x = places((400, 400))
    light = np.asarray(1 - 1.1 * ((x - 0.5) ** 2 + (y - 0.5) ** 2), dtype=np.float32)
    return grained(rng, lit(inked(ink_on(rng, mask), plain((225, 225, 225))), light), 3)


def squared(
    rng: Random, size: tuple[int, int], colour: Any, step: float, width: int = 1
) -> Picture:
    paper = Image.new("RGB", size, (245, 245, 242))
    pen = ImageDraw.Draw(paper)
    lean = rng.uniform(-0.03, 0.03)
    for k in range(-3, int(max(size) / step) + 4):
        p = k * step + rng.uniform(-0.5, 0.5)
        pen.line([(p, 0), (p - lean * size[1], size[1])], fill=colour, width=width)
        pen.line([(0, p), (size[0], p + lean * size[0])], fill=colour, width=width)
    return paper


@sheet("paper")
def squared_paper(rng: Random, mask: Picture) -> Any:
    step = rng.uniform(28, 90)
    paper = squared(rng, (480, 480), (170, 190, 215), step, int(rng.integers(1, 3)))
    return grained(
        rng, inked(ink_on(rng, mask, canvas=(480, 480), size=rng.uniform(0.25, 0.6)), paper)
    )


@sheet("paper")
def pencil_on_squares(rng: Random, mask: Picture) -> Any:
    paper = squared(rng, (480, 480), (170, 190, 215), rng.uniform(40, 90), 2)
    full = np.asarray(ink_on(rng, mask, canvas=(480, 480), size=0.5)).astype(np.float32)
    full *= rng.uniform(0.6, 1.0, full.shape)
    return grained(rng, inked(Image.fromarray(full.astype("u1")), paper, (110, 110, 115)), 3)


@sheet("paper")
def ruled_paper(rng: Random, mask: Picture) -> Any:
    paper = Image.new("RGB", (500, 400), (248, 247, 240))
    pen = ImageDraw.Draw(paper)
    lean, step = rng.uniform(-8, 8), rng.uniform(60, 130)
    for k in range(-1, 8):
        y = rng.uniform(0, 4) + k * step
        pen.line([(0, y), (500, y + lean)], fill=(130, 160, 210), width=2)
    return grained(rng, inked(ink_on(rng, mask, canvas=(500, 400)), paper, (20, 20, 90)))


@sheet("paper")
def dark_ruled(rng: Random, mask: Picture) -> Any:
    paper = Image.new("RGB", (500, 400), (248, 247, 240))
    pen = ImageDraw.Draw(paper)
    y = rng.uniform(270, 340)
    pen.line([(0, y), (500, y + rng.uniform(-6, 6))], fill=(40, 40, 60), width=2)
    return grained(rng, inked(ink_on(rng, mask, canvas=(500, 400), size=0.55), paper, (20, 20, 50)))


@sheet("paper")
def margin_line(rng: Random, mask: Picture) -> Any:
    paper = Image.new("RGB", (400, 400), (248, 247, 240))
    x = rng.uniform(30, 110)
    ImageDraw.Draw(paper).line([(x, 0), (x + rng.uniform(-8, 8), 400)], fill=(210, 60, 60), width=3)
    return grained(rng, inked(ink_on(rng, mask, size=0.5), paper))


@sheet("paper")
def phone_photo(rng: Random, mask: Picture) -> Any:
    size = (1600, 1200)
    paper = Image.new("RGB", size, (225, 222, 210))
    picture = inked(
        ink_on(rng, mask, canvas=size, size=rng.uniform(0.15, 0.5), angle=rng.uniform(-8, 8)),
        paper,
        (40, 45, 90),
    )
    picture = grained(rng, lit(picture.filter(ImageFilter.GaussianBlur(2)), shadow(rng, size)), 6)
    return as_file(picture, "JPEG", quality=60)


@sheet("paper")
def squares_photo(rng: Random, mask: Picture) -> Any:
    size = (1200, 900)
    paper = squared(rng, size, (150, 175, 205), rng.uniform(50, 90), 3)
    picture = inked(
        ink_on(rng, mask, canvas=size, size=rng.uniform(0.15, 0.4)), paper, (40, 45, 120)
    )
    picture = grained(rng, lit(picture.filter(ImageFilter.GaussianBlur(1.2)), shadow(rng, size)), 5)
    return as_file(picture, "JPEG", quality=70)
