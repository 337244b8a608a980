"""A number means exactly the decimal that is written."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Rational

from derive.errors import InputError
from derive.number import decimal, exact


@given(st.decimals(min_value=0, allow_nan=False, allow_infinity=False, places=12))
def test_a_decimal_is_exact(value):
    assert decimal(str(value)) == Rational(Fraction(value))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_means_its_repr(value):
    assert exact(value) == Rational(Fraction(Decimal(repr(value))))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.1, Rational(1, 10)),
        (np.float32(0.1), Rational(1, 10)),
        (np.int64(-3), Rational(-3)),
        ("1/3", Rational(1, 3)),
        ("-1.5e-2", Rational(-3, 200)),
        (Fraction(2, 7), Rational(2, 7)),
        (Decimal("0.25"), Rational(1, 4)),
        (Rational(5, 9), Rational(5, 9)),
    ],
)
def test_numbers_of_every_kind(value, expected):
    assert exact(value) == expected


@pytest.mark.parametrize(
    "value",
    ["", "abc", "1/0", "1/2/3", "--1", "nan", "1e999", float("inf"), float("nan"), None, True, [1]],
)
def test_what_is_no_number_is_refused(value):
    with pytest.raises(InputError):
        exact(value)
