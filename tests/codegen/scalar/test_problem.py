"""Where a problem is studied, and which of its study points are corners."""

import numpy as np
from sympy import Symbol, exp, log, tanh

from codegen.scalar.endings import ended
from codegen.scalar.problem import Problem
from codegen.scalar.prove import proved
from codegen.scalar.run import run
from codegen.scalar.write import written
from derive.calculus import derivative
from derive.formula import X, formula


def _expressions(text):
    return formula(text), derivative(formula(text), X)


def test_points_between_a_place_that_was_missed_and_the_next_ones_are_studied():
    problem = Problem.of(_expressions("exp(x)"), X, "float64")
    gap = int(np.argmax(np.diff(problem.points)))
    low, high = problem.points[gap : gap + 2]
    missed = low + (high - low) / 3
    again = problem.studied_at([(missed, {})], doubted=False).points
    for end in (low, high):
        between = (again > min(end, missed)) & (again < max(end, missed))
        assert between.sum() >= 8


def test_a_float_at_which_the_slope_is_infinite_is_a_corner():
    found = proved(_expressions("max(x - 1, 0)**0.7"), X, "float32", ("value", "derivative"), {})
    problem = Problem.of(_expressions("max(x - 1, 0)**0.7"), X, "float32")
    assert problem.corners == (1,)
    assert not problem.counted(1)[problem.points == 1]
    source = written(found.terms, found.levels, "float32", ())
    value, slope = run(source, np.array([0.5, 1, 2], np.float32))
    np.testing.assert_array_equal(value, [0, 0, 1])
    np.testing.assert_array_equal(slope, np.array([0, np.nan, 0.7], np.float32))


def test_points_next_to_a_zero_that_a_parameter_moves_do_not_count_in_float64():
    a = Symbol("a", real=True)
    expression = exp(-a * X) - X / 2
    for dtype in ("float64", "float32"):
        problem = Problem.of((expression, derivative(expression, X)), X, dtype, {"a": 1.0})
        left_out = ~problem.counted(0) & problem.inside(problem.points)
        assert left_out.any() == (dtype == "float64")
        x, given = problem.points[left_out], problem.parameters["a"][left_out]
        assert (np.abs(np.exp(-given * x) - x / 2) < 1e-7).all()
        assert problem.counted(1).all()  # the slope has no zero


def test_errors_count_double_where_a_design_missed_the_bound():
    problem = Problem.of(_expressions("tanh(x)"), X, "float64")
    before, after = problem.with_points([3.0]), problem.studied_at([(3.0, {})], doubted=True)
    for x, factor in ((3.0, 2), (1.0, 1)):
        reach, more = (
            p.study(p.terms).amplification[p.terms.outputs[0]][0, p.points == x]
            for p in (before, after)
        )
        assert more == factor * reach


def test_a_slope_that_cancels_to_0_at_a_float_is_0_there():
    found = proved(
        _expressions("x*max(0, 1 - abs(x)/3)"), X, "float32", ("value", "derivative"), {}
    )
    source = written(found.terms, found.levels, "float32", ())
    _, slope = run(source, np.array([-1.5, 1.5], np.float32))
    np.testing.assert_array_equal(slope, [0, 0])


def test_zeros_that_move_with_a_parameter_are_studied_from_all_distances():
    a = Symbol("a", real=True)
    problem = Problem.of((exp(-a * X) - 2,), X, "float64", {"a": 1.7})
    zeros = -np.log(2) / problem.parameters["a"]
    for distance in (2.0**-4, 2.0**-10, 2.0**-19):
        near = np.abs(np.clip(problem.points, -1e9, 1e9) / zeros - 1)
        assert ((distance / 1.1 < near) & (near < 1.1 * distance)).sum() >= 6
    assert (np.diff(problem.points) >= 0).all()


def test_a_parameter_at_the_end_of_its_range_overflows_at_no_large_x():
    b = Symbol("b", real=True)
    formula = X * tanh(log(1 + exp(b * X)))
    names = ("value", "derivative")
    found = proved((formula, derivative(formula, X)), X, "float32", names, {"b": 2.0})
    source = written(found.terms, found.levels, "float32", ("b",))
    largest = np.array([np.finfo(np.float32).max])
    value, slope = run(source, largest.astype(np.float32), {"b": np.array([16.0])})
    assert (value[0], slope[0]) == (np.finfo(np.float32).max, 1)


def test_no_float_is_singled_out_that_is_one_for_some_parameters_only():
    k = Symbol("k", real=True)
    terms = Problem.of((derivative(X * tanh(k * X), k),), X, "float64", {"k": 1.0}).terms
    vanishes = -378.85032434576004  # for k = 1, unless e^−|2kx| is kept from vanishing on the way
    more, levels = ended(
        terms, (0,) * len(terms.nodes), "float64", terms, {"k": 1.0}, singled=(vanishes,)
    )
    assert str(vanishes) not in written(more, levels, "float64", ("k",))
