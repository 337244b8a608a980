"""The functions that a formula may call, and what each builds; adding one is adding a row.

Composite names (log1p, expm1, …) are written out in functions that have a differentiation rule.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce

from sympy import (
    Abs,
    Expr,
    Integer,
    Mul,
    Pow,
    Rational,
    S,
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
    sqrt,
    tan,
    tanh,
)
from sympy.core.relational import Eq, Gt, Lt

from derive.conditions import compare, decided, extremum
from derive.notation import Maximum, Minimum
from derive.vanishing import power

__all__ = ["CONSTANTS", "FUNCTIONS", "Function"]

ODD = (asinh, atan, erf, sinh, tanh)  # and rising


@dataclass(frozen=True)
class Function:
    """A function of a formula: what it builds from its arguments, and how many it takes."""

    build: Callable[..., Expr]
    least: int = 1
    most: int | None = 1

    def takes(self) -> str:
        """Return how many arguments it takes, in words."""
        if self.most is None:
            return f"at least {self.least} arguments"
        return f"{self.least} argument{'s' if self.least > 1 else ''}"


def absolute(u: Expr) -> Expr:
    """Return |u|; by cases where SymPy cannot tell that u is real (its own would go complex)."""
    if u.is_extended_real:
        return Abs(u)
    told = _as_signed(u)
    below, nothing = compare(Lt, told, Integer(0)), compare(Eq, told, Integer(0))
    return decided([(-u, below), (Integer(0), nothing), (u, S.true)])  # without a value as u is


def signum(u: Expr) -> Expr:
    """Return the sign of u, 0 at 0; likewise."""
    if u.is_extended_real:
        return sign(u)
    told = _as_signed(u)
    above, below = compare(Gt, told, Integer(0)), compare(Lt, told, Integer(0))
    return decided([(Integer(1), above), (Integer(-1), below), (Integer(0), S.true)])


def _as_signed(u: Expr) -> Expr:
    """Return an expression with the sign of u wherever u has a value: of arcsin v it is v."""
    if isinstance(u, ODD):
        return _as_signed(u.args[0])
    if isinstance(u, Mul):
        return Mul(*(_as_signed(part) for part in u.args if not _is_inverse_root(part)))
    return u


def _is_inverse_root(u: Expr) -> bool:
    """Return whether an expression is 1/√v or the like, which is above 0 wherever it has a value."""
    return isinstance(u, Pow) and u.exp.is_Rational and u.exp.q % 2 == 0 and u.exp < 0


def maximum(*arguments: Expr) -> Expr:
    """Return the largest argument; on a tie the first one is selected."""
    return reduce(lambda first, second: extremum(Maximum, first, second), arguments)


def minimum(*arguments: Expr) -> Expr:
    """Return the smallest argument; on a tie the first one is selected."""
    return reduce(lambda first, second: extremum(Minimum, first, second), arguments)


def arcsine(u: Expr) -> Expr:
    """Return arcsin u, for |u| ≤ 1."""
    return atan(u / square_root(1 - u**2))


def arccosine(u: Expr) -> Expr:
    """Return arccos u, for |u| ≤ 1; without the difference that is 0 at u = 1."""
    return 2 * atan(square_root(1 - u) / square_root(1 + u))


def area_cosine(u: Expr) -> Expr:
    """Return arcosh u, for u ≥ 1."""
    return log(u + square_root(u - 1) * square_root(u + 1))


def area_tangent(u: Expr) -> Expr:
    """Return artanh u, for |u| < 1."""
    return (log(1 + u) - log(1 - u)) / 2


def normal(u: Expr) -> Expr:
    """Return Φ(u), the standard normal distribution; by erfc it has its digits in the left tail."""
    return erfc(-u / sqrt(2)) / 2


def square_root(u: Expr) -> Expr:
    """Return √u."""
    return power(u, Rational(1, 2))


FUNCTIONS: dict[str, Function] = {
    "exp": Function(exp),
    "log": Function(log),
    "ln": Function(log),
    "sqrt": Function(square_root),
    "sin": Function(sin),
    "cos": Function(cos),
    "tan": Function(tan),
    "sinh": Function(sinh),
    "cosh": Function(cosh),
    "tanh": Function(tanh),
    "atan": Function(atan),
    "arctan": Function(atan),
    "asinh": Function(asinh),
    "arsinh": Function(asinh),
    "arcsinh": Function(asinh),
    "asin": Function(arcsine),
    "arcsin": Function(arcsine),
    "acos": Function(arccosine),
    "arccos": Function(arccosine),
    "acosh": Function(area_cosine),
    "arcosh": Function(area_cosine),
    "arccosh": Function(area_cosine),
    "atanh": Function(area_tangent),
    "artanh": Function(area_tangent),
    "arctanh": Function(area_tangent),
    "erf": Function(erf),
    "erfc": Function(erfc),
    "abs": Function(absolute),
    "Abs": Function(absolute),
    "sign": Function(signum),
    "max": Function(maximum, 2, None),
    "Max": Function(maximum, 2, None),
    "min": Function(minimum, 2, None),
    "Min": Function(minimum, 2, None),
    "clip": Function(lambda u, low, high: minimum(maximum(u, low), high), 3, 3),
    "Phi": Function(normal),
    "Φ": Function(normal),
    "log1p": Function(lambda u: log(1 + u)),
    "expm1": Function(lambda u: exp(u) - 1),
    "log2": Function(lambda u: log(u) / log(Integer(2))),
    "log10": Function(lambda u: log(u) / log(Integer(10))),
    "cbrt": Function(lambda u: signum(u) * power(absolute(u), Rational(1, 3))),
    "exp2": Function(lambda u: power(Integer(2), u)),
    "square": Function(lambda u: power(u, Integer(2))),
    "hypot": Function(lambda u, v: square_root(u**2 + v**2), 2, 2),
    "sech": Function(lambda u: 1 / cosh(u)),
    "csch": Function(lambda u: 1 / sinh(u)),
    "coth": Function(lambda u: 1 / tanh(u)),
    "pow": Function(power, 2, 2),
}
CONSTANTS: dict[str, Expr] = {"pi": pi, "π": pi}
