"""Several quotients by powers of one divisor take one division."""

import numpy as np
import pytest

from codegen.scalar.candidates.reciprocals import by_reciprocals
from codegen.scalar.lower import lower
from codegen.scalar.run import run
from codegen.scalar.write import written
from derive.formula import X, formula


def _divisions(terms):
    return sum(terms.nodes[number].op == "div" for number in terms.needed())


@pytest.mark.parametrize(
    "typed",
    [
        ("x/(1 + exp(x))", "exp(x)/(1 + exp(x))**2"),
        ("1/(2 + x**2)", "x/(2 + x**2)**3"),
        ("1/(1 + exp(x))", "1/(1 + exp(x))**2"),
    ],
)
def test_quotients_by_powers_of_one_sum_share_a_division(typed):
    plain = lower([formula(text) for text in typed], X)
    shared = by_reciprocals(plain)
    assert (_divisions(plain), _divisions(shared)) == (2, 1)
    x = np.linspace(-3, 3, 41)
    found = [
        run(written(terms, [0] * len(terms.nodes), "float64", ()), x) for terms in (plain, shared)
    ]
    assert np.allclose(*found, rtol=1e-14, atol=0)


def test_divisors_of_one_quotient_each_are_left():
    assert by_reciprocals(lower([formula("x/(1 + exp(x)) + 1/(2 + exp(x))")], X)) is None
