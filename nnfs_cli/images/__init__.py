"""Images: a picture that a person made becomes the 28x28 numbers that the network knows."""

from nnfs_cli.images.normalise import Normalised, normalise
from nnfs_cli.images.reading import find_pictures, read_picture

__all__ = ["Normalised", "find_pictures", "normalise", "read_picture"]
