"""Zeros are where an output is 0; where it only jumps past 0 nothing is exempt."""

import numpy as np

from codegen.scalar.lower import lower
from codegen.scalar.sample import LARGEST, touched
from codegen.scalar.zeros import irrational_zero_near, touching, zeros
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


def test_a_zero_without_a_change_of_sign_is_found():
    terms = lower([formula("abs(x**2 - 2)")], X)
    (found,) = touching(terms, 0, touched(terms)[:1])
    assert abs(found**2 - 2) < 2.0**-90
    assert irrational_zero_near(terms, 0, float(found), AROUND) == float(found)
    assert irrational_zero_near(lower([formula("abs(x - 0.5)")], X), 0, 0.5000001, AROUND) is None
    assert irrational_zero_near(lower([formula("1 + x**2")], X), 0, 1e-9, AROUND) is None


def test_the_largest_float_has_neighbours_on_one_side():
    terms = lower([formula("1/x")], X)  # less and less, farther and farther out
    assert irrational_zero_near(terms, 0, LARGEST, AROUND) is None
