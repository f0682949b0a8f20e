"""A neural network from scratch: NumPy does the mathematics, a command line does the rest."""

__version__ = "0.1.0"
