"""Double-double arithmetic: relative error and infinities."""

import math
from fractions import Fraction

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numba import njit

from codegen.vectormath.doubledouble.loose import (
    add_loose,
    add_ordered_loose,
    div_floats_loose,
    div_loose,
    mul_floats_loose,
    mul_loose,
    sqrt_loose,
    sub_loose,
)
from codegen.vectormath.doubledouble.pairs import add_dd, div_dd, mul_dd, sqrt_dd, sub_dd

HIGH = st.floats(min_value=-1e100, max_value=1e100).filter(lambda x: abs(x) > 1e-60)
PART = st.floats(min_value=-1.0, max_value=1.0)
BOUND = Fraction(1, 2**102)
LOOSE_BOUND = Fraction(1, 2**96)


def _pair(high, part):
    low = part * math.ulp(high) / 2
    return high + low, low - ((high + low) - high)


def _fraction(pair):
    return Fraction(float(pair[0])) + Fraction(float(pair[1]))


OPERATIONS = {
    function: njit(error_model="numpy")(
        function.py_func if hasattr(function, "py_func") else function
    )
    for function in (
        *(add_dd, sub_dd, mul_dd, div_dd, sqrt_dd),
        *(add_loose, sub_loose, mul_loose, div_loose, sqrt_loose),
        *(mul_floats_loose, div_floats_loose, add_ordered_loose),
    )
}


@settings(deadline=None)
@given(HIGH, PART, HIGH, PART)
def test_sums_products_and_quotients_keep_102_bits(a, p, b, q):
    x, y = _pair(a, p), _pair(b, q)
    X, Y = _fraction(x), _fraction(y)
    for function, expected in ((mul_dd, X * Y), (div_dd, X / Y)):
        assert abs(_fraction(OPERATIONS[function](*x, *y)) - expected) <= BOUND * abs(expected)
    for function, expected in ((add_dd, X + Y), (sub_dd, X - Y)):
        assume(abs(expected) > Fraction(1, 2**200))
        assert abs(_fraction(OPERATIONS[function](*x, *y)) - expected) <= BOUND * abs(expected)


@settings(deadline=None)
@given(HIGH, PART)
def test_square_of_the_root_is_the_argument(a, p):
    x = _pair(abs(a), p)
    root = _fraction(OPERATIONS[sqrt_dd](*x))
    assert abs(root * root - _fraction(x)) <= 4 * BOUND * _fraction(x)


def test_infinities_behave_as_in_float64():
    inf, one = np.float64(np.inf), np.float64(1.0)
    assert OPERATIONS[add_dd](inf, 0.0, one, 0.0) == (np.inf, 0.0)
    assert OPERATIONS[mul_dd](inf, 0.0, -one, 0.0) == (-np.inf, 0.0)
    assert OPERATIONS[div_dd](one, 0.0, inf, 0.0) == (0.0, 0.0)
    assert OPERATIONS[div_dd](one, 0.0, 0.0, 0.0) == (np.inf, 0.0)
    assert OPERATIONS[sqrt_dd](inf, 0.0) == (np.inf, 0.0)
    assert OPERATIONS[sqrt_dd](0.0, 0.0) == (0.0, 0.0)
    assert np.isnan(OPERATIONS[sub_dd](inf, 0.0, inf, 0.0)[0])


@settings(deadline=None)
@given(HIGH, PART, HIGH, PART)
def test_loose_pairs_of_loose_pairs_keep_96_bits(a, p, b, q):
    x, y = ((high, 8 * part * math.ulp(high)) for high, part in ((a, p), (b, q)))
    X, Y = _fraction(x), _fraction(y)
    for function, expected in ((mul_loose, X * Y), (div_loose, X / Y)):
        found = _fraction(OPERATIONS[function](*x, *y))
        assert abs(found - expected) <= LOOSE_BOUND * abs(expected)
    for function, expected in ((add_loose, X + Y), (sub_loose, X - Y)):
        found = _fraction(OPERATIONS[function](*x, *y))
        assert abs(found - expected) <= LOOSE_BOUND * max(abs(X), abs(Y))
    larger, smaller = (x, y) if abs(a) >= abs(b) else (y, x)
    found = _fraction(OPERATIONS[add_ordered_loose](*larger, *smaller))
    assert abs(found - X - Y) <= LOOSE_BOUND * max(abs(X), abs(Y))
    for function, expected in (
        (mul_floats_loose, Fraction(a) * Fraction(b)),
        (div_floats_loose, Fraction(a) / Fraction(b)),
    ):
        found = _fraction(OPERATIONS[function](a, b))
        assert abs(found - expected) <= LOOSE_BOUND * abs(expected)
    root = _fraction(OPERATIONS[sqrt_loose](abs(a), abs(x[1])))
    assert abs(root * root - Fraction(abs(a)) - Fraction(abs(x[1]))) <= 4 * LOOSE_BOUND * abs(X)
