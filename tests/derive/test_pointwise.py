"""Values at a point: exact comparisons, infinities and NaN, and the same numbers as arrays give."""

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf
from sympy import Abs, Piecewise, Rational, S, Symbol, cos, erf, exp, log, pi, sign, sin, tanh

from derive.arithmetic import HighPrecision
from derive.notation import Maximum, Minimum
from derive.pointwise import Evaluator, evaluate, holds, power

X = Symbol("x", real=True)
FORMULAS = st.recursive(
    st.sampled_from([X, X**2 - 2, S(3) / 7, pi * X, 1 / (1 + X**2)]),
    lambda inner: st.one_of(
        st.builds(lambda f, u: f(u), st.sampled_from([tanh, sin, cos, erf, Abs, sign]), inner),
        st.builds(lambda u, v: u + v, inner, inner),
        st.builds(lambda u, v: u * v, inner, inner),
        st.builds(Maximum, inner, inner),
        st.builds(Minimum, inner, inner),
        st.builds(lambda u: exp(tanh(u)), inner),
        st.builds(lambda u: log(1 + u**2), inner),
    ),
    max_leaves=6,
)


@given(FORMULAS, st.fractions(-3, 3, max_denominator=1000))
@settings(max_examples=100, deadline=None)
def test_a_point_and_an_array_give_the_same_value(formula, fraction):
    at = Rational(fraction.numerator, fraction.denominator)
    arithmetic = HighPrecision(50)
    there = arithmetic.scalar(formula, {X: np.asarray(arithmetic.number(at))}).item()
    with mp.workdps(50):
        here = evaluate(formula, {X: mpf(at.p) / at.q})
        assert abs(here - mpf(there)) <= mpf(10) ** -40 * max(1, abs(here))


@pytest.mark.parametrize(
    ("base", "exponent", "expected"),
    [
        (-8, mpf(1) / 3, mp.nan),
        (-2, 3, -8),
        (0, 0, 1),
        (0, -1, mp.nan),
        (0, mpf(-1) / 2, mp.inf),
        (mp.inf, -2, 0),
        (-mp.inf, 3, -mp.inf),
        (mp.nan, 0, mp.nan),
    ],
)
def test_powers_are_those_of_the_reals(base, exponent, expected):
    found = power(mpf(base), mpf(exponent))
    assert mpmath.isnan(found) if mpmath.isnan(expected) else found == expected


@pytest.mark.parametrize(
    ("formula", "at", "expected"),
    [
        (exp(exp(X)), 100, mp.inf),
        (exp(-exp(X)), 100, 0),
        (tanh(exp(exp(X))), 100, 1),
        (log(X), 0, -mp.inf),
        (log(X), -1, mp.nan),
        (sin(exp(exp(X))), 100, mp.nan),
        (Piecewise((1, X < 0), evaluate=False), 1, mp.nan),
        (Maximum(log(X), 3), -1, mp.nan),
    ],
)
def test_what_overflows_is_infinite_and_what_is_not_real_is_nan(formula, at, expected):
    found = evaluate(formula, {X: mpf(at)})
    assert mpmath.isnan(found) if mpmath.isnan(expected) else found == expected


def test_the_two_sides_of_a_boundary_count_as_equal_there():
    with mp.workdps(50):
        there = {X: mp.log(2)}
        assert not holds(exp(X) > 2, there)
        assert holds(exp(X) >= 2, there)
        assert holds(exp(X) > 2, {X: mp.log(2) + mpf(10) ** -30})


def test_what_is_known_to_vanish_is_zero():
    assert evaluate(sign(X**2 - 2), {X: mpf("1.4")}, frozenset({X**2 - 2})) == 0
    assert Evaluator({X: mpf("1.4")}).value(sign(X**2 - 2)) == -1
