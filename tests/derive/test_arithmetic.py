"""Elementwise arithmetic: both kinds against Python's math, and NaN, never an exception."""

import math

import mpmath
import numpy as np
import pytest
import sympy
from sympy import And, Eq, Ge, Lt, Ne, Not, Or, Piecewise, Rational, S, Symbol, log, pi, sqrt

from derive.arithmetic import Float64, HighPrecision
from derive.notation import Maximum, Minimum
from derive.rules import TABLE

X, Y = Symbol("x", real=True), Symbol("y", real=True)
ELEMENTARY = sorted(
    {f.__name__ for f, (rule, _) in TABLE.items() if rule.name.startswith("chain rule: ")}
)
ROOT = sympy.Poly(X**5 - X - 1).real_roots()[0]  # which no radicals write
KINDS = pytest.mark.parametrize("arithmetic", [Float64(), HighPrecision()], ids=["float64", "mp"])


@KINDS
@pytest.mark.parametrize("name", ELEMENTARY)
def test_every_elementary_function_is_the_one_of_that_name(arithmetic, name):
    at = np.array([0.25, 1.5], dtype=arithmetic.dtype)
    found = arithmetic.scalar(getattr(sympy, name)(X), {X: at})
    assert [float(value) for value in found] == pytest.approx(
        [getattr(math, name)(0.25), getattr(math, name)(1.5)], rel=1e-15
    )


@KINDS
@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (X * Y - Y / 3 + pi, [math.pi - 2 - 2 / 3, math.pi + 6 - 1]),
        (X**3, [-1, 8]),
        (X - ROOT, [-2.1673039782614187, 0.8326960217385813]),
        (Maximum(X, Y), [2, 3]),
        (Minimum(X, 1), [-1, 1]),
        (Piecewise((X, And(X > 0, Lt(X, 5))), (-Y, True)), [-2, 2]),
        (Piecewise((X, Or(Eq(X, 2), X > 7)), (7, True)), [7, 2]),
        (Piecewise((1, Not(Ge(X, Y))), (0, Ne(X, 7))), [1, 1]),
    ],
    ids=str,
)
def test_a_formula_has_its_value_entry_by_entry(arithmetic, expression, expected):
    values = {X: np.array([-1, 2]), Y: np.array([2, 3])}
    found = arithmetic.scalar(expression, values)
    assert [float(value) for value in found] == pytest.approx(expected)


@KINDS
@pytest.mark.parametrize("expression", [log(X), sqrt(X), X ** Rational(1, 3), S.NaN * X])
def test_what_has_no_real_value_is_nan(arithmetic, expression):
    assert math.isnan(float(arithmetic.scalar(expression, {X: np.array([-2])}).item()))


@KINDS
def test_no_case_that_holds_is_nan(arithmetic):
    found = arithmetic.scalar(Piecewise((X, X > 0), evaluate=False), {X: np.array([-1, 1])})
    assert math.isnan(float(found[0]))
    assert float(found[1]) == 1


def test_high_precision_keeps_fifty_digits_whatever_the_global_precision():
    arithmetic = HighPrecision(50)
    third = arithmetic.number(Rational(1, 3))
    root = arithmetic.scalar(sqrt(X), {X: np.array([arithmetic.number(Rational(2))])}).item()
    with mpmath.workdps(60):
        assert abs(mpmath.mpf(third) - mpmath.mpf(1) / 3) < mpmath.mpf(10) ** -50
        assert abs(mpmath.mpf(root) - mpmath.sqrt(2)) < mpmath.mpf(10) ** -49


@KINDS
def test_a_node_that_has_no_arithmetic_is_refused_by_name(arithmetic):
    with pytest.raises(TypeError, match="gamma"):
        arithmetic.scalar(sympy.gamma(X), {X: np.array([1.0])})
