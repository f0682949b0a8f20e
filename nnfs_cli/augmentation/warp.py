"""Warp: pictures turned, stretched, slanted, moved and bent, all in one matrix product.

Each pixel of the result is fetched from a place nearby in the original. How far away that place is
varies smoothly over the picture, so it is a weighted sum of a few smooth fields: the constant and
the two slopes give every affine map, and the first harmonics of smoothed noise give the elastic
distortions of Simard, Steinkraus and Platt (2003, section 2). One product of random coefficients
with these fields makes the displacements of a whole batch.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np

from nnfs_cli.augmentation.ink import STRENGTH, ends
from nnfs_cli.engine import Floats

NARROWEST, WIDEST = 0.58, 1.8  # times as wide as before, when a picture is stretched
ROOM = 0.75  # of the width of a picture: the widest ink that MNIST's normalisation makes
HARMONICS = 6  # of the smoothed noise along each axis; more of them would change next to nothing


@dataclass(frozen=True)
class Warp:
    """How far pictures are moved about; each draws its own amounts, up to these, either way.

    Args:
        rotation: degrees.
        scaling: share of the size by which each axis is stretched or shrunk.
        shear: pixels sideways for each pixel of height, as slanted handwriting has.
        shift: pixels, along each axis.
        elastic: pixels, the root mean square of the elastic displacement along each axis.
        stretch: share of the pictures that are made much narrower or wider: 1s are not all that is
            thin, nor are they always thin themselves.
        smoothness: pixels, the sigma of the Gaussian that smooths the elastic noise.
    """

    rotation: float = 0.0
    scaling: float = 0.0
    shear: float = 0.0
    shift: float = 0.0
    elastic: float = 0.0
    stretch: float = 0.0
    smoothness: float = 5.0

    def __call__(self, pictures: Floats, rng: np.random.Generator) -> None:
        """Warp `pictures (N, height, width)` in place; beyond their edges all is 0."""
        height, width = pictures.shape[1:]
        basis = fields(height, width, self.smoothness)
        if not self.elastic:
            basis = basis[:3]
        y, x = self.coefficients(len(pictures), len(basis), (height, width), rng)
        if self.stretch:
            x[:, 1:3] /= stretches(pictures, self.stretch, rng)[:, None]
        resample(pictures, y @ basis, x @ basis)

    def coefficients(
        self, n: int, terms: int, shape: tuple[int, int], rng: np.random.Generator
    ) -> tuple[Floats, Floats]:
        """Return what to multiply the fields by, (n, terms) for the rows and for the columns.

        The place that a pixel at (y, x) from the centre is fetched from is

            centre + shift + rotation . shear . scaling . (y, x) + elastic . noise
        """
        angle, shear, *rest = rng.uniform(-1.0, 1.0, size=(6, n))
        stretch_y, stretch_x, shift_y, shift_x = rest
        angle = angle * math.radians(self.rotation)
        cos, sin = np.cos(angle), np.sin(angle)
        slant = shear * self.shear
        by_y, by_x = 1.0 + stretch_y * self.scaling, 1.0 + stretch_x * self.scaling
        y, x = rng.standard_normal((2, n, terms), dtype=np.float32) * np.float32(self.elastic)
        y[:, 0] = (shape[0] - 1) / 2 + shift_y * self.shift
        y[:, 1] = (cos + sin * slant) * by_y
        y[:, 2] = sin * by_x
        x[:, 0] = (shape[1] - 1) / 2 + shift_x * self.shift
        x[:, 1] = (cos * slant - sin) * by_y
        x[:, 2] = cos * by_x
        return y, x


def stretches(pictures: Floats, share: float, rng: np.random.Generator) -> Floats:
    """Return how many times as wide (n,) a `share` of the pictures becomes; 1 for the others."""
    n, _, width = pictures.shape
    times: Floats = np.exp(rng.uniform(math.log(NARROWEST), math.log(WIDEST), size=n))
    some = rng.random(n) < share
    first, last = ends(np.any(pictures[some] > STRENGTH, axis=1))
    times[some] = np.minimum(times[some], ROOM * width / (last - first + 1.0))
    times[~some] = 1.0
    return times


@functools.cache
def fields(height: int, width: int, smoothness: float) -> Floats:
    """Return the smooth fields (3 + harmonics, height * width): 1, y, x, and those of noise.

    White noise smoothed by a Gaussian is wavy in a few ways only: the eigenvectors of its
    covariance exp(-d^2 / 4 sigma^2), of which the largest carry it all (Karhunen 1947, Loeve 1948).
    Weighted by the roots of their eigenvalues they give noise of variance 1 at each pixel.
    """
    y = np.arange(height) - (height - 1) / 2
    x = np.arange(width) - (width - 1) / 2
    waves = np.einsum("iy,jx->ijyx", harmonics(height, smoothness), harmonics(width, smoothness))
    slopes = [np.ones((height, width)), *np.meshgrid(y, x, indexing="ij")]
    return (
        np.concatenate([np.stack(slopes), waves.reshape(-1, height, width)])
        .reshape(-1, height * width)
        .astype(np.float32)
    )


def harmonics(length: int, smoothness: float) -> Floats:
    """Return (h, length), the strongest waves of smoothed noise along a line of pixels."""
    distance = np.subtract.outer(np.arange(length), np.arange(length))
    covariance = np.exp(-(distance**2) / (4.0 * smoothness**2))
    values, vectors = np.linalg.eigh(covariance)  # ascending
    strongest = slice(-min(HARMONICS, length), None)
    return np.asarray((np.sqrt(np.maximum(values, 0.0)) * vectors).T[strongest])


def resample(pictures: Floats, y: Floats, x: Floats) -> None:
    """Replace each pixel of `pictures (n, height, width)` by what is at (y, x), between pixels.

    `y` and `x`, (n, height * width), are overwritten. Bilinear: a weighted mean of the four pixels
    around the place. A border of zeros around each picture answers for everything outside.
    """
    n, height, width = pictures.shape
    wide = width + 2
    padded = np.zeros((n, height + 3, wide), dtype=np.float32)  # a spare row for the last corner
    padded[:, 1 : height + 1, 1 : width + 1] = pictures
    flat = padded.reshape(-1)
    np.clip(y, -1.0, height, out=y)
    np.clip(x, -1.0, width - 0.001, out=x)
    top, left = np.floor(y), np.floor(x)
    np.subtract(y, top, out=y)  # how far it is from the upper to the lower pixel, 0 to 1
    np.subtract(x, left, out=x)
    np.multiply(top, wide, out=top)
    np.add(top, left, out=top)
    index = top.astype(np.intp)  # float32 would not know all places in many large pictures
    index += np.arange(n)[:, None] * ((height + 3) * wide) + (wide + 1)
    upper = lerp(flat.take(index), flat[1:].take(index), x)
    lower = lerp(flat[wide:].take(index), flat[wide + 1 :].take(index), x)
    pictures[...] = lerp(upper, lower, y).reshape(pictures.shape)


def lerp(start: Floats, end: Floats, share: Floats) -> Floats:
    """Return start + share (end - start), in the memory of `end`."""
    np.subtract(end, start, out=end)
    np.multiply(end, share, out=end)
    return np.add(end, start, out=end)
