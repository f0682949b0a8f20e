"""Several: a picture of many digits becomes lines of 28x28, in the order that they are read in."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from nnfs_cli.images import filters
from nnfs_cli.images.components import Mask, label
from nnfs_cli.images.filters import Plane
from nnfs_cli.images.ink import Box, Ink, blank, connected, find_ink
from nnfs_cli.images.line import Ruling
from nnfs_cli.images.placing import placed
from nnfs_cli.images.reading import file_size, in_file
from nnfs_cli.images.rows import in_rows
from nnfs_cli.images.ruling import without_ruling
from nnfs_cli.images.segments import Segment, candidates, check_count, find_segments, heights
from nnfs_cli.images.shadows import without_shadows
from nnfs_cli.images.touching import Reader, parted
from nnfs_cli.images.tuning import FRINGE, HIGH, MARGIN, MOST, SPECK, STEEP, STROKE, UNEVEN, WORKING

CLOSER = 48  # pixels: digits lower than that are looked at again from closer by, if there is more
CLOSEST = 5 * WORKING  # pixels of that view: a page of 1,000 digits has them 30 pixels high
THICKEST_PEN = 0.05  # of the picture's shorter side, with several digits in it ...
PEN = 0.3  # ... and of the height of a digit
MOSTLY = 0.5  # of a picture of several digits is paper: if there is less, ink was taken for it
THUMBNAIL = 400  # pixels of the longer side of the picture that is kept to be shown
BOLD = 2.5  # times as strong is ink shown that was made small, or thin strokes would be lost ...
GREY = 25  # ... above what paper has of grain


@dataclass(frozen=True, eq=False)
class Piece:
    """One of the digits in a picture."""

    pixels: NDArray[np.uint8]  # (28, 28), white ink on black, as the network wants it
    box: Box  # left, top, right, bottom in the original


@dataclass(frozen=True, eq=False)
class Several:
    """The digits in a picture, and what was done to find them."""

    lines: tuple[tuple[Piece, ...], ...]
    size: tuple[int, int]  # width and height of the original
    dark_ink: bool  # on light paper
    ruling: str  # the ruled lines and frames that were taken out, in words, "" for none
    ink: NDArray[np.uint8]  # (rows, columns): the ink in the whole picture, small, white on black

    @property
    def pieces(self) -> list[Piece]:
        """The digits in reading order."""
        return [piece for line in self.lines for piece in line]

    def describe(self) -> str:
        """Say in a few words what was done."""
        what = [f"{self.size[0]}x{self.size[1]}"]
        what.append("dark ink on light paper" if self.dark_ink else "light ink on a dark ground")
        if self.ruling:
            what.append(f"{self.ruling} removed")
        digits, lines = len(self.pieces), len(self.lines)
        found = f"{digits} digit{'s' * (digits > 1)}"
        return ", ".join(what) + f"; {found} in {lines} line{'s' * (lines > 1)}"


def normalise_several(image: Image.Image, *, read: Reader, name: str = "the picture") -> Several:
    """Turn a picture of digits into the form of MNIST, one by one.

    `read` is asked, where digits touch, which way to cut them makes digits of the parts.

    Raises:
        ImageError: there is nothing to be seen in it, or far too much.
    """
    ink = find_ink(image, name=name, several=True)
    if ink.alpha != "drawing" and float(ink.mask.mean()) > MOSTLY:
        ink = find_ink(image, name=name, dark=not ink.dark, several=True)
    whole = ink
    uneven = ink.unevenness > UNEVEN
    pen = THICKEST_PEN * min(ink.soft.shape) if uneven else None
    soft, ruling, segments = digits_in(ink, name=name, pen=pen, firm=ink.factor > 1)
    if ink.factor > 1 and (usual := usual_height(segments)) < CLOSER:
        view = around(segments, ink, image)
        ink = find_ink(image, name=name, box=view, dark=ink.dark, pixels=CLOSEST, sheet=ink.sheet)
        ink = replace(ink, soft=without_passing(ink, view, image))
        pen = PEN * usual * whole.factor / ink.factor if uneven else None
        soft, again, segments = digits_in(ink, name=name, pen=pen)
        ruling = again if again.lines else ruling
    elif ink.factor > 1:
        soft, ruling, segments = digits_in(ink, name=name, pen=pen)
    segments = parted(segments, soft, ruling.level, usual_height(segments), read)
    lines = in_rows([s for s in segments if max(s.height, s.width) * ink.factor >= SPECK])
    if not lines:
        raise blank(name)
    return Several(
        lines=tuple(
            tuple(
                Piece(
                    pixels=placed(soft, s, floor=ruling.level),
                    box=in_file(ink.original(s.left, s.top, s.right, s.bottom), image),
                )
                for s in line
            )
            for line in lines
        ),
        size=file_size(image),
        dark_ink=ink.dark,
        ruling=ruling.describe(),
        ink=thumbnail(whole, image),
    )


def digits_in(
    ink: Ink, *, name: str, pen: float | None, firm: bool = False
) -> tuple[Plane, Ruling, list[Segment]]:
    """Return the ink without ruled lines and frames, what these were, and the digits.

    Where the light was uneven, `pen` is the thickness in pixels from which on ink is a shadow.
    `firm` counts strong ink alone: enough to see where small digits are, and clear of pale squares.

    Raises:
        ImageError: there is no digit, or there is too much of everything.
    """
    check_count(len(candidates(label(ink.mask))), name=name)
    soft = without_shadows(ink.soft, low=ink.low, pen=pen) if pen else ink.soft
    soft, ruling = without_ruling(soft, low=ink.low)
    low = max(ink.low, ruling.level, STROKE if firm else 0.0)
    mask = without_pale(connected(soft, low=low, high=max(HIGH, low)), soft)
    segments = find_segments(soft, mask, name=name)
    if not segments:
        raise blank(name)
    return soft, ruling, segments


def without_passing(ink: Ink, view: Box, image: Image.Image) -> Plane:
    """Return the ink without the pale ink that goes on beyond the view, where the picture does.

    All digits that were seen from afar are well inside the view.
    """
    parts = label(ink.soft > ink.low)
    passing = np.zeros(len(parts), dtype=bool)
    height, width = ink.soft.shape
    if view[0] > 0:
        passing |= parts.left == 0
    if view[1] > 0:
        passing |= parts.top == 0
    if view[2] < image.width:
        passing |= parts.right == width
    if view[3] < image.height:
        passing |= parts.bottom == height
    pale = parts.mask(np.flatnonzero(passing)) & ~filters.greatest(ink.soft > STROKE, FRINGE)
    return np.where(pale, np.float32(0.0), ink.soft)


def without_pale(mask: Mask, soft: Plane) -> Mask:
    """Return the mask without pale ink that hangs on large pieces, if most of these is stronger.

    Squares that are too faint to be found as lines, and touch a digit, go so.
    """
    parts = label(mask, soft)
    strong = mask & (soft > STROKE)
    mass = np.bincount(parts.labels[strong], soft[strong], len(parts) + 1)[1:]
    pale = parts.mask(np.flatnonzero((parts.side >= STEEP) & (mass >= MOST * parts.mass)))
    return mask & (filters.greatest(strong, FRINGE) | ~pale)  # soft edges are its own


def usual_height(segments: list[Segment]) -> float:
    """Return how high a digit is, in pixels of the view."""
    return float(np.median(heights(segments)))


def around(segments: list[Segment], ink: Ink, image: Image.Image) -> Box:
    """Return the box of all segments and some paper around them, in pixels of the picture."""
    margin = MARGIN * 2 * usual_height(segments)
    left, top, right, bottom = ink.original(
        min(s.left for s in segments) - margin,
        min(s.top for s in segments) - margin,
        max(s.right for s in segments) + margin,
        max(s.bottom for s in segments) + margin,
    )
    return max(left, 0), max(top, 0), min(right, image.width), min(bottom, image.height)


def thumbnail(ink: Ink, image: Image.Image) -> NDArray[np.uint8]:
    """Return the ink of the whole picture, made small."""
    pixels = np.rint(ink.soft * 255).astype(np.uint8)
    shown = Image.new("L", (-(-image.width // ink.factor), -(-image.height // ink.factor)))
    shown.paste(Image.fromarray(pixels), (ink.left // ink.factor, ink.top // ink.factor))
    shown.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.BOX)
    return np.asarray(shown)


def fitted(ink: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Return a picture of ink made small enough for `width` and `height`, still to be seen."""
    scale = min(width / ink.shape[1], height / ink.shape[0])
    size = (max(1, int(ink.shape[1] * scale)), max(1, int(ink.shape[0] * scale)))
    small = np.asarray(Image.fromarray(ink).resize(size, Image.Resampling.BOX), dtype=np.float32)
    if scale < 1:
        small = np.clip((small - GREY) * BOLD, 0, 255)
    return small.astype(np.uint8)
