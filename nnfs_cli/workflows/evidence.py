"""Evidence: the numbers that tell how learning goes, which `diagnoses` reasons from."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Evidence:
    """The numbers that the rules look at; what is not known is None or empty."""

    classes: tuple[str, ...]
    counts: tuple[int, ...]  # rows of each class
    lowest: float  # of the inputs, as the network gets them
    highest: float
    dead: float | None = None  # share of the ReLU units
    saturated: float | None = None  # share of the outputs of sigmoid and tanh units
    hidden: tuple[int, ...] = ()  # units of each hidden layer
    activation: str = ""
    learning_rate: float | None = None
    finished: bool = False  # a training, not only an epoch of it
    losses: tuple[float, ...] = ()  # nats, one for each epoch
    accuracies: tuple[float, ...] = ()  # likewise, on the rows of the epoch
    epoch_rows: int = 0  # by which both were measured
    val_losses: tuple[float, ...] = ()
    val_rows: int = 0  # by which they were measured
    accuracy: float | None = None  # on these rows
    train_accuracy: float | None = None  # where these rows are not those that were learned from
    seen: bool = False  # whether these rows are those that were learned from, or held out
    mix: float = 0.0  # of a fine-tuning
    old_rows: int = 0  # by which it was measured whether anything was forgotten
    old_before: float | None = None  # accuracy on them
    old_after: float | None = None

    @property
    def guessing(self) -> float:
        """The loss of giving every class the same probability, in nats."""
        return math.log(len(self.classes))
