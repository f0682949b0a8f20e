"""Examples: what the network learns from, rows of inputs and the class of each row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nnfs_cli.engine.arrays import Floats, Labels, Strip, Strips

IN_CACHE = 128  # rows that are gathered and scaled at a time: large batches would leave the cache
PIXEL_SCALE = 1.0 / 255.0  # an 8-bit pixel, 0 to 255, becomes a number from 0 to 1


class Examples:
    """Rows of inputs with their labels; a subset shares the rows of the whole.

    `x (N, D)` stays as it was read: uint8 pixels cost a quarter of float32, and a memory-mapped
    file costs nothing until its rows are used. Pixels become numbers from 0 to 1 batch by batch.

    Args:
        x: (N, D) uint8 pixels, or floats that are used as they are.
        labels: (N,) integers, the class of each row, from 0.
        rows: (M,) the rows of `x` that belong to this subset, in its order, or a mask (N,) of them;
            all when None.

    Raises:
        ValueError: the shapes do not fit, or a label is negative.
        IndexError: `rows` names a row that is not there.
    """

    in_order = True  # whether the columns are in the order of the picture

    def __init__(
        self, x: NDArray[Any], labels: NDArray[Any], *, rows: NDArray[np.intp] | None = None
    ) -> None:
        if x.ndim != 2 or labels.shape != (len(x),):
            raise ValueError(f"x {x.shape} and labels {labels.shape} are not (N, D) and (N,)")
        self.x = x
        # a mask or a negative number becomes what `take` knows; one beyond the end is found here
        self.rows = None if rows is None else np.arange(len(x))[rows]
        self.labels: Labels = (
            labels.astype(np.intp) if rows is None else labels[rows].astype(np.intp)
        )
        if self.labels.min(initial=0) < 0:
            raise ValueError(f"label {self.labels.min()}: they are from 0")
        self.all_labels = labels

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def inputs(self) -> int:
        """D, the number of inputs in a row."""
        return int(self.x.shape[1])

    def subset(self, indices: NDArray[np.intp]) -> Examples:
        """Return the examples at `indices (n,)`, or in a mask, without copying their inputs."""
        rows = np.arange(len(self.x)) if self.rows is None else self.rows
        return Examples(self.x, self.all_labels, rows=rows[indices])

    def arrange(
        self, order: NDArray[np.intp], batch_size: int
    ) -> tuple[NDArray[np.intp], Sequence[Strips]]:
        """Return `order` with the rows of each batch as they are best learned from, and its strips.

        Where nobody knows better that is the order itself, and each row uses all columns.
        """
        return order, [(Strip(0, slice(0, self.inputs)),)] * -(-len(order) // batch_size)

    def gather(self, indices: NDArray[np.intp], *, out: Floats, raw: NDArray[Any]) -> Floats:
        """Write rows `indices` into `out (n, D)`, pixels scaled to 0..1; return it.

        They come by way of `raw (n, D)`, of the dtype of `x`: a gather of bytes and one scaling
        pass over a batch in the cache is half the memory traffic of a gather of floats. If `out`
        has fewer columns, it gets the first ones. Indices are not checked, but clipped.
        """
        for start in range(0, len(indices), IN_CACHE):
            part = slice(start, start + IN_CACHE)
            rows = indices[part] if self.rows is None else self.rows[indices[part]]
            # mode="clip" spares the hidden copy that NumPy makes of `out` to survive a wrong index
            self.x.take(rows, axis=0, out=raw[part], mode="clip")
            np.copyto(out[part], raw[part, : out.shape[1]], casting="same_kind")
            if raw.dtype == np.uint8:
                np.multiply(out[part], PIXEL_SCALE, out=out[part])
        return out

    def inputs_at(self, indices: NDArray[np.intp], *, dtype: DTypeLike) -> Floats:
        """Return what `gather` does, for rows at `indices (n,)`, in fresh memory (n, D)."""
        x = np.empty((len(indices), self.inputs), dtype=dtype)
        return self.gather(indices, out=x, raw=np.empty(x.shape, dtype=self.x.dtype))

    def __repr__(self) -> str:
        return f"Examples({len(self):,} x {self.inputs} {self.x.dtype})"


def scaled(pixels: NDArray[np.uint8], *, dtype: DTypeLike) -> Floats:
    """Return `pixels`, 0 to 255, as numbers from 0 to 1, the very same as in a batch."""
    x: Floats = pixels.astype(dtype)
    return np.multiply(x, PIXEL_SCALE, out=x)


def spread(total: int, most: int) -> NDArray[np.intp]:
    """Return the numbers of at most `most` rows, evenly from the first of `total` to the last.

    >>> spread(9, 3), spread(2, 3)
    (array([0, 4, 8]), array([0, 1]))
    """
    return np.linspace(0, total - 1, min(total, most)).astype(np.intp)
