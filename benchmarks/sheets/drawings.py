"""Drawings: what paint programs and scanners make, large and tiny, faint and noisy."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from benchmarks.sheets.making import Picture, Random, as_file, grained, ink_on, inked, plain, sheet


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
def marker(rng: Random, mask: Picture) -> Any:
    heavy = ImageOps.expand(mask, 24).filter(ImageFilter.MaxFilter(int(rng.choice([15, 25, 35]))))
    heavy = heavy.crop(heavy.getbbox())
    colours = [(0, 0, 0), (30, 60, 200), (220, 30, 30), (90, 90, 90)]
    ink = colours[rng.integers(len(colours))]
    return inked(ink_on(rng, heavy, size=rng.uniform(0.4, 0.9)), plain(), ink)


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
