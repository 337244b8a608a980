"""Bounds on operations hold for every x, and tell the larger of two terms."""

import numpy as np
import pytest

from codegen.scalar.lower import lower
from codegen.scalar.ranges import larger, ranges
from codegen.scalar.run import run
from codegen.scalar.write import written
from derive.formula import X, formula


@pytest.mark.parametrize(
    "typed",
    [
        "exp(-Abs(x))",
        "1 + exp(-x**2)",
        "tanh(x)*(2 - cos(3*x))",
        "3 - 2*erf(x)*atan(x)",
        "sqrt(1 + x**2) - Abs(x)",
        "Piecewise((exp(-x), x > 0), (2 - exp(x), True))",
        "max(-tanh(x), 1/4)",
        "erfc(x) - cosh(x)",
    ],
)
def test_values_lie_within_their_bounds(typed):
    terms = lower([formula(typed)], X)
    (number,) = terms.outputs
    low, high = ranges(terms)[number]
    x = np.array([0.0, -0.0, *np.linspace(-9, 9, 401), 1e-300, 30.0, -30.0])
    (values,) = run(written(terms, [0] * len(terms.nodes), "float64", ()), x)
    slack = 1e-15 * np.abs(values)
    assert (low - slack <= values).all()
    assert (values <= high + slack).all()


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("1", "exp(-Abs(x))", True),
        ("exp(-Abs(x))", "1", False),
        ("3 + x**2", "2*tanh(x)", True),
        ("1", "exp(x)", False),
        ("1 + exp(-x**2)", "cos(x)", False),  # both may be 1, and computed a little less or more
        ("x", "0", False),
        ("0", "exp(-Abs(x))*exp(-x**2)", False),  # which may become 0, but is not
    ],
)
def test_the_larger_of_two_terms_is_known(first, second, expected):
    terms = lower([formula(first), formula(second)], X)
    assert larger(ranges(terms), terms, *terms.outputs) is expected
