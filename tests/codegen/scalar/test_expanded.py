"""Series with coefficients that are functions of parameters stand for differences where these cancel."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from sympy import Symbol

from codegen.scalar.certify import certify
from codegen.scalar.expanded import expanded
from codegen.scalar.levels import LEVELS, PAIR
from codegen.scalar.run import run
from codegen.scalar.terms import Terms
from codegen.scalar.write import written
from derive.activation import activation
from derive.formula import X, formula

A, B = (Symbol(name, real=True) for name in "ab")


def series(text, **defaults):
    expression = formula(text, {"a": A, "b": B})
    return expanded(expression, X, "float64", tuple(defaults.items()))


def test_a_difference_is_its_series_close_to_0_and_far_out():
    found = series("atan(a*x)-atan(b*x)", a=1.0, b=2.0)
    assert [(each.side, each.far) for each in found] == [(0, False), (1, True), (-1, True)]
    points = np.array([0.0, 1e-9, -1e-9, 1.0, -1.0, 1e9, -1e9])
    held = [each.holds(points).tolist() for each in found]
    assert held[0] == [True] * 3 + [False] * 4
    assert held[1] == [False] * 5 + [True, False]
    assert held[2] == [False] * 6 + [True]


@pytest.mark.parametrize("a", [0.125, 1.0, 7.5])
def test_as_many_digits_are_right_as_were_asked_for(a):
    found = series("log(1+exp(a*x))-log(1+exp(b*x))", a=1.0, b=1.0)
    (at_0,) = found
    terms = Terms()
    terms.outputs = (at_0.enter(terms),)
    levels = [LEVELS["float64"].index(PAIR)] * len(terms.nodes)
    b, x = 2.625, float(at_0.radius) * np.array([1.0, -1.0, 0.3, -1e-9])
    given = {"a": np.full(4, a), "b": np.full(4, b)}
    (values,) = run(written(terms, levels, "float64", ("a", "b")), x, given)
    with mpmath.workdps(60):
        softplus = [[mpmath.log1p(mpmath.exp(mpmath.mpf(p) * t)) for t in x] for p in (a, b)]
        truth = [float(one - other) for one, other in zip(*softplus, strict=True)]
    assert values.tolist() == pytest.approx(truth, rel=3e-16, abs=0)


def test_there_is_none_on_a_side_of_0_where_there_is_one_on_both():
    found = series("abs(x)*exp(a*x)", a=1.0)
    assert [(each.side, each.far) for each in found] == [(1, False), (-1, False)]
    assert all(each.holds(np.array([0.0])).all() for each in found)


def test_what_has_no_series_has_none():
    assert series("x if x > a else 0", a=1.0) == ()


@pytest.mark.parametrize(
    "text", ["log(1+exp(a*x))-log(1+exp(b*x))", "atan(a*x)-atan(b*x)", "log(a+b*x**2)"]
)
def test_differences_with_parameters_keep_the_bound(text):
    found = activation(text, {"a": 1.0, "b": 2.0}, ("a", "b"))
    rows = certify(found, 4_000, dtypes=("float64",))
    assert all(row.max_ulp <= 4.0 for row in rows)
