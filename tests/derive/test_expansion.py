"""The series of a formula at 0, beside it and far out: the formula is what they say, to the next power."""

from __future__ import annotations

import mpmath
import pytest
from sympy import Integer, Max, Symbol, lambdify, sqrt

from derive.expansion import expansion
from derive.formula import X, formula
from derive.notation import Maximum

A, B = (Symbol(name, real=True) for name in "ab")
GIVEN = {"a": 1.375, "b": 2.25}
COUNT = 6
AT_0 = (
    "log(1+exp(a*x))-log(1+exp(b*x))",
    "x*sigmoid(a*x)-x*sigmoid(b*x)",
    "log(cosh(a*x))-log(cosh(b*x))",
    "erf(a*x)*asinh(b*x)-x",
    "softplus(x-a)-softplus(-a)",
    "tanh(a*x+b)-tanh(b)",
    "sin(a*x)/(b*x)",
    "(1-cos(a*x))/x**3",
    "sqrt(a+x)-cos(b*x)**1.5",
    "atan(a*x)*tan(x)/sinh(b*x)",
)
BESIDE_0 = ("abs(x)/(1+abs(a*x))", "max(a*x,sin(b*x))-sign(x)", "x*sqrt(x**2+x**4)")
FAR = ("sqrt(1+a*x**2)-sqrt(1+b*x**2)", "atan(a*x)-atan(b*x)", "x/(a+abs(x))", "x**2*log(1+a/x)")


def written(text):
    return formula(text, {"a": A, "b": B})


def is_what_it_says(text, side=0, far=False):
    expression = written(text)
    order, coefficients = expansion(expression, X, COUNT, side, far, GIVEN)
    assert len(coefficients) == COUNT
    assert coefficients[0] != 0
    with mpmath.workdps(80):
        numbers = [mpmath.mpf(value) for value in GIVEN.values()]
        value = lambdify((X, A, B), expression.replace(Maximum, Max), "mpmath")
        known = [mpmath.mpmathify(lambdify((A, B), c, "mpmath")(*numbers)) for c in coefficients]
        for sign in (side,) if side else (1, -1):
            t = sign * mpmath.mpf(2) ** -24
            x = t if not side else sign / abs(t) if far else t
            t = abs(t) if side else t
            series = t**order * mpmath.fsum(c * t**k for k, c in enumerate(known))
            off = abs(series - value(x, *numbers))
            assert off <= 1e5 * abs(t) ** (order + COUNT)


@pytest.mark.parametrize("text", AT_0)
def test_a_formula_is_its_series_at_0(text):
    is_what_it_says(text)


@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize("text", BESIDE_0)
def test_a_formula_is_its_series_on_a_side_of_0(text, side):
    is_what_it_says(text, side)
    assert expansion(written(text), X, COUNT, given=GIVEN) is None


@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize("text", FAR)
def test_a_formula_is_its_series_far_out(text, side):
    is_what_it_says(text, side, far=True)


def test_coefficients_are_exact_and_in_factors():
    difference = written("log(1+exp(a*x))-log(1+exp(b*x))")
    order, (first, second, third) = expansion(difference, X, 3)
    assert (order, third) == (1, 0)
    assert first == (A - B) / 2 or (first - (A - B) / 2).expand() == 0
    assert set((second * 8).as_ordered_factors()) in ({A - B, A + B}, {Integer(-1), B - A, A + B})


def test_a_case_is_told_by_the_side():
    cases = written("a*x if x > 0 else exp(b*x)")
    assert expansion(cases, X, 2, 1) == (1, [A, 0])
    assert expansion(cases, X, 2, -1) == (0, [1, -B])
    assert expansion(cases, X, 2, 1, far=True) == (-1, [A, 0])


@pytest.mark.parametrize(
    ("text", "side", "far"),
    [
        ("log(x)", 1, False),
        ("sqrt(x)", 1, False),
        ("abs(x)", 0, False),
        ("exp(1/x)", 1, False),
        ("exp(x)", 1, True),
        ("tanh(a*x)", -1, True),
        ("log(x**2)", 1, True),
        ("sin(x)", 1, True),
        ("x if x > a else 0", 1, False),
        ("log(x - 2)", 0, False),
        (
            "erf(a*x+b)*tanh(b*x+a)*log(1+exp(b*x+a/3))",
            0,
            False,
        ),  # its coefficients grow without end
        ("gelu(a*x+b)*mish(b*x-a)", 0, False),
    ],
)
def test_what_has_no_power_series_or_too_long_a_one_has_none(text, side, far):
    assert expansion(written(text), X, 9, side, far, GIVEN) is None


def test_a_root_far_out_is_of_what_is_positive_for_the_parameters_given():
    root = sqrt(A * X**2 + 1)
    assert expansion(root, X, 1, 1, True, {"a": 4.0}) is not None
    assert expansion(root, X, 1, 1, True, {"a": -4.0}) is None
