"""Make docs/images/drawn.png: some of the digits that nobody wrote, as a network gets them.

Run from the top of the project, with nnfs installed: `python docs/drawn_picture.py`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from nnfs_cli.augmentation.synthetic import drawings

COUNT, SCALE = 24, 2  # pictures of each digit, and pixels of a pixel
TARGET = Path(__file__).parent / "images" / "drawn.png"


def main() -> None:
    """Write the picture: a row for each digit."""
    some = drawings(28, 28)[:, :COUNT]
    table = some.transpose(0, 2, 1, 3).reshape(10 * 28, COUNT * 28)
    large = np.repeat(np.repeat(table, SCALE, axis=0), SCALE, axis=1)
    Image.fromarray(255 - large).save(TARGET, optimize=True)


if __name__ == "__main__":
    main()
