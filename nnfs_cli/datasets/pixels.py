"""Pixels: any numbers that mean 8-bit grey levels, made uint8; fractions of 1 stay fractions."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnfs_cli.errors import DataError


def as_pixels(values: NDArray[Any], *, place: str) -> NDArray[Any]:
    """Return `values (N, D)` as uint8 from 0 to 255, or as float32 from 0 to 1.

    bool becomes 0 and 255; integers and whole floats from 0 to 255 become uint8; floats that are
    all from 0 to 1 become float32. Anything else, NaN included, is a DataError at `place`.
    """
    if values.dtype == np.bool_:
        return np.where(values, np.uint8(255), np.uint8(0))
    if values.dtype == np.uint8:
        return values
    with np.errstate(invalid="ignore"):  # a signalling NaN is found below like any other
        low, high = values.min().item(), values.max().item()
        if low != low:  # a NaN, which is no number, is not even itself
            row, column = np.argwhere(np.isnan(values))[0].tolist()
            raise DataError(
                f"{place}[{row}] has a pixel, {column}, that is NaN: no number",
                hint="leave out such rows, or fill in the missing pixels",
            )
        if not 0 <= low <= high <= 255:
            raise DataError(
                f"{place} ranges from {low:g} to {high:g}, but pixels are from 0 to 255",
                hint="undo any centring or scaling, or scale to 0-1",
            )
        if values.dtype.kind == "f" and high <= 1:
            return values.astype(np.float32)
        pixels = values.astype(np.uint8)
        if values.dtype.kind == "f" and not np.array_equal(pixels, values):
            row, column = np.argwhere(pixels != values)[0].tolist()
            raise DataError(
                f"{place}[{row}] has a pixel of {values[row, column]:g}, which is no whole number, "
                f"and one of {high:g}, which is above 1",
                hint="pixels are whole numbers from 0 to 255, or fractions from 0 to 1",
            )
    return pixels
