"""Zeros: exact where inverses exist, families where they repeat, fifty digits elsewhere."""

import mpmath
import pytest
from sympy import (
    Abs,
    Integer,
    Rational,
    Symbol,
    asinh,
    atan,
    cos,
    erf,
    exp,
    log,
    pi,
    sin,
    sinh,
    sqrt,
    tan,
    tanh,
)

from derive.pointwise import evaluate
from derive.roots import value_of, zeros

X = Symbol("x", real=True)


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (2 * X - 3, {Rational(3, 2)}),
        (X**2 - 2, {sqrt(2), -sqrt(2)}),
        (X**2 + 2, set()),
        ((X - 1) ** 3 * (X + 2), {Integer(1), Integer(-2)}),
        (exp(X) - 2, {log(2)}),
        (exp(X) + 2, set()),
        (exp(2 * X) - 3 * exp(X) + 2, {Integer(0), log(2)}),
        (log(X) - 1, {exp(1)}),
        (tanh(X) - Rational(1, 2), {log(3) / 2}),
        (tanh(X) - 2, set()),
        (sinh(X) - 1, {asinh(1)}),
        (atan(X) - pi / 4, {Integer(1)}),
        (sqrt(X) - 3, {Integer(9)}),
        (Abs(X) - 2, {Integer(2), Integer(-2)}),
        (1 / X, set()),
    ],
)
def test_the_zeros_are_exact(function, expected):
    assert {zero.location for zero in zeros(function, X)} == expected
    assert all(zero.period is None for zero in zeros(function, X))


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (sin(X), {(Integer(0), pi)}),
        (cos(2 * X), {(pi / 4, pi / 2)}),
        (sin(X) - Rational(1, 2), {(pi / 6, 2 * pi), (5 * pi / 6, 2 * pi)}),
        (tan(X) - 1, {(pi / 4, pi)}),
        (sin(X) - 2, set()),
    ],
)
def test_trigonometric_zeros_are_families(function, expected):
    assert {(zero.location, zero.period) for zero in zeros(function, X)} == expected


@pytest.mark.parametrize(
    "function",
    [X * exp(X) - 1, X - cos(X), X**7 - X - 1, erf(X) - Rational(1, 3), X + tanh(X) - 2],
)
def test_other_zeros_are_known_to_fifty_digits(function):
    (zero,) = zeros(function, X)
    with mpmath.workdps(65):
        found = value_of(zero.location)
        step = mpmath.mpf(10) ** -49 * max(1, abs(found))
        values = [evaluate(function, {X: found + s * step}) for s in (-1, 1)]
        assert values[0] * values[1] < 0


def test_factors_of_a_polynomial_are_solved_in_radicals_where_they_can_be():
    locations = {zero.location for zero in zeros(X**3 - Rational(17, 10) * X, X)}
    assert locations == {0, sqrt(170) / 10, -sqrt(170) / 10}


def test_a_zero_that_only_touches_is_found():
    (zero,) = zeros((X * exp(X) - 1) ** 2 + 0 * X, X)
    assert float(zero.location) == pytest.approx(0.5671432904097838)
    locations = [float(z.location) for z in zeros(exp(X) - X - 1, X)]
    assert locations == pytest.approx([0.0], abs=1e-9)


def test_two_zeros_close_together_are_two():
    locations = sorted(float(zero.location) for zero in zeros(tanh(X) - sin(2 * X), X))
    near = [place for place in locations if 22 < place < 23]
    assert near == pytest.approx([22.776546738397688, 22.776546738654314], abs=1e-13)
    assert locations == pytest.approx([-place for place in reversed(locations)])
