"""Rows are made once for all terms that have an operation, and again where the precision is another."""

from __future__ import annotations

import numpy as np
import pytest

from codegen.scalar.conditioning import study
from codegen.scalar.lower import lower
from codegen.scalar.rows import Rows
from derive.formula import X, formula

POINTS = np.array([-700.0, 0.3, 5.0])


def test_terms_share_the_rows_of_what_they_have_in_common():
    rows, both = (
        Rows(),
        [lower([formula(text)], X) for text in ("exp(3*x) + x", "exp(3*x)/(1+x**2)")],
    )
    shared = [study(terms, POINTS, rows=rows) for terms in both]
    power, again = (
        found.keys[next(k for k, node in enumerate(terms.nodes) if node.op == "exp")]
        for terms, found in zip(both, shared, strict=True)
    )
    assert power == again
    assert len(rows.known) == len({*shared[0].keys, *shared[1].keys})
    for terms, found in zip(both, shared, strict=True):
        alone = study(terms, POINTS)
        assert np.array_equal(found.mantissa, alone.mantissa)
        assert np.array_equal(found.exponent, alone.exponent)
        assert np.array_equal(found.digits, alone.digits)


def test_what_cancels_asks_for_rows_of_its_own():
    rows, tiny = Rows(), np.array([1e-30])
    plain = study(lower([formula("exp(x)")], X), tiny, rows=rows)
    terms = lower([formula("exp(x) - x - 1")], X)
    close = study(terms, tiny, rows=rows)
    assert not set(plain.keys) & set(close.keys)
    (output,) = terms.outputs
    assert np.ldexp(close.mantissa[output], close.exponent[output]) == pytest.approx(5e-61)


def test_a_study_of_more_points_is_that_of_all_of_them():
    terms = lower([formula("x*exp(x)")], X)
    some, others = study(terms, POINTS[::2]), study(terms, POINTS[1:2])
    whole, found = study(terms, POINTS), some.completed(others, {})
    assert np.array_equal(found.mantissa, whole.mantissa)
    assert np.array_equal(found.exponent, whole.exponent)
    assert len(set(found.keys)) == len(terms.nodes)
