"""Write g′ in terms of g itself, where it can be: σ′ = σ (1 − σ), tanh′ = 1 − tanh².

Nothing is looked up. For a few terms at a time out of 1, g, g², x, x g, x² g, e^(−g) the
coefficients that give g′ at as many points are solved for in 50 digits; where they are simple
fractions and hold at further points too, to 40 digits, the identity is found. (The derivation
proves it once more, like every other line.)
"""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import mpmath
import numpy as np
from sympy import Add, Expr, Mul, Piecewise, Rational, exp, factor, factor_list

from derive.arithmetic import HighPrecision
from derive.formula import X
from derive.number import fraction_of

__all__ = ["in_own_terms"]

POINTS = [Rational(p, 64) for p in (-187, -129, -83, -45, -19, 23, 52, 91, 141, 199)]
MOST_TERMS = 2
LARGEST_DENOMINATOR = 1000
LARGEST_MAGNITUDE = 300  # bits
DIGITS = 40


def in_own_terms(function: Expr, slope: Expr, itself: Expr) -> Expr | None:
    """Return the slope with ``itself`` for the function, or None where it has no short form.

    ``function`` and ``slope`` are formulas in x alone (numbers for all parameters); ``itself`` is
    what stands for g(x). A formula by cases, and one that is short already, are left alone.
    """
    if function.has(Piecewise) or function.free_symbols != {X}:
        return None
    if not slope.has(X) or slope.count_ops() <= 2:
        return None
    arithmetic = HighPrecision()
    at = np.array([arithmetic.number(point) for point in POINTS], dtype=object)
    g = arithmetic.scalar(function, {X: at})
    wanted = arithmetic.scalar(slope, {X: at})
    if any(mpmath.isnan(value) for value in (*g, *wanted)):
        return None
    one = np.full_like(at, arithmetic.context.one)
    decay = arithmetic.scalar(exp(-X), {X: g})
    basis = [
        (Rational(1), one),
        (itself, g),
        (itself**2, g * g),
        (X, at),
        (X * itself, at * g),
        (X**2 * itself, at * at * g),
        (exp(-itself), decay),
    ]
    for count in range(1, MOST_TERMS + 1):
        for terms in combinations(basis, count):
            coefficients = _solved([values for _, values in terms], wanted, arithmetic)
            if coefficients is not None:
                found = Add(*(c * term for c, (term, _) in zip(coefficients, terms, strict=True)))
                return _factored(found) if found.has(itself) else None
    return None


def _solved(
    columns: list[np.ndarray], wanted: np.ndarray, arithmetic: HighPrecision
) -> list[Rational] | None:
    """Return simple fractions c with Σ c·column = wanted at every point, or None."""
    context = arithmetic.context
    if not all(context.isfinite(value) for column in columns for value in column):
        return None
    count = len(columns)
    matrix = context.matrix([[column[row] for column in columns] for row in range(count)])
    try:
        solution = context.lu_solve(matrix, context.matrix(list(wanted[:count])))
    except (ZeroDivisionError, TypeError):  # singular; mpmath stumbles over a column of zeros
        return None
    fractions = [_simple(value) for value in solution]
    if any(fraction is None or fraction == 0 for fraction in fractions):
        return None
    rationals = [Rational(f.numerator, f.denominator) for f in fractions if f is not None]
    sums = sum(arithmetic.number(c) * column for c, column in zip(rationals, columns, strict=True))
    scale = context.mpf(10) ** -DIGITS
    agree = all(abs(s - w) <= scale * max(1, abs(w)) for s, w in zip(sums, wanted, strict=True))
    return rationals if agree else None


def _simple(value: mpmath.mpf) -> Fraction | None:
    if value and not -LARGEST_MAGNITUDE < mpmath.mag(value) < LARGEST_MAGNITUDE:
        return None  # exp(g) may have billions of digits before the point
    exact = fraction_of(value)
    near = exact.limit_denominator(LARGEST_DENOMINATOR)
    close = abs(exact - near) < Fraction(1, 10**DIGITS) * max(Fraction(1), abs(near))
    return near if close else None


def _factored(expression: Expr) -> Expr:
    """Return g (1 − g) rather than −g (g − 1), and 1 − g² as it is."""
    factors = factor_list(expression)[1] if not expression.has(exp) else []
    if len(factors) < 2 or any(not base.has(X) for base, _ in factors):
        return expression
    whole = factor(expression)
    sums = [part for part in Mul.make_args(whole) if isinstance(part, Add)]
    if len(sums) != 1:
        return expression
    (part,) = sums
    outside = whole / part
    return (-outside) * (-part) if outside.could_extract_minus_sign() else whole
