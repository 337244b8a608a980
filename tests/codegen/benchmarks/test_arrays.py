"""Equations as written by hand: right for models that are chains, graphs and tied."""

from __future__ import annotations

import numpy as np
import pytest

from codegen.benchmarks.peers import by_hand
from codegen.benchmarks.problem import Problem, Subject
from codegen.benchmarks.work import parse_work
from codegen.recipe import Recipe
from codegen.training.network import free_sizes
from derive import derive

MODELS = (
    ("softmax(W f(x))", {}),
    ("softmax(W g(V f(x) + b) + c)", {"g": "tanh"}),
    ("softmax(W g(V^T g(V f(x))))", {"g": "silu"}),
    ("z = g(V f(x)); softmax(W (z + h(U z) * z))", {"g": "tanh", "h": "x/(1+x**2)"}),
)


def _subject(model, bindings, trainable=()):
    derivation = derive(model, bindings, trainable=trainable)
    return Subject(Recipe(model, bindings, trainable), derivation, None)


def _problem(model, bindings, trainable=()):
    subject = _subject(model, bindings, trainable)
    hidden = len(free_sizes(subject.derivation.model))
    sizes = "-".join(["4", "3", *map(str, range(5, 5 + hidden)), "3"])
    return Problem.of(subject, parse_work(sizes, hidden), "float64")


@pytest.mark.parametrize(("model", "bindings"), MODELS)
def test_gradients_by_hand_sum_those_of_the_derivation(model, bindings):
    problem = _problem(model, bindings)
    task = by_hand.task(problem)
    _, *gradients = task.arrays(task.run())
    named = dict(zip(problem.subject.names, problem.parameters, strict=True))
    for name, gradient in zip(problem.subject.names, gradients, strict=True):
        derived = problem.subject.derivation.gradient(name)
        total = sum(
            derived.evaluate(**named, x=x, y=int(label))
            for x, label in zip(problem.X, problem.y, strict=True)
        )
        np.testing.assert_allclose(gradient, total, rtol=1e-9, atol=1e-12)


def test_a_trainable_parameter_has_the_slope_of_the_log_likelihood():
    problem = _problem("softmax(W g(V f(x)))", {"g": "x*tanh(b*x)", "g.b": "1.5"}, ("g.b",))
    task = by_hand.task(problem)
    _, *gradients = task.arrays(task.run())

    def likelihood(shift):
        moved = (*problem.parameters[:-1], problem.parameters[-1] + shift)
        other = Problem(
            problem.subject, problem.work, problem.dtype, problem.lengths, moved,
            problem.X, problem.y, problem.x,
        )  # fmt: skip
        return float(by_hand.task(other).run()[0])

    slope = (likelihood(1e-6) - likelihood(-1e-6)) / 2e-6
    np.testing.assert_allclose(gradients[-1], slope, rtol=1e-6)
