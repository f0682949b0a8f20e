"""Datasets: the user's files become rows of pixels with their labels, or one clear error.

>>> from nnfs_cli.datasets import load
>>> load(splits=["test"]).split("test")
Examples(10,000 x 784 uint8)
"""

from nnfs_cli.datasets.dataset import Dataset, Split
from nnfs_cli.datasets.hold_out import hold_out
from nnfs_cli.datasets.load import load

__all__ = ["Dataset", "Split", "hold_out", "load"]
