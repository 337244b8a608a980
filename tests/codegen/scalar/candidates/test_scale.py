"""Huge x by powers of two: the same values, also where x⁴ is beyond the largest float."""

from __future__ import annotations

import numpy as np
import pytest

from codegen.scalar.candidates.scale import scaled_down
from codegen.scalar.lower import lower
from codegen.scalar.oracle import truth
from codegen.scalar.run import run
from codegen.scalar.write import written
from derive.formula import X, formula

HUGE = np.array([-1.5e308, -1e155, -3e80, -4.0, 0.0, 0.7, 2.0**204, 2.0**612, 1.7e308])


@pytest.mark.parametrize(
    "text",
    [
        "log(1 + x**2)",
        "log(1 + x**4)",
        "sqrt(1 + x**4)/(1 + x**2)",
        "x/sqrt(1 + x**2)",
        "asinh(-x**3)/(1 + x**2)",
        "x**3*asinh(2*x)/(1 + x**4)**2",
        "x**6/(1 + x**12)",
    ],
)
def test_values_are_right_where_powers_of_x_overflow(text):
    terms = lower([formula(text)], X)
    found = scaled_down(terms)
    (values,) = run(written(found, [0] * len(found.nodes), "float64", ()), HUGE)
    (exact,) = truth(terms, HUGE)
    assert np.max(exact.ulp_distance(values, "float64")) < 8


def test_a_logarithm_of_what_vanishes_far_out_is_left_as_it_is():
    terms = lower([formula("log(1 + 1/(1 + x**2))")], X)
    found = scaled_down(terms)
    (values,) = run(written(found, [0] * len(found.nodes), "float64", ()), HUGE)
    (exact,) = truth(terms, HUGE)
    assert np.max(exact.ulp_distance(values, "float64")) < 8


def test_what_has_no_way_back_is_left_alone():
    assert scaled_down(lower([formula("x**2*tanh(x)")], X)) is None
