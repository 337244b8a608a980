"""Numbers beyond float64's range: what is done to them has the relative error of pairs."""

import math
import random

import numpy as np
import pytest
from flint import arb, ctx

from codegen.scalar.balls import OPERATIONS
from codegen.vectormath.far import functions, numbers
from codegen.vectormath.far.numbers import join_f64, split_far

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
BOUND = arb(2) ** -91
SIZES = (-4000, -300, -60, -1, 0, 1, 5, 39, 400, 1100, 4000)  # powers of 2
ARITHMETIC = ("add", "sub", "mul", "div")
FUNCTIONS = (
    "sqrt", "exp", "expm1", "log", "log1p", "tanh", "sinh", "cosh", "sin", "cos", "atan",
    "asinh", "erf", "erfc", "erfcx",
)  # fmt: skip
GROWING = {"exp", "expm1", "sinh", "cosh", "erfc"}  # to 2^(2³⁹) and not beyond
POSITIVE = {"sqrt", "log", "log1p", "erfcx"}
TURNS = {"sin", "cos"}


def _numbers(positive, largest):
    draw = random.Random(7)
    for power in (p for p in SIZES if p <= largest):
        for sign in (1.0,) if positive else (1.0, -1.0):
            high = draw.uniform(1.01, 1.99)
            yield sign * high, sign * draw.uniform(-1, 1) * math.ulp(high) / 2.01, float(power)


def _ball(number):
    high, low, power = (float(part) for part in number)
    return (arb(high) + arb(low)) * arb(2) ** int(power)


def _close(found, expected):
    return abs(_ball(found) - expected) <= BOUND * abs(expected)


@pytest.fixture(autouse=True)
def digits():
    before, ctx.prec = ctx.prec, 5000
    yield
    ctx.prec = before


@pytest.mark.parametrize("op", ARITHMETIC)
def test_arithmetic_has_the_error_of_pairs_at_any_size(op):
    given = list(_numbers(False, 4000))
    for a, b in zip(given, reversed(given), strict=True):
        assert _close(getattr(numbers, f"{op}_far")(*a, *b), OPERATIONS[op](_ball(a), _ball(b)))


@pytest.mark.parametrize("op", FUNCTIONS)
def test_a_function_has_the_error_of_pairs_at_any_size(op):
    largest = {True: 38, False: 4000}[op in GROWING]
    if op in TURNS:
        largest = 1100
    if op == "erfc":
        largest = 5
    for number in _numbers(op in POSITIVE, largest):
        x = _ball(number)
        if op == "erfcx" and number[2] > 20:
            expected = 1 / (x * arb.pi().sqrt())
            expected *= 1 - 1 / (2 * x * x)
        else:
            expected = OPERATIONS[op](x)
        module = numbers if op == "sqrt" else functions
        assert _close(getattr(module, f"{op}_far")(*number), expected), number


def test_a_float_comes_back_as_it_was():
    for x in (0.0, 1.5, -3e-310, 5e-324, 1.7e308, np.inf, -np.inf):
        assert join_f64(*split_far(x, 0.0)) == x
    assert np.isnan(join_f64(*split_far(np.nan, 0.0)))


def test_what_is_too_large_or_small_for_a_float_is_infinite_or_zero():
    assert join_f64(1.5, 0.0, 1024.0) == np.inf
    assert join_f64(-1.5, 0.0, 5000.0) == -np.inf
    assert join_f64(1.5, 0.0, -1074.0) == 2 * 5e-324
    assert join_f64(1.5, 0.0, -5000.0) == 0.0
