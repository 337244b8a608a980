"""A formula as its user states it, for the truth; in normal form where no precision decides it.

cosh x − sinh x at 10³⁷ has lost more digits than any precision holds; as u = e^−x it has lost none.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from sympy import Expr, Symbol

from codegen.scalar.candidates.build import rational
from codegen.scalar.lower import lower
from codegen.scalar.terms import Terms

__all__ = ["stated"]


def stated(expressions: Sequence[Expr], variable: Symbol) -> Terms:
    """Return the operations of the expressions, with their normal form to fall back on."""
    terms = lower(expressions, variable)
    terms.otherwise = cache(lambda: rational(expressions, variable))
    return terms
