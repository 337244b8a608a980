"""Truncated power series: added, multiplied, divided, and with their derivatives and integrals.

Coefficients are of any field; those that are fractions of polynomials are given up where they grow long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sympy import QQ
from sympy.polys.fields import FracElement

__all__ = ["NoSeriesError", "Power", "small"]

LARGE = 48  # terms of a coefficient, above and below the line, that is no use any more


class NoSeriesError(Exception):
    """A formula has no power series there that is found here."""


def small(coefficient: Any) -> Any:
    """Return a coefficient that is small enough to go on with."""
    if not isinstance(coefficient, FracElement):
        return coefficient
    if len(coefficient.numer) + len(coefficient.denom) > LARGE:
        raise NoSeriesError
    return coefficient


@dataclass(frozen=True)
class Power:
    """t^order · Σ coefficients[i] t^i, known so far; the first coefficient is not 0, if there are any."""

    order: int
    coefficients: tuple[Any, ...]

    @classmethod
    def of(cls, order: int, coefficients: Sequence[Any]) -> Power:
        """Return the series without zeros in front."""
        first = next((k for k, c in enumerate(coefficients) if c), len(coefficients))
        return cls(order + first, tuple(coefficients[first:]))

    @property
    def end(self) -> int:
        """The power of t from which on nothing is known."""
        return self.order + len(self.coefficients)

    def at(self, power: int) -> Any:
        """Return the coefficient of a power of t, 0 below the first."""
        return self.coefficients[power - self.order] if power >= self.order else 0

    def plus(self, other: Power) -> Power:
        """Return the sum."""
        low, end = min(self.order, other.order), min(self.end, other.end)
        return Power.of(low, [small(self.at(k) + other.at(k)) for k in range(low, end)])

    def times(self, other: Power) -> Power:
        """Return the product."""
        count = min(len(self.coefficients), len(other.coefficients))
        a, b = self.coefficients, other.coefficients
        found = [small(sum(a[i] * b[k - i] for i in range(k + 1))) for k in range(count)]
        return Power.of(self.order + other.order, found)

    def over(self, other: Power) -> Power:
        """Return the quotient."""
        if not other.coefficients:
            raise NoSeriesError
        count = min(len(self.coefficients), len(other.coefficients))
        found = list[Any]()
        for k in range(count):
            rest = self.coefficients[k] - sum(
                found[i] * other.coefficients[k - i] for i in range(k)
            )
            found.append(small(rest / other.coefficients[0]))
        return Power.of(self.order - other.order, found)

    def negated(self) -> Power:
        """Return the series with the other sign."""
        return Power(self.order, tuple(-c for c in self.coefficients))

    def slope(self) -> Power:
        """Return the derivative with respect to t."""
        found = [(self.order + i) * c for i, c in enumerate(self.coefficients)]
        return Power.of(self.order - 1, found)

    def integral(self, start: Any) -> Power:
        """Return the series with this derivative and the constant coefficient given."""
        if self.order < 0:
            raise NoSeriesError
        found = [self.at(k) * QQ(1, k + 1) for k in range(self.end)]
        return Power.of(0, [start, *found])
