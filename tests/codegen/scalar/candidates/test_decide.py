"""Comparisons of functions become comparisons of x with the places where they change."""

from fractions import Fraction

import numpy as np
import pytest

from codegen.scalar.candidates.decide import decided, switches
from codegen.scalar.lower import lower
from codegen.scalar.run import run
from codegen.scalar.sample import LARGEST
from codegen.scalar.write import written
from derive.formula import X, formula


def _decided(text):
    return decided(lower([formula(text)], X), "float64")


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


@pytest.mark.parametrize("text", ["sign(sin(x/3))", "Piecewise((1, sin(x/3) > 0), (-1, True))"])
def test_what_is_below_every_number_has_the_sign_that_it_has_in_truth(text):
    terms = _decided(text)
    x = np.array([-5e-324, 5e-324, -1.0, 1.0, 10.0])
    (values,) = run(written(terms, [0] * len(terms.nodes), "float64", ()), x)
    np.testing.assert_array_equal(values, [-1, 1, -1, 1, -1])


SIDES = {
    "Piecewise((1, x < 3/10), (2, True))": lambda x: 1 if x < Fraction(3, 10) else 2,
    "Piecewise((1, x >= 1/3), (2, True))": lambda x: 1 if x >= Fraction(1, 3) else 2,
    "Piecewise((1, Eq(x, 1/10)), (2, True))": lambda _: 2,
    "Piecewise((1, Ne(x, 1/10)), (2, True))": lambda _: 1,
    "Piecewise((1, abs(x) <= 7/10), (2, True))": lambda x: 1 if abs(x) <= Fraction(7, 10) else 2,
    "Piecewise((1, x < 10**400), (2, True))": lambda _: 1,
    "Piecewise((1, x > 10**39), (2, True))": lambda x: 1 if x > 10**39 else 2,
    "Piecewise((1, x > 1/10**400), (2, True))": lambda x: 1 if x > 0 else 2,
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("text", SIDES)
def test_x_is_compared_as_the_number_it_is(text, dtype):
    kind = np.dtype(dtype).type
    near = np.array([3 / 10, 1 / 3, 1 / 10, 7 / 10, 1e30, 0.0], dtype)
    up, down = (np.nextafter(near, kind(end)) for end in (np.inf, -np.inf))
    x = np.concatenate([near, up, down, -near, -up])
    expected = [SIDES[text](Fraction(float(place))) for place in x]
    terms = decided(lower([formula(text)], X), dtype)
    for level in (0, 1):  # float32 wider, float64 in pairs
        (values,) = run(written(terms, [level] * len(terms.nodes), dtype, ()), x)
        np.testing.assert_array_equal(values, expected)


@pytest.mark.parametrize(("dtype", "last"), [("float32", 3.4028235e38), ("float64", LARGEST)])
def test_infinity_is_beyond_every_number(dtype, last):
    terms = decided(lower([formula("Piecewise((1, x < 10**400), (2, True))")], X), dtype)
    (values,) = run(
        written(terms, [0] * len(terms.nodes), dtype, ()), np.array([last, np.inf], dtype)
    )
    np.testing.assert_array_equal(values, [1, 2])
