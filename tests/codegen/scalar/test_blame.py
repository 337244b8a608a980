"""Which operation is to blame: what loses digits, what was out of range, what is 0 close by."""

import numpy as np
from sympy import Rational, exp, sqrt

from codegen.scalar.blame import cancelling, returning, sign_changes
from codegen.scalar.conditioning import study
from codegen.scalar.lower import lower
from derive.formula import X

ALL = np.ones(4, bool)
BESIDE_LOG_2 = np.log(2) * (1 + np.array([-1e-9, -1e-12, 1e-12, 1e-9]))


def test_a_difference_of_what_is_nearly_equal_loses_digits():
    terms = lower([(exp(X) - 2) ** 2 / 3], X)
    (output,) = terms.outputs
    found = cancelling(terms, output, study(terms, BESIDE_LOG_2), ALL)
    assert [terms.nodes[number].op for number in found] == ["sub"]
    far = np.array([3.0, 4.0, 5.0, 6.0])
    assert not cancelling(terms, output, study(terms, far), ALL)


def test_a_root_returns_to_the_range_that_a_square_has_left():
    terms = lower([sqrt(1 + X**2) / 3], X)
    (output,) = terms.outputs
    huge = np.array([1e200, 1e210, 1e220, 1e230])
    found = returning(terms, output, study(terms, huge), ALL, "float64")
    assert [terms.nodes[number].op for number in found] == ["sqrt"]
    assert not returning(terms, output, study(terms, huge / 1e200), ALL, "float64")


def test_a_sign_changes_between_neighbours_of_which_one_fails():
    terms = lower([(exp(X) - 2) * Rational(1, 3)], X)
    number = next(k for k, node in enumerate(terms.nodes) if node.op == "sub")
    found = study(terms, BESIDE_LOG_2)
    assert sign_changes(found, number, ALL) == BESIDE_LOG_2[1:3].tolist()
    assert sign_changes(found, number, ~ALL) == []
