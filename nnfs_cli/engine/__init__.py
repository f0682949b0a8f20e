"""The engine: a neural network in NumPy. No files, no printing, no command line.

Read it in this order: `ops` (the mathematics), `layers` and `network` (who remembers what),
`losses`, `optimizers`, `batching`, and `training`, where the loop puts them together.

>>> from nnfs_cli.engine import *
>>> import numpy as np
>>> x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
>>> network = Network([Dense(2, 8), Sigmoid(), Dense(8, 2)])
>>> network = network.initialize(generator(1, Stream.WEIGHTS))
>>> xor = Examples(x, np.array([0, 1, 1, 0]))
>>> batches = Minibatches(xor, batch_size=4, seed=1)
>>> for event in fit(network, batches, epochs=2000, schedule=Constant(2.0)):
...     pass
>>> network.predict(x)
array([0, 1, 1, 0])
"""

from nnfs_cli.engine.activity import Activity, activity
from nnfs_cli.engine.arrays import Arena, Floats, Labels, Scratch
from nnfs_cli.engine.attribution import (
    Attribution,
    attribute,
    hidden_gradient,
    hidden_outputs,
    input_gradient,
    votes,
)
from nnfs_cli.engine.averaging import WeightAverage
from nnfs_cli.engine.batching import Batch, Minibatches
from nnfs_cli.engine.calibration import best_temperature, calibrate
from nnfs_cli.engine.centering import Center, folded, mean_input, take_folded
from nnfs_cli.engine.early_stopping import EarlyStopping
from nnfs_cli.engine.evaluation import Evaluation, evaluate
from nnfs_cli.engine.examples import PIXEL_SCALE, Examples, scaled, spread
from nnfs_cli.engine.gradcheck import GradientCheck, check_gradients
from nnfs_cli.engine.halves import can_be_halved
from nnfs_cli.engine.initializers import INITIALIZERS, Initializer, glorot, he, lecun
from nnfs_cli.engine.layers import ACTIVATIONS, Dense, Dropout, Layer, ReLU, Sigmoid, Tanh
from nnfs_cli.engine.losses import SoftmaxCrossEntropy
from nnfs_cli.engine.mixing import MixedMinibatches
from nnfs_cli.engine.network import Network, multilayer_perceptron
from nnfs_cli.engine.optimizers import SGD, Adam, AdamW, Momentum, Nesterov, Optimizer
from nnfs_cli.engine.pair import Pair, can_work_in_pairs
from nnfs_cli.engine.progress import Progress
from nnfs_cli.engine.schedules import Constant, Cosine, OneCycle, Schedule, StepDecay
from nnfs_cli.engine.seeding import Stream, generator
from nnfs_cli.engine.state import TrainingState
from nnfs_cli.engine.training import EpochEnd, StepEnd, Team, fit, train_step
from nnfs_cli.engine.trimming import Trimmed, TrimmedExamples, trim

__all__ = [
    "ACTIVATIONS", "INITIALIZERS", "PIXEL_SCALE", "SGD", "Activity", "Adam", "AdamW", "Arena",
    "Attribution", "Batch", "Center", "Constant", "Cosine", "Dense", "Dropout", "EarlyStopping",
    "EpochEnd", "Evaluation", "Examples", "Floats", "GradientCheck", "Initializer", "Labels",
    "Layer", "Minibatches", "MixedMinibatches", "Momentum", "Nesterov", "Network", "OneCycle",
    "Optimizer", "Pair", "Progress", "ReLU", "Schedule", "Scratch", "Sigmoid",
    "SoftmaxCrossEntropy", "StepDecay", "StepEnd", "Stream", "Tanh", "Team", "TrainingState",
    "Trimmed", "TrimmedExamples", "WeightAverage", "activity", "attribute", "best_temperature",
    "calibrate", "can_be_halved", "can_work_in_pairs", "check_gradients", "evaluate", "fit",
    "folded", "generator", "glorot", "he", "hidden_gradient", "hidden_outputs", "input_gradient",
    "lecun", "mean_input", "multilayer_perceptron", "scaled", "spread", "take_folded", "train_step",
    "trim", "votes",
]  # fmt: skip
