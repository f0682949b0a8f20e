"""Training data: what a training is fed with and judged by, found and checked before it begins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from nnfs_cli.checkpoint import Checkpoint, DataMark
from nnfs_cli.config import EffectiveConfig, RunConfig
from nnfs_cli.datasets import Dataset, Split, hold_out, load
from nnfs_cli.engine import Examples
from nnfs_cli.errors import ConfigError, DataError, ModelError
from nnfs_cli.workflows.fingerprint import fingerprint
from nnfs_cli.workflows.resume import mark_data


@dataclass(frozen=True, eq=False)
class TrainingData:
    """A data set and, in a fine-tuning, the older one that is mixed in.

    `original` has its training rows only if some of them are mixed in.
    """

    dataset: Dataset
    original: Dataset | None
    mark: DataMark
    digest: str  # the fingerprint of the data set's training split

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the user should know of the data."""
        told = self.dataset.warnings + (self.original.warnings if self.original else ())
        labels = self.dataset.split("train").labels
        if self.original is None and len(self.dataset.classes) > 1 and np.ptp(labels) == 0:
            only = self.dataset.classes[labels[0]]
            told += (f"all rows are of the class {only}: there is nothing to tell apart",)
        return told

    def split(self, config: RunConfig) -> tuple[Examples, Examples | None]:
        """Return the rows to learn from, and those that are held out for validation.

        Raises:
            ConfigError: there are not so many.
        """
        examples = self.dataset.split("train")
        if not config.validation:
            return examples, None
        return hold_out(examples, config.validation, seed=config.seed)


def gather(
    config: RunConfig,
    checkpoint: Checkpoint | None,
    classes: tuple[str, ...] | None,
    *,
    tell: Callable[[str], None] | None = None,
) -> TrainingData:
    """Read all that the training of `config` needs.

    Args:
        classes: the names that the data must keep to, of a model to start from or of the
            interrupted run; None when it may bring its own.
        tell: is called with a sentence before something that takes a while.

    Raises:
        DataError: it cannot be read, or the two data sets do not fit together.
    """
    if checkpoint is not None:
        classes = checkpoint.header.data.classes or None
        if classes is not None and len(classes) != config.classes:
            raise ModelError(f"{checkpoint.path} is damaged: it names {len(classes)} classes")
    dataset = load(path_of(config.data), classes=classes or config.classes, tell=tell)
    original = load_original(config, dataset) if config.start else None
    old = original.train if original is not None else None
    new = dataset.split("train")
    mark = mark_data(
        dataset.name,
        new,
        classes=dataset.classes,
        others=mark_data(original.name, old, classes=()) if original and old else None,
    )
    return TrainingData(dataset, original, mark, mark.digest if old is None else fingerprint(new))


def load_original(config: RunConfig, dataset: Dataset) -> Dataset | None:
    """Return what the model to start from had learned from; None where it is not needed.

    Raises:
        DataError: rows of it are to be mixed in, and it is not there or of another kind.
    """
    if config.mix_data == config.data:
        return None
    hint = "name the data that the model had learned from: --set mix_data=PATH; or --mix 0"
    try:
        splits: tuple[Split, ...] = ("train", "test") if config.mix else ("test",)
        original = load(path_of(config.mix_data), splits=splits, classes=dataset.classes)
        examples = original.train or original.test
        if examples is not None and examples.inputs != dataset.split("train").inputs:
            raise DataError(
                f"rows of {original.name}, which have {examples.inputs} inputs, cannot be mixed "
                f"with rows of {dataset.name}, which have {dataset.split('train').inputs}"
            )
        if config.mix:
            original.split("train")
    except DataError as error:
        if not config.mix:  # it would only have been looked back at
            return None
        raise DataError(error.message, hint=hint) from error
    return original


def adopt_classes(effective: EffectiveConfig, dataset: Dataset) -> EffectiveConfig:
    """Return the config with as many classes as the data set has: folders of pictures name theirs.

    Raises:
        ConfigError: the user had said another number.
    """
    count, names = len(dataset.classes), ", ".join(dataset.classes[:5])
    if effective.values.classes == count:
        return effective
    if effective.sources["classes"] != "default":
        more = ", ..." if count > 5 else ""
        raise ConfigError(
            f"classes is {effective.values.classes} ({effective.sources['classes']}), "
            f"but {dataset.source} has {count}: {names}{more}",
            hint="leave it out: the folders say how many classes there are",
        )
    return EffectiveConfig(
        msgspec.structs.replace(effective.values, classes=count),
        {**effective.sources, "classes": str(dataset.source)},
    )


def path_of(name: str | None) -> Path | None:
    """Return the path of a data set in a config; None is the built-in MNIST."""
    return None if name is None else Path(name)
