"""The study points that are marked where their neighbours are not; trainable parameters make one many."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["apart_from_both", "apart_from_one"]

MOST = 8

Marks = Sequence[NDArray[np.bool_]]  # of each output, by the points, which are in order


def apart_from_both(points: NDArray[np.float64], marks: Marks) -> tuple[float, ...]:
    """Return the points other than 0 marked unlike both neighbours, the closest to 0."""
    return _apart(points, marks, np.logical_and)


def apart_from_one(points: NDArray[np.float64], marks: Marks) -> tuple[float, ...]:
    """Return the points other than 0 marked unlike a neighbour, the closest to 0."""
    return _apart(points, marks, np.logical_or)


def _apart(points: NDArray[np.float64], marks: Marks, joined: np.ufunc) -> tuple[float, ...]:
    found = set[float]()
    distinct, first = np.unique(points, return_index=True)
    for each in marks:
        marked = np.logical_or.reduceat(each, first)
        apart = marked[1:-1] & joined(~marked[:-2], ~marked[2:])
        found.update(distinct[1 + np.flatnonzero(apart)].tolist())
    return tuple(sorted(found - {0.0}, key=lambda x: (abs(x), x))[:MOST])
