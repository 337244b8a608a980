"""Constants in quarter turns, 2c/π as words of float64, for the sine and cosine of c·x + d.

Each word holds what the ones before it leave, so that n of them are right to 2^(1 − 53 n) of the constant.
"""

from __future__ import annotations

from functools import cache

from flint import ctx
from sympy import Expr, pi

from codegen.scalar.balls import constant

__all__ = ["FACTOR_LACKS", "OFFSET_LACKS", "is_short", "of_factor", "of_offset"]

PRECISION = 300  # bits
FACTOR_WORDS, OFFSET_WORDS = 4, 3
FACTOR_LACKS, OFFSET_LACKS = 2.0**-209, 2.0**-156  # of what their words stand for


def of_factor(c: Expr) -> tuple[float, ...]:
    """Return the words of the factor of x."""
    return _words(c, FACTOR_WORDS)


def of_offset(d: Expr) -> tuple[float, ...]:
    """Return the words of what is added, less whole turns."""
    return _words(d, OFFSET_WORDS, modulo=4)


def is_short(number: Expr) -> bool:
    """Return whether a constant is so many quarter turns, one float64, that no digit of it is lost."""
    return _words(number, 2)[1] == 0


@cache
def _words(number: Expr, count: int, modulo: int = 0) -> tuple[float, ...]:
    before, ctx.prec = ctx.prec, PRECISION
    try:
        rest, found = constant(2 * number / pi), list[float]()
        if modulo:
            rest -= modulo * round(float(rest.mid()) / modulo)
        for _ in range(count):
            found.append(float(rest.mid()))
            rest -= found[-1]
    finally:
        ctx.prec = before
    return tuple(found)
