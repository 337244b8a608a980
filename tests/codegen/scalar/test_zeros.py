"""Zeros are where an output is 0; where it only jumps past 0 nothing is exempt."""

import numpy as np

from codegen.scalar.lower import lower
from codegen.scalar.zeros import irrational_zero_near, zeros
from derive.formula import X, formula

AROUND = 2.0**-20


def test_an_irrational_zero_is_found_beyond_the_digits_of_floats():
    terms = lower([formula("x**2 - 2")], X)
    (found,) = zeros(terms, 0, (1.4142135623730949, 1.4142135623730951))
    assert abs(found**2 - 2) < 2.0**-90
    assert irrational_zero_near(terms, 0, 1.4142135, AROUND) == np.sqrt(2)


def test_a_jump_past_0_is_no_zero():
    for text in (
        "Piecewise((-1, x < 3/10), (x, True))",
        "Piecewise((x - 2, x < 1/3), (1 + x, True))",
    ):
        terms = lower([formula(text)], X)
        for place in (0.3, 1 / 3):
            near = (np.nextafter(place, 0), place, np.nextafter(place, 1))
            assert zeros(terms, 0, near) == []
            assert irrational_zero_near(terms, 0, place, AROUND) is None


def test_a_zero_of_one_branch_at_its_end_is_one():
    terms = lower([formula("Piecewise((x - 1/3, x < 1/3), (1 + x, True))")], X)
    assert irrational_zero_near(terms, 0, 0.33333333, AROUND) is not None


def test_two_zeros_next_to_each_other_are_found():
    terms = lower([formula("cos(x/3) - tanh(x)")], X)  # 6π ± 4·10⁻⁸
    assert irrational_zero_near(terms, 0, 18.84955596061323, AROUND) is not None
