"""A tail as a series in a decaying exponential."""

import numpy as np
import pytest
from sympy import Rational

from codegen.scalar.candidates.decays import fit_decay
from codegen.scalar.lower import lower
from codegen.scalar.oracle import truth
from codegen.scalar.run import run
from codegen.scalar.terms import Terms
from codegen.scalar.write import written
from derive.formula import X, formula


@pytest.mark.parametrize(
    ("text", "start", "rate", "order"),
    [
        ("exp(-x)*log(1+exp(x))", -20.0, 1, 0),
        ("1/(1+exp(x)) - exp(-x)*log(1+exp(x))", -20.0, 1, 1),
        ("exp(3*x/2)*log(1+exp(-3*x/2)) - 1", 20.0, Rational(3, 2), 1),
        ("tanh(x) - 1 + 2*exp(-2*x)", 3.0, 2, 2),
        ("(exp(x/4) - exp(x/2))*exp(-x)", -20.0, Rational(1, 4), -3),
    ],
)
def test_a_series_in_a_decay_is_the_formula_in_its_tail(text, start, rate, order):
    terms = lower([formula(text)], X)
    decaying = fit_decay(terms, terms.outputs[0], start, "float64")
    assert (decaying.rate, decaying.order) == (rate, order)
    alone = Terms()
    alone.outputs = (decaying.enter(alone, alone.add("x")),)
    x = start * np.array([1.0, 1.01, 1.5, 4.0, 9.0])
    (found,) = run(written(alone, [0] * len(alone.nodes), "float64", ()), x)
    (true,) = truth(terms, x)
    assert (true.ulp_distance(found, "float64") < 30).all()


@pytest.mark.parametrize(
    "text", ["x*exp(-x)", "1/x + exp(-x)", "exp(-x**2)", "exp(-x) + exp(-sqrt(2)*x)"]
)
def test_what_is_no_function_of_one_decay_has_no_series(text):
    terms = lower([formula(text)], X)
    assert fit_decay(terms, terms.outputs[0], 20.0, "float64") is None
