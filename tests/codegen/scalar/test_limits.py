"""Limits at ±inf that depend on a trainable parameter."""

import numpy as np
import pytest
from sympy import Integer

from codegen.scalar.code import scalar_code
from codegen.scalar.limits import Grown
from codegen.scalar.measure import function, over
from codegen.scalar.terms import Terms
from derive.activation import activation


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("x/(1 + abs(x)**a)", {0.5: np.inf, 0.999: np.inf, 1.0: 1.0, 1.001: 0.0, 3.0: 0.0}),
        ("a*x/(1 + abs(x))", {0.5: 0.5, 1.0: 1.0, 3.0: 3.0}),
    ],
)
def test_the_limit_at_infinity_is_that_of_the_parameter(text, limits):
    code = scalar_code("g", activation(text, {"a": 1.5}, trainable=("a",)), ("float32",))
    run = over(function(code.functions, "g_value_and_derivative_float32"), 2, ("a",))
    a = np.array(list(limits), np.float32)
    for sign in (1, -1):
        value, _ = run(np.full(a.size, sign * np.inf, np.float32), a)
        np.testing.assert_array_equal(value, sign * np.array(list(limits.values()), np.float32))


def test_at_a_number_what_is_chosen_there_is_chosen():
    terms = Terms()
    x, a = terms.add("x"), terms.add("parameter", value="a")
    one, zero = (terms.add("constant", value=Integer(k)) for k in (1, 0))
    large = terms.add("lt", one, terms.add("abs", terms.add("neg", x)))
    positive = terms.add("lt", zero, a)
    both = terms.add("and", large, positive)
    square = terms.add("mul", x, x)
    inner = terms.add("select", large, a, square)
    terms.outputs = (terms.add("select", both, inner, zero), terms.add("select", large, zero, a))
    grown = Grown(Terms(), [])
    far, near = (grown.at(terms, [0] * len(terms.nodes), terms.outputs[0], at) for at in (8.0, 0.5))
    here = grown.terms.nodes
    assert here[near].value == 0
    assert [here[number].op for number in here[far].args] == ["lt", "parameter", "constant"]
    assert "mul" not in {here[number].op for number in Terms(here, (far,)).needed()}
    assert (
        grown.terms.nodes[grown.at(terms, [0] * len(terms.nodes), terms.outputs[1], 8.0)].value == 0
    )
