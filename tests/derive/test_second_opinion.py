"""The second opinion: SymPy's diff of the written-out L agrees with a true gradient only."""

from dataclasses import replace

import numpy as np
import pytest

from derive import derive
from derive.arithmetic import Float64
from derive.given import given_values
from derive.numeric import Evaluator
from derive.second_opinion import SecondOpinion, relative_difference
from derive.steps import Kind


@pytest.fixture(scope="module")
def opinion():
    derivation = derive("softmax(W (tanh(V f(x)) * silu(U f(x))))")
    rng = np.random.default_rng(1)
    arrays = {"W": rng.normal(size=(2, 3)), **{k: rng.normal(size=(3, 2)) for k in "VU"}}
    values = given_values(derivation.objective, rng.normal(size=2), 1, arrays)
    point = Evaluator(derivation.objective, values, Float64()).forward()
    for equation in derivation.of_kind(Kind.ERROR):
        sizes = equation.quantity.sizes
        array = point.array(equation.right, equation.indices, sizes)
        point = point.holding({equation.quantity.name: array})
    return derivation, SecondOpinion(derivation.objective, point)


@pytest.mark.parametrize("parameter", ["W", "V", "U"])
def test_it_agrees_with_the_gradient_and_not_with_another(opinion, parameter):
    derivation, second = opinion
    equation = derivation.equation(f"d{parameter}")
    assert second.residual(equation) < 1e-12
    assert second.residual(replace(equation, right=-equation.right)) == pytest.approx(2)


def test_a_difference_is_relative_to_the_larger_side_and_infinite_where_one_is_no_number():
    assert relative_difference(np.array([1.0, 2.0]), np.array([1.0, 1.0])) == 0.5
    assert relative_difference(np.array([1.0]), np.array([np.nan])) == float("inf")
    assert relative_difference(np.array([]), np.array([])) == 0
