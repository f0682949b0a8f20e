"""Modes: the pixels of any kind of picture as numbers from 0 to 1, small enough to look at.

A picture may be of bits, of palette entries, of colours with transparency, of inks, of 12 bits
kept in 16, or of floats. It is read in bands, each made smaller at once, so that not even a
picture of 40 million pixels is ever held as floats.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Plane = NDArray[np.float32]

WIDE = ("I;16", "I;16L", "I;16B", "I;16N", "I", "F")  # one number a pixel, of more than 8 bits
BAND = 1 << 20  # pixels that are converted at a time
BRIGHTNESS = np.array([0.299, 0.587, 0.114], dtype=np.float32)  # ITU-R BT.601
FILLED = 0.1  # of a scale: measured numbers that fill less of it are on another one
SCALES = (1.0, 255.0, 1023.0, 4095.0, 16383.0, 65535.0)  # full scale of floats, 8 to 16 bits


@dataclass(frozen=True, eq=False)
class View:
    """A part of a picture, made smaller by a whole factor."""

    colour: Plane  # (height, width, channels), 0 to 1; multiplied by alpha where there is one
    alpha: Plane | None  # (height, width), 0 to 1; None if everything is opaque
    left: int  # where it begins in the picture, in the picture's pixels
    top: int
    factor: int  # pixels of the picture to a side of one of the view


def look(image: Image.Image, box: tuple[int, int, int, int], *, pixels: int) -> View:
    """Return the part `box` (left, top, right, bottom) of a picture as at most about `pixels`."""
    left, top, right, bottom = box
    factor = max(1, math.ceil(math.sqrt((right - left) * (bottom - top) / pixels)))
    if image.mode in WIDE:
        return View(wide_planes(image, box, factor), None, left, top, factor)
    if not transparent(image):
        if image.mode == "L" and image.getextrema() == (0, 1):  # no and yes, as masks are written
            image = image.point([0] + [255] * 255)
        mode = "L" if image.mode in ("1", "L") else "RGB"
        colour = join(reduced(band.convert(mode), factor) for band in bands(image, box, factor))
        return View(colour, None, left, top, factor)
    # averaging colours that alpha has been multiplied into keeps what is invisible out of them
    planes = join(
        reduced(band.convert("RGBA").convert("RGBa"), factor) for band in bands(image, box, factor)
    )
    return View(planes[..., :3], planes[..., 3], left, top, factor)


def transparent(image: Image.Image) -> bool:
    """Return whether a picture may have pixels that are not opaque."""
    return image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info


def bands(image: Image.Image, box: tuple[int, int, int, int], factor: int) -> Iterator[Image.Image]:
    """Yield the part `box` from top to bottom, in strips of a multiple of `factor` rows."""
    left, top, right, bottom = box
    rows = factor * max(1, BAND // (factor * (right - left)))
    for start in range(top, bottom, rows):
        yield image.crop((left, start, right, min(start + rows, bottom)))


def reduced(band: Image.Image, factor: int) -> Plane:
    """Return the means of squares of `factor` pixels, (height, width, channels), 0 to 1."""
    small = band.reduce(factor) if factor > 1 else band
    pixels = np.asarray(small, dtype=np.float32) / np.float32(255.0)
    return pixels if pixels.ndim == 3 else pixels[..., None]


def join(strips: Iterator[Plane]) -> Plane:
    """Put strips below each other."""
    return np.concatenate(list(strips))


def wide_planes(image: Image.Image, box: tuple[int, int, int, int], factor: int) -> Plane:
    """Return numbers of more than 8 bits as (height, width, 1), 0 to 1.

    The range is that of the whole picture, so that a part of it looks the same from close by.
    A pixel that is not a number, as sensors write a dead one, is as its neighbour to the left.
    """
    low, high = extremes(image)
    if not 0 < high - low < math.inf:
        height, width = (math.ceil((box[i + 2] - box[i]) / factor) for i in (1, 0))
        return np.zeros((height, width, 1), dtype=np.float32)
    base, scale = full_scale(low, high)

    def smaller(band: Image.Image) -> Plane:
        with np.errstate(invalid="ignore"):  # a signalling NaN is a NaN like any other
            values = np.asarray(band).astype(np.float64)
        values = (without_gaps(values, otherwise=base) - base) / scale
        return block_means(values, factor).astype(np.float32)[..., None]

    return join(map(smaller, bands(image, box, factor)))


def extremes(image: Image.Image) -> tuple[float, float]:
    """Return the least and the greatest number; infinities and no range if there is none."""
    low, high = math.inf, -math.inf
    for band in bands(image, (0, 0, *image.size), 1):
        values = np.asarray(band)
        numbers = values[np.isfinite(values)]
        if len(numbers):
            low, high = min(low, float(numbers.min())), max(high, float(numbers.max()))
    return low, high


def without_gaps(values: NDArray[np.float64], *, otherwise: float) -> NDArray[np.float64]:
    """Return numbers (height, width), each that is none replaced by the last before it."""
    there = np.isfinite(values).ravel()
    if there.all():
        return values
    last = np.maximum.accumulate(np.where(there, np.arange(values.size), -1))
    filled = np.where(last >= 0, values.ravel()[last], otherwise)
    return np.asarray(filled.reshape(values.shape))


def full_scale(low: float, high: float) -> tuple[float, float]:
    """Return what black is, and how much white is above it.

    The least usual scale that holds all the numbers: 12 bits kept in 16 are not a dark picture.
    Where they fill little of it, or there is none, it is their own range.
    """
    if low >= 0 and high <= SCALES[-1]:
        scale = next(scale for scale in SCALES if high <= scale)
        if high - low > FILLED * scale:
            return 0.0, scale
    return low, high - low


def brightness(colour: Plane) -> Plane:
    """Return (height, width): how bright colours look."""
    return np.asarray(colour @ BRIGHTNESS if colour.shape[-1] == 3 else colour[..., 0])


def block_means(values: NDArray[np.float64], factor: int) -> NDArray[np.float64]:
    """Return the means of squares of `factor` numbers; those at the edges may be smaller."""
    if factor == 1:
        return values
    for axis in (0, 1):
        starts = np.arange(0, values.shape[axis], factor)
        counts = np.diff(np.append(starts, values.shape[axis])).astype(np.float64)
        sums = np.add.reduceat(values, starts, axis=axis)
        values = sums / (counts[:, None] if axis == 0 else counts)
    return values
