"""Comparisons: those that a place of x decides, and those of what grows, which none does.

−x < x is x > 0, and stands as that wherever it came from, so that its cases are seen to be the same. A side
of log cosh(x + b) ≥ x with a trainable b would be infinite at large x, or rounded to what the other one is;
the difference of the sides is neither where the field has it.
"""

from __future__ import annotations

from sympy import Expr, Symbol
from sympy.core.relational import Eq, Ne, Relational

from codegen.scalar.candidates.exponents import as_exponentials
from codegen.scalar.lower import ELEMENTARY
from codegen.scalar.terms import GROWING
from derive.conditions import substitute

__all__ = ["at_places", "difference", "differences"]

KINDS = tuple(kind for kind, op in ELEMENTARY.items() if op in GROWING)


def at_places(expression: Expr, variable: Symbol) -> Expr:
    """Return an expression in which comparisons that are linear in x compare x with a number."""
    found = {}
    for node in expression.atoms(Relational):
        total = node.lhs - node.rhs
        slope = total.coeff(variable)
        rest = total - slope * variable
        if slope.is_Rational and slope != 0 and rest.is_Rational:
            kind = node.func if slope > 0 else node.reversed.func
            found[node] = kind(variable, -rest / slope, evaluate=False)
    return substitute(expression, found)


def difference(node: Relational, variable: Symbol) -> Expr | None:
    """Return what to compare with 0 instead; None where the sides serve as they are."""
    if isinstance(node, (Eq, Ne)) or not node.has(*KINDS) or node.free_symbols <= {variable}:
        return None
    return as_exponentials(node.lhs - node.rhs)


def differences(expression: Expr, variable: Symbol) -> list[Expr]:
    """Return the differences of all comparisons in an expression that are decided by one."""
    found = [difference(node, variable) for node in sorted(expression.atoms(Relational), key=str)]
    return [each for each in found if each is not None]
