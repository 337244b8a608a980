"""Evaluate a formula at a point with mpmath, at whatever precision is set there.

Every constant of a formula is checked with it before SymPy sees it, and break points are measured
with it. What has no real value is nan; what overflows every exponent is ±inf.

:mod:`derive.arithmetic` reads the same nodes over arrays, on purpose on its own: it is what proofs
compare with, so it must not share a mistake with this, and it compares exactly. Here a boundary
such as exp(x) = 2 counts as met to all but the last digits, switches may be declared to vanish, a
branch that is not taken is never evaluated, and nothing overflows; arrays need none of that. Shared is only
how a root that no radicals write becomes a number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any, TypeAlias

import mpmath
from mpmath import mp, mpf
from sympy import (
    Abs,
    Add,
    Basic,
    Expr,
    Mul,
    Piecewise,
    Pow,
    S,
    Symbol,
    asinh,
    atan,
    cos,
    cosh,
    erf,
    erfc,
    exp,
    log,
    pi,
    sign,
    sin,
    sinh,
    tan,
    tanh,
)
from sympy.core.numbers import Exp1, Number, Rational
from sympy.core.relational import Eq, Ge, Gt, Le, Lt, Ne, Relational
from sympy.logic.boolalg import And, BooleanFalse, BooleanTrue, Not, Or
from sympy.polys.rootoftools import ComplexRootOf

from derive.budget import tick
from derive.notation import Maximum, Minimum
from derive.polynomial_root import polynomial_root

__all__ = ["Evaluator", "evaluate", "holds"]

Value: TypeAlias = Any  # an mpf; mpmath has no types

HUGE = mpf(10) ** 15  # an exponent beyond which exp is ±inf or 0 for every purpose here
FAR = 2**11  # binary exponent beyond which trigonometric functions are not worked out


def _exp(u: Value) -> Value:
    if u > HUGE:
        return mp.inf
    return mpf(0) if u < -HUGE else mp.exp(u)


def _log(u: Value) -> Value:
    if u == 0:
        return -mp.inf
    return mp.log(u) if u > 0 else mp.nan


def _periodic(function: Callable[[Value], Value]) -> Callable[[Value], Value]:
    def guarded(u: Value) -> Value:
        return function(u) if mp.isfinite(u) and mp.mag(u) < FAR else mp.nan

    return guarded


def _hyperbolic(function: Callable[[Value], Value], odd: bool) -> Callable[[Value], Value]:
    def guarded(u: Value) -> Value:
        if abs(u) <= HUGE or mp.isnan(u):
            return function(u)
        return mp.inf * (mp.sign(u) if odd else 1)

    return guarded


def _tanh(u: Value) -> Value:
    return mpf(mp.sign(u)) if abs(u) > HUGE else mp.tanh(u)


def _erf(u: Value) -> Value:
    return mpf(mp.sign(u)) if abs(u) > HUGE else mp.erf(u)


def _erfc(u: Value) -> Value:
    return 1 - mpf(mp.sign(u)) if abs(u) > mpf(10) ** 6 else mp.erfc(u)


def power(base: Value, exponent: Value) -> Value:
    """Return base to the exponent over the reals; nan where that is not defined."""
    if mp.isnan(base) or mp.isnan(exponent):
        return mp.nan
    if exponent == 0:
        return mpf(1)
    whole = mp.isfinite(exponent) and exponent == mp.floor(exponent)
    if base == 0:
        return mpf(0) if exponent > 0 else (mp.inf if not whole else mp.nan)
    if not mp.isfinite(base) and whole:
        odd = base < 0 and int(exponent) % 2
        return mpf(0) if exponent < 0 else (-mp.inf if odd else mp.inf)
    if base < 0 and not whole:
        return mp.nan
    size = _exp(exponent * mp.log(abs(base))) if abs(exponent) > 4096 or not whole else None
    if size is None:
        return mp.power(base, int(exponent))
    return -size if base < 0 and int(exponent) % 2 else size


UNARY: dict[type, Callable[[Value], Value]] = {
    exp: _exp,
    log: _log,
    sin: _periodic(mp.sin),
    cos: _periodic(mp.cos),
    tan: _periodic(mp.tan),
    sinh: _hyperbolic(mp.sinh, odd=True),
    cosh: _hyperbolic(mp.cosh, odd=False),
    tanh: _tanh,
    atan: mp.atan,
    asinh: mp.asinh,
    erf: _erf,
    erfc: _erfc,
    Abs: abs,
    sign: mp.sign,
}
ORDER: dict[type, Callable[[Value, Value], bool]] = {
    Gt: lambda a, b: a > b,
    Ge: lambda a, b: a >= b,
    Lt: lambda a, b: a < b,
    Le: lambda a, b: a <= b,
    Eq: lambda a, b: a == b,
    Ne: lambda a, b: a != b,
}


class Evaluator:
    """Values of subexpressions at one point, each worked out once.

    Two sides of a comparison count as equal when they agree to all but the last ``slack`` digits,
    so that log(2) lies on the boundary of exp(x) > 2; what is ``vanishing`` is known to be 0 there.
    """

    def __init__(
        self,
        point: Mapping[Symbol, Value],
        vanishing: frozenset[Expr] = frozenset(),
        slack: int = 12,
    ) -> None:
        self.values: dict[Basic, Value] = {**point, **dict.fromkeys(vanishing, mpf(0))}
        self.vanishing = vanishing
        self.slack = mpf(10) ** (slack - mp.dps)

    def value(self, node: Expr) -> Value:
        """Return the value of an expression: an mpf, nan where the reals give none."""
        if node not in self.values:
            tick()
            self.values[node] = self._value(node)
        return self.values[node]

    def _value(self, node: Expr) -> Value:
        if isinstance(node, Rational):
            return mpf(node.p) / node.q
        if isinstance(node, Number) or node is pi or isinstance(node, Exp1):
            return mpf(node._to_mpmath(mp.prec)) if not isinstance(node, Number) else _number(node)
        if isinstance(node, Add):
            return mpmath.fsum(self.value(term) for term in node.args)
        if isinstance(node, Mul):
            return reduce(lambda product, factor: product * self.value(factor), node.args, mpf(1))
        if isinstance(node, Pow):
            return power(self.value(node.base), self.value(node.exp))
        if type(node) in UNARY:
            inner = self.value(node.args[0])
            return mp.nan if mp.isnan(inner) else UNARY[type(node)](inner)
        if isinstance(node, Maximum | Minimum):
            return self._extremum(node)
        if node is S.ComplexInfinity or node is S.ImaginaryUnit:
            return mp.nan
        if isinstance(node, ComplexRootOf):
            return polynomial_root(node, mp.prec)
        if isinstance(node, Piecewise):
            return next((self.value(v) for v, c in node.args if self.holds(c)), mp.nan)
        raise TypeError(f"no value for {type(node).__name__} in {node}")

    def _extremum(self, node: Maximum | Minimum) -> Value:
        first, second = (self.value(argument) for argument in node.args)
        if mp.isnan(first) or mp.isnan(second):
            return mp.nan
        return max(first, second) if isinstance(node, Maximum) else min(first, second)

    def compare(self, first: Expr, second: Expr) -> Value:
        """Return the difference of two expressions, 0 where it is within the slack."""
        a, b = self.value(first), self.value(second)
        if a == b or not self.vanishing.isdisjoint({first - second, second - first}):
            return mpf(0)
        difference = a - b
        near = mp.isfinite(difference) and abs(difference) <= self.slack * max(
            self.scale(first), self.scale(second)
        )
        return mpf(0) if near else difference

    def scale(self, node: Expr) -> Value:
        """Return the size of a sum's largest term: what its rounding errors are relative to."""
        terms = node.args if isinstance(node, Add) else (node,)
        sizes = [abs(self.value(term)) for term in terms]
        return max((size for size in sizes if mp.isfinite(size)), default=mpf(0))

    def holds(self, condition: Basic) -> bool:
        """Return whether a condition is true at the point; one on nan is false."""
        if isinstance(condition, BooleanTrue | BooleanFalse):
            return bool(condition)
        if isinstance(condition, And):
            return all(self.holds(part) for part in condition.args)
        if isinstance(condition, Or):
            return any(self.holds(part) for part in condition.args)
        if isinstance(condition, Not):
            return not self.holds(condition.args[0])
        if isinstance(condition, Relational):
            difference = self.compare(condition.lhs, condition.rhs)
            return not mp.isnan(difference) and ORDER[type(condition)](difference, mpf(0))
        raise TypeError(f"no truth value for {type(condition).__name__} in {condition}")


def _number(node: Number) -> Value:
    if node.is_Float:
        return mpf(node._mpf_)
    return mp.inf if node is S.Infinity else -mp.inf if node is S.NegativeInfinity else mp.nan


def evaluate(
    expression: Expr,
    point: Mapping[Symbol, Value] | None = None,
    vanishing: frozenset[Expr] = frozenset(),
) -> Value:
    """Return the value of an expression where its symbols have these values."""
    return Evaluator(point or {}, vanishing).value(expression)


def holds(condition: Basic, point: Mapping[Symbol, Value] | None = None) -> bool:
    """Return whether a condition is true where its symbols have these values."""
    return Evaluator(point or {}).holds(condition)
