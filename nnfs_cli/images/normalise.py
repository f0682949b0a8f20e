"""Normalise: a picture in, the 28x28 of MNIST out, made the way MNIST itself was made.

MNIST's digits are white on black, scaled until the longer side of the ink is 20 pixels, and placed
with their centre of mass in the middle of 28x28 (LeCun et al. 1998, section III A). A network that
learned from such pictures is nearly blind to any other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from nnfs_cli.images import filters, stroke
from nnfs_cli.images.digit import Digit
from nnfs_cli.images.filters import Plane
from nnfs_cli.images.ink import Box
from nnfs_cli.images.look import look_closely
from nnfs_cli.images.place import centre, fit_box, resized
from nnfs_cli.images.reading import FRAMES_KEY, file_size, in_file
from nnfs_cli.images.slant import sheared, slant
from nnfs_cli.images.tuning import (
    BOX,
    CEILING,
    FINE,
    FLOOR,
    FRINGE,
    LEFTMOST,
    PALE,
    RIGHTMOST,
    SIDE,
    SPARED,
    STEEP,
    STEEPEST,
    THICKENED,
    THICKEST,
    THINNED,
    THINNEST,
    UNEVEN,
)

__all__ = ["BOX", "SIDE", "Normalised", "normalise"]


@dataclass(frozen=True, eq=False)
class Normalised:
    """The picture as the network sees it, and what was done to get there."""

    pixels: NDArray[np.uint8]  # (28, 28), white ink on black
    size: tuple[int, int]  # width and height of the original
    dark_ink: bool  # on light paper
    box: Box  # left, top, right, bottom of the ink in the original
    frames: int  # in the file, of which this is the first; 0 for too many to count
    sheet: Box | None  # what was written on, in the original, if there is more to be seen
    alpha: str  # what transparency was taken for: "", "drawing", "sheet" or "ground"
    contrast: float  # between ink and paper, of full scale
    unevenness: float  # how far the light on the paper varied, of full scale
    ruling: str  # the lines that were taken out, in words, "" for none
    lines: int  # how many
    parts: int  # pieces of ink that the digit is made of
    dropped: int  # pieces that are not of it
    several: bool  # those, or what it is made of, may be digits of a number
    dotted: bool  # its strokes were loose dots or dashes, which are joined now
    hollow: bool  # they were drawn as outlines, which are filled now
    slant: float  # pixels to the right for each upwards, before it was lessened
    stroke: float  # thickness of the pen in the box of 20 pixels, before it was changed

    @property
    def straightened(self) -> bool:
        """Whether the digit leaned further than most of MNIST's, and does no more."""
        return not LEFTMOST <= self.slant <= RIGHTMOST

    @property
    def thickened(self) -> bool:
        """Whether the strokes were thinner than MNIST's, and are no more."""
        return self.stroke < THINNEST

    @property
    def thinned(self) -> bool:
        """Whether the strokes were thicker than MNIST's, and are less so."""
        return self.stroke > THICKEST

    def describe(self) -> str:
        """Say in a few words what was done."""
        what = [f"{self.size[0]}x{self.size[1]}"]
        if self.frames != 1:
            what.append(f"the first of {self.frames or 'several'} frames")
        if self.sheet:
            left, top, right, bottom = self.sheet
            what.append(f"a sheet of {right - left}x{bottom - top} in it")
        ink = "dark ink on light paper" if self.dark_ink else "light ink on a dark ground"
        what.append("drawn on a transparent ground" if self.alpha == "drawing" else ink)
        if self.unevenness > UNEVEN:
            what.append("uneven light levelled")
        if self.ruling:
            what.append(f"{self.ruling} removed")
        if self.dropped:
            what.append(f"{self.dropped} other piece{'s' * (self.dropped > 1)} left out")
        if self.dotted:
            what.append("loose dots joined")
        if self.hollow:
            what.append("outlines filled")
        done = ["slant lessened"] if self.straightened else []
        done += ["thin strokes thickened"] if self.thickened else []
        done += ["thick strokes thinned"] if self.thinned else []
        return ", ".join(what) + "; " + ", ".join([*done, "cropped and centred"])

    def to_dict(self) -> dict[str, object]:
        """Return what is told of the picture in JSON."""
        return {
            "size": list(self.size),
            "frames": self.frames or None,
            "ink": "dark" if self.dark_ink else "light",
            "sheet": list(self.sheet) if self.sheet else None,
            "alpha": self.alpha or None,
            "box": list(self.box),
            "contrast": round(self.contrast, 3),
            "unevenness": round(self.unevenness, 3),
            "removed": self.ruling or None,
            "lines_removed": self.lines,
            "pieces": self.parts,
            "pieces_left_out": self.dropped,
            "several_digits": self.several,
            "dots_joined": self.dotted,
            "outlines_filled": self.hollow,
            "slant": round(self.slant, 2),
            "straightened": self.straightened,
            "stroke": round(self.stroke, 2),
            "thickened": self.thickened,
            "thinned": self.thinned,
        }


def normalise(image: Image.Image, *, name: str = "the picture") -> Normalised:
    """Turn a picture of one digit into the form of MNIST.

    Raises:
        ImageError: there is nothing to be seen in it, or nothing that could be a digit.
    """
    look = look_closely(image, name=name)
    ink, ruling, digit = look.ink, look.ruling, look.digit
    pixels, lean, pen = as_mnist(cut_out(look.soft, digit, floor=ruling.level))
    return Normalised(
        pixels=pixels,
        size=file_size(image),
        dark_ink=ink.dark,
        box=in_file(look.box, image),
        frames=image.info.get(FRAMES_KEY, 1),
        sheet=in_file(ink.sheet.box, image) if ink.sheet else None,
        alpha=ink.alpha,
        contrast=ink.contrast,
        unevenness=ink.unevenness,
        ruling=ruling.describe(),
        lines=len(ruling.lines),
        parts=digit.parts,
        dropped=look.dropped,
        several=look.several,
        dotted=look.dotted,
        hollow=look.hollow,
        slant=lean,
        stroke=pen,
    )


def as_mnist(drawn: Plane) -> tuple[NDArray[np.uint8], float, float]:
    """Return the ink of a digit in 28x28, hardly slanted, by a usual pen; its own slant and pen."""
    lean = slant(drawn)
    if outside := lean - min(max(lean, LEFTMOST), RIGHTMOST):
        drawn = trimmed(sheared(fine(drawn), outside))
    pen = stroke.in_box(drawn)
    if pen < THINNEST:
        drawn = stroke.thickened(fine(drawn), radius(THICKENED - pen))
    elif pen > THICKEST:
        drawn = stroke.thinned(fine(drawn), radius(min(pen - THINNED, SPARED)))
    return centre(fit_box(trimmed(drawn))), lean, pen


def cut_out(soft: Plane, digit: Digit, *, floor: float) -> Plane:
    """Return the ink of the digit alone, its edges as sharp as its size allows.

    Where the paper is ruled, ink no stronger than `floor` is the ruling.
    """
    near = filters.greatest(digit.mask, FRINGE)
    ink = np.where(near, soft, np.float32(0.0))
    if digit.side >= STEEP:
        floor = max(FLOOR, floor)
        ink = np.clip(
            (ink - np.float32(floor)) / np.float32(max(CEILING, floor + STEEPEST) - floor), 0.0, 1.0
        )
    return trimmed(ink)


def trimmed(ink: Plane) -> Plane:
    """Return the box of all but the palest ink."""
    there = ink > PALE * float(ink.max())
    rows, columns = np.flatnonzero(there.any(axis=1)), np.flatnonzero(there.any(axis=0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def fine(drawn: Plane) -> Plane:
    """Return the ink large enough to change its pen by little."""
    return np.clip(resized(drawn, FINE), 0.0, 1.0)


def radius(thickness: float) -> float:
    """Return half of a thickness in the box of 20 pixels, in pixels of `fine`."""
    return thickness / 2 * FINE / BOX
