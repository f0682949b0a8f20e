"""Making: what all sheets need, digits in ink, papers, light, noise; and the list of them."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

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
