"""Early stopping: enough is enough when the validation loss no longer falls."""

from __future__ import annotations

import math

import numpy as np

from nnfs_cli.engine.arrays import Floats
from nnfs_cli.engine.network import Network


class EarlyStopping:
    """Stops when the validation loss has not improved for `patience` epochs; keeps the best.

    With a `patience` of 0 it never stops, and still keeps the best.
    """

    def __init__(self, network: Network, patience: int = 0) -> None:
        self.patience = patience
        self.best_params: Floats = network.params.copy()
        self.best_loss = math.inf
        self.best_epoch = 0

    def update(self, epoch: int, params: Floats, val_loss: float) -> bool:
        """Take in the result of an epoch; return whether it is the best so far."""
        if not val_loss < self.best_loss:  # not a number is never better
            return False
        self.best_loss, self.best_epoch = val_loss, epoch
        np.copyto(self.best_params, params)
        return True

    def should_stop(self, epoch: int) -> bool:
        """Return whether patience has run out after `epoch`."""
        return 0 < self.patience <= epoch - self.best_epoch

    def __repr__(self) -> str:
        return f"EarlyStopping(patience={self.patience})"
