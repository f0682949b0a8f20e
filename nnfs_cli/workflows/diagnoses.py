"""Diagnoses: when learning goes wrong, what the numbers say about why, and one thing to try.

A rule is a function from evidence to a diagnosis, or to None. The limits are wide: a rule that
speaks up where nothing is wrong teaches people not to listen.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from nnfs_cli.workflows.evidence import Evidence

WIDE_INPUT = 3.0  # inputs of a standard deviation of 1 seldom go beyond
FAINT_INPUT = 0.1  # nor do pictures of 8 bits stay below
UNBALANCED = 10.0  # times as many rows of one class as of another
DEAD = 0.5  # share of the ReLU units
SATURATED = 0.6  # share of the sigmoid or tanh outputs
RISE = 0.05  # of the loss of guessing: a rise that is no noise
FALL = 0.05  # of the accuracy: what a rise of the loss must come with
SIGMAS = 3.0  # standard deviations that a fall of the accuracy must be as well
DEEP = 4  # hidden layers of sigmoids, each of which passes a quarter of the gradient on at most
LEAST_MOVE = 0.02  # share by which the loss falls in a training that gets somewhere
SETTLED = 3  # epochs after which a course can be judged
SLOW = 5  # epochs after which a loss should have moved
OVERFIT_RISE = 1.1  # times its lowest, the validation loss
OVERFIT_GAP = 0.1  # by which accuracy falls from the training set to another one
FEWEST = 20  # rows; the accuracy on fewer says too little
FEWEST_HELD_OUT = 50  # rows; on fewer, one that is hard decides what the loss does
FORGOTTEN = 0.01  # fall of the accuracy on old rows that is worth a word


@dataclass(frozen=True)
class Diagnosis:
    """What is wrong, with the number that shows it, and what to try."""

    kind: str  # the name of the rule, for programs
    finding: str
    advice: str

    def __str__(self) -> str:
        return f"{self.finding}; {self.advice}"

    def to_dict(self) -> dict[str, str]:
        """Return what `--json` tells under `diagnoses`."""
        return dict(vars(self))


Rule: TypeAlias = Callable[[Evidence], Diagnosis | None]


def inputs_not_scaled(e: Evidence) -> Diagnosis | None:
    """Inputs far from the size that the initial weights are made for."""
    if max(-e.lowest, e.highest) > WIDE_INPUT:
        return Diagnosis(
            "inputs-not-scaled",
            f"the inputs reach from {e.lowest:.3g} to {e.highest:.3g}",
            "scale them to 0-1 before training",
        )
    if 0 < max(-e.lowest, e.highest) < FAINT_INPUT:
        return Diagnosis(
            "inputs-not-scaled",
            f"the inputs reach {e.highest:.3g} of 1 at most ({e.highest * 255:.0f} of 255)",
            "scale the pixels to 0-255",
        )
    return None


def unbalanced_classes(e: Evidence) -> Diagnosis | None:
    """Many more rows of one class than of another."""
    present = [(count, name) for count, name in zip(e.counts, e.classes, strict=True) if count]
    if not present:
        return None
    (fewest, rare), (most, common) = min(present), max(present)
    if most < UNBALANCED * fewest:
        return None
    return Diagnosis(
        "unbalanced-classes",
        f"class {common} has {most:,} rows, class {rare} has {fewest:,}",
        "add rows of the rare classes, and judge by the recall of each",
    )


def learning_rate_too_large(e: Evidence) -> Diagnosis | None:
    """A loss above that of guessing, or one that rises or swings while the accuracy falls.

    A rise alone may be a few rows that the network is very wrong about: each epoch of a fine-tuning
    draws other old rows, and every augmentation is another.
    """
    if len(e.losses) < SETTLED or e.learning_rate is None or e.epoch_rows < FEWEST_HELD_OUT:
        return None
    last, lowest = e.losses[-1], min(e.losses[:-1])
    best = e.accuracies[e.losses.index(lowest)]
    rises = [after - before > RISE * e.guessing for before, after in pairwise(e.losses)]
    falls = [fallen(*both, e.epoch_rows) for both in pairwise(e.accuracies)]
    worse = [rise and fall for rise, fall in zip(rises, falls, strict=True)]
    risen = last > 1.25 * lowest and last - lowest > 2 * RISE * e.guessing
    if last > (1 + RISE) * e.guessing and any(rises):
        finding = f"the loss is {last:.3g}, that of guessing is {e.guessing:.3g}"
    elif risen and fallen(best, e.accuracies[-1], e.epoch_rows):
        finding = f"the loss has risen from {lowest:.3g} to {last:.3g}"
    elif sum(worse[-2 * SETTLED :]) >= SETTLED - 1:
        low, high = min(e.losses[-2 * SETTLED :]), max(e.losses[-2 * SETTLED :])
        finding = f"the loss swings between {low:.3g} and {high:.3g}"
    else:
        return None
    advice = f"try a smaller learning rate: --learning-rate {e.learning_rate / 10:.3g}"
    return Diagnosis("learning-rate-too-large", finding, advice)


def fallen(before: float, after: float, rows: int) -> bool:
    """Return whether the accuracy fell by more than the choice of the rows explains."""
    # p <- (p N + 1) / (N + 2): of a few rows that are all right, the next one need not be
    shares = [(accuracy * rows + 1) / (rows + 2) for accuracy in (before, after)]
    noise = math.sqrt(sum(share * (1 - share) for share in shares) / rows)
    return before - after > max(FALL, SIGMAS * noise)


def learning_rate_too_small(e: Evidence) -> Diagnosis | None:
    """A loss that hardly moves, still near that of guessing."""
    if len(e.losses) < SLOW or e.learning_rate is None:
        return None
    first, last = e.losses[0], e.losses[-1]
    moved = max(e.losses) - min(e.losses) >= LEAST_MOVE * first
    if moved or not 0.5 * e.guessing < last < 2 * e.guessing:
        return None
    finding = f"the loss has moved from {first:.4g} to {last:.4g} in {len(e.losses)} epochs"
    faster = f"try a larger learning rate: --learning-rate {e.learning_rate * 10:.3g}"
    kind, advice = obstacle(e) or ("learning-rate-too-small", faster)
    return Diagnosis(kind, finding, advice)


def obstacle(e: Evidence) -> tuple[str, str] | None:
    """Return what in the network itself is in the way when it does not learn, and what to try."""
    narrowest = min(e.hidden, default=0)
    if 0 < narrowest < math.log2(len(e.classes)):
        units = "1 unit" if narrowest == 1 else f"{narrowest} units"
        return "too-narrow", f"a layer of {units} lets too little through: try --hidden 128"
    if e.activation == "sigmoid" and len(e.hidden) >= DEEP:
        layers = f"{len(e.hidden)} layers of sigmoids"
        relu = "--activation relu --set init=he"
        return "too-deep", f"{layers} pass too little gradient back: try fewer, or {relu}"
    return None


def dead_units(e: Evidence) -> Diagnosis | None:
    """ReLU units that pass nothing on, whatever they see."""
    if e.dead is None or e.dead <= DEAD:
        return None
    return Diagnosis(
        "dead-units",
        f"{e.dead * 100:.0f} % of the hidden units never fire (ReLU)",
        "try a smaller learning rate",
    )


def saturated_units(e: Evidence) -> Diagnosis | None:
    """Sigmoid or tanh units at the ends of their range, where nothing can be learned."""
    if e.saturated is None or e.saturated <= SATURATED:
        return None
    return Diagnosis(
        "saturated-units",
        f"{e.saturated * 100:.0f} % of the hidden outputs are at the end of their range "
        f"({e.activation})",
        "try a smaller learning rate, or inputs from 0 to 1",
    )


def overfitting(e: Evidence) -> Diagnosis | None:
    """The training rows are learned by heart."""
    if e.val_rows >= FEWEST_HELD_OUT and len(e.val_losses) == len(e.losses) > 0:
        last, lowest = e.val_losses[-1], min(e.val_losses)
        best = e.val_losses.index(lowest)
        waited = len(e.val_losses) - 1 - best
        falls = e.losses[-1] < e.losses[best]
        if waited >= SETTLED and falls and last > OVERFIT_RISE * lowest > 0 and last > e.losses[-1]:
            return Diagnosis(
                "over-fitting",
                f"the validation loss has risen from {lowest:.3g} (epoch {best + 1}) to "
                f"{last:.3g}, while the training loss falls",
                "try --set patience=3, dropout, or more data",
            )
    if e.accuracy is not None and e.train_accuracy is not None:
        gap = e.train_accuracy - e.accuracy
        if gap > OVERFIT_GAP and sum(e.counts) >= FEWEST:
            return Diagnosis(
                "over-fitting",
                f"right on {e.train_accuracy * 100:.1f} % of what was learned from, "
                f"but on {e.accuracy * 100:.1f} % of these rows",
                "try more data, augmentation, dropout, or fewer epochs",
            )
    return None


def seen_before(e: Evidence) -> Diagnosis | None:
    """An evaluation on the rows that the model has learned from."""
    if not e.seen:
        return None
    return Diagnosis(
        "seen-before",
        f"the model was trained with these very rows, {sum(e.counts):,}",
        "put some aside in a test split to see how it does on new ones",
    )


def forgetting(e: Evidence) -> Diagnosis | None:
    """A fine-tuning after which the network no longer knows what it knew."""
    if e.old_before is None or e.old_after is None or e.old_rows < FEWEST_HELD_OUT:
        return None
    if round((e.old_before - e.old_after) * e.old_rows) <= FORGOTTEN * e.old_rows:
        return None
    more = "more pictures, a larger --mix" if e.mix else "mixing old rows in: --mix 0.75"
    return Diagnosis(
        "forgetting",
        f"the accuracy on the old test set has fallen from {e.old_before * 100:.2f} % to "
        f"{e.old_after * 100:.2f} %",
        f"try {more}, or a smaller --learning-rate; and check the labels of the new rows",
    )


def no_better_than_chance(e: Evidence) -> Diagnosis | None:
    """Accuracy that always naming the commonest class would reach as well."""
    rows = sum(e.counts)
    early = 0 < len(e.losses) <= SLOW and not e.finished
    if e.accuracy is None or rows < FEWEST or early:
        return None
    commonest = max(e.counts) / rows
    noise = 2 * math.sqrt(commonest * (1 - commonest) / rows)
    if commonest == 1 or e.accuracy > commonest + noise:
        return None
    advice = "check that labels and pictures belong together: nnfs show --data PATH"
    known = e.train_accuracy is not None and e.train_accuracy > commonest + noise
    if not known and (found := obstacle(e)):
        advice = found[1]
    elif e.finished and len(e.losses) <= SLOW:
        advice = f"try more epochs, or a larger learning rate; or {advice}"
    return Diagnosis(
        "no-better-than-chance",
        f"the accuracy is {e.accuracy * 100:.1f} %, always naming the commonest class gives "
        f"{commonest * 100:.1f} %",
        advice,
    )


RULES: tuple[Rule, ...] = (
    inputs_not_scaled,
    unbalanced_classes,
    seen_before,
    learning_rate_too_large,
    learning_rate_too_small,
    dead_units,
    saturated_units,
    overfitting,
    forgetting,
)


def diagnose(evidence: Evidence) -> list[Diagnosis]:
    """Return what is wrong; that it is no better than chance only where nothing else explains it.

    >>> from nnfs_cli.workflows.diagnoses import diagnose
    >>> from nnfs_cli.workflows.evidence import Evidence
    >>> [str(each) for each in diagnose(Evidence(("0", "1"), (50, 50), 0.0, 1.0, dead=0.75))]
    ['75 % of the hidden units never fire (ReLU); try a smaller learning rate']
    """
    found = [diagnosis for rule in RULES if (diagnosis := rule(evidence)) is not None]
    chance = no_better_than_chance(evidence)
    return found or ([chance] if chance else [])
