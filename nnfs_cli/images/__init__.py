"""Images: a picture that a person made becomes the 28x28 numbers that the network knows."""

from nnfs_cli.images.normalise import Normalised, normalise
from nnfs_cli.images.reading import find_pictures, read_picture
from nnfs_cli.images.thumbnail import thumbnail

__all__ = ["Normalised", "find_pictures", "normalise", "read_picture", "thumbnail"]
