"""Sides with parameters that both overflow are no tie."""

import pytest

from codegen.scalar.certificate import BOUNDS
from codegen.scalar.code import kept
from codegen.scalar.served import EVERYWHERE
from derive.activation import activation

FORMULAS = (
    "max(a*x, x)",
    "min(a*x, 2*x)",
    "max(x, a*x**2)",
    "abs(a*x + x)",
    "max(a*x, exp(x) - 1)",
)


@pytest.mark.parametrize("text", FORMULAS)
def test_the_slope_at_infinity_is_the_limit_whatever_the_parameter(text):
    found = kept("g", activation(text, {"a": "0.5"}, trainable=("a",)), "float32")
    assert all(row.max_ulp <= BOUNDS["float32"] for row in found.rows)
    assert found.domain == EVERYWHERE
