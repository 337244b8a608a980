"""Hold out a share of every class: the same rows for every seed, so that runs can be compared."""

from __future__ import annotations

import numpy as np

from derive.errors import InputError

__all__ = ["stratified_split"]


def stratified_split(codes: np.ndarray, fraction: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows to train on and the rows held out, that fraction of each class.

    Held-out rows are spread evenly over a class in the order of the data (systematic sampling,
    Madow and Madow 1944), which resembles the whole more closely than a random draw where that
    order means something. A class keeps one row to train on at least; both arrays are sorted.
    """
    if not 0 <= fraction < 1:
        raise InputError(
            f"the test fraction is {fraction}, expected at least 0 and below 1: try 0.2"
        )
    held_out = np.zeros(len(codes), bool)
    for code in np.unique(codes):
        rows = np.flatnonzero(codes == code)
        count = min(round(fraction * len(rows)), len(rows) - 1)
        held_out[rows[((np.arange(count) + 0.5) * len(rows) / max(count, 1)).astype(int)]] = True
    return np.flatnonzero(~held_out), np.flatnonzero(held_out)
