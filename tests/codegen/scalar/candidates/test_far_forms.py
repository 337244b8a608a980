"""Forms keep exponents, and what logarithms are of, where the values themselves vanish or cancel."""

from __future__ import annotations

import numpy as np
import pytest

from codegen.scalar.candidates.build import candidates
from codegen.scalar.lower import lower
from codegen.scalar.oracle import truth
from codegen.scalar.run import run
from codegen.scalar.write import written
from derive.formula import X, formula


def errors(text, form, places, parameters):
    """Return the relative errors of a form in float64 throughout."""
    points = np.array(places)
    given = {name: np.full(points.size, value) for name, value in parameters.items()}
    forms = dict(candidates([formula(text)], X))
    terms = forms[form]
    source = written(terms, [0] * len(terms.nodes), "float64", tuple(parameters))
    (values,) = run(source, points, given)
    (true,) = (t.floats() for t in truth(lower([formula(text)], X), points, given))
    return np.abs(values / true - 1)


@pytest.mark.parametrize(
    "text",
    ["log(1 + exp(x))**a", "(1 + exp(-x))**(-a)", "log(1 + exp(x))**(a - 1)/(1 + exp(-x))"],
)
def test_a_trainable_power_of_what_vanishes_need_not_vanish(text):
    places = [-1500.0, -800.0, -3.0, 2.5, 1e3]
    assert (errors(text, "rational in the decay", places, {"a": 0.25}) < 1e-12).all()


@pytest.mark.parametrize(
    ("text", "parameters", "places"),
    [
        ("exp(-a*x**2) - exp(-b*x**2)", {"a": 1.0, "b": 1.125}, [1e-90, -1e-8, 0.5, 4.0]),
        ("tanh(a*x) - tanh(b*x)", {"a": 1.0, "b": 1.125}, [1e-290, -1e-8, 0.5, 300.0]),
        ("3/(1 + exp(-a*x)) - 3/2", {"a": 0.5}, [1e-290, -1e-8, 0.5, 300.0]),
    ],
)
def test_exponentials_that_cancel_are_one_times_expm1(text, parameters, places):
    assert (errors(text, "rational in the decay", places, parameters) < 1e-13).all()


def test_exponentials_of_which_one_rises_may_be_one():
    text, given = "x*exp(-a*x)/(1 + exp(-x))", {"a": 0.5}
    plain, joined = (
        errors(text, f"rational in the decay{words}", [-1400.0, -3.0, 2.0, 900.0], given)
        for words in ("", ", exponents joined")
    )
    assert plain[0] == 1  # 0 in the place of e^-700
    assert (joined < 1e-12).all()
    one = dict(candidates([formula("x/(1 + exp(-x))")], X))
    assert not any("joined" in form for form in one)


@pytest.mark.parametrize(
    "text",
    [
        "log(1 - exp(-abs(x)))",
        "log(abs(tanh(x)))",
        "log(abs(erf(x)))",
        "log(tanh(x)**2)",
        "log(1 + tanh(x))",
        "log(1 - erf(x))",
    ],
)
def test_a_logarithm_is_right_where_what_it_is_of_nears_0_and_1(text):
    ends = [-19.0, 19.0] if "tanh(x))" not in text and "erf" not in text else [-5.0, 4.0]
    assert (errors(text, "as typed", [*ends, -1e-100, 1e-100, 0.7], {}) < 1e-13).all()


def test_an_even_power_in_a_logarithm_may_vanish():
    for form in dict(candidates([formula("log(x**4)")], X)):
        assert (errors("log(x**4)", form, [-1e-200, 3e200], {}) < 1e-15).all()


def test_a_logarithm_that_is_a_sum_need_not_be_multiplied_out():
    text = "sqrt(1 + log(1 + exp(x + a))**2)"
    places = [-800.0, -3.0, 2.5, 1e150]
    for a in (0.5, -3.0):
        form = "rational in the decay, logarithms kept"
        assert (errors(text, form, places, {"a": a}) < 1e-13).all()
    names = dict(candidates([formula("x*tanh(x)")], X))
    assert not any("kept" in name for name in names)
