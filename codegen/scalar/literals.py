"""A constant of a formula as the float64 nearest to it, and what is left."""

from __future__ import annotations

import numpy as np
from flint import ctx
from sympy import Expr, S

from codegen.scalar.balls import constant
from codegen.scalar.oracle import parts

__all__ = ["literal"]


def literal(value: Expr) -> tuple[float, float]:
    """Return the float64 nearest to a real constant, and the float64 nearest to what is left."""
    if value is S.NaN:
        return float("nan"), 0.0
    if value in (S.Infinity, S.NegativeInfinity):
        return float("inf" if value is S.Infinity else "-inf"), 0.0
    before, ctx.prec = ctx.prec, 300
    try:
        high, low, exponent = parts(constant(value))
    finally:
        ctx.prec = before
    return ldexp(high, exponent), ldexp(low, exponent)


def ldexp(mantissa: float, exponent: int) -> float:
    """Return mantissa · 2^exponent, ±inf where it overflows."""
    with np.errstate(over="ignore"):
        return float(np.ldexp(mantissa, min(max(exponent, -3000), 3000)))
