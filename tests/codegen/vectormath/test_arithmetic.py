"""fma, select and the error-free sums: the Python twin and the compiled code are the same."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

from codegen.vectormath.arithmetic import fma, select, two_product, two_sum

DOUBLES = st.floats(allow_nan=False)
SINGLES = st.floats(allow_nan=False, width=32)
MODERATE = st.floats(min_value=-1e100, max_value=1e100)


@njit
def compiled_fma(a, b, c):
    return fma(a, b, c)


@njit
def compiled_select(condition, a, b):
    return select(condition, a, b)


@njit(error_model="numpy", fastmath=True)
def two_sum_in_a_fast_math_kernel(a, b):
    return two_sum(a, b)


def same(a, b):
    return (a == b and math.copysign(1, a) == math.copysign(1, b)) or (
        math.isnan(a) and math.isnan(b)
    )


@settings(deadline=None)
@given(DOUBLES, DOUBLES, DOUBLES)
def test_fma_in_python_equals_the_instruction_in_float64(a, b, c):
    with np.errstate(all="ignore"):
        a, b, c = np.float64(a), np.float64(b), np.float64(c)
        assert same(fma(a, b, c), compiled_fma(a, b, c))
    assert type(fma(-1.0, float(b), float(c))) is np.float64  # which divides by 0 as kernels do


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_fma_in_python_adds_an_infinity_to_a_product_that_overflows(kind):
    most = np.finfo(kind).max
    with np.errstate(all="ignore"):
        assert same(fma(most, most, kind(-np.inf)), compiled_fma(most, most, kind(-np.inf)))


@settings(deadline=None)
@given(SINGLES, SINGLES, SINGLES)
def test_fma_in_python_equals_the_instruction_in_float32(a, b, c):
    with np.errstate(all="ignore"):
        a, b, c = np.float32(a), np.float32(b), np.float32(c)
        assert same(fma(a, b, c), compiled_fma(a, b, c))
        assert type(fma(a, b, c)) is np.float32


@pytest.mark.parametrize(
    ("a", "b", "c"),
    [
        (5e-324, 0.5, 0.0),
        (5e-324, 0.5, 5e-324),
        (1.7e308, 2.0, -1.7e308),
        (1.0 + 2**-52, 1.0 - 2**-52, -1.0),
        (-0.0, 1.0, 0.0),
        (-0.0, 1.0, -0.0),
        (1.0, 1.0, -1.0),
        (math.inf, 0.0, 1.0),
    ],
)
def test_fma_rounds_once_at_the_edges(a, b, c):
    with np.errstate(all="ignore"):
        a, b, c = np.float64(a), np.float64(b), np.float64(c)
        assert same(fma(a, b, c), compiled_fma(a, b, c))


@settings(deadline=None)
@given(MODERATE, MODERATE)
def test_two_sum_loses_nothing_even_in_a_fast_math_kernel(a, b):
    high, low = two_sum_in_a_fast_math_kernel(a, b)
    assert Fraction(high) + Fraction(low) == Fraction(a) + Fraction(b)


@settings(deadline=None)
@given(st.floats(min_value=1e-100, max_value=1e100), st.floats(min_value=1e-100, max_value=1e100))
def test_two_product_loses_nothing(a, b):
    high, low = two_product(np.float64(a), np.float64(b))
    assert Fraction(float(high)) + Fraction(float(low)) == Fraction(a) * Fraction(b)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_select_chooses_without_a_branch(kind):
    assert compiled_select(True, kind(1), kind(2)) == 1
    assert compiled_select(False, kind(1), kind(2)) == 2
    assert "select i1" in compiled_select.inspect_llvm(compiled_select.signatures[-1])
