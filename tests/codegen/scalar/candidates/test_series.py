"""A series on one side of its centre holds there only where the formula takes its value from that side."""

from fractions import Fraction

import pytest

from codegen.scalar.candidates.series import fit_at
from codegen.scalar.lower import lower
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
