"""Float64, but for the points at which a part of a formula leaves the range of a float64.

log(1 + exp(x)) is 800 at 800, where exp(x) is infinite. Such a point is computed again by mpmath,
whose exponents have no end, in as many digits as they have: 1 + 10⁻³⁴⁸ has a last digit far away.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from sympy import Expr, Symbol

from derive.arithmetic import Float64, HighPrecision

__all__ = ["wide_float64"]

Array = np.ndarray
DIGITS = 50  # which leave enough where no part has an exponent beyond ±NEAR
NEAR = 15
FARTHEST = 5_000  # decimal exponent that is followed to its last digit; a point then takes 20 ms
NORMAL = np.finfo(np.float64).tiny


def wide_float64(expression: Expr, values: Mapping[Symbol, Array]) -> Array:
    """Return a formula's values in float64, also where a part of it overflows or is lost whole."""
    watching = _Watching()
    found = watching.scalar(expression, values)
    lost = np.broadcast_to(watching.lost, found.shape)
    if not lost.any():
        return found
    found = found.copy()
    points = [np.broadcast_to(array, found.shape)[lost].tolist() for array in values.values()]
    found[lost] = [
        _in_digits(expression, dict(zip(values, point, strict=True)))
        for point in zip(*points, strict=True)
    ]
    return found


class _Watching(Float64):
    """Float64 that notes where a part is not finite, or nothing although what it is made of is not."""

    def __init__(self) -> None:
        self.lost: Array = np.asarray(False)

    def elementwise(self, node: Expr, parts: list[Array]) -> Array:
        value = super().elementwise(node, parts)
        if value.dtype != bool:
            vanished = abs(value) < NORMAL
            for part in parts:
                vanished = vanished & (part != 0)
            self.lost = self.lost | vanished | ~np.isfinite(value)
        return value


class _Reaching(HighPrecision):
    """High precision that notes the largest decimal exponent of a part."""

    reached = 0

    def elementwise(self, node: Expr, parts: list[Array]) -> Array:
        value = np.asarray(super().elementwise(node, parts))
        if value.dtype != bool:
            self.reached = max(self.reached, self.reach(value))
        return value


def _in_digits(expression: Expr, point: Mapping[Symbol, float]) -> float:
    """Return a formula's value at one point, in digits enough for a 1 beside its parts' exponents."""
    coarse = _arithmetic(DIGITS)
    coarse.reached = 0
    found = coarse.scalar(expression, _given(coarse, point)).item()
    if coarse.reached > NEAR:
        reached = min(coarse.reached, FARTHEST)
        fine = _arithmetic(DIGITS * (2 + 2 * reached // DIGITS))  # few contexts are made
        found = fine.scalar(expression, _given(fine, point)).item()
    return float(found)


def _given(arithmetic: HighPrecision, point: Mapping[Symbol, float]) -> dict[Symbol, Array]:
    return {symbol: np.asarray(arithmetic.context.mpf(v)) for symbol, v in point.items()}


@lru_cache(maxsize=16)
def _arithmetic(digits: int) -> _Reaching:
    return _Reaching(digits)
