"""Compute the same functions in float64 by the C library, as a check on float32.

None of the package's polynomials or reductions is used here. A float32 argument has an exact square
in float64, and no formula below cancels, so that each result is good to 2⁻⁴⁴; the tests bound that
against Arb.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

from numba import njit

__all__ = ["REFERENCE"]


def _softplus(x: float) -> float:
    return x + math.log1p(math.exp(-x)) if x > 0.0 else math.log1p(math.exp(x))


def _gaussian(x: float) -> float:
    return math.exp(-(x * x))


def _sech2(x: float) -> float:
    return (1.0 / math.cosh(x)) ** 2


def _sigmoid(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


def _normal_cdf(x: float) -> float:
    return 0.5 * math.erfc(-x * 0.7071067811865476)


def _sqrt1p_square(x: float) -> float:
    return math.sqrt(1.0 + x * x)


def _call(function: Callable[[float], float]) -> Callable[[float], float]:
    """Return a compiled function that calls one of the math module's."""

    def call(x: float) -> float:
        return function(x)

    return njit(error_model="numpy")(call)


_compile = njit(error_model="numpy")

REFERENCE: Mapping[str, Callable[[float], float]] = MappingProxyType(
    {
        name: _call(getattr(math, name))
        for name in (
            "exp",
            "expm1",
            "tanh",
            "sinh",
            "cosh",
            "log",
            "log1p",
            "asinh",
            "erf",
            "erfc",
            "sin",
            "cos",
            "atan",
        )
    }
    | {
        "sin_near": _call(math.sin),
        "cos_near": _call(math.cos),
        "softplus": _compile(_softplus),
        "gaussian": _compile(_gaussian),
        "sech2": _compile(_sech2),
        "sigmoid": _compile(_sigmoid),
        "normal_cdf": _compile(_normal_cdf),
        "sqrt1p_square": _compile(_sqrt1p_square),
    }
)
