"""More samples go where a design errs most, is feared to, or chooses; a rare worst case is met there."""

from __future__ import annotations

import numpy as np

from codegen.scalar.denser import HOOD, changes, filled, joined, largest, peaks, tails

POINTS = np.linspace(-8.0, 8.0, 1601)


def test_neighbourhoods_of_the_largest_errors_hold_the_worst_sample():
    rng = np.random.default_rng(1)
    errors = rng.random(POINTS.size)
    errors[1234] = 3.0
    shuffled = rng.permutation(POINTS.size)
    hoods = largest(POINTS[shuffled], [errors[shuffled]], 1)
    assert any(POINTS[1234] in POINTS[shuffled][hood] for hood in hoods)
    assert all(hood.size == HOOD for hood in hoods)
    assert all(np.all(np.diff(POINTS[shuffled][hood]) > 0) for hood in hoods)


def test_points_fill_a_neighbourhood_and_have_the_parameters_of_points_in_it():
    hood = np.arange(100, 116)
    new, given = filled(POINTS, {"b": np.arange(POINTS.size) * 1.0}, [hood], 64, "float32")
    assert new.dtype == np.float32
    assert new.size == 64
    assert POINTS[100] - 1e-6 <= new.min() <= new.max() <= POINTS[115] + 1e-6
    assert set(given["b"]) == set(range(100, 116))
    both, parameters = joined((new, given), filled(POINTS, given, [], 64, "float32"))
    assert both.size == parameters["b"].size == 64


def test_peaks_of_the_predicted_error_and_changes_of_a_choice_are_found():
    predicted = np.exp(-((POINTS - 2.5) ** 2))
    (hood,) = peaks([predicted])
    assert abs(POINTS[hood[1]] - 2.5) < 0.01
    left, right = changes(POINTS, [(POINTS < 1.0) * 1.0])
    assert POINTS[left[-1]] < 1.0 <= POINTS[right[0]]
    assert changes(POINTS, [(np.arange(POINTS.size) % 2) * 1.0]) == []  # it changes everywhere


def test_points_are_taken_where_an_output_is_below_the_normal_range():
    given = {"b": np.where(POINTS < 0, 1.0, 2.0)}
    with np.errstate(under="ignore"):
        output = np.exp(-100 * given["b"] * np.abs(POINTS))
    new, parameters = tails(POINTS, given, [output], 64, "float64")
    sizes = 100 * parameters["b"] * np.abs(new)
    assert new.size > 64
    assert {1.0, 2.0} == set(parameters["b"])
    assert ((sizes > 650) & (sizes < 800)).all()
    assert tails(POINTS, given, [np.ones_like(POINTS)], 64, "float64")[0].size == 0
