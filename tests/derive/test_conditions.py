"""Conditions decide what is decided, and keep the rest as it was written."""

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Integer, Piecewise, S, Symbol, exp, log
from sympy.core.relational import Eq, Ge, Gt, Le, Lt, Ne

from derive.conditions import both, compare, either, negate, piecewise, relations, substitute
from derive.notation import Maximum, Minimum
from derive.pointwise import holds

X, Y = Symbol("x", real=True), Symbol("y", real=True)
RELATIONS = [Gt, Ge, Lt, Le, Eq, Ne]
CONDITIONS = st.recursive(
    st.builds(compare, st.sampled_from(RELATIONS), st.just(X), st.integers(-2, 2).map(Integer)),
    lambda inner: st.one_of(
        st.builds(both, inner, inner), st.builds(either, inner, inner), st.builds(negate, inner)
    ),
    max_leaves=6,
)


@given(CONDITIONS, st.integers(-6, 6))
def test_the_opposite_holds_exactly_where_a_condition_does_not(condition, halves):
    point = {X: mpmath.mpf(halves) / 2}
    assert holds(negate(condition), point) is not holds(condition, point)


@given(CONDITIONS, CONDITIONS, st.integers(-6, 6))
def test_both_and_either_are_and_and_or(first, second, halves):
    point = {X: mpmath.mpf(halves) / 2}
    assert holds(both(first, second), point) == (holds(first, point) and holds(second, point))
    assert holds(either(first, second), point) == (holds(first, point) or holds(second, point))


@pytest.mark.parametrize(
    ("relation", "expected"),
    [(Gt, False), (Ge, True), (Lt, False), (Le, True), (Eq, True), (Ne, False)],
)
def test_a_comparison_with_itself_is_decided(relation, expected):
    assert compare(relation, exp(X), exp(X)) is (S.true if expected else S.false)
    assert compare(relation, log(Integer(4)), 2 * log(Integer(2))) is S(expected)


@given(CONDITIONS, st.integers(-6, 6))
def test_a_comparison_of_cases_has_no_cases_left_and_the_same_truth(condition, halves):
    case = Piecewise((X, condition), (1 - X, True), evaluate=False)
    folded = compare(Gt, 2 * case, Integer(1))
    point = {X: mpmath.mpf(halves) / 2}
    truth = 2 * (point[X] if holds(condition, point) else 1 - point[X]) > 1
    assert not any(part.has(Piecewise) for part in relations(folded))
    assert holds(folded, point) == truth


def test_cases_that_leave_a_gap_are_not_cases():
    above, below = Gt(X, 0, evaluate=False), Lt(X, 0, evaluate=False)
    assert piecewise([(X, above), (-X, below)], X) is None
    assert piecewise([(X, above), (-X, negate(above))], X) is not None
    assert piecewise([(X, above), (-X, below), (X, Eq(X, 0, evaluate=False))], X) is not None


def test_substituting_a_value_leaves_the_case_that_holds():
    cases = Piecewise((log(X), Gt(X, 1, evaluate=False)), (X, S.true), evaluate=False)
    assert substitute(cases, {X: Integer(-3)}) == -3
    assert substitute(cases, {X: Integer(5)}) == log(5)


def test_substituting_numbers_in_an_extremum_decides_it():
    assert substitute(Ge(X, Minimum(Y, 0), evaluate=False), {Y: Integer(1)}) == Ge(X, 0)
    assert substitute(Maximum(Y, X), {X: Integer(2), Y: Integer(3)}) == 3
