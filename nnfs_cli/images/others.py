"""Others: whether pieces that are none of the digit may be digits themselves, as in a number.

What belongs to a page, a form or a drawing program is no digit: it is lower or higher than the
digit, it is not level with it, or it is a thin upright line, as the sides of boxes are.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nnfs_cli.images.components import Components, Ints, border_sides
from nnfs_cli.images.frames import encloses_several
from nnfs_cli.images.tuning import (
    LEVEL,
    LEVEL_AT_BORDER,
    LIKE_FILL,
    LIKE_HEIGHT,
    LIKE_HEIGHT_AT_BORDER,
    LIKE_INK,
    LIKE_ONE,
    ONE_INK,
    SLIM,
    SPREAD,
)


def may_be_several(
    parts: Components, chosen: Sequence[int], others: Sequence[int], edges: NDArray[np.float64]
) -> bool:
    """Return whether a picture may show several digits, of which the `chosen` pieces are one.

    Pieces of `others` are like it; or it goes around more than one piece, as a box with a number in
    it does that was taken for a digit.
    """
    if any(encloses_several(parts, number) for number in chosen):
        return True
    width = parts.right[chosen].max() - parts.left[chosen].min()
    height = parts.bottom[chosen].max() - parts.top[chosen].min()
    alike = pieces_like(parts, chosen, np.asarray(others, dtype=np.intp), edges)
    slim = parts.width[alike] < SLIM * parts.height[alike]
    if width < SLIM * height or np.sum(slim) > 1:  # the sides of boxes
        return bool((~slim).any())
    return bool(len(alike))


def pieces_like(
    parts: Components, chosen: Sequence[int], others: Ints, edges: NDArray[np.float64]
) -> Ints:
    """Return those of `others` that are beside the `chosen` pieces, level with them and like them.

    How much edge there is tells ink from shadows, as it does for the digit.
    """
    left, right = parts.left[chosen].min(), parts.right[chosen].max()
    top, bottom = parts.top[chosen].min(), parts.bottom[chosen].max()
    height = bottom - top
    heights, widths = parts.height[others], parts.width[others]
    mass = parts.mass[others] / parts.mass[chosen].sum()
    beside = (parts.left[others] >= right) | (parts.right[others] <= left)
    shared = np.minimum(parts.bottom[others], bottom) - np.maximum(parts.top[others], top)
    level = shared / np.minimum(heights, height)
    alike = beside & (mass >= LIKE_INK[0]) & (widths <= SPREAD * heights)
    alike &= edges[others] >= LIKE_INK[0] * edges[chosen].sum()
    full = parts.area[others] / (heights * widths)
    own_full = parts.area[chosen].sum() / (height * (right - left))
    share = heights / height
    slim = widths < SLIM * heights
    pen = parts.area[others] / heights
    own_pen = parts.area[chosen].sum() / max(height, right - left)
    free = np.where(
        slim,
        within(share, LIKE_ONE) & (pen >= ONE_INK * own_pen),
        within(share, LIKE_HEIGHT) & (full >= LIKE_FILL * own_full),
    )
    cut = ~slim & within(share, LIKE_HEIGHT_AT_BORDER) & within(mass, LIKE_INK)
    at_border = border_sides(parts)[others] > 0
    alike &= np.where(at_border, cut & (level >= LEVEL_AT_BORDER), free & (level >= LEVEL))
    return np.asarray(others[alike])


def within(values: NDArray[np.float64], bounds: tuple[float, float]) -> NDArray[np.bool_]:
    """Return which of `values` lie between two bounds, themselves included."""
    return np.asarray((values >= bounds[0]) & (values <= bounds[1]))
