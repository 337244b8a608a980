"""Which of the measured designs is chosen, and where a search looks again."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import Rational, Symbol, erf, exp, log, sqrt, tanh

from codegen.scalar.certificate import Row
from codegen.scalar.choose import Measured, best_of, leap
from codegen.scalar.costs import least_cost
from codegen.scalar.levels import LEVELS, LOOSE
from codegen.scalar.problem import Problem
from codegen.scalar.proof import Proved
from codegen.scalar.search import BUDGETS, Design, Search
from codegen.scalar.terms import Terms
from derive.calculus import derivative

X = Symbol("x", real=True)


def measured(cost: float, ulp: float, where: float = 1.0, budget: float = 1.0) -> Measured:
    """Return a float64 design of that cost and worst error, found within that budget."""
    row = Row("float64", "value", ulp, where, 1)
    design = Design("", Terms(), (), cost, (), ())
    found = Proved("", Terms(), (), "float64", (row,), (-1.0, 1.0), ((where, {}),))
    return Measured(design, budget, found)


@pytest.mark.parametrize(
    ("tried", "chosen"),
    [
        ([(5.0, 3.0), (3.0, 3.1), (4.0, 1.0)], 3.0),  # the cheapest within the margin
        ([(3.0, 3.1), (3.2, 1.9)], 3.2),  # what reaches the aim for a little more
        ([(3.0, 3.9), (5.0, 3.1)], 5.0),  # none beyond the margin where another is within
        ([(3.0, 3.9), (5.0, 3.8)], 5.0),  # the nearest where none is
    ],
)
def test_the_cheapest_that_keeps_the_bound_is_chosen(
    tried: list[tuple[float, float]], chosen: float
) -> None:
    best = best_of([measured(cost, ulp) for cost, ulp in tried])
    assert best is not None
    assert best.cost == chosen


def test_what_would_cost_least_without_pairs_is_mended_too() -> None:
    formula = X * (1 + erf(X / sqrt(2))) / 2 + Rational(1, 5) * tanh(X)
    problem = Problem.of((formula, derivative(formula, X)), X, "float64")
    best = Search(problem, BUDGETS["float64"]).designs()[0]
    assert best.failures == 0
    assert best.cost < least_cost(best.terms, ["dd"]) / 2


def test_float32_needs_no_pairs_where_a_short_series_serves_near_a_zero() -> None:
    formula = X - tanh(X)
    problem = Problem.of((formula, derivative(formula, X)), X, "float32")
    best = Search(problem, BUDGETS["float32"]).designs()[0]
    assert best.failures == 0
    assert max(best.levels) < LEVELS["float32"].index(LOOSE)


@pytest.mark.parametrize(
    ("tried", "expected"),
    [
        ([(7.8, 4.2, 4.0), (24.7, 3.6, 1.0)], 2.0),  # much dearer
        ([(7.8, 4.2, 4.0), (8.1, 3.6, 1.0)], None),  # hardly dearer
        ([(7.8, 4.2, 1.01), (24.7, 3.6, 1.0)], None),  # no room between
        ([(24.7, 3.6, 1.0)], None),  # none that missed
        ([(7.8, 4.2, 4.0)], None),  # none that serves
        ([(6.0, 9.0, 9.0), (7.8, 4.2, 4.0), (24.7, 3.6, 1.0)], 2.0),  # the nearest that missed
    ],
)
def test_a_budget_between_is_tried_where_the_price_leaps(
    tried: list[tuple[float, float, float]], expected: float | None
) -> None:
    assert leap([measured(cost, ulp, budget=budget) for cost, ulp, budget in tried]) == expected


def test_what_is_too_dear_is_left_out_and_the_best_is_the_same() -> None:
    formula = X * tanh(log(1 + exp(X)))
    problem = Problem.of((formula, derivative(formula, X)), X, "float64")
    every, few = (
        Search(problem, BUDGETS["float64"], dearest=most).designs() for most in (np.inf, 1.1)
    )
    assert len(few) < len(every)
    assert few[0].does_as(every[0])


def test_infinity_in_the_place_of_a_number_is_astray() -> None:
    assert not measured(1.0, 1e6).astray
    assert measured(1.0, np.inf, where=3.0).astray == [(3.0, {})]


def test_errors_far_beyond_the_bound_are_told_by_place_and_size() -> None:
    assert not measured(1.0, 100.0).far_off
    assert measured(1.0, 3e6, where=3.0).far_off == [((3.0, {}), 21.0)]
    assert measured(1.0, 1e40).far_off == measured(1.0, np.inf).far_off
