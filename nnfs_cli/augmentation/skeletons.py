"""Skeletons: the ways in which people write each digit, as the lines that a pen follows.

Points are pairs of hundredths of the digit's box, to the right and down. A hand that writes one of
these a thousand times never writes it twice alike: that is the business of `synthetic.py`.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Polyline: TypeAlias = NDArray[np.float64]  # (n, 2) points from 0 to 1, to the right and down

PIECES = 4  # straight pieces for each point of a curve: more cannot be told apart in 28 pixels


def line(*points: float) -> Polyline:
    """Return the straight pieces from one of `points` (right, down, right, down, ...) to the next.

    >>> line(0, 0, 50, 100)
    array([[0. , 0. ],
           [0.5, 1. ]])
    """
    return np.array(points, dtype=np.float64).reshape(-1, 2) / 100.0


def curve(*points: float) -> Polyline:
    """Return short straight pieces of a smooth curve through `points`, hundredths as in `line`.

    It is the spline of Catmull and Rom ("A class of local interpolating splines", 1974), uniform,
    with a tension of one half: at each point it goes in the direction from the one before to the
    one after. Before the first and after the last it would go straight on.
    """
    p = line(*points)
    p = np.concatenate([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
    t = np.arange(PIECES)[:, None] / PIECES
    before, here, after, beyond = (p[k : len(p) - 3 + k, None] for k in range(4))
    pieces = here + 0.5 * (
        t * (after - before)
        + t**2 * (2 * before - 5 * here + 4 * after - beyond)
        + t**3 * (3 * here - before - 3 * after + beyond)
    )
    return np.concatenate([pieces.reshape(-1, 2), p[-2:-1]])


SKELETONS: tuple[tuple[tuple[Polyline, ...], ...], ...] = (
    (  # 0: closed, closed with an overlap, an egg, slashed
        (curve(55, 2, 20, 15, 5, 50, 20, 88, 52, 98, 85, 85, 97, 50, 82, 15, 55, 2),),
        (curve(65, 8, 30, 5, 5, 45, 20, 90, 55, 97, 90, 70, 92, 30, 60, 2, 35, 12),),
        (curve(50, 0, 75, 12, 90, 50, 75, 88, 50, 100, 25, 88, 10, 50, 25, 12, 50, 0),),
        (
            curve(50, 0, 75, 12, 90, 50, 75, 88, 50, 100, 25, 88, 10, 50, 25, 12, 50, 0),
            line(80, 12, 20, 88),
        ),
    ),
    (  # 1: straight, a little bent, with a flag, with a long one, with a flag and a serif
        (line(50, 0, 50, 100),),
        (curve(45, 0, 52, 50, 50, 100),),
        (line(20, 28, 55, 0, 55, 100),),
        (line(0, 45, 55, 0, 50, 100),),
        (line(25, 25, 55, 0, 55, 100), line(20, 100, 90, 100)),
    ),
    (  # 2: with a flat base, a loop in its foot, a wave, a curl before it, like a Z, like a swan
        (curve(8, 25, 25, 5, 55, 0, 85, 15, 85, 40, 50, 70, 5, 98), line(5, 98, 98, 97)),
        (
            curve(
                *(10, 30, 20, 8, 50, 0, 82, 12, 85, 35, 60, 65),
                *(30, 93, 8, 97, 5, 85, 25, 80, 60, 93, 95, 97),
            ),
        ),
        (
            curve(30, 28, 12, 20, 20, 5, 50, 0, 85, 12, 88, 35, 60, 65, 10, 95),
            curve(10, 95, 40, 90, 70, 98, 100, 90),
        ),
        (
            curve(
                *(35, 30, 20, 38, 8, 25, 20, 6, 50, 0, 82, 10, 90, 32, 70, 60),
                *(35, 88, 12, 99, 3, 90, 15, 80, 40, 86, 70, 98, 100, 88),
            ),
        ),
        (line(5, 10, 90, 2, 5, 98, 95, 98),),
        (curve(10, 20, 40, 0, 75, 5, 90, 30, 75, 60, 40, 85, 10, 100), line(10, 100, 97, 100)),
    ),
    (  # 3: round, with a flat top, with a loop in its waist, with both ends curled, in one go
        (
            curve(10, 12, 40, 0, 80, 8, 85, 30, 60, 45, 35, 47),
            curve(35, 47, 70, 50, 95, 70, 80, 93, 40, 100, 5, 88),
        ),
        (line(10, 3, 90, 3, 40, 42), curve(40, 42, 75, 45, 95, 68, 80, 93, 40, 100, 5, 90)),
        (
            curve(
                *(15, 10, 50, 0, 85, 12, 80, 35, 50, 46, 38, 42),
                *(45, 37, 55, 44, 85, 55, 95, 75, 75, 95, 40, 100, 8, 90),
            ),
        ),
        (
            curve(12, 28, 12, 10, 45, 0, 85, 10, 85, 33, 55, 46, 40, 46),
            curve(40, 46, 70, 46, 98, 65, 85, 95, 45, 100, 5, 92, 5, 75),
        ),
        (
            curve(25, 20, 10, 10, 30, 0, 70, 2, 90, 20, 75, 40, 45, 48),
            curve(45, 48, 85, 52, 98, 75, 75, 97, 35, 100, 10, 85, 25, 75),
        ),
    ),
    (  # 4: open in two strokes, closed in one, with a bent bar, high, closed in three, round, low
        (line(40, 0, 5, 60, 98, 60), line(72, 25, 70, 100)),
        (line(65, 100, 65, 0, 3, 65, 100, 65),),
        (curve(15, 5, 10, 30, 15, 50, 45, 55, 85, 45), line(85, 0, 75, 100)),
        (line(20, 0, 10, 50, 95, 50), line(75, 0, 72, 100)),
        (curve(75, 5, 40, 30, 5, 60), line(5, 60, 97, 62), line(70, 5, 65, 100)),
        (curve(70, 100, 72, 50, 72, 2, 40, 25, 3, 62, 40, 68, 100, 62),),
        (curve(55, 0, 30, 40, 5, 72, 50, 74, 100, 70), line(68, 45, 62, 100)),
        (line(15, 0, 12, 45, 88, 45), line(88, 0, 88, 100)),
    ),
    (  # 5: in one go, like an S, with its bar drawn last, with a curl, with a wide belly, angular
        (line(85, 2, 20, 2, 15, 42), curve(15, 42, 50, 35, 88, 50, 90, 80, 60, 100, 10, 92)),
        (curve(85, 5, 50, 0, 25, 10, 20, 35, 50, 43, 85, 55, 85, 85, 50, 100, 10, 93),),
        (
            line(25, 5, 18, 42),
            curve(18, 42, 55, 36, 90, 55, 85, 85, 50, 100, 8, 92),
            line(25, 5, 95, 0),
        ),
        (
            curve(
                *(95, 0, 60, 6, 30, 5, 22, 25, 18, 42, 50, 38),
                *(85, 50, 92, 75, 70, 97, 35, 100, 8, 88, 15, 78),
            ),
        ),
        (
            line(90, 0, 30, 4, 12, 48),
            curve(12, 48, 40, 36, 75, 40, 95, 65, 80, 92, 45, 100, 5, 90),
        ),
        (line(80, 2, 15, 5, 15, 40), curve(15, 40, 60, 42, 90, 62, 75, 90, 30, 100)),
    ),
    (  # 6: with a bent, straight, round, steep, hooked back; with a small loop
        (
            curve(
                75, 0, 40, 15, 12, 45, 8, 75, 30, 98, 65, 98, 90, 80, 80, 58, 50, 50, 20, 62, 10, 80
            ),
        ),
        (curve(55, 0, 30, 30, 8, 65, 15, 92, 45, 100, 80, 92, 88, 70, 65, 55, 35, 60, 12, 78),),
        (
            curve(
                90, 8, 60, 0, 30, 15, 8, 50, 12, 85, 45, 100, 82, 92, 95, 70, 78, 50, 40, 48, 10, 70
            ),
        ),
        (curve(40, 0, 20, 30, 10, 65, 20, 95, 50, 100, 80, 90, 80, 70, 55, 60, 25, 72, 15, 85),),
        (
            curve(
                *(85, 20, 70, 2, 40, 3, 15, 25, 5, 60, 20, 93),
                *(55, 100, 90, 85, 92, 60, 65, 42, 30, 50, 8, 68),
            ),
        ),
        (curve(30, 0, 12, 40, 10, 80, 40, 100, 75, 90, 82, 68, 60, 52, 25, 60, 12, 75),),
    ),
    (  # 7: straight, with a bent stem, with a serif on its left, a wave on top, two with a bar
        (line(5, 3, 95, 3, 45, 100),),
        (curve(5, 6, 45, 7, 92, 3), curve(92, 3, 60, 40, 45, 70, 42, 100)),
        (line(5, 18, 8, 3, 95, 3, 40, 100),),
        (curve(3, 16, 12, 4, 35, 6, 65, 8, 95, 2), curve(95, 2, 65, 35, 50, 65, 40, 100)),
        (line(5, 3, 95, 3, 45, 100), line(30, 50, 88, 48)),
        (curve(3, 14, 12, 4, 50, 7, 95, 3), line(95, 3, 50, 100), line(35, 55, 92, 50)),
    ),
    (  # 8: like an S that is closed, two rings, begun on the right, open at its top, from the left
        (
            curve(
                *(80, 12, 50, 0, 20, 12, 20, 32, 50, 48, 85, 65, 85, 90),
                *(50, 100, 15, 90, 15, 68, 45, 50, 75, 35, 80, 12),
            ),
        ),
        (
            curve(50, 0, 20, 10, 20, 35, 50, 46, 80, 35, 80, 10, 50, 0),
            curve(50, 46, 10, 60, 8, 88, 50, 100, 92, 88, 90, 60, 50, 46),
        ),
        (
            curve(
                *(90, 10, 50, 0, 15, 12, 20, 35, 60, 55, 90, 78),
                *(65, 98, 30, 98, 10, 80, 30, 58, 70, 38, 95, 5),
            ),
        ),
        (
            curve(
                *(85, 15, 60, 0, 25, 8, 20, 28, 50, 46, 80, 60, 90, 82),
                *(60, 100, 20, 95, 10, 75, 35, 55, 70, 30, 72, 10),
            ),
        ),
        (
            curve(
                *(30, 5, 15, 25, 40, 42, 75, 60, 85, 85, 50, 100),
                *(12, 88, 20, 62, 55, 45, 80, 25, 65, 4, 30, 5),
            ),
        ),
    ),
    (  # 9: with a straight, hooked, bent stem, like a g, with a round back, like a q
        (curve(85, 20, 60, 0, 25, 5, 8, 30, 25, 52, 60, 50, 82, 25, 85, 10), line(85, 10, 80, 100)),
        (
            curve(85, 25, 60, 2, 25, 5, 8, 28, 25, 50, 60, 48, 85, 20),
            curve(85, 20, 90, 55, 75, 88, 40, 100, 10, 92),
        ),
        (
            curve(80, 15, 50, 0, 15, 12, 12, 40, 45, 52, 75, 35, 80, 15),
            curve(80, 15, 75, 55, 55, 100),
        ),
        (
            curve(75, 8, 40, 0, 10, 20, 15, 45, 50, 50, 80, 30, 78, 6),
            curve(78, 6, 85, 50, 82, 80, 60, 98, 25, 100),
        ),
        (
            curve(50, 2, 15, 8, 10, 40, 45, 50, 85, 35, 80, 8, 50, 2),
            curve(87, 30, 82, 70, 60, 95, 15, 100),
        ),
        (curve(90, 5, 50, 0, 10, 15, 15, 45, 55, 48, 88, 20), line(90, 5, 85, 100)),
    ),
)
