"""A series whose coefficients are functions of trainable parameters: (a − b)/2 x − … for a difference.

It stands for an output that is no function of one variable (see :mod:`codegen.scalar.similar`), close to 0
or far out, where what the output is a difference of loses all digits. Parameters are numbers in a loop over
x, so that a compiler works the coefficients out before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
from flint import arb
from numpy.typing import NDArray
from sympy import Expr, Integer, Rational, Symbol

from codegen.scalar.candidates.series import BITS
from codegen.scalar.lower import Lowering
from codegen.scalar.settings import ends
from codegen.scalar.settled import NOTHING, settled
from codegen.scalar.stated import stated
from codegen.scalar.terms import Terms
from derive.expansion import expansion

__all__ = ["Expanded", "expanded"]

COUNT = 9  # coefficients that are worked out
MOST = 5  # of them that are used
EXPONENTS = range(-2, -41, -1)  # of the radius
PLACES = (
    (0, False),
    (1, False),
    (-1, False),
    (1, True),
    (-1, True),
)  # sides of 0, and whether far out
CLOSER = (0, 5)  # bits: distances at which a series is compared
MOST_CORNERS = 27  # choices of the ends and the middle of parameters


@dataclass(frozen=True)
class Expanded:
    """t^order · Σ coefficients[i] t^i for |t| ≤ radius: t is x, |x| on a side of 0, or 1/|x| ``far`` out."""

    side: int
    far: bool
    order: int
    coefficients: tuple[Expr, ...]
    radius: Rational
    variable: Symbol

    def holds(self, points: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return which of the points the series is for."""
        if self.far:
            return self.side * points >= float(1 / self.radius)
        return (np.abs(points) <= float(self.radius)) & (self.side * points >= 0)

    def chosen(self, terms: Terms, output: int) -> int:
        """Return the operation that selects the series where it holds and the output elsewhere."""
        x = terms.add("x")
        size = terms.add("abs", x) if self.side == 0 else self._times_side(terms, x)
        limit = terms.add("constant", value=1 / self.radius if self.far else self.radius)
        inside = terms.add("le", *((limit, size) if self.far else (size, limit)))
        if self.side and not self.far:
            zero = terms.add("constant", value=Integer(0))
            inside = terms.add("and", terms.add("le", zero, size), inside)
        return terms.add("select", inside, self.enter(terms), output)

    def _times_side(self, terms: Terms, number: int) -> int:
        return terms.add("neg", number) if self.side < 0 else number

    def enter(self, terms: Terms) -> int:
        """Return the operation that computes the series, the powers of |x| that all terms have last.

        1/|x| itself may have lost digits among the subnormal numbers.
        """
        size, lowering = self._times_side(terms, terms.add("x")), Lowering(self.variable, terms)
        one = terms.add("constant", value=Integer(1))
        t = terms.add("div", one, size) if self.far else size
        (power, last), *others = [(k, c) for k, c in enumerate(self.coefficients) if c][::-1]
        result = lowering.visit(last)
        for lower, coefficient in others:
            value = lowering.visit(coefficient)
            raised = terms.add("mul", result, lowering.power_of(t, power - lower))
            result, power = terms.add("add", value, raised), lower
        for _ in range(abs(self.order)):
            result = terms.add("div" if self.far == (self.order > 0) else "mul", result, size)
        return result


@lru_cache(maxsize=64)  # asked for again by each attempt at a tighter budget
def expanded(
    expression: Expr, variable: Symbol, dtype: str, defaults: tuple[tuple[str, float], ...]
) -> tuple[Expanded, ...]:
    """Return the series of an expression for parameters anywhere in their ranges.

    Each is as wide as its terms are enough for the dtype.
    """
    truth, given = stated((expression,), variable), dict(defaults)
    found = list[Expanded]()
    for side, far in PLACES:
        if side and not far and found and found[0].side == 0:
            continue  # there is one on both sides
        series = _series(expression, variable, truth, dtype, given, (side, far))
        found += [series] if series is not None else []
    return tuple(found)


def _series(
    expression: Expr,
    variable: Symbol,
    truth: Terms,
    dtype: str,
    defaults: Mapping[str, float],
    place: tuple[int, bool],
) -> Expanded | None:
    found = expansion(expression, variable, COUNT, *place, defaults)
    if found is None:
        return None
    order, coefficients = found
    last = [k for k, c in enumerate(coefficients) if c][:MOST][-1]
    for exponent in EXPONENTS:
        radius = Rational(2) ** exponent
        series = Expanded(*place, order, tuple(coefficients[: last + 1]), radius, variable)
        if _is_enough(series, truth, defaults, BITS[dtype]):
            return series
    return None


def _is_enough(series: Expanded, truth: Terms, defaults: Mapping[str, float], bits: int) -> bool:
    """Return whether the series is the truth, to so many bits, at the ends and middles of parameters."""
    terms = Terms()
    terms.outputs = (series.enter(terms),)
    radius = arb(int(series.radius.p)) / int(series.radius.q)
    for given in _corners(defaults):
        for sign, closer in product((series.side,) if series.side else (-1, 1), CLOSER):
            t = sign * radius / 2**closer
            x = 1 / t if series.far else t
            (right,), (ours,) = (settled(each, x, given, bits + 10) for each in (truth, terms))
            if right is None or ours is None:
                return False
            if right.is_nan() and abs(ours) <= NOTHING:
                continue  # a difference of equals, which no precision tells from 0
            if not abs(ours - right) <= abs(right) * arb(2) ** -bits:
                return False
    return True


def _corners(defaults: Mapping[str, float]) -> Iterator[dict[str, float]]:
    values = [(default, *ends(default)) for default in defaults.values()]
    for number, chosen in enumerate(product(*values)):
        if number < MOST_CORNERS:
            yield dict(zip(defaults, chosen, strict=True))
