"""Last touches to g′ that a lecturer makes without a word: gather cases, cancel a denominator."""

from __future__ import annotations

from sympy import (
    Expr,
    Piecewise,
    Pow,
    Rational,
    expand_mul,
    factor,
    fraction,
    together,
)

from derive.branches import branches
from derive.moduli import without_signs
from derive.notation import Activated, Maximum, Minimum
from derive.trees import replaced

__all__ = ["gathered_cases", "over_one_denominator"]

LONGEST = 60  # operations
LARGEST = 99  # of a numerator or denominator


def gathered_cases(slope: Expr) -> Expr | None:
    """Return a sum of products of cases, all on the same conditions, as one list of cases.

    Cases within cases, on several conditions or beside a max or min become cases of x, where numbers
    stand for all else.
    """
    cases = slope.atoms(Piecewise)
    conditions = {tuple(condition for _, condition in node.args) for node in cases}
    if len(conditions) > 1 or (conditions and slope.has(Maximum, Minimum)):
        found = branches(slope)
        if found is not None:
            return found
    if isinstance(slope, Piecewise) or len(conditions) != 1:
        return None
    gathered = []
    for position, condition in enumerate(conditions.pop()):
        value = replaced(slope, {node: node.args[position][0] for node in cases})
        gathered.append((expand_mul(value) if value.count_ops() < LONGEST else value, condition))
    return Piecewise(*gathered, evaluate=False)


def over_one_denominator(slope: Expr) -> Expr | None:
    """Return the slope as one fraction, or None where that is not much shorter: √u − v/√u cancels."""
    if slope.has(Piecewise, Activated) or not LONGEST > slope.count_ops() > 4:
        return None
    if not any(node.exp.is_negative for node in slope.atoms(Pow)):
        return None
    if any(max(abs(number.p), number.q) > LARGEST for number in slope.atoms(Rational)):
        return None  # products of long decimals are longer still
    above, below = fraction(together(slope))
    above = expand_mul(above)
    found = factor(without_signs(above) or above) / below
    return found if 3 * found.count_ops() < 2 * slope.count_ops() else None
