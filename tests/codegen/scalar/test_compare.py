"""Code is found to err where few of many inputs show it, beside a more precise design."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import atan, log, tanh

from codegen.scalar.compare import farthest
from codegen.scalar.problem import Problem
from derive.formula import X

FAULTY = """
@scalar
def g(x):
    y = np.float64(x)
    inside = (y > 0.7) & (y < 0.7028)
    return tanh_f64(select(inside, y * (1.0 + {fault}), y))
"""


@pytest.mark.parametrize(("dtype", "fault"), [("float32", "1e-6"), ("float64", "1e-14")])
def test_a_fault_at_one_in_twenty_thousand_inputs_is_found(dtype, fault):
    problem = Problem.of((tanh(X),), X, dtype)
    nowhere = np.empty(0, dtype)
    points, parameters = farthest(problem, FAULTY.format(fault=fault), nowhere, {})
    inside = (points > 0.7) & (points < 0.7028)
    assert points.dtype == dtype
    assert parameters == {}
    assert inside.sum() > 50


def test_what_lies_next_to_an_irrational_zero_is_not_asked_for_in_float64():
    problem = Problem.of((log(X**2 + X),), X, "float64")  # 0 at (√5 − 1)/2
    source = "@scalar\ndef g(x):\n    return log_f64(x * x + x)\n"
    zero = (np.sqrt(5) - 1) / 2
    near = zero * (1 + np.ldexp(1.0, -np.arange(20, 50)))
    points, _ = farthest(problem, source, near, {})
    assert np.abs(points / zero - 1).min() > 2.0**-25


def test_a_fault_is_found_beside_a_tail_in_which_pairs_have_no_low_parts():
    problem = Problem.of((X * (tanh(X) + 1) / 2,), X, "float64")
    source = """
@scalar
def g(x):
    inside = (x > 0.7) & (x < 0.7028)
    return x / (1.0 + exp_f64(-2.0 * select(inside, x * (1.0 + 1e-14), x)))
"""
    tail = np.linspace(-372.0, -354.0, 4096)
    points, _ = farthest(problem, source, tail, {})
    assert ((points > 0.7) & (points < 0.7028)).sum() > 50


def test_a_fault_is_found_beside_a_zero_next_to_which_the_precise_design_fails():
    problem = Problem.of((atan(X) - tanh(X),), X, "float64")  # about x⁵/5 there
    source = """
@scalar
def g(x):
    inside = (x > 0.7) & (x < 0.7028)
    y = select(inside, x * (1.0 + 1e-14), x)
    high, low = sub_dd(*atan_dd(y, 0.0), *tanh_dd(y, 0.0))
    return high + low
"""
    points, _ = farthest(problem, source, np.geomspace(1e-30, 1e-4, 4096), {})
    assert ((points > 0.7) & (points < 0.7028)).sum() > 50


def test_parameters_go_with_their_points():
    from sympy import Symbol

    b = Symbol("b", real=True)
    problem = Problem.of((tanh(b * X),), X, "float32", {"b": 2.0})
    source = "@scalar\ndef g(x, b):\n    return tanh_f32(x * select(b > f32(4.0), f32(3.0), b))\n"
    points, parameters = farthest(problem, source, np.empty(0, np.float32), {"b": np.empty(0)})
    assert points.size == parameters["b"].size
    assert (parameters["b"] > 4).mean() > 0.9
