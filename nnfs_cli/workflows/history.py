"""History: how a training went, epoch by epoch, as `history.jsonl` tells it."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from nnfs_cli.errors import NnfsError
from nnfs_cli.files import advice, check_regular, why
from nnfs_cli.model import Model
from nnfs_cli.workflows.models import BUILTIN, DEFAULT
from nnfs_cli.workflows.output import HISTORY

MAX_BYTES = 64 * 2**20  # some 300,000 epochs
LINE = 4096  # bytes; a line of ours has about 200
ENDLESS = 1e300  # a figure so large is none, and its differences would be infinite
HINT = "nnfs train writes history.jsonl beside the model, a line an epoch"


class EpochRecord(NamedTuple):
    """One epoch. What was not measured, or is no finite number, is None."""

    epoch: int  # from 1
    loss: float | None  # nats, mean over the steps of the epoch
    accuracy: float | None  # 0 to 1
    val_loss: float | None
    val_accuracy: float | None
    learning_rate: float | None
    seconds: float | None


@dataclass(frozen=True)
class History:
    """The epochs of one training, at least one, in order."""

    path: Path
    epochs: tuple[EpochRecord, ...]
    cut_short: int | None = None  # the number of a last line that was left out, half written

    @property
    def best(self) -> EpochRecord | None:
        """The epoch with the lowest validation loss, or None without validation."""
        judged = [epoch for epoch in self.epochs if epoch.val_loss is not None]
        return min(judged, key=lambda epoch: epoch.val_loss or 0.0, default=None)

    def series(self, name: str) -> list[float | None]:
        """Return one figure of each epoch: `loss`, `val_accuracy`, ..."""
        return [getattr(epoch, name) for epoch in self.epochs]

    def contradicts(self, model: Model) -> str:
        """Return in what it is not the history of `model`, in a sentence, or nothing."""
        epochs, last = model.training.get("epochs"), self.epochs[-1]
        if isinstance(epochs, int) and epochs != last.epoch:
            return f"{self.path} ends with epoch {last.epoch}, the model was trained for {epochs}"
        if model.training.get("loss", last.loss) != last.loss:
            return f"{self.path} is that of another training of as many epochs"
        return ""

    def to_dict(self) -> dict[str, object]:
        """Return the document of `nnfs show --history --json`."""
        return {
            "file": str(self.path),
            "epochs": [epoch._asdict() for epoch in self.epochs],
            "best": self.best._asdict() if self.best else None,
        }


def history_beside(model: Path | None) -> Path:
    """Return where the history of a model is: in its folder.

    Raises:
        NnfsError: it is the model that comes with nnfs, which has none.
    """
    if model is not None and str(model) == BUILTIN and not model.exists():
        raise NnfsError("the model that comes with nnfs brings no history", hint=HINT)
    return (model or DEFAULT).with_name(HISTORY)


def load_history(path: Path) -> History:
    """Read the history at `path`, a line at a time.

    A last line without its end, as a training leaves it that is stopped while it writes, is left
    out.

    Raises:
        NnfsError: there is no such file; or a line is no epoch, with its number.
    """
    with contextlib.suppress(
        OSError, ValueError
    ):  # where it cannot be looked up, the next says why
        if not path.exists():
            raise NnfsError(f"no history at {path}", hint=HINT)
    check_regular(path, limit=MAX_BYTES, error=NnfsError)
    epochs: list[EpochRecord] = []
    cut_short = None
    try:
        with path.open("rb") as file:
            number = 0
            while line := file.readline(LINE):
                number += 1
                if not line.strip():
                    continue
                try:
                    epochs.append(read_line(line, after=epochs[-1].epoch if epochs else 0))
                except ValueError as error:
                    if epochs and not line.endswith(b"\n") and len(line) < LINE:
                        cut_short = number
                        break
                    raise NnfsError(f"{path}, line {number}: {error}", hint=HINT) from None
    except OSError as error:
        hint = advice(error, otherwise=HINT)
        raise NnfsError(f"cannot read {path}: {why(error)}", hint=hint) from error
    if not epochs:
        raise NnfsError(f"{path} is empty: no epoch was finished", hint=HINT)
    return History(path, tuple(epochs), cut_short)


def read_line(line: bytes, *, after: int) -> EpochRecord:
    """Return the epoch of one line; ValueError, in words, if it is none or not after `after`."""
    if len(line) >= LINE:
        raise ValueError(f"a line of {LINE:,} bytes and more")
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError("not JSON") from None
    if not isinstance(values, dict):
        raise ValueError("not a JSON object, {...}")
    epoch = values.get("epoch")
    if not isinstance(epoch, int) or isinstance(epoch, bool) or not 0 < epoch < 2**63:
        raise ValueError('no "epoch", a whole number from 1')
    if epoch <= after:
        raise ValueError(f"epoch {epoch} comes after epoch {after}")
    if "loss" not in values:
        raise ValueError('no "loss"')
    return EpochRecord(epoch, *(figure(values, name) for name in EpochRecord._fields[1:]))


def figure(values: dict[str, Any], name: str) -> float | None:
    """Return a figure of an epoch, or None where there is none or it is no finite number."""
    value = values.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f'"{name}" is not a number')
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if abs(number) < ENDLESS else None
