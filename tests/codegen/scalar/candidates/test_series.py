"""A series on one side of its centre holds there only where the formula takes its value from that side."""

from fractions import Fraction

import numpy as np
import pytest

from codegen.scalar.candidates.series import LONG, fit_at
from codegen.scalar.lower import lower
from codegen.scalar.run import run
from codegen.scalar.terms import Terms
from codegen.scalar.write import written
from derive.formula import X, formula


@pytest.mark.parametrize(
    ("condition", "left", "right"), [("x <= 1", True, False), ("x < 1", False, True)]
)
def test_a_series_includes_its_centre_if_its_branch_does(condition, left, right):
    terms = lower([formula(f"Piecewise((exp(x), {condition}), (x, True))")], X)
    halves = [
        fit_at(terms, terms.outputs[0], Fraction(1), 0.01, "float64", (side,)) for side in (-1, 1)
    ]
    assert [half.closed for half in halves] == [left, right]


@pytest.mark.parametrize("radius", [0.01, 1.0])
def test_a_series_is_the_formula_near_its_centre_however_long_it_is(radius):
    terms = lower([formula("log(1 + exp(x))")], X)
    series = fit_at(terms, terms.outputs[0], Fraction(1, 3), radius, "float64")
    assert (len(series.coefficients) > LONG) is (radius == 1.0)
    alone = Terms()
    alone.outputs = (series.enter(alone, alone.add("x")),)
    x = 1 / 3 + radius * np.linspace(-1, 1, 99)
    (found,) = run(written(alone, [0] * len(alone.nodes), "float64", ()), x)
    assert np.allclose(found, np.logaddexp(0, x), rtol=2e-15, atol=0)
