"""The floats on both sides of a constant."""

import mpmath
import numpy as np
import pytest
from sympy import Integer, Poly, Rational, S, pi

from codegen.scalar.literals import bound, literal
from derive.formula import X


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("value", [Rational(3, 10), Rational(1, 3), -pi, Rational(7, 10)])
def test_neighbours_enclose_what_is_no_float(value, dtype):
    below, above = (bound(value, dtype, upward) for upward in (False, True))
    assert Rational(*below.as_integer_ratio()) < value < Rational(*above.as_integer_ratio())
    kind = np.dtype(dtype).type
    assert np.nextafter(kind(below), kind(np.inf)) == kind(above)


@pytest.mark.parametrize("value", [Rational(3, 8), S.Zero, Integer(-5), S.Infinity])
def test_a_float_is_its_own_bound(value):
    for dtype in ("float32", "float64"):
        assert bound(value, dtype, True) == bound(value, dtype, False) == float(value)


def test_a_polynomials_root_that_no_radicals_write_is_as_close_as_any_constant():
    for root in Poly(10 * X**3 - 10 * X - 3).real_roots():
        high, low = literal(root)
        with mpmath.workdps(60):
            near = [mpmath.mpf(high) + low * (1 + side * mpmath.mpf(2) ** -40) for side in (-1, 1)]
            values = [10 * x**3 - 10 * x - 3 for x in near]
        assert values[0] * values[1] < 0


def test_what_no_float_reaches_lies_between_the_last_and_infinity_or_0():
    huge, tiny = Integer(10) ** 400, Rational(1, 10**400)
    assert bound(huge, "float64", False) == np.finfo(float).max
    assert bound(huge, "float32", True) == np.inf
    assert bound(-tiny, "float64", False) == -5e-324
    assert bound(tiny, "float32", False) == 0
