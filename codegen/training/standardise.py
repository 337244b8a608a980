"""Shift and scale features so that any activation sees arguments of the size of one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Standardisation", "standardisation"]

ONE_UNIT = 4.0  # features whose ranges exceed the middle one by no more share a unit
FARTHEST = 10.0  # standardised training features stay within ±FARTHEST


@dataclass(frozen=True, eq=False)
class Standardisation:
    """The map f ↦ (f − mean) / scale, each (n,) float64; every scale is positive and finite."""

    mean: np.ndarray
    scale: np.ndarray

    def applied(self, X: np.ndarray, dtype: np.dtype) -> np.ndarray:
        """Return the standardised features, C-contiguous; what overflows stays at ±the largest."""
        with np.errstate(over="ignore"):
            shifted = (X - self.mean) / self.scale
        largest = np.finfo(dtype).max
        return np.ascontiguousarray(np.clip(shifted, -largest, largest), dtype)


def standardisation(X: np.ndarray) -> Standardisation:
    """Work out the standardisation of training features (N, n).

    Features in one unit, such as pixels or lengths in cm (no range above four times the middle
    one), share one scale, the root mean square of their standard deviations: a pixel that is
    almost always blank must not become the loudest. Others have each their own standard
    deviation, but at least a tenth of the largest deviation, so that a rare value is not scaled
    to hundreds. A constant feature becomes 0.
    """
    top = np.abs(X).max(axis=0)
    size = np.where(top > 0, top, 1.0)  # keeps the sums of squares from overflowing
    unit = X / size
    centre = unit.mean(axis=0)
    constant = np.ptp(X, axis=0) == 0
    centre[constant] = unit[0, constant]
    deviation = np.where(constant, 0.0, unit.std(axis=0)) * size
    reach = np.abs(unit - centre).max(axis=0) * size
    mean = centre * size
    ranges = reach[~constant]
    if not len(ranges):
        return Standardisation(mean, size)
    if ranges.max() <= ONE_UNIT * np.median(ranges):
        largest = deviation.max()
        shared = largest * np.sqrt(np.mean((deviation[~constant] / largest) ** 2))
        return Standardisation(mean, np.full_like(mean, shared))
    own = np.maximum(deviation, reach / FARTHEST)
    return Standardisation(mean, np.where(constant, size, own))
