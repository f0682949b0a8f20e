"""Sheets of digits to read: MNIST's test digits, or drawn ones, put onto papers of many kinds."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Pixels = NDArray[np.uint8]
Point = tuple[float, float]

FINE = 8  # times as large as in MNIST is a digit drawn at first

# strokes of digits in a box of width 0.6 and height 1; a list of points is one stroke
STROKES: dict[str, list[list[Point]]] = {
    "0": [
        [(0.3 + 0.27 * np.sin(t), 0.5 - 0.48 * np.cos(t)) for t in np.linspace(0, 2 * np.pi, 25)]
    ],
    "1": [[(0.15, 0.2), (0.32, 0.02), (0.3, 0.98)]],
    "2": [
        [(0.05, 0.25), (0.15, 0.07), (0.35, 0.02), (0.52, 0.13), (0.53, 0.32), (0.4, 0.55)],
        [(0.4, 0.55), (0.05, 0.96), (0.58, 0.95)],
    ],
    "3": [
        [(0.06, 0.1), (0.3, 0.01), (0.52, 0.14), (0.5, 0.35), (0.22, 0.48)],
        [(0.22, 0.48), (0.52, 0.6), (0.55, 0.82), (0.3, 0.98), (0.04, 0.88)],
    ],
    "4": [[(0.4, 0.02), (0.03, 0.62), (0.58, 0.62)], [(0.42, 0.35), (0.4, 0.98)]],
    "5": [
        [(0.12, 0.04), (0.09, 0.42), (0.33, 0.38), (0.53, 0.55), (0.5, 0.82), (0.28, 0.97)],
        [(0.28, 0.97), (0.03, 0.88)],
        [(0.12, 0.04), (0.55, 0.03)],
    ],
    "6": [
        [(0.45, 0.02), (0.18, 0.3), (0.05, 0.65), (0.13, 0.92), (0.33, 0.98), (0.53, 0.84)],
        [(0.53, 0.84), (0.52, 0.63), (0.33, 0.52), (0.1, 0.65)],
    ],
    "7": [[(0.03, 0.04), (0.56, 0.04), (0.22, 0.98)]],
    "8": [
        [(0.3 + 0.2 * np.sin(t), 0.25 - 0.23 * np.cos(t)) for t in np.linspace(0, 2 * np.pi, 20)],
        [(0.3 + 0.26 * np.sin(t), 0.73 - 0.25 * np.cos(t)) for t in np.linspace(0, 2 * np.pi, 20)],
    ],
    "9": [
        [(0.32 + 0.22 * np.sin(t), 0.27 - 0.25 * np.cos(t)) for t in np.linspace(0, 2 * np.pi, 20)],
        [(0.54, 0.27), (0.5, 0.6), (0.42, 0.98)],
    ],
}


def drawn(digit: str, height: int, *, pen: float = 0.11) -> Image.Image:
    """Return a digit drawn with a round pen, `pen` of its height thick, as a mask of its ink."""
    fine, room = 4 * height, 4 * height * pen
    mask = Image.new("L", (round(0.6 * fine + 2 * room), round(fine + 2 * room)))
    canvas = ImageDraw.Draw(mask)
    thick = fine * pen
    for stroke in STROKES[digit]:
        points = [(room + x * fine, room + y * fine) for x, y in stroke]
        canvas.line(points, fill=255, width=round(thick), joint="curve")
        for x, y in points:
            corners = [x - thick / 2, y - thick / 2, x + thick / 2, y + thick / 2]
            canvas.ellipse(corners, fill=255)
    return scaled(mask.crop(mask.getbbox()), height)


def redrawn(pixels: Pixels, height: int) -> Image.Image:
    """Return a digit of MNIST with smooth edges, as a mask; its box of 20 is `height` high."""
    large = Image.fromarray(pixels).resize((28 * FINE, 28 * FINE), Image.Resampling.BICUBIC)
    large = large.filter(ImageFilter.GaussianBlur(FINE * 0.35))
    mask = large.point([min(max((v - 102) * 5, 0), 255) for v in range(256)])
    mask = mask.crop(mask.getbbox())
    return scaled(mask, max(1, round(mask.height * height / (20 * FINE))))


def scaled(mask: Image.Image, height: int) -> Image.Image:
    """Return a mask made `height` high."""
    width = max(1, round(mask.width * height / mask.height))
    return mask.resize((width, height), Image.Resampling.BOX)


def in_line(masks: Sequence[Image.Image], *, gap: float, wobble: Sequence[float]) -> Image.Image:
    """Put digits beside each other, `gap` pixels apart, each moved down by its `wobble`.

    With a gap below zero they come as much closer as that; they may touch, and even overlap.
    """
    tallest = max(mask.height for mask in masks)
    low = round(min(wobble))
    room = tallest + round(max(wobble)) - low
    width = sum(mask.width for mask in masks) + round(abs(gap)) * len(masks)
    line = np.zeros((room, width), dtype=np.uint8)
    x = 0
    for mask, down in zip(masks, wobble, strict=True):
        top = round(down) - low + (tallest - mask.height) // 2
        part = line[top : top + mask.height, x : x + mask.width]
        np.maximum(part, np.asarray(mask), out=part)
        x = max(0, x + mask.width + round(gap))
    image = Image.fromarray(line)
    return image.crop(image.getbbox())


def stacked(
    lines: Sequence[Image.Image], *, leading: int, margin: int, lean: float = 0.0
) -> Image.Image:
    """Put lines below each other, `leading` pixels apart, on a canvas, turned by `lean` degrees."""
    width = max(line.width for line in lines)
    height = sum(line.height for line in lines) + leading * (len(lines) - 1)
    canvas = Image.new("L", (width, height))
    top = 0
    for line in lines:
        canvas.paste(line, (0, top))
        top += line.height + leading
    canvas = canvas.rotate(lean, Image.Resampling.BICUBIC, expand=True)
    canvas = canvas.crop(canvas.getbbox())
    page = Image.new("L", (canvas.width + 2 * margin, canvas.height + 2 * margin))
    page.paste(canvas, (margin, margin))
    return page


Paper = Callable[[np.random.Generator, tuple[int, int], int], Pixels]


def white(rng: np.random.Generator, size: tuple[int, int], height: int) -> Pixels:
    """A sheet without anything."""
    return np.full((size[1], size[0]), 255, np.uint8)


def grained(rng: np.random.Generator, size: tuple[int, int], height: int) -> Pixels:
    """Paper photographed in poor light."""
    y, x = np.mgrid[0 : size[1], 0 : size[0]]
    light = 225 - 60 * (0.6 * x / size[0] + 0.4 * y / size[1])
    return np.clip(light + rng.normal(0, 6, light.shape), 0, 255).astype(np.uint8)


def squared(rng: np.random.Generator, size: tuple[int, int], height: int) -> Pixels:
    """Squared paper, the squares half as high as the digits."""
    page = white(rng, size, height)
    step, start = max(6, height // 2), int(rng.integers(0, max(6, height // 2)))
    thick = max(1, height // 50)
    for off in range(thick):
        page[start + off :: step, :] = 190
        page[:, start + off :: step] = 190
    return page


def ruled(rng: np.random.Generator, size: tuple[int, int], height: int) -> Pixels:
    """Ruled paper, whose lines the digits may cross."""
    page = white(rng, size, height)
    step, start = round(1.5 * height), int(rng.integers(height // 2, 1.5 * height))
    for off in range(max(1, height // 40)):
        page[start + off :: step, :] = 120
    return page


PAPERS: dict[str, Paper] = {"white": white, "grained": grained, "squared": squared, "ruled": ruled}


def written(page: Image.Image, paper: Pixels, *, ink: int = 30) -> Image.Image:
    """Write a page of ink onto paper."""
    mask = np.asarray(page).astype(np.float32) / 255
    return Image.fromarray((paper * (1 - mask) + ink * mask).round().astype(np.uint8))


def form(masks: Sequence[Image.Image], *, cell: int, pen: int = 2) -> Image.Image:
    """Return digits each in a cell of a printed form."""
    page = Image.new("L", (cell * len(masks) + cell, 2 * cell), 255)
    canvas = ImageDraw.Draw(page)
    for number, mask in enumerate(masks):
        left, top = cell // 2 + number * cell, cell // 2
        canvas.rectangle([left, top, left + cell, top + cell], outline=40, width=pen)
        place = (left + (cell - mask.width) // 2, top + (cell - mask.height) // 2)
        page.paste(30, place, mask)
    return page
