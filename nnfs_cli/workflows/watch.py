"""Watch: looks at a network, its rows and its epochs, and gathers evidence for the diagnoses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from nnfs_cli.engine import ACTIVATIONS, Examples, Network, activity, spread
from nnfs_cli.workflows.diagnoses import Diagnosis, diagnose
from nnfs_cli.workflows.evidence import Evidence
from nnfs_cli.workflows.fine_tuning import Change

SAMPLE = 512  # rows by which the hidden units and the inputs are judged
TELLING = 100  # rows; to fewer, many a unit that looks for something else says nothing


def examine(network: Network, examples: Examples, *, classes: tuple[str, ...]) -> Evidence:
    """Return what a look at some rows, and at the network that sees them, tells."""
    rows = spread(len(examples), SAMPLE)
    x = examples.inputs_at(rows, dtype=network.dtype)
    lowest, highest = float(x.min()), float(x.max())
    found = activity(network, x)
    kinds = [type(layer).__name__.lower() for layer in network.layers]
    counts = np.bincount(examples.labels, minlength=len(classes))
    telling = len(rows) >= TELLING and np.count_nonzero(counts) > len(classes) / 2
    return Evidence(
        classes=classes,
        counts=tuple(counts.tolist()),
        lowest=lowest,
        highest=highest,
        dead=found.dead if telling else None,
        saturated=found.saturated,
        hidden=tuple(layer.units for layer in network.dense[:-1]),
        activation=next((kind for kind in kinds if kind in ACTIVATIONS), ""),
    )


class Watch:
    """Looks after a training: each diagnosis is made once, after the epoch that shows it.

    The hidden units are looked at after epochs 1, 2, 4, 8, ... : that costs a pass over 512 rows.
    """

    def __init__(
        self,
        network: Network,
        examples: Examples,
        validation: Examples | None = None,
        *,
        classes: tuple[str, ...],
        epoch_rows: int,
    ) -> None:
        self._network = network
        self._examples = examples
        self._val_rows = len(validation) if validation is not None else 0
        self._evidence = examine(network, examples, classes=classes)
        self._epoch_rows = epoch_rows
        self._said: set[str] = set()

    def begin(self) -> list[Diagnosis]:
        """Return what the data alone shows."""
        data = replace(self._evidence, dead=None, saturated=None)
        return self._new(diagnose(data))

    def epoch(self, history: Sequence[dict[str, Any]], learning_rate: float) -> list[Diagnosis]:
        """Return what the epochs so far show that was not said yet.

        Args:
            history: their lines, as in `history.jsonl`.
            learning_rate: of the config: what the user may change.
        """
        epoch = len(history)
        evidence = self._course(history, learning_rate)
        if epoch & (epoch - 1) == 0:
            seen = examine(self._network, self._examples, classes=evidence.classes)
            evidence = replace(evidence, dead=seen.dead, saturated=seen.saturated)
        return self._new(diagnose(replace(evidence, accuracy=history[-1]["accuracy"])))

    def end(
        self,
        history: Sequence[dict[str, Any]],
        learning_rate: float,
        *,
        accuracy: float,
        old: Change | None = None,
        mix: float = 0.0,
    ) -> list[Diagnosis]:
        """Return what the finished network shows that was not said yet.

        Args:
            history: the lines of its epochs.
            learning_rate: of the config.
            accuracy: on all rows that were learned from.
            old: what became of the accuracy on the old rows, in a fine-tuning.
            mix: the share of old rows in it.
        """
        evidence = replace(self._course(history, learning_rate), accuracy=accuracy, finished=True)
        if old is not None:
            evidence = replace(
                evidence, mix=mix, old_rows=old.rows, old_before=old.before, old_after=old.after
            )
        found = diagnose(evidence)
        if self._said:  # which explains why it is no better than chance
            found = [each for each in found if each.kind != "no-better-than-chance"]
        return self._new(found)

    def _course(self, history: Sequence[dict[str, Any]], learning_rate: float) -> Evidence:
        """Return the epochs so far, with what is known of the data."""
        return replace(
            self._evidence,
            dead=None,
            saturated=None,
            learning_rate=learning_rate,
            losses=tuple(line["loss"] for line in history),
            accuracies=tuple(line["accuracy"] for line in history),
            epoch_rows=self._epoch_rows,
            val_losses=tuple(line["val_loss"] for line in history if line["val_loss"] is not None),
            val_rows=self._val_rows,
        )

    def _new(self, found: list[Diagnosis]) -> list[Diagnosis]:
        new = [diagnosis for diagnosis in found if diagnosis.kind not in self._said]
        self._said.update(diagnosis.kind for diagnosis in new)
        return new
