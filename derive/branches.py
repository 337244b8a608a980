"""A function of x as its smooth branches from left to right, in place of cases within cases."""

from __future__ import annotations

from itertools import pairwise

from mpmath import mp, mpf
from sympy import Expr, S
from sympy.core.relational import Ge, Gt, Le, Lt

from derive.conditions import decided, either
from derive.formula import X
from derive.pointwise import evaluate
from derive.roots import DIGITS, value_of
from derive.switches import Candidate, candidates, nearby, places, settle

__all__ = ["branches"]

MOST = 6  # places where branches meet


def branches(expression: Expr) -> Expr | None:
    """Return the function by cases of x; None where it has other symbols.

    Nor are there such cases where branches meet at more than :data:`MOST` places, at one that is not
    rational, or where the function has at one a value of that point alone.
    """
    if expression.free_symbols != {X}:
        return None
    with mp.workdps(DIGITS + 15):
        met = sorted(candidates(expression), key=lambda place: value_of(place.location))
        if not 0 < len(met) <= MOST or any(p.period or not p.location.is_Rational for p in met):
            return None
        around = list(places(met))
        sides = [nearby(place, around) for place in around]
        found = [settle(expression, {X: x}) for x in (sides[0][0], *(after for _, after in sides))]
        ends = [
            (place.location, upto)
            for place, pair in zip(met, pairwise(found), strict=True)
            if (upto := _end(expression, place, *pair))
        ]
    if len(ends) < len(met):
        return None
    kept = [k for k, (before, after) in enumerate(pairwise(found)) if before != after]
    values = [*(found[k] for k in kept), found[-1]]
    return _by_cases(values, [ends[k] for k in kept])


def _end(expression: Expr, place: Candidate, before: Expr, after: Expr) -> type | None:
    """Return the comparison that holds on the branch before a place, up to it or with it."""
    x = value_of(place.location)
    here = evaluate(expression, {X: x}, place.vanishing)
    if _same(here, evaluate(before, {X: x})):
        return Le
    return Lt if _same(here, evaluate(after, {X: x})) else None


def _same(first: mpf, second: mpf) -> bool:
    """Return whether two values agree; what has no value, or is infinite, does not with a number."""
    if mp.isfinite(first) and mp.isfinite(second):
        return bool(mp.almosteq(first, second))
    return first == second or bool(mp.isnan(first) and mp.isnan(second))


def _by_cases(values: list[Expr], ends: list[tuple[Expr, type]]) -> Expr:
    if len(values) == 3 and values[0] == values[2]:
        (low, upto), (high, within) = ends
        beyond = Gt if within is Le else Ge
        outside = either(upto(X, low, evaluate=False), beyond(X, high, evaluate=False))
        return decided([(values[0], outside), (values[1], S.true)])
    tests = [upto(X, place, evaluate=False) for place, upto in ends]
    return decided(zip(values, [*tests, S.true], strict=True))
