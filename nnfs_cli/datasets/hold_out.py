"""Hold out: some training examples are kept aside, to judge the network by while it learns."""

from __future__ import annotations

import numpy as np

from nnfs_cli.engine.examples import Examples
from nnfs_cli.engine.seeding import Stream, generator
from nnfs_cli.errors import ConfigError


def hold_out(examples: Examples, count: int, *, seed: int) -> tuple[Examples, Examples]:
    """Split at random into (training, validation), `count` examples in the second.

    The same seed gives the same split, and no row is copied. Each side keeps the order of the data,
    which is the order of the memory. ConfigError unless both sides have at least one example.
    """
    total = len(examples)
    if not 1 <= count < total:
        raise ConfigError(
            f"cannot hold out {count} of {total} examples for validation",
            hint=f"choose from 1 to {total - 1}" if total > 1 else "add more training data",
        )
    order = generator(seed, Stream.SPLIT).permutation(total).astype(np.intp, copy=False)
    return examples.subset(np.sort(order[count:])), examples.subset(np.sort(order[:count]))
