"""scikit-learn: MLPClassifier on float32 rows, one `partial_fit` an epoch."""

import sys

import numpy as np
from sklearn.neural_network import MLPClassifier

from benchmarks.data import mnist, report

pixels, labels = mnist()
x = (pixels / 255.0).astype(np.float32)
model = MLPClassifier(
    hidden_layer_sizes=tuple(int(units) for units in sys.argv[2].split(",")),
    activation="logistic",
    solver="sgd",
    alpha=0.0,
    batch_size=int(sys.argv[1]),
    learning_rate_init=0.1,
    momentum=0.0,
    nesterovs_momentum=False,
    random_state=0,
)
report(lambda number: model.partial_fit(x, labels, classes=range(10)))
