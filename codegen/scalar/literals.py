"""A constant as the float64 nearest to it and what is left, or as the floats on both sides of it."""

from __future__ import annotations

from functools import cache

import numpy as np
from flint import arb, ctx
from sympy import Expr, S

from codegen.scalar.balls import constant
from codegen.scalar.oracle import parts

__all__ = ["bound", "left_over", "literal"]

PRECISION = 300  # bits, at which two numbers that still overlap are one


def literal(value: Expr) -> tuple[float, float]:
    """Return the float64 nearest to a real constant, and the float64 nearest to what is left."""
    if value is S.NaN:
        return float("nan"), 0.0
    if value in (S.Infinity, S.NegativeInfinity):
        return float("inf" if value is S.Infinity else "-inf"), 0.0
    before, ctx.prec = ctx.prec, PRECISION
    try:
        high, low, exponent = parts(constant(value))
    finally:
        ctx.prec = before
    return ldexp(high, exponent), ldexp(low, exponent)


@cache
def left_over(value: Expr) -> float:
    """Return the relative error of a real constant that is not 0 as the two float64 of :func:`literal`."""
    high, low = literal(value)
    before, ctx.prec = ctx.prec, PRECISION
    try:
        exact = constant(value)
        return float(abs((exact - arb(high) - arb(low)) / exact).upper())
    finally:
        ctx.prec = before


def bound(value: Expr, dtype: str, upward: bool) -> float:
    """Return the least float of a dtype that is not below a constant; upward false: the greatest not above.

    What is compared with the constant is compared with this one alike, if it is such a float.
    """
    kind = np.dtype(dtype).type
    with np.errstate(over="ignore", under="ignore"):
        near = kind(literal(value)[0])
    before, ctx.prec = ctx.prec, PRECISION
    try:
        exact, found = constant(value), arb(float(near))
        short = bool(found < exact) if upward else bool(found > exact)
    finally:
        ctx.prec = before
    end = kind(np.inf if upward else -np.inf)
    return float(np.nextafter(near, end) if short else near)


def ldexp(mantissa: float, exponent: int) -> float:
    """Return mantissa · 2^exponent, ±inf where it overflows."""
    with np.errstate(over="ignore"):
        return float(np.ldexp(mantissa, min(max(exponent, -3000), 3000)))
