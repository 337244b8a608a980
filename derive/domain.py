"""Whether a formula has a real value anywhere: at any of many numbers of every size."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from typing import Any

import numpy as np
from sympy import Basic, Expr, Integer, Piecewise, Pow, Rational, log

from derive.arithmetic import HighPrecision
from derive.formula import X
from derive.notation import Maximum, Minimum

__all__ = ["part_without_values"]

DIGITS = 30
NEAR = (1, -1, Rational(1, 3), Rational(-1, 3), 0)  # one of them does for almost every formula
STEPS = 100  # of a tenth, to either side of 0
POWERS = (-1000, -300, -100, -30, -10, 5, 8, 12, 18, 27, 40, 60, 100, 300, 1000)  # of 2


@lru_cache(1024)
def part_without_values(expression: Expr) -> Expr | None:
    """Return the first part of a formula in x that has no real value at any number tried.

    A part is a root, a logarithm, what cases, min and max choose from, and the formula itself; in a
    case that holds at no number tried nothing is looked at. Tried are numbers of every size, and
    those that are written in the formula. None where there is no such part.
    """
    arithmetic, *numbers = _numbers()
    written = sorted(expression.atoms(Rational))
    tried = [numbers[0], _array(arithmetic, [s * n for n in written for s in (1, -1)]), numbers[1]]

    def values(part: Basic) -> Iterator[Any]:
        return (v for some in tried if some.size for v in arithmetic.scalar(part, {X: some}).flat)

    parts = _parts(expression, lambda condition: any(values(condition)))
    for part in dict.fromkeys((*parts, expression)):
        if not _has_value(values(part), arithmetic):
            return part
    return None


def _has_value(values: Iterable[Any], arithmetic: HighPrecision) -> bool:
    """Return whether one value is finite, or two are only too large, as at no pole."""
    infinite = 0
    for value in values:
        infinite += arithmetic.context.isinf(value)
        if infinite > 1 or arithmetic.context.isfinite(value):
            return True
    return False


def _parts(node: Basic, holds: Callable[[Basic], bool]) -> Iterator[Basic]:
    """Yield the parts that may have no real value though their own parts have, innermost first."""
    inner: Iterable[Basic] = node.args
    if isinstance(node, Piecewise):
        inner = [branch for branch, condition in node.args if holds(condition)]
    for part in inner:
        yield from _parts(part, holds)
    if isinstance(node, log) or (isinstance(node, Pow) and not node.exp.is_integer):
        yield node
    elif isinstance(node, Maximum | Minimum | Piecewise):
        yield from inner


@cache
def _numbers() -> tuple[HighPrecision, np.ndarray, np.ndarray]:
    """Return an arithmetic, and in it a few numbers near 0 and many of every size."""
    arithmetic = HighPrecision(DIGITS)
    grid = [Rational(step, 10) for step in range(-STEPS, STEPS) if step]
    far = [sign * Integer(2) ** power for power in POWERS for sign in (1, -1)]
    return arithmetic, _array(arithmetic, NEAR), _array(arithmetic, [*grid, *far])


def _array(arithmetic: HighPrecision, numbers: list[Expr] | tuple[Expr, ...]) -> np.ndarray:
    return np.array([arithmetic.number(Rational(number)) for number in numbers], dtype=object)
