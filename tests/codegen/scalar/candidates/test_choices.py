"""Products with a choice of 0, done inside the choice."""

import numpy as np

from codegen.scalar.candidates.choices import chosen_last
from codegen.scalar.lower import lower
from codegen.scalar.run import run
from codegen.scalar.write import written
from derive.formula import X, formula


def _values(terms, x):
    (values,) = run(written(terms, [0] * len(terms.nodes), "float64", ()), np.array(x))
    return values


def test_what_is_infinite_does_not_meet_the_0_of_a_choice():
    terms = lower([formula("3*min(x, 0)*exp(x)*exp(x)")], X)
    assert np.isnan(_values(terms, [800.0])[0])
    changed = chosen_last(terms)
    assert _values(changed, [800.0, -1.0]).tolist() == [0.0, _values(terms, [-1.0])[0]]


def test_a_factor_of_1_is_left_out():
    changed = chosen_last(lower([formula("(1 if x > 0 else 0)*exp(x)")], X))
    assert [node.op for node in changed.nodes].count("mul") == 0
    assert np.allclose(_values(changed, [0.0, 1.0]), [0.0, np.exp(1.0)])


def test_other_products_stay():
    assert chosen_last(lower([formula("x*exp(x)*(2 if x > 0 else 3)")], X)) is None
