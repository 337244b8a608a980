"""Products in turn: what over- or underflows on the way to an ordinary result."""

import numpy as np
from sympy import Integer, exp

from codegen.scalar.candidates.divide import divided, multiplied
from codegen.scalar.lower import lower
from codegen.scalar.run import run
from codegen.scalar.write import written
from derive.formula import X, formula


def _values(terms, x):
    (values,) = run(written(terms, [0] * len(terms.nodes), "float64", ()), np.array(x))
    return values


def test_one_divides_by_the_factors_of_a_product_in_turn():
    terms = divided(lower([formula("x/(x**2*(1 + x**2))")], X))
    assert _values(terms, [1e100])[0] > 0


def test_one_multiplies_by_a_power_of_a_decay_factor_by_factor():
    terms = lower([exp(-X)], X)
    (decay,) = terms.outputs
    large = terms.add("constant", value=Integer(2**200))
    terms.outputs = (terms.add("mul", large, terms.add("mul", decay, decay)),)
    assert _values(terms, [400.0])[0] == 0
    (value,) = _values(multiplied(terms), [400.0])
    assert abs(value / (2.0**200 * np.exp(-400) * np.exp(-400)) - 1) < 1e-14
    assert multiplied(lower([X * exp(-X)], X)) is None
