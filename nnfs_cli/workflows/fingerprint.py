"""Fingerprint: a short text by which the rows of a data set are known again."""

from __future__ import annotations

import hashlib

import numpy as np

from nnfs_cli.engine import Examples, spread

SAMPLE = 4096  # rows: to read all of a large mapped file may take longer than to train on it


def fingerprint(examples: Examples, *others: str) -> str:
    """Return the SHA-256, in hexadecimal, of all labels, of a sample of the rows, and of `others`.

    The sample is spread over all rows of `x`, whichever of them belong to the examples.
    """
    rows = spread(len(examples.x), SAMPLE)
    digest = hashlib.sha256(examples.labels.astype(np.int64).tobytes())
    digest.update(np.ascontiguousarray(examples.x[rows]).tobytes())
    for other in others:
        digest.update(other.encode())
    return digest.hexdigest()
