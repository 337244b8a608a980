"""The numeric search for zeros: found to 50 digits, poles and jumps refused, effort counted."""

import mpmath
import pytest
from mpmath import mp, mpf
from sympy import Rational, Symbol, cos, exp, log, pi, sign, sin, tan

from derive.pointwise import evaluate
from derive.search import DIGITS, Effort, common_period, number, search

X = Symbol("x", real=True)


@pytest.fixture(autouse=True)
def precision():
    with mp.workdps(DIGITS + 15):
        yield


def found(function, effort=None):
    return [zero.location for zero in search(function, X, effort or Effort())]


@pytest.mark.parametrize(
    "function", [X - cos(X), X * exp(X) - 1, (X * exp(X) - 2) ** 3, log(X) + X, exp(X) - 10**20 * X]
)
def test_the_function_changes_sign_at_every_zero_found(function):
    locations = found(function)
    assert locations
    for location in map(evaluate, locations):
        step = mpmath.mpf(10) ** -48 * max(1, abs(location))
        sides = [evaluate(function, {X: location + s * step}) for s in (-1, 1)]
        assert sides[0] * sides[1] < 0


@pytest.mark.parametrize("function", [1 / (X - Rational(1, 3)), sign(X - 1) + Rational(1, 2)])
def test_neither_a_pole_nor_a_jump_is_a_zero(function):
    assert found(function) == []


def test_a_simple_zero_is_a_fraction():
    assert found((X - Rational(3, 7)) * (2 + sin(X**2))) == [Rational(3, 7)]
    assert number(mpmath.mpf(5) / 11) == Rational(5, 11)


@pytest.mark.parametrize(
    ("function", "period"),
    [
        (sin(X) - cos(X), 2 * pi),
        (sin(2 * X) + cos(3 * X), 2 * pi),
        (sin(X / 2) + tan(X / 3), 12 * pi),
        (sin(X) + sin(pi * X), None),
        (X + sin(X), None),
        (sin(X**2), None),
    ],
)
def test_a_period_is_shared_by_all_terms(function, period):
    assert common_period(function, X) == period


def test_of_a_periodic_function_one_period_is_searched():
    zeros = list(search(2 * sin(X) - cos(2 * X), X, Effort()))
    assert {zero.period for zero in zeros} == {2 * pi}
    assert len(zeros) == 2


def test_the_effort_is_counted_so_that_every_machine_finds_the_same():
    function = sin(X**2) - X * cos(X)
    runs = []
    for _ in range(2):
        effort = Effort(20_000)
        runs.append((found(function, effort), effort.left))
    assert runs[0] == runs[1]
    assert runs[0][1] >= 0


def test_with_less_effort_fewer_zeros_are_found_and_with_none_none():
    function = sin(X**2) - X * cos(X)
    counts = [len(found(function, Effort(nodes))) for nodes in (0, 5_000, 20_000, 100_000)]
    assert counts[0] == 0
    assert counts == sorted(counts)
    assert counts[-1] > counts[1]


def test_a_number_next_to_nothing_is_0_and_takes_no_time():
    assert number(mpf((1, -(10**12)))) == 0
