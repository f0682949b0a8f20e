"""Progress: where a training stands, in a handful of numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass
class Progress:
    """Where a run stands: with the arrays, all that its next step depends on."""

    epoch: int = 0  # finished epochs
    batch: int = 0  # finished batches of the epoch under way
    step: int = 0  # updates made in all
    rows: int = 0  # rows seen in the epoch under way
    loss_sum: float = 0.0  # of the loss over those rows
    correct: int = 0  # right guesses among those rows
    seconds: float = 0.0  # spent on the epoch under way
    lowest_loss: float = math.inf  # on the validation examples, of all finished epochs
    first_loss: float = math.inf  # of the first batch, before any update

    def count_step(self, loss: float, *, rows: int, correct: int) -> None:
        """Take in a step: the mean loss of its batch, its rows, and how many it guessed right."""
        if math.isinf(self.first_loss):
            self.first_loss = loss
        self.batch += 1
        self.step += 1
        self.rows += rows
        self.loss_sum += loss * rows
        self.correct += correct

    def start_epoch(self) -> None:
        """Count the epoch under way as finished and begin the next."""
        self.epoch += 1
        self.batch = self.rows = self.correct = 0
        self.loss_sum = self.seconds = 0.0
