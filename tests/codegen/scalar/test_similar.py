"""Outputs of x and parameters that are one function of one variable."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import Symbol

from codegen.scalar.run import run
from codegen.scalar.similar import similarity
from codegen.scalar.stated import stated
from codegen.scalar.write import written
from derive.formula import X, formula


def _found(text: str, **defaults: float):
    names = {name: Symbol(name, real=True) for name in defaults}
    terms = stated([formula(text, names)], X)
    return similarity(terms, terms.outputs[0], defaults)


@pytest.mark.parametrize(
    ("text", "defaults", "inside", "outside"),
    [
        ("c*x*erf(b*x)", {"c": 0.5, "b": 2.0}, (0, 1), (1, -1)),
        ("sqrt(x**2 + a**2) - a", {"a": 1.0}, (-1,), (1,)),
        ("(exp(b*x) - 1)/x", {"b": -1.0}, (1,), (1,)),
        ("x - tanh(x)", {"a": 0.3}, (0,), (0,)),
        ("x*exp(-x**2*b*b)", {"b": 1.0}, (1,), (-1,)),
    ],
)
def test_powers_of_parameters_are_found(text, defaults, inside, outside):
    found = _found(text, **defaults)
    assert tuple(powers[1] for powers in found.powers.values()) == inside
    assert tuple(powers[2] for powers in found.powers.values()) == outside


def test_what_mixes_a_parameter_and_x_otherwise_is_not_one_function():
    assert _found("x*(1/(1 + exp(-x)) + a*exp(-x**2))", a=0.1) is None
    assert _found("tanh(x) + b*x", b=0.0) is None


def test_the_function_and_the_operations_around_it_are_the_output():
    found = _found("(exp(b*x) - 1)/x", b=-1.5)
    x, b = np.array([0.75, -2.0, 3.5]), np.array([-1.5, -0.25, -4.0])
    terms = found.terms.copied()
    inner = terms.outputs[0]
    terms.outputs = (inner, found.inside(terms), found.outside(terms, terms.add("x")))
    text = written(terms, [0] * len(terms.nodes), "float64", ("b",))
    _, inside, outside = run(text, x, {"b": b})
    assert np.allclose(inside, found.at(x, {"b": b}))
    h, *_ = run(text, inside, {"b": b})
    scale = outside / x
    assert np.allclose(h * scale, np.expm1(b * x) / x)
