"""The derivative at break points as an expression: mended only where the rules' is inadmissible."""

import pytest
from mpmath import mp, mpf
from sympy import Piecewise

from derive.activation import activation
from derive.calculus import derivative
from derive.formula import X
from derive.pointwise import evaluate
from derive.subgradient import filled, repaired_derivative


@pytest.mark.parametrize("text", ["max(x, 0)", "abs(x)", "x*abs(x)", "hard_swish(x)", "1/x"])
def test_an_admissible_derivative_is_left_as_the_rules_give_it(text):
    g = activation(text)
    slope = derivative(g.bound, X)
    assert repaired_derivative(g, slope) is slope
    assert filled(g) == g.bound


def test_a_product_with_sign_is_mended_without_a_case():
    slope = repaired_derivative(activation("sign(x)*log(1 + abs(x))"))
    assert not slope.has(Piecewise)
    assert evaluate(slope, {X: mpf(0)}) == 1


def test_a_periodic_family_is_mended_by_one_case():
    g = activation("Piecewise((0, sin(x) > 0), (3*sin(x), sin(x) < 0), (-sin(x), True))")
    slope = repaired_derivative(g)
    assert evaluate(derivative(g.bound, X), {X: mpf(0)}) == -1  # outside [0, 3]
    assert evaluate(slope, {X: mpf(0)}) == 0
    for at in (1, 4, -1, -4):
        assert evaluate(slope, {X: mpf(at)}) == (3 * mp.cos(at) if mp.sin(at) < 0 else 0)


@pytest.mark.parametrize("text", ["sin(x)/x", "(exp(x) - 1)/x", "tanh(2*x)/x"])
def test_away_from_the_hole_a_filled_formula_is_the_same_function(text):
    g = activation(text)
    for at in (-2, mpf(1) / 3, 5):
        assert evaluate(filled(g), {X: mpf(at)}) == evaluate(g.bound, {X: mpf(at)})
        assert evaluate(repaired_derivative(g), {X: mpf(at)}) == pytest.approx(
            float(evaluate(derivative(g.bound, X), {X: mpf(at)}))
        )


@pytest.mark.parametrize(
    ("text", "value", "slope"),
    [
        ("sin(a*x)/x", "a", "0"),
        ("log(cosh(a*x))/x", "0", "a**2/2"),
        ("x/(exp(a*x) - 1)", "1/a", "-1/2"),
        ("sqrt(log(1 + a*x**2))", None, "0"),
        ("hypot(a*x, x)", None, "0"),
    ],
)
def test_what_is_learned_stands_in_the_value_and_the_slope_where_0_0_would(text, value, slope):
    g = activation(text, {"a": 3}, trainable="a")
    for shown, expected in ((filled(g), value), (repaired_derivative(g), slope)):
        if expected is None:
            assert not shown.has(Piecewise)
            continue
        there, at = shown.args[0]
        assert (str(there), str(at)) == (expected, "Eq(x, 0)")
