"""98 % with PyTorch, from the shell to a saved model: the recipe of nnfs.toml."""

import gzip
import sys

import numpy as np
import torch
from torch.nn.functional import cross_entropy

EPOCHS, BATCH = int(sys.argv[2]), 160


def read(name: str, offset: int) -> np.ndarray:
    """Read one of the four files."""
    with gzip.open(f"{sys.argv[1]}/{name}.gz") as file:
        return np.frombuffer(bytearray(file.read()), dtype=np.uint8)[offset:]


x = torch.from_numpy(read("train-images-idx3-ubyte", 16)).view(-1, 784)
y = torch.from_numpy(read("train-labels-idx1-ubyte", 8)).long()
mean = x[::15].float().mean(0) / 255
torch.manual_seed(int(sys.argv[3]))
model = torch.nn.Sequential(torch.nn.Linear(784, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10))
torch.nn.init.kaiming_normal_(model[0].weight)
optimizer = torch.optim.SGD(model.parameters(), momentum=0.9, nesterov=True, fused=True)
schedule = torch.optim.lr_scheduler.OneCycleLR(
    optimizer,
    max_lr=0.7,
    total_steps=EPOCHS * -(-len(x) // BATCH),
    pct_start=0.35,
    cycle_momentum=False,
)
for _ in range(EPOCHS):
    for rows in torch.randperm(len(x)).split(BATCH):
        loss = cross_entropy(model(x[rows].float() / 255 - mean), y[rows], label_smoothing=0.05)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
with torch.inference_mode():
    test = torch.from_numpy(read("t10k-images-idx3-ubyte", 16)).view(-1, 784)
    truth = torch.from_numpy(read("t10k-labels-idx1-ubyte", 8))
    accuracy = (model(test.float() / 255 - mean).argmax(1) == truth).float().mean().item()
torch.save(model.state_dict(), f"{sys.argv[4]}/model.pt")
print(accuracy)
