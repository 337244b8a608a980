"""Bounds on numbers: what arithmetic makes of them, and which comparisons they decide."""

from __future__ import annotations

import ast
import math
from dataclasses import dataclass

import numpy as np

__all__ = ["Span", "combined", "error_of", "holds", "joined", "split"]


POWER_OF_ZERO = -(2.0**1001)  # less than a number whose exponent stands apart has for it


@dataclass(frozen=True)
class Span:
    """Bounds on a number, and whether it is a float32; finite ones say that it is no NaN."""

    low: float = -math.inf
    high: float = math.inf
    single: bool = False

    @property
    def finite(self) -> bool:
        return math.isfinite(self.low) and math.isfinite(self.high)

    def is_only(self, value: float) -> bool:
        return self.low == self.high == value


def combined(operator: ast.operator, x: Span, y: Span) -> Span:
    """Return bounds on a sum, difference, product or quotient, rounded outwards."""
    single = x.single and y.single
    ends = [(a, b) for a in (x.low, x.high) for b in (y.low, y.high)]
    if not (x.finite and y.finite):
        return Span(single=single)
    match operator:
        case ast.Add():
            found = [a + b for a, b in ends]
        case ast.Sub():
            found = [a - b for a, b in ends]
        case ast.Mult():
            found = [a * b for a, b in ends]
        case ast.Div() if y.low > 0 or y.high < 0:
            found = [a / b for a, b in ends]
        case _:
            return Span(single=single)
    return Span(
        _outward(min(found), -math.inf, single), _outward(max(found), math.inf, single), single
    )


def _outward(value: float, end: float, single: bool) -> float:
    kind = np.float32 if single else np.float64
    with np.errstate(over="ignore"):
        return float(np.nextafter(np.nextafter(kind(value), kind(end)), kind(end)))


def error_of(whole: Span) -> Span:
    """Return bounds on the error of a rounded result."""
    if not whole.finite:
        return Span(single=whole.single)
    kind = np.float32 if whole.single else np.float64
    unit = float(np.spacing(kind(max(-whole.low, whole.high))))
    return Span(-unit, unit, whole.single)


def joined(a: Span, b: Span) -> Span:
    """Return bounds on either of two numbers."""
    return Span(min(a.low, b.low), max(a.high, b.high), a.single and b.single)


def split(high: object, power: object) -> tuple[Span, Span, Span]:
    """Return bounds on a pair from 1 to 2, or 0, and on the power of two that stands apart.

    ``high`` and ``power`` are what is known of them before.
    """
    if isinstance(high, Span) and isinstance(power, Span) and high.finite and power.finite:
        more = math.frexp(max(high.high, -high.low))[1]
        return Span(-2.0, 2.0), Span(-2.0, 2.0), Span(POWER_OF_ZERO, power.high + more)
    return Span(), Span(), Span()


def holds(operator: ast.cmpop, x: Span, y: Span) -> bool | None:
    """Return whether a comparison holds for all numbers in the spans; None where it depends."""
    if not (x.finite and y.finite) and not _at_infinity(x, y):
        return None
    match operator:
        case ast.Lt():
            return _decided(x.high < y.low, x.low >= y.high)
        case ast.LtE():
            return _decided(x.high <= y.low, x.low > y.high)
        case ast.Gt():
            return _decided(x.low > y.high, x.high <= y.low)
        case ast.GtE():
            return _decided(x.low >= y.high, x.high < y.low)
        case ast.Eq():
            return _decided(x.low == x.high == y.low == y.high, x.high < y.low or y.high < x.low)
    return None


def _at_infinity(x: Span, y: Span) -> bool:
    """Return whether a finite number is compared with an infinite one."""
    return (x.finite and y.low == y.high) or (y.finite and x.low == x.high)


def _decided(holds: bool, fails: bool) -> bool | None:
    return True if holds else False if fails else None
