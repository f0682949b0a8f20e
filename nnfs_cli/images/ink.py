"""Ink: where a picture has been written on, and how strongly.

Whatever the picture is, one plane comes out: 0 on the paper, 1 on full ink, soft at the edges.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image

from nnfs_cli.errors import ImageError
from nnfs_cli.images import background, filters
from nnfs_cli.images.components import Mask, label
from nnfs_cli.images.filters import Plane
from nnfs_cli.images.light import strength_of
from nnfs_cli.images.modes import View, brightness, look
from nnfs_cli.images.polarity import polarity_of
from nnfs_cli.images.sheet import Sheet, find_sheet
from nnfs_cli.images.tuning import (
    CLEAR,
    ERASED,
    FAINTEST,
    FEWEST,
    HIGH,
    INVISIBLE,
    LOW,
    ONE_COLOUR,
    SEEN,
    SHEET,
    STRONGEST,
    WORKING,
)

Box = tuple[int, int, int, int]  # left, top, right, bottom, in pixels of the original

STAND_OUT = "the digit must stand out: a dark pen on light paper, or the other way round"


@dataclass(frozen=True, eq=False)
class Ink:
    """The ink in a picture or in a part of it, and what had to be done to see it."""

    soft: Plane  # (height, width): 0 is paper, 1 is full ink
    left: int  # of the part, in pixels of the picture
    top: int
    factor: int  # pixels of the picture to the side of a pixel of `soft`
    dark: bool  # on lighter paper
    alpha: str  # what transparency was taken for: "", "drawing", "sheet" or "ground"
    contrast: float  # between full ink and paper, of full scale
    unevenness: float  # how far the light varied, of full scale
    noise: float  # standard deviation, of full ink
    sheet: Sheet | None = None  # that everything else was cut off from

    @property
    def low(self) -> float:
        """The strength from which something connected to ink is ink."""
        return max(LOW, min(4 * self.noise, 0.9 * HIGH))

    @property
    def mask(self) -> Mask:
        """Where there is ink: strong enough somewhere, and as far as it goes on from there."""
        return connected(self.soft, low=self.low, high=HIGH)

    def original(self, left: float, top: float, right: float, bottom: float) -> Box:
        """Return a box of `soft` in pixels of the picture."""
        return (
            self.left + math.floor(left * self.factor),
            self.top + math.floor(top * self.factor),
            self.left + math.ceil(right * self.factor),
            self.top + math.ceil(bottom * self.factor),
        )


@dataclass(frozen=True, eq=False)
class Print:
    """Strong print, that pale ink is looked for without."""

    mask: Mask  # (height, width) of the view that it was found in
    left: int  # where that begins in the picture, and how many pixels are one of it
    top: int
    factor: int

    def seen(self, shape: tuple[int, ...], *, left: float, top: float, factor: int) -> Mask:
        """Return where it is in another view (height, width) of the same picture."""
        rows = (top + (np.arange(shape[0]) + 0.5) * factor - self.top) / self.factor
        columns = (left + (np.arange(shape[1]) + 0.5) * factor - self.left) / self.factor
        rows, columns = np.floor(rows).astype(np.intp), np.floor(columns).astype(np.intp)
        height, width = self.mask.shape
        there = self.mask[np.ix_(rows.clip(0, height - 1), columns.clip(0, width - 1))]
        within = ((rows >= 0) & (rows < height))[:, None] & ((columns >= 0) & (columns < width))
        return np.asarray(there & within)


def find_ink(
    image: Image.Image,
    *,
    name: str,
    box: Box | None = None,
    dark: bool | None = None,
    pixels: int = WORKING,
    sheet: Sheet | None = None,
    without: Print | None = None,
    several: bool = False,
) -> Ink:
    """Return the ink in a picture, or in its part `box`; whether it is `dark` may be known.

    It is looked at as at most about `pixels`. Of a whole picture the `sheet` is found that was
    written on, if there is something around it; of a part it may be known. Strong print it may be
    looked at `without`. `several` digits are looked for, not one.

    Raises:
        ImageError: there is none.
    """
    if not min(image.size):
        raise blank(name)
    view = look(image, box or (0, 0, *image.size), pixels=pixels)
    colour, alpha, (x, y) = opaque(view, name=name)
    if box is None and alpha != "drawing":
        colour, rim = background.without_rim(colour)
        x, y = x + rim, y + rim
    colour = background.undithered(colour)
    if sheet is not None:
        colour = sheet.fill(colour, left=view.left, top=view.top, factor=view.factor)
    paper = background.paper_of(colour)
    if without is not None:
        left, top = view.left + x * view.factor, view.top + y * view.factor
        gone = without.seen(colour.shape, left=left, top=top, factor=view.factor)
        colour = np.where(gone[..., None], paper, colour)
        paper = background.paper_of(colour)
    axis = colour_axis(colour - paper)
    number, ground = colour @ axis, paper @ axis
    known = False if alpha == "drawing" else dark
    dark, tight = polarity_of(number, ground, known=known)
    if box is None and alpha != "drawing":
        left, top = view.left + x * view.factor, view.top + y * view.factor
        sheet = find_sheet(colour, left=left, top=top, factor=view.factor, several=several)
        if sheet is not None:
            return find_ink(
                image, name=name, box=sheet.box, dark=known, pixels=pixels, sheet=sheet,
                without=without,
            )  # fmt: skip
    light = brightness(colour)
    strength, unevenness = strength_of(number, ground, light, dark=dark, tight=tight)
    strength, full, grain = full_ink(background.without_pepper(strength))
    if full < max(FAINTEST, SEEN * grain):
        few = strongest(strength, FEWEST)
        full = few if few > CLEAR * grain else full
    if full < FAINTEST:
        raise blank(name)
    if full < SEEN * grain:
        raise ImageError(
            f"no digit found in {name}: there is only noise", hint="is it the right picture?"
        )
    return Ink(
        soft=np.clip(strength / np.float32(full), 0.0, 1.0),
        left=view.left + x * view.factor,
        top=view.top + y * view.factor,
        factor=view.factor,
        dark=dark,
        alpha=alpha,
        contrast=min(full, 1.0),
        unevenness=unevenness,
        noise=grain / full,
        sheet=sheet,
    )


def blank(name: str) -> ImageError:
    """Return the refusal of a picture in which nothing stands out."""
    return ImageError(f"no digit found in {name}: the picture looks blank", hint=STAND_OUT)


def opaque(view: View, *, name: str) -> tuple[Plane, str, tuple[int, int]]:
    """Return the colours without transparency, what that was, and what was cut off left and above.

    A pen on a transparent ground is in the alpha alone, whatever its colour, and so is an eraser on
    one colour; a sheet of paper with a transparent margin is the paper; anything else lies on a
    ground that its colours stand out from.
    """
    if view.alpha is None or view.alpha.min() > 1 - INVISIBLE:
        return view.colour, "", (0, 0)
    alpha = view.alpha
    seen = alpha > INVISIBLE
    if not seen.any():
        raise ImageError(
            f"no digit found in {name}: everything in it is transparent", hint=STAND_OUT
        )
    solid = alpha > 0.5 if (alpha > 0.5).any() else seen
    rows, columns = np.flatnonzero(solid.any(axis=1)), np.flatnonzero(solid.any(axis=0))
    left, top, right, bottom = columns[0], rows[0], columns[-1] + 1, rows[-1] + 1
    inside = solid[top:bottom, left:right]
    colours = view.colour[solid] / alpha[solid][:, None]
    # the visible pixels tell the colour of the pen; those at its edges are nearly as good
    if float(np.ptp(np.quantile(colours, [0.02, 0.98], axis=0), axis=0).max()) < ONE_COLOUR:
        if float(inside.mean()) > SHEET and erased(inside):
            return (1 - alpha[top:bottom, left:right])[..., None], "drawing", (int(left), int(top))
        return alpha[..., None], "drawing", (0, 0)
    if float(inside.mean()) > SHEET:
        ground = np.median(colours, axis=0)
        where = (slice(top, bottom), slice(left, right))
        filled = view.colour[where] + (1 - alpha[where])[..., None] * ground
        return filled.astype(np.float32), "sheet", (int(left), int(top))
    side = 1.0 if float(brightness(colours).mean()) < 0.5 else 0.0
    return view.colour + (np.float32(side) * (1 - alpha))[..., None], "ground", (0, 0)


def erased(inside: Mask) -> bool:
    """Return whether something opaque has a hole well inside: what an eraser drew."""
    return bool(background.border_of(inside).mean() > ERASED and not inside.all())


def colour_axis(residual: Plane) -> Plane:
    """Return the direction (channels,) along which colours differ from the paper, to brighter ones.

    It is the one along which those far from the paper vary most: blue ink on a red of the same
    brightness is as good as black on white. Its parts add up to 1, as those of brightness do.
    """
    channels = residual.shape[2]
    if channels == 1:
        return np.ones(1, dtype=np.float32)
    colours = residual.reshape(-1, channels)
    far = (colours**2).sum(axis=1)
    count = max(1, len(far) // 50)
    chosen = colours[far >= np.partition(far, -count)[-count]]
    _, axes = np.linalg.eigh((chosen.T @ chosen).astype(np.float64))
    axis = axes[:, -1] if axes[:, -1].sum() >= 0 else -axes[:, -1]
    return np.asarray(axis / np.abs(axis).sum(), dtype=np.float32)


def full_ink(strength: Plane) -> tuple[Plane, float, float]:
    """Return the ink, smoothed if it is noisy, how strong full ink is, and the noise."""
    full, grain = strongest(strength), filters.noise(strength)
    for _ in range(2):
        if full >= CLEAR * grain or min(strength.shape) < 64:
            break
        strength = filters.blur(strength, 1)
        # neighbours now share their noise and differ less than they are wrong
        full, grain = strongest(strength), max(filters.noise(strength) * 2, grain / 4)
    return strength, full, grain


def strongest(strength: Plane, share: float = STRONGEST) -> float:
    """Return the mean of the strongest ink: of what is nearly as strong as its first few pixels."""
    count = min(max(4, round(share * strength.size**0.5)), strength.size)
    few = float(np.partition(strength, -count, axis=None)[-count])
    return float(strength[strength >= 0.6 * few].mean()) if few > 0 else 0.0


def connected(soft: Plane, *, low: float, high: float) -> Mask:
    """Return where `soft` exceeds `low` in one piece with a place where it exceeds `high`."""
    parts = label(soft > low)
    seeds = parts.labels[soft > high]
    return parts.mask(seeds[seeds > 0] - 1)
