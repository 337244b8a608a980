"""The objective: log-likelihood of one example, and of a data set as the sum over its rows."""

import numpy as np
import pytest
from sympy import Symbol

from derive.arithmetic import Float64
from derive.given import given_values
from derive.model import parse_model
from derive.numeric import Evaluator, Values
from derive.objective import WEIGHTS, of_data, of_example

MODEL = parse_model("softmax(W tanh(V f(x) + b))")
RNG = np.random.default_rng(0)
ARRAYS = {"W": RNG.normal(size=(3, 4)), "V": RNG.normal(size=(4, 2)), "b": RNG.normal(size=4)}
X, Y = RNG.normal(size=(5, 2)), np.array([0, 2, 1, 1, 0])


def loss(objective, x, y, **more):
    values = given_values(objective, x, y, ARRAYS)
    values = Values(values.sizes, {**values.arrays, **more}, values.gold, values.activations)
    return Evaluator(objective, values, Float64()).forward().values.arrays["L"].item()


def test_L_of_an_example_is_the_log_of_the_gold_class_probability():
    scores = ARRAYS["W"] @ np.tanh(ARRAYS["V"] @ X[0] + ARRAYS["b"])
    expected = scores[0] - np.log(np.exp(scores).sum())
    assert loss(of_example(MODEL), X[0], 0) == pytest.approx(expected)


def test_L_of_a_data_set_is_the_sum_over_its_rows():
    one = [loss(of_example(MODEL), x, y) for x, y in zip(X, Y, strict=True)]
    assert loss(of_data(MODEL), X, Y) == pytest.approx(sum(one))
    weights = np.array([0.5, 2, 0, 1, 3])
    weighted = loss(of_data(MODEL, weighted=True), X, Y, **{WEIGHTS.name: weights})
    assert weighted == pytest.approx(float(np.dot(weights, one)))


def test_rows_are_examples_and_parameters_stay_as_they_are():
    data = of_data(MODEL)
    assert data.rows
    assert data.model.features.name == "X"
    assert data.model.parameters == MODEL.parameters
    for before, after in zip(MODEL.definitions, data.model.definitions, strict=True):
        assert after.quantity.sizes[1:] == before.quantity.sizes


def test_consumers_are_the_definitions_on_the_way_to_L():
    objective = of_example(MODEL)
    scores = MODEL.scores
    assert [user.quantity.name for user in objective.consumers(scores)] == ["L"]
    for parameter in MODEL.parameters:
        (user,) = objective.consumers(parameter)
        assert Symbol(parameter.name, real=True) in user.right.free_symbols
