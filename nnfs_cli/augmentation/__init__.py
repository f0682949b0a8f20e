"""Augmentation: every epoch sees each picture bent, moved and redrawn a little, never twice alike.

A network without convolutions knows nothing of shapes: a digit three pixels further is a stranger.
What it shall not care about it learns from examples that differ in nothing else.
"""

from nnfs_cli.augmentation.augment import Augmentation
from nnfs_cli.augmentation.strokes import Strokes
from nnfs_cli.augmentation.styles import Styles
from nnfs_cli.augmentation.synthetic import Synthetic
from nnfs_cli.augmentation.warp import Warp

__all__ = ["Augmentation", "Strokes", "Styles", "Synthetic", "Warp"]
