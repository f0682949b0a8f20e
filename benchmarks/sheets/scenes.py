"""Scenes: a sheet among other things, and a digit among what else is printed beside it."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from benchmarks.sheets.making import Picture, Random, grained, ink_on, inked, lit, plain, sheet
from benchmarks.sheets.papers import shadow


def table(rng: Random, size: tuple[int, int]) -> Picture:
    """Return a table of wood: long streaks, blurred along."""
    streaks = rng.normal(0, 1, (size[1] // 4, size[0] // 4))
    for _ in range(4):
        streaks = (streaks + np.roll(streaks, 3, axis=1) + np.roll(streaks, 9, axis=1)) / 2
    shades = np.array(rng.uniform(60, 150)) + streaks / streaks.std() * 7
    colour = shades[..., None] * np.array([1.15, 0.85, 0.6])
    small = Image.fromarray(np.clip(colour, 0, 255).astype(np.uint8))
    return small.resize(size, Image.Resampling.BICUBIC)


def put(rng: Random, paper: Picture, ground: Picture, *, turn: float, room: float) -> Picture:
    """Lay a paper on something, turned by up to `turn` degrees, about `room` of it large."""
    longer = room * min(ground.size)
    factor = longer / max(paper.size)
    paper = paper.resize((round(paper.width * factor), round(paper.height * factor)))
    paper = paper.convert("RGBA").rotate(
        rng.uniform(-turn, turn), Image.Resampling.BICUBIC, expand=True
    )
    left = round((ground.width - paper.width) * rng.uniform(0.2, 0.8))
    top = round((ground.height - paper.height) * rng.uniform(0.2, 0.8))
    ground = ground.convert("RGB")
    ground.paste(paper, (left, top), paper)
    return ground


def written(rng: Random, mask: Picture, paper: Any, ink: Any, *, size: float = 0.5) -> Picture:
    """Return a small sheet with the digit on it."""
    return inked(ink_on(rng, mask, size=size), plain(paper), ink)


NOTES = [(250, 232, 110), (255, 170, 190), (150, 215, 250), (170, 240, 150)]


@sheet("scene")
def note_on_a_table(rng: Random, mask: Picture) -> Any:
    note = written(rng, mask, NOTES[rng.integers(len(NOTES))], (25, 25, 60))
    scene = put(rng, note, table(rng, (1200, 900)), turn=15, room=rng.uniform(0.4, 0.75))
    return grained(rng, lit(scene, 0.5 + 0.5 * shadow(rng, (1200, 900))), 3)


@sheet("scene")
def paper_on_a_desk(rng: Random, mask: Picture) -> Any:
    paper = written(rng, mask, (235, 235, 228), (30, 30, 70), size=0.4)
    desk = plain(tuple(int(v) for v in rng.uniform(30, 170, 3)), (900, 1200))
    scene = put(rng, paper, desk, turn=10, room=rng.uniform(0.6, 0.95))
    return grained(rng, scene.filter(ImageFilter.GaussianBlur(1.2)), 3)


@sheet("scene")
def corner_of_a_paper(rng: Random, mask: Picture) -> Any:
    scene = put(
        rng, written(rng, mask, (238, 238, 230), (30, 30, 60), size=0.35),
        table(rng, (1200, 1200)), turn=6, room=0.9,
    )  # fmt: skip
    left, top = (int(v) for v in rng.choice([0, 300], 2))
    return grained(rng, scene.crop((left, top, left + 900, top + 900)), 3)


@sheet("scene")
def canvas_in_a_window(rng: Random, mask: Picture) -> Any:
    dark = bool(rng.random() < 0.6)
    colours = ((0, 0, 0), (255, 255, 255)) if dark else ((255, 255, 255), (0, 0, 0))
    page = plain((250, 250, 252) if dark else (45, 45, 52), (540, 800))
    page.paste(written(rng, mask, *colours, size=0.7), (70, 130))
    pen = ImageDraw.Draw(page)
    pen.rectangle((0, 0, 540, 60), fill=(60, 80, 180))
    for x in (90, 300):
        pen.rounded_rectangle((x, 600, x + 150, 650), 8, fill=(60, 80, 180))
        pen.text((x + 40, 612), "button", fill=(255, 255, 255), font=ImageFont.load_default(20))
    return page


@sheet("scene")
def figure_with_axes(rng: Random, mask: Picture) -> Any:
    values = np.asarray(ink_on(rng, mask, canvas=(28, 28), size=0.72)).astype(np.float32) / 255
    low, high = np.array([68, 1, 84]), np.array([253, 231, 37])
    if rng.random() < 0.5:
        low, high = np.zeros(3), np.full(3, 255)
    colour = low + values[..., None] * (high - low)
    shown = Image.fromarray(colour.astype(np.uint8)).resize((368, 368), Image.Resampling.NEAREST)
    page = plain((255, 255, 255), (640, 480))
    page.paste(shown, (144, 58))
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(12)
    pen.rectangle((143, 57, 512, 426), outline=(0, 0, 0))
    for k in range(0, 28, 5):
        at = round((k + 0.5) * 368 / 28)
        pen.line((144 + at, 427, 144 + at, 431), fill=(0, 0, 0))
        pen.text((140 + at, 434), str(k), fill=(0, 0, 0), font=font)
        pen.text((122, 52 + at), str(k), fill=(0, 0, 0), font=font)
    return page


@sheet("scene")
def dashed_box(rng: Random, mask: Picture) -> Any:
    picture = inked(ink_on(rng, mask, size=0.5, at=(0.5, 0.5)), plain())
    pen, edge = ImageDraw.Draw(picture), int(rng.integers(40, 70))
    dash, gap = int(rng.integers(8, 24)), int(rng.integers(8, 16))
    for start in range(edge, 400 - edge - dash, dash + gap):
        for side in (edge, 400 - edge):
            pen.line((start, side, start + dash, side), fill=(90, 90, 90), width=4)
            pen.line((side, start, side, start + dash), fill=(90, 90, 90), width=4)
    return grained(rng, picture, 3)


@sheet("scene")
def field_with_a_label(rng: Random, mask: Picture) -> Any:
    at = (rng.uniform(0.5, 0.75), 0.45)
    picture = inked(ink_on(rng, mask, canvas=(700, 300), size=0.4, at=at), plain(size=(700, 300)))
    pen, foot = ImageDraw.Draw(picture), round(0.45 * 300 + 60 + rng.uniform(2, 25))
    pen.line((240, foot, 640, foot), fill=(60, 60, 60), width=3)
    pen.text((60, foot - 30), "Amount", fill=(60, 60, 60), font=ImageFont.load_default(28))
    return grained(rng, picture, 3)


@sheet("scene")
def comb(rng: Random, mask: Picture) -> Any:
    fields = int(rng.integers(1, 5))
    at = ((rng.integers(fields) + 0.5) / fields * 0.8 + 0.1, 0.45)
    size = (160 * fields + 60, 260)
    picture = inked(ink_on(rng, mask, canvas=size, size=0.5, at=at), plain(size=size))
    pen, foot = ImageDraw.Draw(picture), round(0.45 * 260 + 65 + rng.uniform(10, 25))
    pen.line((0.1 * size[0], foot, 0.9 * size[0], foot), fill=(60, 60, 60), width=4)
    for x in np.linspace(0.1 * size[0], 0.9 * size[0], fields + 1):
        pen.line((x, foot - 40, x, foot), fill=(60, 60, 60), width=4)
    return grained(rng, picture, 3)


@sheet("scene")
def cut_neighbours(rng: Random, mask: Picture) -> Any:
    width = round(mask.width * 180 / mask.height)
    picture = plain(size=(width + 90, 220))
    digit = mask.resize((width, 180))
    picture.paste((20, 20, 40), (45, 20), digit)
    picture.paste((20, 20, 40), (45 - 18 - width, 20), digit)
    picture.paste((20, 20, 40), (45 + width + 18, 20), digit)
    return grained(rng, picture, 3)


@sheet("scene")
def small_on_a_large_page(rng: Random, mask: Picture) -> Any:
    at = (rng.uniform(0.2, 0.8), rng.uniform(0.2, 0.8))
    page = plain((250, 250, 248), (1920, 1080))
    return grained(rng, inked(ink_on(rng, mask, canvas=(1920, 1080), size=0.035, at=at), page), 1.0)
