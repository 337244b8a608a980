"""What overflows where every output is 0, bounded."""

import numpy as np

from codegen.scalar.candidates.bounded import bounded
from codegen.scalar.conditioning import study
from codegen.scalar.lower import lower
from codegen.scalar.oracle import truth
from codegen.scalar.run import run
from codegen.scalar.write import written
from derive.formula import X, formula

POINTS = np.array([-1e200, -2.0, 0.5, 1e200])


def _bounded(text):
    terms = lower([formula(text)], X)
    return terms, bounded(
        terms, lambda either: study(either, POINTS), truth(terms, POINTS), "float64"
    )


def test_infinity_times_0_is_0():
    terms, changed = _bounded("x**2*exp(-x**2)")
    found = [
        run(written(t, [0] * len(t.nodes), "float64", ()), POINTS)[0] for t in (terms, changed)
    ]
    assert np.isnan(found[0][[0, -1]]).all()
    np.testing.assert_array_equal(found[1][[0, -1]], [0, 0])
    np.testing.assert_array_equal(found[1][1:-1], found[0][1:-1])


def test_what_is_infinite_in_truth_stays_so():
    assert _bounded("x**2 + 1")[1] is None
    _, changed = _bounded("x**2 + exp(-x**2)")
    (values,) = run(written(changed, [0] * len(changed.nodes), "float64", ()), POINTS)
    assert (values[[0, -1]] == np.inf).all()


def test_what_is_0_beyond_the_limit_alone_is_left_as_it_is():
    assert _bounded("asinh(x)/(1 + x**4)")[1] is None


def test_what_overflows_is_bounded_where_only_some_outputs_are_0():
    points = np.array([-1.5e308, -2.0, 0.5, 1.5e308])
    terms = lower([formula("2*x*exp(-2*abs(x)) + x")], X)  # inf * 0 in the place of 0 beside x
    changed = bounded(terms, lambda either: study(either, points), truth(terms, points), "float64")
    (values,) = run(written(changed, [0] * len(changed.nodes), "float64", ()), points)
    np.testing.assert_array_equal(values[[0, -1]], points[[0, -1]])


def test_each_that_overflows_before_what_it_is_made_of_is_bounded():
    points = np.array([-1.5e308, -1e200, -2.0, 0.5, 1e200, 1.5e308])
    terms = lower([formula("(-3*x)*x*exp(-x**2) + x/2")], X)  # −3x overflows too, farther out
    changed = bounded(terms, lambda either: study(either, points), truth(terms, points), "float64")
    (values,) = run(written(changed, [0] * len(changed.nodes), "float64", ()), points)
    far = np.abs(points) > 1e100
    np.testing.assert_array_equal(values[far], points[far] / 2)


def test_float32_has_the_limit_of_float64_where_its_own_is_too_little():
    points = np.array([-3e38, -1000.0, -2.0, 0.5, 3e38])
    terms = lower([formula("x*exp(-x)/(1 + exp(-x))**2")], X)
    changed = bounded(terms, lambda either: study(either, points), truth(terms, points), "float32")
    (values,) = run(written(changed, [1] * len(changed.nodes), "float32", ()), points.astype("f4"))
    np.testing.assert_array_equal(values[[0, 1, -1]], [0, 0, 0])


def test_what_functions_are_of_is_bounded_where_what_they_give_must_not_be():
    points = np.array([-1.7e308, -2.0, 0.5, 1.7e308])
    terms = lower([formula("x/(1 + exp(-8*x))")], X)  # x/2^500 were not 0
    changed = bounded(terms, lambda either: study(either, points), truth(terms, points), "float64")
    (values,) = run(written(changed, [0] * len(changed.nodes), "float64", ()), points)
    np.testing.assert_array_equal(values[[0, -1]], [0, 1.7e308])
