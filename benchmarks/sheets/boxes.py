"""Boxes: printed forms, with the digit inside of them, touching them, or across them."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from benchmarks.sheets.making import (
    Picture,
    Random,
    as_file,
    grained,
    ink_on,
    inked,
    lit,
    plain,
    sheet,
)
from benchmarks.sheets.papers import shadow


def boxed(
    rng: Random, mask: Picture, *, width: float = 3, digit: float = 0.65,
    colour: Any = (30, 30, 30), box: float = 0.7, lean: float = 0.0,
    shift: tuple[float, float] = (0.0, 0.0), radius: int = 0,
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
def circled(rng: Random, mask: Picture) -> Any:
    side, fine, width = 400, 2, rng.uniform(2, 12)
    picture = ink_on(rng, mask, canvas=(side, side), size=rng.uniform(0.35, 0.5), at=(0.5, 0.5))
    ring = Image.new("L", (side * fine, side * fine))
    wide, high = rng.uniform(0.36, 0.45, size=2)
    edges = [side * fine * share for share in (0.5 - wide, 0.5 - high, 0.5 + wide, 0.5 + high)]
    ImageDraw.Draw(ring).ellipse(edges, outline=255, width=round(width * fine))
    both = ImageChops.lighter(picture, ring.resize((side, side), Image.Resampling.BOX))
    return grained(rng, inked(both, plain((245, 245, 240), (side, side)), (25, 25, 60)), 3)


@sheet("box")
def underlined(rng: Random, mask: Picture) -> Any:
    side = 400
    picture = ink_on(rng, mask, canvas=(side, side), size=0.5, at=(0.5, 0.45))
    bottom = (picture.getbbox() or (0, 0, side, side))[3]
    line = Image.new("L", (side, side))
    half, y = rng.uniform(80, 150), bottom + rng.uniform(8, 50)
    rise = rng.uniform(-4, 4)
    ends = [side / 2 - half, y - rise, side / 2 + half, y + rise]
    ImageDraw.Draw(line).line(ends, fill=255, width=int(rng.integers(3, 10)))
    both = ImageChops.lighter(picture, line)
    return grained(rng, inked(both, plain((245, 245, 240), (side, side)), (25, 25, 60)), 3)


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
    whole = (0, 0, *picture.size)
    x0, y0, x1, y1 = (c if k else w for c, k, w in zip(cut, keep, whole, strict=True))
    return picture.crop((x0, y0, x1, y1))


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
