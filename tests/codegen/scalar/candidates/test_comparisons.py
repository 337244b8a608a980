"""A comparison that is linear in x compares x with a number; others stand as they are."""

from __future__ import annotations

import pytest
from sympy import Piecewise, Rational, S, Symbol
from sympy.core.relational import Eq, Ge, Gt, Le, Lt, Relational

from codegen.scalar.candidates.comparisons import at_places
from derive.formula import X

B = Symbol("b", real=True)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (Lt(-X, X, evaluate=False), (Gt, X, S.Zero)),
        (Gt(X, -X, evaluate=False), (Gt, X, S.Zero)),
        (Le(3 * X + 1, X, evaluate=False), (Le, X, Rational(-1, 2))),
        (Ge(1 - X, 2 * X, evaluate=False), (Le, X, Rational(1, 3))),
        (Eq(2 * X, 1, evaluate=False), (Eq, X, Rational(1, 2))),
        (Lt(X, X**2, evaluate=False), None),
        (Lt(X, B, evaluate=False), None),
        (Lt(B * X, 1, evaluate=False), None),
    ],
)
def test_a_linear_comparison_is_one_with_a_place(typed: Relational, expected: tuple) -> None:
    found = at_places(Piecewise((1, typed), (0, True), evaluate=False), X)
    condition = found.args[0][1]
    kind, left, right = expected or (typed.func, typed.lhs, typed.rhs)
    assert (condition.func, condition.lhs, condition.rhs) == (kind, left, right)
