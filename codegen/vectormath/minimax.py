"""Find minimax polynomials by Remez exchange, with coefficients that a machine can hold.

The exchange runs on a fixed grid of Chebyshev points, so that the function is evaluated once per
point; with `DENSITY` points a lobe, the true maximum lies within a per cent of the grid's.
The error reported is that of the rounded coefficients. mpmath only: no floating-point hardware
is asked, hence the same bytes on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import mpmath
from mpmath import mpf

__all__ = ["Fit", "fit", "round_to"]

DENSITY = 12
EXCHANGES = 30
PRECISION = 240

Real = Callable[[mpf], mpf]


@dataclass(frozen=True)
class Fit:
    """Hold a polynomial's coefficients, lowest power first, and its greatest weighted error."""

    coefficients: tuple[mpf, ...]
    error: mpf


def round_to(value: mpf, bits: int) -> mpf:
    """Round to the nearest number with `bits` significant bits, ties to even."""
    with mpmath.workprec(bits):
        return +value


def _grid(low: mpf, high: mpf, count: int) -> list[mpf]:
    middle, radius = (high + low) / 2, (high - low) / 2
    return [middle - radius * mpmath.cospi(mpf(i) / (count - 1)) for i in range(count)]


def _extrema(errors: Sequence[mpf], wanted: int) -> list[int]:
    """Choose `wanted` grid points at which the error alternates in sign and is large."""
    lobes: list[int] = []
    for i, error in enumerate(errors):
        if error == 0:
            continue
        if lobes and (errors[lobes[-1]] > 0) == (error > 0):
            if abs(error) > abs(errors[lobes[-1]]):
                lobes[-1] = i
        else:
            lobes.append(i)
    while len(lobes) > wanted:
        ends = (abs(errors[lobes[0]]), abs(errors[lobes[-1]]))
        lobes.pop(0 if ends[0] < ends[1] else -1)
    return lobes


class _Problem:
    """Fit Σ cⱼ xʲ to a function, with weights, on a grid."""

    def __init__(self, function: Real, weight: Real, low: mpf, high: mpf, degree: int) -> None:
        self.degree = degree
        grid = _grid(low, high, DENSITY * (degree + 2))
        self.points = [x for x in grid if weight(x) != 0]
        self.values = [function(x) for x in self.points]
        self.weights = [weight(x) for x in self.points]

    def errors(self, coefficients: Sequence[mpf]) -> list[mpf]:
        """Return the weighted error at every grid point."""
        highest_first = list(reversed(coefficients))
        return [
            (mpmath.polyval(highest_first, x) - f) * w
            for x, f, w in zip(self.points, self.values, self.weights, strict=True)
        ]

    def solve(self) -> list[mpf]:
        """Return the minimax coefficients, lowest power first."""
        wanted = self.degree + 2
        step = mpf(len(self.points) - 1) / (wanted - 1)
        reference = [int(mpmath.nint(i * step)) for i in range(wanted)]
        coefficients: list[mpf] = []
        for _ in range(EXCHANGES):
            matrix = mpmath.matrix(wanted, wanted)
            right = mpmath.matrix(wanted, 1)
            for row, i in enumerate(reference):
                x, w = self.points[i], self.weights[i]
                for power in range(self.degree + 1):
                    matrix[row, power] = w * x**power
                matrix[row, wanted - 1] = (-1) ** row
                right[row] = w * self.values[i]
            solution = mpmath.lu_solve(matrix, right)
            coefficients = [solution[j] for j in range(wanted - 1)]
            level = abs(solution[wanted - 1])
            errors = self.errors(coefficients)
            exchanged = _extrema(errors, wanted)
            worst = max(abs(e) for e in errors)
            if len(exchanged) < wanted or worst <= level * mpf("1.01"):
                break
            if exchanged == reference:
                break
            reference = exchanged
        return coefficients


def fit(
    function: Real,
    low: mpf,
    high: mpf,
    degree: int,
    weight: Real,
    *,
    digits: int | None = None,
) -> Fit:
    """Return the minimax polynomial of `degree` for `function` on [low, high].

    Args:
        function: what is approximated, exact to the working precision.
        low: left end of the interval.
        high: right end.
        degree: of the polynomial.
        weight: the error is (polynomial − function) · weight.
        digits: significant bits of a coefficient; unrounded where None.
    """
    with mpmath.workprec(PRECISION):
        problem = _Problem(function, weight, mpf(low), mpf(high), degree)
        coefficients = problem.solve()
        if digits is not None:
            coefficients = [round_to(c, digits) for c in coefficients]
        return Fit(tuple(coefficients), max(abs(e) for e in problem.errors(coefficients)))
