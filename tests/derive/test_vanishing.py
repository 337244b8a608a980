"""A power below 2 of what is 0 on an interval has derivatives 0 there; at single points not all."""

from __future__ import annotations

import pytest
from mpmath import isfinite, mpf
from sympy import Piecewise

from derive import derive
from derive.activation import activation
from derive.errors import InputError
from derive.formula import X, formula
from derive.pointwise import evaluate
from derive.subgradient import repaired_derivative, second_derivative


@pytest.mark.parametrize(
    ("text", "zero", "elsewhere", "slope"),
    [
        ("sqrt(max(x, 0))", -2, 4, 0.25),
        ("max(0, x)**0.5*x", -2, 4, 3),
        ("pow(x - min(x, 1), 0.5)", -2, 5, 0.25),
        ("(abs(x) + x)**0.5", -2, 2, 0.5),
        ("(x*sign(x) + x)**0.5", -2, 2, 0.5),
        ("sqrt(1 - max(-1, min(1, x))**2)", 3, 0, 0),
        ("cbrt(max(x, 1) - 1)", -2, 9, 1 / 12),
        ("sqrt(max(2*x, 0)*(1 + abs(x)))", -2, 2, 2.5 / 3**0.5),
    ],
)
def test_slope_on_the_interval_and_elsewhere(text, zero, elsewhere, slope) -> None:
    found = repaired_derivative(activation(text))
    assert evaluate(found, {X: mpf(zero)}) == 0
    assert float(evaluate(found, {X: mpf(elsewhere)})) == pytest.approx(slope)


@pytest.mark.parametrize(
    "text", ["max(x, 0)**1.25", "(abs(x) + x)**1.9", "log(1 + max(x, 0))**1.5"]
)
def test_the_second_derivative_on_the_interval_and_elsewhere(text: str) -> None:
    found = second_derivative(activation(text))
    assert evaluate(found, {X: mpf(-2)}) == 0
    assert isfinite(evaluate(found, {X: mpf(2)}))


def test_every_step_is_proved_with_parameters_too() -> None:
    derive("softmax(W g(V f(x)))", {"g.a": 2}, g="sqrt(max(a*x, 0))").verify(trials=1)


@pytest.mark.parametrize(
    "text", ["sqrt(abs(x))", "max(x, 0)**2", "max(x, 0)**2.5", "sqrt(max(x, 1))"]
)
def test_a_base_that_is_0_at_points_only_is_left_as_it_is(text: str) -> None:
    assert not formula(text).has(Piecewise)


def test_a_root_of_what_is_nowhere_positive_is_refused() -> None:
    with pytest.raises(InputError, match="has no finite real value"):
        formula("sqrt(x*abs(x) - x**2)")
