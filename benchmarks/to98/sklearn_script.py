"""98 % with scikit-learn, from the shell to a saved model: Nesterov, a falling rate."""

import gzip
import pickle
import sys

import numpy as np
from sklearn.neural_network import MLPClassifier

EPOCHS = int(sys.argv[2])


def read(name: str, offset: int) -> np.ndarray:
    """Read one of the four files."""
    with gzip.open(f"{sys.argv[1]}/{name}.gz") as file:
        return np.frombuffer(file.read(), dtype=np.uint8)[offset:]


x = read("train-images-idx3-ubyte", 16).reshape(-1, 784).astype(np.float32) / 255
mean = x[::15].mean(axis=0)
x -= mean
y = read("train-labels-idx1-ubyte", 8)
model = MLPClassifier((192,), solver="sgd", batch_size=128, random_state=int(sys.argv[3]))
for epoch in range(EPOCHS):
    rate = 0.3 * (1 - epoch / EPOCHS)
    if epoch:
        model._optimizer.learning_rate = rate  # the library has no schedule that falls evenly
    else:
        model.learning_rate_init = rate
    model.partial_fit(x, y, classes=np.arange(10))
test = read("t10k-images-idx3-ubyte", 16).reshape(-1, 784).astype(np.float32) / 255
accuracy = model.score(test - mean, read("t10k-labels-idx1-ubyte", 8))
with open(f"{sys.argv[4]}/model.pickle", "wb") as file:  # noqa: PTH123
    pickle.dump(model, file)
print(accuracy)
