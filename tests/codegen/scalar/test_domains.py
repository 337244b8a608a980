"""Where the argument of a sine has too many digits, code returns nan: in tails, and about poles."""

from __future__ import annotations

import numpy as np
import pytest

from codegen.scalar.certificate import BOUNDS
from codegen.scalar.proof import Proved
from codegen.scalar.prove import proved
from codegen.scalar.run import run
from codegen.scalar.write import written
from derive.calculus import derivative
from derive.formula import X, formula

NAMES = ("value", "derivative")


def _proved(text: str, dtype: str) -> Proved:
    g = formula(text)
    found = proved((g, derivative(g, X)), X, dtype, NAMES, {})
    assert all(row.max_ulp <= BOUNDS[dtype] for row in found.rows)
    return found


def test_a_domain_ends_where_what_a_sine_is_given_has_too_many_digits() -> None:
    ((low, high),) = _proved("sin(x**2 - x)", "float64").domain  # two floats as far as 2^53
    assert 1e15 < min(-low, high) < 1e17


def test_a_domain_ends_where_four_words_of_a_multiple_must() -> None:
    ((low, high),) = _proved("cos(0.3*x + 0.5)", "float64").domain
    assert low < -1e40
    assert 1e40 < high < 1e60  # beyond, four words of 0.3 do not tell the fraction of a turn


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_domain_has_a_hole_about_a_pole_but_not_its_limit(dtype: str) -> None:
    found = _proved("x*sin(1/x)", dtype)
    (low, left), zero, (right, high) = found.domain
    assert (low, zero, high) == (-np.inf, (0.0, 0.0), np.inf)
    assert -1e-12 < left < 0 < right < 1e-12
    points = np.array([-0.5, -1e-20, 0.0, 1e-20, 3.0, np.inf], dtype)
    values, _ = run(written(found.terms, found.levels, dtype, ()), points, {})
    wanted = [0.5 * np.sin(2.0), np.nan, 0, np.nan, 3 * np.sin(1 / 3), 1]
    assert values == pytest.approx(wanted, rel=1e-6, nan_ok=True)
