"""PyTorch: eager, tensors in memory, batches by index, loss and accuracy kept as tensors."""

import itertools
import sys

import torch
from torch.nn.functional import cross_entropy

from benchmarks.data import mnist, report

pixels, labels = mnist()
x, y = torch.from_numpy(pixels).float() / 255, torch.from_numpy(labels)
batch_size = int(sys.argv[1])
widths = [784, *(int(units) for units in sys.argv[2].split(","))]
torch.manual_seed(0)
layers: list[torch.nn.Module] = []
for d, h in itertools.pairwise(widths):
    layers += [torch.nn.Linear(d, h), torch.nn.Sigmoid()]
model = torch.nn.Sequential(*layers, torch.nn.Linear(widths[-1], 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)


def epoch(number: int) -> None:
    """Train for an epoch."""
    losses, correct = torch.zeros(()), torch.zeros((), dtype=torch.long)
    for rows in torch.randperm(len(x)).split(batch_size):
        target = y[rows]
        logits = model(x[rows])
        loss = cross_entropy(logits, target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses += loss.detach()
        correct += (logits.argmax(1) == target).sum()
    assert losses.item() > 0
    assert correct.item() > 0


report(epoch)
