"""g′ in terms of g: found where it exists, and only there."""

import pytest
from sympy import Abs, Symbol, erf, exp, log, sin, tanh

from derive import derive
from derive.calculus import derivative
from derive.formula import X
from derive.own_terms import in_own_terms

g = Symbol("g", real=True)


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (1 / (1 + exp(-X)), g * (1 - g)),
        (tanh(X), 1 - g**2),
        (log(1 + exp(X)), 1 - exp(-g)),
        (exp(-(X**2)), -2 * X * g),
        ((exp(X) - exp(-X)) / (exp(X) + exp(-X)), 1 - g**2),
    ],
    ids=str,
)
def test_the_known_form_is_found_however_the_formula_is_typed(function, expected):
    assert in_own_terms(function, derivative(function, X), g).equals(expected)


@pytest.mark.parametrize("function", [X * erf(X), sin(X) * exp(X**2), Abs(X) * X**3], ids=str)
def test_nothing_is_claimed_where_no_short_form_exists(function):
    assert in_own_terms(function, derivative(function, X), g) is None


def test_the_last_step_of_a_sigmoid_is_the_known_form():
    derivation = derive("softmax(W g(V f(x)))", g="1/(1 + exp(-x))")
    derivation.verify(trials=1)
    assert derivation.equation("g'").steps[-1].rule.name == "in terms of g"


def test_the_known_form_is_named_after_the_activation():
    derivation = derive("softmax(W (g(V x) * h(U x)))", g="silu", h="sigmoid")
    assert derivation.equation("h'").steps[-1].rule.name == "in terms of h"
