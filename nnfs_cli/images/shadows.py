"""Shadows: what levelling left of them, which is pale, thick, and reaches the picture's border.

Where the edge of a shadow meets the border there is a corner of it smaller than any window in which
paper is looked for, and so it looks like ink. One digit is told from it by being in the middle.
Several may be anywhere, and the shadow must go.
"""

from __future__ import annotations

import numpy as np

from nnfs_cli.images.components import border_sides, label
from nnfs_cli.images.filters import Plane, closed, greatest

TIP = 0.25  # of the thickest pen: so far into its tip a shadow is followed, and no ruled line


def without_shadows(soft: Plane, *, low: float, pen: float) -> Plane:
    """Return the ink without what is thicker than `pen` pixels and reaches the border.

    Ink is stronger than `low`.
    """
    radius = max(2, round(pen / 2))
    thick = label(-closed(-soft, radius) > low)  # an opening: what is thinner is gone
    shadows = thick.mask(np.flatnonzero(border_sides(thick)))
    if not shadows.any():
        return soft
    wedges = label(-closed(-soft, max(1, round(TIP * radius))) > low)
    whole = wedges.labels[shadows]
    gone = wedges.mask(whole[whole > 0] - 1)
    return np.where(greatest(gone, radius), np.float32(0.0), soft)  # with what rounding has left
