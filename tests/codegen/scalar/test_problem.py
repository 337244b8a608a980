"""Where a problem is studied, and which of its study points are corners."""

import numpy as np

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
    again = problem.studied_at([missed], doubted=False).points
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


def test_errors_count_double_where_a_design_missed_the_bound():
    problem = Problem.of(_expressions("tanh(x)"), X, "float64")
    before, after = problem.with_points([3.0]), problem.studied_at([3.0], doubted=True)
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
