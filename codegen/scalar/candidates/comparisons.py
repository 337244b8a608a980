"""Comparisons of what grows, which no place of x decides: log cosh(x + b) ≥ x with a trainable b.

As they are typed a side would be infinite at large x, or rounded to what the other one is; their difference
is neither where the field has it.
"""

from __future__ import annotations

from sympy import Expr, Symbol
from sympy.core.relational import Eq, Ne, Relational

from codegen.scalar.candidates.exponents import as_exponentials
from codegen.scalar.lower import ELEMENTARY
from codegen.scalar.terms import GROWING

__all__ = ["difference", "differences"]

KINDS = tuple(kind for kind, op in ELEMENTARY.items() if op in GROWING)


def difference(node: Relational, variable: Symbol) -> Expr | None:
    """Return what to compare with 0 instead; None where the sides serve as they are."""
    if isinstance(node, (Eq, Ne)) or not node.has(*KINDS) or node.free_symbols <= {variable}:
        return None
    return as_exponentials(node.lhs - node.rhs)


def differences(expression: Expr, variable: Symbol) -> list[Expr]:
    """Return the differences of all comparisons in an expression that are decided by one."""
    found = [difference(node, variable) for node in sorted(expression.atoms(Relational), key=str)]
    return [each for each in found if each is not None]
