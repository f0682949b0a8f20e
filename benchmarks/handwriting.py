# ruff: noqa: E501 - the list of files is a table, a kind a row
"""Read digits on generated papers, in boxes, under lamps and in odd files, and count what is right.

The digits are MNIST's own training digits, redrawn large with smooth edges, so that every error is
one of reading the picture and hardly one of the network. From the project's folder:

    python benchmarks/handwriting.py model/model.npz --count 100
"""

from __future__ import annotations

import argparse
import io
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from nnfs_cli.datasets import load
from nnfs_cli.errors import ImageError
from nnfs_cli.images import normalise, read_picture
from nnfs_cli.model import load_model

Random = np.random.Generator
Picture = Image.Image
Sheet = Callable[[Random, Picture], Any]  # a mask of ink -> a picture, or the bytes of a file

FINE = 16  # times as large as in MNIST
SHEETS: dict[str, Sheet] = {}
GROUPS: dict[str, str] = {}


def sheet(group: str) -> Callable[[Sheet], Sheet]:
    """Put a generator into a group, under its own name."""

    def enter(function: Sheet) -> Sheet:
        name = function.__name__.strip("_").replace("_", " ")
        SHEETS[name] = function
        GROUPS[name] = group
        return function

    return enter


def redrawn(pixels: NDArray[np.uint8]) -> Picture:
    """Return a digit of MNIST as a large mask with smooth, sharp edges, cut to its ink."""
    large = Image.fromarray(pixels).resize((28 * FINE, 28 * FINE), Image.Resampling.BICUBIC)
    large = large.filter(ImageFilter.GaussianBlur(FINE * 0.35))
    mask = large.point([round(min(max((v - 102) * 5, 0), 255)) for v in range(256)])
    return mask.crop(mask.getbbox())


def ink_on(
    rng: Random, mask: Picture, *, canvas: tuple[int, int] = (400, 400),
    size: float = 0.6, at: tuple[float, float] | None = None, angle: float = 0.0,
) -> Picture:  # fmt: skip
    """Return a mask of the canvas's size with the digit in it: `size` of its shorter side."""
    if angle:
        mask = mask.rotate(angle, Image.Resampling.BICUBIC, expand=True)
        mask = mask.crop(mask.getbbox())
    longer = max(4, round(size * min(canvas)))
    factor = longer / max(mask.size)
    mask = mask.resize(
        (max(1, round(mask.width * factor)), max(1, round(mask.height * factor))),
        Image.Resampling.BOX if factor < 1 else Image.Resampling.BICUBIC,
    )
    if at is None:
        at = (0.5 + rng.uniform(-0.05, 0.05), 0.5 + rng.uniform(-0.05, 0.05))
    full = Image.new("L", canvas)
    full.paste(
        mask,
        (round(at[0] * canvas[0] - mask.width / 2), round(at[1] * canvas[1] - mask.height / 2)),
    )
    return full


def inked(full: Picture, paper: Picture, ink: Any = (20, 20, 40)) -> Picture:
    """Return the paper with ink where the mask is."""
    paper = paper.convert("RGB")
    paper.paste(ink, mask=full)
    return paper


def grained(rng: Random, picture: Picture, sigma: float = 4.0) -> Picture:
    """Return the picture with the noise of a camera."""
    values = np.asarray(picture).astype(np.float32)
    return Image.fromarray(
        np.clip(values + rng.normal(0, sigma, values.shape), 0, 255).astype("u1")
    )


def lit(picture: Picture, light: NDArray[np.float32]) -> Picture:
    """Return the picture under a light, a share of full light at each pixel."""
    values = np.asarray(picture.convert("RGB")).astype(np.float32) * light[..., None]
    return Image.fromarray(np.clip(values, 0, 255).astype("u1"))


def as_file(picture: Picture, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def plain(colour: Any = (250, 250, 250), size: tuple[int, int] = (400, 400)) -> Picture:
    return Image.new("RGB", size, colour)


def places(size: tuple[int, int]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    y, x = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32)
    return y / size[1], x / size[0]


# ---- drawings


@sheet("drawing")
def dark_on_light(rng: Random, mask: Picture) -> Any:
    return inked(ink_on(rng, mask), plain())


@sheet("drawing")
def light_on_dark(rng: Random, mask: Picture) -> Any:
    return inked(ink_on(rng, mask), plain((0, 0, 0)), (255, 255, 255))


@sheet("drawing")
def paint_28(rng: Random, mask: Picture) -> Any:
    return inked(
        ink_on(rng, mask, canvas=(28, 28), size=rng.uniform(0.5, 0.95)), plain(size=(28, 28))
    )


@sheet("drawing")
def tiny_14(rng: Random, mask: Picture) -> Any:
    return inked(ink_on(rng, mask, canvas=(14, 14), size=0.9), plain(size=(14, 14)))


@sheet("drawing")
def tiny_8(rng: Random, mask: Picture) -> Any:
    return inked(ink_on(rng, mask, canvas=(8, 8), size=1.0, at=(0.5, 0.5)), plain(size=(8, 8)))


@sheet("drawing")
def tight_crop(rng: Random, mask: Picture) -> Any:
    factor = 200 / max(mask.size)
    small = mask.resize((max(1, round(mask.width * factor)), max(1, round(mask.height * factor))))
    return inked(small, plain(size=small.size))


@sheet("drawing")
def tight_crop_light(rng: Random, mask: Picture) -> Any:
    small = mask.resize((mask.width // 2, mask.height // 2))
    return inked(small, plain((0, 0, 0), small.size), (255, 255, 255))


@sheet("drawing")
def tight_thick(rng: Random, mask: Picture) -> Any:
    thick = mask.resize((mask.width // 3, mask.height // 3)).filter(ImageFilter.MaxFilter(5))
    return inked(thick, plain(size=thick.size))


@sheet("drawing")
def tight_photo(rng: Random, mask: Picture) -> Any:
    thick = mask.resize((mask.width // 2, mask.height // 2)).filter(ImageFilter.MaxFilter(5))
    return grained(rng, inked(thick, plain((215, 210, 200), thick.size), (50, 50, 80)), 5)


@sheet("drawing")
def small_in_a_corner(rng: Random, mask: Picture) -> Any:
    at = (float(rng.choice([0.08, 0.9])), float(rng.choice([0.08, 0.9])))
    return inked(ink_on(rng, mask, canvas=(1500, 1200), size=0.06, at=at), plain(size=(1500, 1200)))


@sheet("drawing")
def very_wide(rng: Random, mask: Picture) -> Any:
    at = (rng.uniform(0.05, 0.95), 0.5)
    return inked(ink_on(rng, mask, canvas=(3000, 120), size=0.7, at=at), plain(size=(3000, 120)))


@sheet("drawing")
def very_tall(rng: Random, mask: Picture) -> Any:
    at = (0.5, rng.uniform(0.05, 0.95))
    return inked(ink_on(rng, mask, canvas=(120, 3000), size=0.7, at=at), plain(size=(120, 3000)))


@sheet("drawing")
def hairline(rng: Random, mask: Picture) -> Any:
    edges = mask.resize((mask.width // 2, mask.height // 2), Image.Resampling.BOX)
    thin = (
        edges.filter(ImageFilter.MinFilter(7))
        if rng.random() < 0.5
        else edges.filter(ImageFilter.MinFilter(5))
    )
    thin = thin if np.asarray(thin).sum() > 0.1 * np.asarray(edges).sum() else edges
    return inked(ink_on(rng, thin), plain())


@sheet("drawing")
def very_thick(rng: Random, mask: Picture) -> Any:
    thick = ImageChops.lighter(mask, mask.filter(ImageFilter.MaxFilter(15)))
    return inked(ink_on(rng, thick), plain())


@sheet("drawing")
def faint_dark(rng: Random, mask: Picture) -> Any:
    return grained(rng, inked(ink_on(rng, mask), plain((235, 235, 230)), (205, 205, 205)), 1.5)


@sheet("drawing")
def faint_light(rng: Random, mask: Picture) -> Any:
    return grained(rng, inked(ink_on(rng, mask), plain((30, 40, 35)), (60, 70, 65)), 1.5)


@sheet("drawing")
def rotated(rng: Random, mask: Picture) -> Any:
    return inked(ink_on(rng, mask, angle=rng.uniform(-15, 15)), plain())


@sheet("drawing")
def specks(rng: Random, mask: Picture) -> Any:
    picture = inked(ink_on(rng, mask), plain())
    pen = ImageDraw.Draw(picture)
    for _ in range(40):
        x, y, r = rng.uniform(0, 400), rng.uniform(0, 400), rng.uniform(0.5, 3)
        pen.ellipse([x - r, y - r, x + r, y + r], fill=(40, 40, 40))
    return picture


@sheet("drawing")
def salt_and_pepper(rng: Random, mask: Picture) -> Any:
    values = np.asarray(
        inked(ink_on(rng, mask, canvas=(200, 200)), plain(size=(200, 200))).convert("L")
    ).copy()
    which = rng.random(values.shape)
    values[which < 0.04] = 0
    values[which > 0.96] = 255
    return Image.fromarray(values)


@sheet("drawing")
def salt_and_pepper_large(rng: Random, mask: Picture) -> Any:
    values = np.asarray(
        inked(ink_on(rng, mask, canvas=(900, 900)), plain(size=(900, 900))).convert("L")
    ).copy()
    which = rng.random(values.shape)
    values[which < 0.05] = 0
    values[which > 0.95] = 255
    return Image.fromarray(values)


@sheet("drawing")
def strong_noise(rng: Random, mask: Picture) -> Any:
    return grained(rng, inked(ink_on(rng, mask), plain((200, 200, 200)), (60, 60, 60)), 40)


@sheet("drawing")
def blurred(rng: Random, mask: Picture) -> Any:
    return inked(ink_on(rng, mask), plain()).filter(ImageFilter.GaussianBlur(rng.uniform(3, 7)))


@sheet("drawing")
def jpeg_5(rng: Random, mask: Picture) -> Any:
    return as_file(inked(ink_on(rng, mask), plain()), "JPEG", quality=5)


@sheet("drawing")
def large_4000(rng: Random, mask: Picture) -> Any:
    size = rng.uniform(0.05, 0.6)
    return inked(
        ink_on(
            rng,
            mask,
            canvas=(2400, 1800),
            size=size,
            at=(rng.uniform(0.3, 0.7), rng.uniform(0.35, 0.65)),
        ),
        plain(size=(2400, 1800)),
    )


# ---- papers and lights


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
    return (1 - rng.uniform(0.3, 0.55) / (1 + np.exp(-d / soft))).astype(np.float32)


@sheet("paper")
def shadow_edge(rng: Random, mask: Picture) -> Any:
    picture = inked(ink_on(rng, mask, size=rng.uniform(0.3, 0.6)), plain((230, 228, 220)))
    return grained(rng, lit(picture, shadow(rng, (400, 400))), 3)


@sheet("paper")
def vignette(rng: Random, mask: Picture) -> Any:
    y, x = places((400, 400))
    light = 1 - 1.1 * ((x - 0.5) ** 2 + (y - 0.5) ** 2)
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


# ---- boxes


def boxed(
    rng: Random, mask: Picture, *, width: float = 3, digit: float = 0.65, colour: Any = (30, 30, 30),
    box: float = 0.7, lean: float = 0.0, shift: tuple[float, float] = (0.0, 0.0), radius: int = 0,
    double: bool = False, side: int = 400, noise: float = 3.0, aspect: float = 1.0,
) -> Picture:  # fmt: skip
    """Return a printed box with the digit in it: `digit` of the box's side, moved by `shift`."""
    fine = 2
    w, h = box * side * fine * min(1, aspect), box * side * fine / max(1, aspect)
    line = max(1, round(width * fine))
    frame = Image.new("L", (side * fine, side * fine))
    pen = ImageDraw.Draw(frame)
    c = side * fine / 2
    cx, cy = c + rng.uniform(-0.08, 0.08) * c, c + rng.uniform(-0.08, 0.08) * c
    edges = [cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2]
    if radius:
        pen.rounded_rectangle(edges, radius * fine, outline=255, width=line)
    else:
        pen.rectangle(edges, outline=255, width=line)
    if double:
        e = line * 2.5
        pen.rectangle(
            [edges[0] - e, edges[1] - e, edges[2] + e, edges[3] + e], outline=255, width=line
        )
    if lean:
        frame = frame.rotate(lean, Image.Resampling.BICUBIC)
    frame = frame.resize((side, side), Image.Resampling.BOX)
    picture = inked(frame, plain((245, 245, 240), (side, side)), colour)
    at = (cx / (2 * c) + shift[0], cy / (2 * c) + shift[1])
    size = digit * min(w, h) / (fine * side)
    picture = inked(ink_on(rng, mask, canvas=(side, side), size=size, at=at), picture, (25, 25, 60))
    return grained(rng, picture, noise) if noise else picture


@sheet("box")
def box_thin(rng: Random, mask: Picture) -> Any:
    return boxed(rng, mask, width=1.5)


@sheet("box")
def box_thick(rng: Random, mask: Picture) -> Any:
    return boxed(rng, mask, width=7)


@sheet("box")
def box_touching(rng: Random, mask: Picture) -> Any:
    a = rng.uniform(0, 2 * np.pi)
    return boxed(
        rng, mask, width=rng.uniform(1.5, 5), digit=0.8, shift=(0.1 * np.cos(a), 0.1 * np.sin(a))
    )


@sheet("box")
def box_full(rng: Random, mask: Picture) -> Any:
    return boxed(rng, mask, width=rng.uniform(1.5, 5), digit=rng.uniform(0.9, 1.05))


@sheet("box")
def box_crossed(rng: Random, mask: Picture) -> Any:
    return boxed(
        rng,
        mask,
        width=rng.uniform(1.5, 5),
        digit=0.9,
        shift=(rng.uniform(-0.08, 0.08), float(rng.choice([-0.13, 0.13]))),
    )


@sheet("box")
def box_rounded(rng: Random, mask: Picture) -> Any:
    return boxed(rng, mask, radius=int(rng.integers(15, 50)), digit=rng.uniform(0.5, 0.8))


@sheet("box")
def box_double(rng: Random, mask: Picture) -> Any:
    return boxed(rng, mask, width=2, double=True, digit=rng.uniform(0.5, 0.8))


@sheet("box")
def box_coloured(rng: Random, mask: Picture) -> Any:
    return boxed(rng, mask, colour=(220, 90, 60), digit=rng.uniform(0.5, 0.9))


@sheet("box")
def box_leaning(rng: Random, mask: Picture) -> Any:
    return boxed(rng, mask, lean=rng.uniform(-5, 5), digit=rng.uniform(0.5, 0.8))


@sheet("box")
def box_leaning_touching(rng: Random, mask: Picture) -> Any:
    return boxed(rng, mask, lean=rng.uniform(-4, 4), digit=rng.uniform(0.85, 1.0))


@sheet("box")
def box_cut_off(rng: Random, mask: Picture) -> Any:
    picture = boxed(rng, mask, width=rng.uniform(2, 5), digit=rng.uniform(0.5, 0.85))
    left, top = rng.uniform(55, 75, 2)
    right, bottom = rng.uniform(325, 345, 2)
    cut = [int(left), int(top), int(right), int(bottom)]
    keep = rng.random(4) < 0.5
    return picture.crop(
        tuple(c if k else f for c, k, f in zip(cut, keep, (0, 0, 400, 400), strict=True))
    )


@sheet("box")
def box_at_the_edge(rng: Random, mask: Picture) -> Any:
    picture = boxed(rng, mask, width=rng.uniform(2, 8), digit=rng.uniform(0.5, 0.85), noise=0)
    values = np.asarray(picture.convert("L"))
    ink = values < 128
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    cut = rng.integers(0, 2, 4)
    return picture.crop(
        (
            int(columns[0] + cut[0]),
            int(rows[0] + cut[1]),
            int(columns[-1] + 1 - cut[2]),
            int(rows[-1] + 1 - cut[3]),
        )
    )


@sheet("box")
def box_small_in_a_photo(rng: Random, mask: Picture) -> Any:
    box = boxed(rng, mask, side=300, digit=rng.uniform(0.5, 0.85), noise=0)
    page = plain((245, 245, 240), (1600, 1200))
    page.paste(box, (int(rng.integers(200, 1000)), int(rng.integers(150, 700))))
    return as_file(grained(rng, lit(page, shadow(rng, page.size)), 4), "JPEG", quality=70)


@sheet("box")
def form_cells(rng: Random, mask: Picture) -> Any:
    picture = plain((250, 250, 250), (500, 260))
    pen = ImageDraw.Draw(picture)
    w, y0, y1 = int(rng.integers(1, 5)), 40, 220
    for k in range(4):
        pen.line([(60 + k * 127, y0), (60 + k * 127, y1)], fill=(30, 30, 30), width=w)
    pen.line([(60, y0), (441, y0)], fill=(30, 30, 30), width=w)
    pen.line([(60, y1), (441, y1)], fill=(30, 30, 30), width=w)
    full = ink_on(rng, mask, canvas=(500, 260), size=rng.uniform(0.3, 0.55), at=(0.5, 0.5))
    return grained(rng, inked(full, picture))


@sheet("box")
def form_cell_cut(rng: Random, mask: Picture) -> Any:
    picture = plain((250, 250, 250), (500, 260))
    pen = ImageDraw.Draw(picture)
    w, y0, y1 = int(rng.integers(1, 5)), 30, 230
    for x in (60, 187, 314, 441):
        pen.line([(x, y0), (x, y1)], fill=(30, 30, 30), width=w)
    for y in (y0, y1):
        pen.line([(60, y), (441, y)], fill=(30, 30, 30), width=w)
    full = ink_on(rng, mask, canvas=(500, 260), size=rng.uniform(0.35, 0.6), at=(0.5, 0.5))
    picture = grained(rng, inked(full, picture))
    e = rng.integers(-12, 25, 4)
    return picture.crop((187 - int(e[0]), 30 - int(e[1]), 314 + int(e[2]), 230 + int(e[3])))


@sheet("box")
def box_small(rng: Random, mask: Picture) -> Any:
    side = int(rng.integers(60, 120))
    return boxed(rng, mask, side=side, width=1.5, box=0.85, digit=rng.uniform(0.5, 0.8))


@sheet("box")
def box_28(rng: Random, mask: Picture) -> Any:
    side = int(rng.integers(28, 44))
    return boxed(rng, mask, side=side, width=1, box=0.92, digit=rng.uniform(0.55, 0.8), noise=0)


@sheet("box")
def box_light_on_dark(rng: Random, mask: Picture) -> Any:
    return ImageChops.invert(
        boxed(rng, mask, width=rng.uniform(1.5, 5), digit=rng.uniform(0.5, 0.95))
    )


@sheet("box")
def box_wide(rng: Random, mask: Picture) -> Any:
    return boxed(
        rng,
        mask,
        width=rng.uniform(1.5, 4),
        aspect=float(rng.choice([0.6, 1.7])),
        digit=rng.uniform(0.6, 0.95),
    )


# ---- files


def drawn_for_file(rng: Random, mask: Picture) -> Picture:
    return inked(
        ink_on(rng, mask, canvas=(200, 200)), plain((255, 255, 255), (200, 200)), (0, 0, 0)
    )


def file(name: str, make: Callable[[Random, Picture, Picture], Any]) -> None:
    """Put a kind of file into the list; `make` is given the drawing in RGB and its mask."""

    def generator(rng: Random, mask: Picture) -> Any:
        picture = drawn_for_file(rng, mask)
        return make(rng, picture, ImageChops.invert(picture.convert("L")))

    SHEETS["file " + name] = generator
    GROUPS["file " + name] = "file"


def numbers(picture: Picture) -> NDArray[np.float64]:
    return np.asarray(picture.convert("L")).astype(np.float64)


def pen_on_nothing(ink: Picture, colour: tuple[int, int, int]) -> Picture:
    picture = Image.new("RGBA", ink.size, (*colour, 0))
    picture.putalpha(ink)
    return picture


def with_margin(picture: Picture) -> Picture:
    whole = Image.new("RGBA", (picture.width + 120, picture.height + 80), (0, 0, 0, 0))
    whole.paste(picture.convert("RGBA"), (50, 30))
    return whole


def turned(picture: Picture, kind: str, orientation: int, undo: Image.Transpose) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return as_file(picture.transpose(undo), kind, exif=exif)


def tiff_white_is_zero(picture: Picture, mode: str) -> bytes:
    return as_file(ImageChops.invert(picture.convert("L")).convert(mode), "TIFF", tiffinfo={262: 0})


T = Image.Transpose
for _name, _make in {
    "1": lambda r, p, k: as_file(p.convert("1"), "PNG"),
    "1 dithered grey": lambda r, p, k: as_file(p.filter(ImageFilter.GaussianBlur(2)).convert("1"), "PNG"),
    "1 inverted": lambda r, p, k: as_file(k.convert("1"), "PNG"),
    "L": lambda r, p, k: as_file(p.convert("L"), "PNG"),
    "LA": lambda r, p, k: as_file(p.convert("LA"), "PNG"),
    "LA pen": lambda r, p, k: as_file(Image.merge("LA", (Image.new("L", k.size), k)), "PNG"),
    "P": lambda r, p, k: as_file(p.quantize(8), "PNG"),
    "P transparent paper": lambda r, p, k: as_file(p.convert("L").quantize(2), "PNG", transparency=int(p.convert("L").quantize(2).getpixel((0, 0)))),
    "PA": lambda r, p, k: p.convert("RGBA").quantize(8).convert("PA"),
    "RGB tRNS": lambda r, p, k: as_file(p, "PNG", transparency=(255, 255, 255)),
    "L tRNS": lambda r, p, k: as_file(p.convert("L"), "PNG", transparency=255),
    "RGBA": lambda r, p, k: as_file(p.convert("RGBA"), "PNG"),
    "RGBA black pen": lambda r, p, k: as_file(pen_on_nothing(k, (0, 0, 0)), "PNG"),
    "RGBA white pen": lambda r, p, k: as_file(pen_on_nothing(k, (255, 255, 255)), "PNG"),
    "RGBA blue pen": lambda r, p, k: as_file(pen_on_nothing(k, (30, 60, 220)), "PNG"),
    "RGBA half pen": lambda r, p, k: as_file(pen_on_nothing(k.point([v // 2 for v in range(256)]), (0, 0, 0)), "PNG"),
    "RGBA margin": lambda r, p, k: as_file(with_margin(p), "PNG"),
    "RGBA dark margin": lambda r, p, k: as_file(with_margin(ImageChops.invert(p)), "PNG"),
    "RGBA rainbow pen": lambda r, p, k: as_file(Image.merge("RGBA", (*Image.linear_gradient("L").resize(k.size).convert("RGB").split()[:1], Image.linear_gradient("L").rotate(90).resize(k.size), Image.new("L", k.size, 40), k)), "PNG"),
    "WebP pen": lambda r, p, k: as_file(pen_on_nothing(k, (0, 0, 0)), "WEBP"),
    "WebP": lambda r, p, k: as_file(p, "WEBP", quality=30),
    "WebP lossless": lambda r, p, k: as_file(p, "WEBP", lossless=True),
    "CMYK JPEG": lambda r, p, k: as_file(p.convert("CMYK"), "JPEG"),
    "CMYK TIFF": lambda r, p, k: as_file(p.convert("CMYK"), "TIFF"),
    "CMYK K only": lambda r, p, k: as_file(Image.merge("CMYK", (*[Image.new("L", k.size)] * 3, k)), "TIFF"),
    "YCbCr": lambda r, p, k: p.convert("YCbCr"),
    "YCbCr TIFF": lambda r, p, k: as_file(p.convert("YCbCr"), "TIFF"),
    "HSV": lambda r, p, k: p.convert("HSV"),
    "LAB TIFF": lambda r, p, k: as_file(Image.merge("LAB", (p.convert("L"), Image.new("L", k.size), Image.new("L", k.size))), "TIFF"),
    "I;16 PNG": lambda r, p, k: as_file(Image.fromarray((numbers(p) * 257).astype("u2")), "PNG"),
    "I;16 12-bit": lambda r, p, k: as_file(Image.fromarray((numbers(p) * 16).astype("u2")), "PNG"),
    "I;16 10-bit TIFF": lambda r, p, k: as_file(Image.fromarray((numbers(p) * 4).astype("u2")), "TIFF"),
    "I;16 offset": lambda r, p, k: as_file(Image.fromarray((numbers(p) * 20 + 30000).astype("u2")), "TIFF"),
    "I;16 noisy": lambda r, p, k: as_file(Image.fromarray(np.clip(numbers(p) * 100 + 5000 + r.normal(0, 300, p.size[::-1]), 0, 65535).astype("u2")), "PNG"),
    "I;16 hot pixel": lambda r, p, k: as_file(Image.fromarray(np.where(np.arange(40000).reshape(200, 200) == 777, 65535, numbers(p) * 16).astype("u2")), "PNG"),
    "I;16B": lambda r, p, k: Image.fromarray((numbers(p) * 257).astype(">u2")),
    "I": lambda r, p, k: as_file(Image.fromarray((numbers(p) * 100000).astype("i4")), "TIFF"),
    "I negative": lambda r, p, k: as_file(Image.fromarray((numbers(p) * 100 - 20000).astype("i4")), "TIFF"),
    "F 0..1": lambda r, p, k: as_file(Image.fromarray((numbers(p) / 255).astype("f4")), "TIFF"),
    "F 0..65535": lambda r, p, k: as_file(Image.fromarray((numbers(p) * 257).astype("f4")), "TIFF"),
    "F negative": lambda r, p, k: as_file(Image.fromarray((numbers(p) / 127.5 - 1).astype("f4")), "TIFF"),
    "F tiny": lambda r, p, k: as_file(Image.fromarray((numbers(p) / 255e4).astype("f4")), "TIFF"),
    "1 white is zero": lambda r, p, k: tiff_white_is_zero(p, "1"),
    "L white is zero": lambda r, p, k: tiff_white_is_zero(p, "L"),
    "fax G4": lambda r, p, k: as_file(p.convert("1"), "TIFF", compression="group4"),
    "TIFF LZW": lambda r, p, k: as_file(p, "TIFF", compression="tiff_lzw"),
    "TIFF two pages": lambda r, p, k: as_file(p, "TIFF", save_all=True, append_images=[plain(size=(50, 50))]),
    "GIF": lambda r, p, k: as_file(p, "GIF"),
    "GIF animated": lambda r, p, k: as_file(p, "GIF", save_all=True, append_images=[plain(size=p.size), p]),
    "GIF transparent": lambda r, p, k: as_file(pen_on_nothing(k, (0, 0, 0)), "GIF"),
    "BMP": lambda r, p, k: as_file(p, "BMP"),
    "BMP 1": lambda r, p, k: as_file(p.convert("1"), "BMP"),
    "BMP P": lambda r, p, k: as_file(p.quantize(16), "BMP"),
    "DIB": lambda r, p, k: as_file(p, "DIB"),
    "PGM": lambda r, p, k: as_file(p.convert("L"), "PPM"),
    "PBM": lambda r, p, k: as_file(p.convert("1"), "PPM"),
    "PPM": lambda r, p, k: as_file(p, "PPM"),
    "PGM text": lambda r, p, k: f"P2\n200 200\n255\n{' '.join(map(str, numbers(p).astype(int).ravel()))}\n".encode(),
    "PGM 16": lambda r, p, k: as_file(Image.fromarray((numbers(p) * 257).astype("i4")).convert("I"), "PPM"),
    "PFM": lambda r, p, k: as_file(Image.fromarray((numbers(p) / 255).astype("f4")), "PPM"),
    "JPEG progressive": lambda r, p, k: as_file(p, "JPEG", progressive=True),
    "JPEG grey": lambda r, p, k: as_file(p.convert("L"), "JPEG"),
    "PNG interlaced": lambda r, p, k: interlaced(p),
    "TGA": lambda r, p, k: as_file(p, "TGA"),
    "PCX": lambda r, p, k: as_file(p, "PCX"),
    "SGI": lambda r, p, k: as_file(p, "SGI"),
    "QOI": lambda r, p, k: as_file(p, "QOI"),
    "APNG": lambda r, p, k: as_file(p, "PNG", save_all=True, append_images=[plain(size=p.size)]),
    **{
        f"EXIF {o} {kind}": lambda r, p, k, o=o, kind=kind, undo=undo: turned(p, kind, o, undo)
        for kind in ("JPEG", "PNG", "TIFF", "WEBP")
        for o, undo in {2: T.FLIP_LEFT_RIGHT, 3: T.ROTATE_180, 4: T.FLIP_TOP_BOTTOM, 5: T.TRANSPOSE,
                        6: T.ROTATE_90, 7: T.TRANSVERSE, 8: T.ROTATE_270}.items()
        if kind in ("JPEG", "PNG") or o == 6
    },
}.items():  # fmt: skip
    file(_name, _make)


def interlaced(picture: Picture) -> bytes:
    """Return an interlaced PNG (Adam7), which Pillow reads but does not write."""
    import struct

    pixels = np.asarray(picture.convert("L"))
    rows = b""
    for x0, y0, dx, dy in (
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ):
        for row in pixels[y0::dy, x0::dx]:
            rows += b"\0" + row.tobytes()

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", picture.width, picture.height, 8, 0, 0, 0, 1)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("--count", type=int, default=50, help="pictures of each kind")
    parser.add_argument("--only", default="", help="kinds whose names contain this")
    parser.add_argument("--keep", type=Path, help="a folder for what is read wrong")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    network = load_model(args.model).network
    examples = load(None, splits=("train",)).split("train")
    totals: dict[str, list[float]] = {}
    for name, generate in SHEETS.items():
        if args.only not in name and args.only != GROUPS[name]:
            continue
        rng = np.random.default_rng([args.seed, zlib.crc32(name.encode())])
        right = []
        count = args.count if GROUPS[name] != "file" else max(1, args.count // 5)
        for index in rng.integers(0, len(examples.labels), count):
            label = int(examples.labels[index])
            made = generate(rng, redrawn(np.asarray(examples.x[index]).reshape(28, 28)))
            said, pixels, why = read(network, made)
            right.append(said == label)
            if said != label and args.keep:
                keep(
                    args.keep, made, pixels, f"{name} {index} {label} {said}".replace(" ", "_"), why
                )
        totals.setdefault(GROUPS[name], []).append(float(np.mean(right)))
        print(f"{name:28} {np.mean(right):7.1%}", flush=True)
    for group, means in totals.items():
        print(f"{group.upper():28} {np.mean(means):7.1%}")


def read(network: Any, made: Any) -> tuple[Any, Any, str]:
    """Return the digit that is read, the 28x28 and a word, or the refusal."""
    try:
        picture = read_picture(made, name="p") if isinstance(made, bytes) else made
        done = normalise(picture, name="p")
    except ImageError as error:
        return "refused", None, error.message
    x = done.pixels.reshape(1, -1).astype(network.dtype) / 255.0
    return int(network.predict_proba(x)[0].argmax()), done.pixels, done.describe()


def keep(folder: Path, made: Any, pixels: Any, name: str, why: str) -> None:
    """Save a picture that was read wrong beside what the network saw."""
    folder.mkdir(parents=True, exist_ok=True)
    both = Image.new("RGB", (620, 330), (90, 60, 120))
    try:
        picture = Image.open(io.BytesIO(made)) if isinstance(made, bytes) else made
        picture = picture.convert("RGB")
        picture.thumbnail((300, 300))
        both.paste(picture, (0, 0))
    except (OSError, ValueError):
        pass
    if pixels is not None:
        both.paste(Image.fromarray(pixels).resize((280, 280), Image.Resampling.NEAREST), (320, 0))
    ImageDraw.Draw(both).text((2, 308), why[:100], fill="white")
    both.save(folder / f"{name}.png")


if __name__ == "__main__":
    main()
