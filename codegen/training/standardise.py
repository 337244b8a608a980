"""Shift and scale features so that any activation sees arguments of the size of one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, issparse

from codegen.training.examples import Rows, check_memory

__all__ = ["Standardisation", "standardisation"]

ONE_UNIT = 4.0  # features whose ranges exceed the middle one by no more share a unit
FARTHEST = 10.0  # standardised training features stay within ±FARTHEST


@dataclass(frozen=True, eq=False)
class Standardisation:
    """The map f ↦ (f − mean) / scale, each (n,) float64; every scale is positive and finite."""

    mean: np.ndarray
    scale: np.ndarray

    def applied(self, X: Rows, dtype: np.dtype) -> Rows:
        """Return the standardised features, C-contiguous; what overflows stays at ±the largest.

        Non-zeros stay non-zeros where no feature is shifted.
        """
        if issparse(X) and not self.mean.any():
            with np.errstate(over="ignore"):
                values = self._fitting(X.data / self.scale[X.indices], dtype)
            return csr_array((values, X.indices, X.indptr), shape=X.shape)
        if issparse(X):
            check_memory(
                8 * X.shape[0] * X.shape[1], "the data as a table, which these weights take,"
            )
            X = X.toarray()
        with np.errstate(over="ignore"):
            return self._fitting((X - self.mean) / self.scale, dtype)

    @staticmethod
    def _fitting(standardised: np.ndarray, dtype: np.dtype) -> np.ndarray:
        largest = np.finfo(dtype).max
        return np.ascontiguousarray(np.clip(standardised, -largest, largest), dtype)


def standardisation(X: Rows) -> Standardisation:
    """Work out the standardisation of training features (N, n).

    Features in one unit, such as pixels or lengths in cm (no range above four times the middle
    one), share one scale, the root mean square of their standard deviations: a pixel that is
    almost always blank must not become the loudest. Others have each their own standard
    deviation, but at least a tenth of the largest deviation, so that a rare value is not scaled
    to hundreds. A constant feature becomes 0; one of subnormal range counts as constant.

    Features given by their non-zeros are not shifted, as 0 must stay 0: in one unit, such as counts
    of words, they share the root mean square of the non-zeros, and others have each their largest.
    """
    if issparse(X):
        return _without_shift(X)
    top = np.abs(X).max(axis=0)
    size = np.where(top > 0, top, 1.0)  # keeps the sums of squares from overflowing
    unit = X / size
    centre = unit.mean(axis=0)
    with np.errstate(over="ignore"):
        constant = X.max(axis=0) - X.min(axis=0) < np.finfo(np.float64).tiny
    centre[constant] = unit[0, constant]
    deviation = np.where(constant, 0.0, unit.std(axis=0)) * size
    with np.errstate(over="ignore"):
        reach = np.minimum(np.abs(unit - centre).max(axis=0) * size, np.finfo(np.float64).max)
    mean = centre * size
    ranges = reach[~constant]
    if not len(ranges):
        return Standardisation(mean, size)
    if ONE_UNIT * np.median(ranges / ranges.max()) >= 1:
        largest = deviation.max()
        shared = largest * np.sqrt(np.mean((deviation[~constant] / largest) ** 2))
        return Standardisation(mean, np.full_like(mean, shared))
    own = np.maximum(deviation, reach / FARTHEST)
    return Standardisation(mean, np.where(constant, size, own))


def _without_shift(X: csr_array) -> Standardisation:
    """Return the scales of features that are mostly 0, with nothing to shift them by."""
    top = np.asarray(abs(X).max(axis=0).todense(), np.float64).ravel()
    mean = np.zeros(X.shape[1])
    ranges = top[top > 0]
    if not len(ranges):
        return Standardisation(mean, np.ones_like(mean))
    if ONE_UNIT * np.median(ranges / ranges.max()) >= 1:
        largest = ranges.max()
        non_zeros = X.data[X.data != 0] / largest  # keeps the squares from overflowing
        shared = largest * np.sqrt(np.mean(np.square(non_zeros)))
        return Standardisation(mean, np.full_like(mean, shared))
    return Standardisation(mean, np.where(top > 0, top, 1.0))
