"""Confidence: answers that should not be trusted, and those that are not to be given at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nnfs_cli.errors import NnfsError
from nnfs_cli.workflows.predict import Prediction, Refusal, shown_name

# Below this an answer gets a warning. A network of 784-1024-512-10 read 70 % rightly of those test
# digits of MNIST that it gave 50 to 70 %, and 85 % of those between 70 and 80 %. Of its answers to
# the test set 2 % are below; of those to printed letters 46 %, and to scribbles 60 %.
UNSURE = 0.7
RIVAL = 0.05  # a runner-up that is at least as probable is named, too
GATE_HINT = "lower the gate, or write and photograph the digit more clearly"


@dataclass(frozen=True)
class Withheld(Refusal):
    """A picture whose answer is not sure enough to be given."""

    guess: Prediction

    def to_dict(self) -> dict[str, object]:
        """Return the picture's line of `nnfs predict --json`."""
        told = self.guess.to_dict()
        return {**told, "digit": None, "guess": told["digit"]}


def withheld(
    results: Iterable[Prediction | Refusal], least: float
) -> Iterator[Prediction | Refusal]:
    """Yield the results, those answers withheld whose confidence is under `least`."""
    for result in results:
        if isinstance(result, Prediction) and not result.confidence >= least:
            sure, gate = share(result.confidence, least), share(least, least)
            message = f"{shown_name(result.path)}: not sure enough: {result.label} at {sure}"
            error = NnfsError(f"{message}, --min-confidence is {gate}", hint=GATE_HINT)
            yield Withheld(result.path, error, result)
        else:
            yield result


def share(value: float, gate: float) -> str:
    """Return `62 %`; with as many digits as are needed for what is under the gate to look so."""
    digits = 0
    while digits < 6 and value < gate and f"{value * 100:.{digits}f}" == f"{gate * 100:.{digits}f}":
        digits += 1
    text = f"{value * 100:.{digits}f}"
    if value == gate:
        text = f"{value * 100:.6g}"
    return f"{text} %"


def doubt(prediction: Prediction) -> str:
    """Return what makes an answer doubtful, `4 (52 %) or 9 (41 %)`, or `""` if nothing does."""
    if prediction.confidence >= UNSURE:
        return ""
    rivals = [n for n in prediction.best[1:2] if prediction.probabilities[n] >= RIVAL]
    return " or ".join(
        f"{prediction.classes[n]} ({prediction.probabilities[n] * 100:.0f} %)"
        for n in [prediction.best[0], *rivals]
    )
