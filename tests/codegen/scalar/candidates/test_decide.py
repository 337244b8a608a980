"""Comparisons of functions become comparisons of x with the places where they change."""

import numpy as np

from codegen.scalar.candidates.decide import decided, switches
from codegen.scalar.lower import lower
from codegen.scalar.run import run
from codegen.scalar.write import written
from derive.formula import X, formula


def _decided(text):
    return decided(lower([formula(text)], X))


def _operations(terms):
    return {terms.nodes[number].op for number in terms.needed()}


def test_a_tie_is_found_to_the_last_bit():
    places = switches(_decided("Piecewise((1, tanh(x) > x/10), (0, True))"))
    crossing = max(places)
    assert 9.99 < crossing < 10
    assert np.tanh(crossing) - crossing / 10 < 1e-15


def test_a_condition_that_always_holds_leaves_its_branch():
    assert _operations(_decided("Piecewise((x, x**2 + 1 > 0), (exp(x), True))")) == {"x"}


def test_a_sign_is_chosen_by_x():
    terms = _decided("sign(exp(x) - 2)")
    assert _operations(terms) <= {"x", "constant", "le", "and", "or", "select"}
    x = np.array([-1.0, 0.6931471805599452, 0.6931471805599454, 3.0, np.nan])
    (values,) = run(written(terms, [0] * len(terms.nodes), "float64", ()), x)
    np.testing.assert_array_equal(values[:4], [-1, -1, 1, 1])


def test_a_condition_that_changes_at_many_places_is_kept():
    assert "sin" in _operations(_decided("Piecewise((1, sin(x) > 0), (0, True))"))
