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
    tan,
    tanh,
)
from sympy.core.relational import Gt, Lt

from derive.conditions import compare, decided
from derive.notation import Maximum, Minimum
from derive.pointwise import Evaluator
from derive.vanishing import power

__all__ = ["CONSTANTS", "FUNCTIONS", "Function"]


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
    return Abs(u) if u.is_extended_real else by_sign(u, u, -u)


def signum(u: Expr) -> Expr:
    """Return the sign of u, 0 at 0."""
    return sign(u) if u.is_extended_real else by_sign(u, Integer(1), Integer(-1))


def by_sign(u: Expr, above: Expr, below: Expr) -> Expr:
    """Return above where u > 0, below where u < 0, and 0 at 0."""
    zero = Integer(0)
    cases = ((above, compare(Gt, u, zero)), (below, compare(Lt, u, zero)), (zero, S.true))
    return decided(cases)


def maximum(*arguments: Expr) -> Expr:
    """Return the largest argument; on a tie the first one is selected."""
    return reduce(lambda first, second: extremum(Maximum, first, second), arguments)


def minimum(*arguments: Expr) -> Expr:
    """Return the smallest argument; on a tie the first one is selected."""
    return reduce(lambda first, second: extremum(Minimum, first, second), arguments)


def extremum(kind: type, first: Expr, second: Expr) -> Expr:
    """Return the extremum of two; one of numbers is that number."""
    if first == second:
        return first
    if first.is_number and second.is_number:
        larger = Evaluator({}).compare(first, second) >= 0
        return first if larger == (kind is Maximum) else second
    return kind(first, second)


FUNCTIONS: dict[str, Function] = {
    "exp": Function(exp),
    "log": Function(log),
    "ln": Function(log),
    "sqrt": Function(lambda u: power(u, Rational(1, 2))),
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
    "erf": Function(erf),
    "erfc": Function(erfc),
    "abs": Function(absolute),
    "Abs": Function(absolute),
    "sign": Function(signum),
    "max": Function(maximum, 2, None),
    "Max": Function(maximum, 2, None),
    "min": Function(minimum, 2, None),
    "Min": Function(minimum, 2, None),
    "log1p": Function(lambda u: log(1 + u)),
    "expm1": Function(lambda u: exp(u) - 1),
    "log2": Function(lambda u: log(u) / log(Integer(2))),
    "log10": Function(lambda u: log(u) / log(Integer(10))),
    "cbrt": Function(lambda u: signum(u) * power(absolute(u), Rational(1, 3))),
    "sech": Function(lambda u: 1 / cosh(u)),
    "pow": Function(power, 2, 2),
}
CONSTANTS: dict[str, Expr] = {"pi": pi, "π": pi}
