"""Sines of multiples by quarter turns: right where c·x of two float64 has lost its fraction of a turn."""

import mpmath
import numpy as np
import pytest

from codegen.scalar.candidates.multiples import of_multiples
from codegen.scalar.levels import LEVELS
from codegen.scalar.lower import lower
from codegen.scalar.run import run
from codegen.scalar.write import written
from derive.formula import X, formula

F64, PAIR = 0, [level.name for level in LEVELS["float64"]].index("dd")
TRUE = {
    "sin(0.7*x)": lambda x: mpmath.sin(x * 7 / 10),
    "cos(x/3 - 0.3)": lambda x: mpmath.cos(x / 3 - mpmath.mpf(3) / 10),
    "sin(1 - 2*(x + 0.1))": lambda x: mpmath.sin(1 - 2 * (x + mpmath.mpf(1) / 10)),
    "cos(sqrt(2)*x)": lambda x: mpmath.cos(mpmath.sqrt(2) * x),
    "sin(pi*x)": mpmath.sinpi,
    "sin(max(0.7*x, x/3))": lambda x: mpmath.sin(max(x * 7 / 10, x / 3)),
    "cos(0.7*x if x > 0 else exp(x))": lambda x: mpmath.cos(x * 7 / 10 if x > 0 else mpmath.exp(x)),
}


@pytest.mark.parametrize("level", [F64, PAIR])
@pytest.mark.parametrize("text", TRUE)
def test_it_is_right_at_huge_x(text, level):
    terms = of_multiples(lower([formula(text)], X))
    x = np.array([5e-320, 1e-9, 0.3, -7.25, 1e6 + 0.1, -(2.0**53 - 1), 1e23, 3e37])
    (found,) = run(written(terms, [level] * len(terms.nodes), "float64", ()), x)
    with mpmath.workprec(2000):
        true = [float(TRUE[text](mpmath.mpf(v))) for v in x]
    assert np.abs(found - true).max() <= 2.3e-16
    assert np.abs(found[:3] / true[:3] - 1).max() < 1e-3


def test_a_choice_without_a_multiple_stays():
    assert of_multiples(lower([formula("sin(exp(x) if x > 0 else x**2)")], X)) is None


def test_zeros_of_sines_of_pi_are_zeros():
    terms = of_multiples(lower([formula("sin(pi*x)"), formula("cos(pi*x/2)")], X))
    source = written(terms, [F64] * len(terms.nodes), "float64", ())
    sine, cosine = run(source, np.array([1.0, -3.0, 2.0**60 + 2**9, 1.7e308]))
    assert (sine == 0).all()
    assert cosine.tolist() == [0, 0, 1, 1]


def test_the_sine_of_a_zero_has_its_sign():
    terms = of_multiples(lower([formula("sin(-0.3*x)")], X))
    (found,) = run(written(terms, [F64] * len(terms.nodes), "float64", ()), np.array([0.0, -0.0]))
    assert np.signbit(found).tolist() == [True, False]


@pytest.mark.parametrize("text", ["sin(x**2)", "sin(b*x)", "exp(x)", "sin(x*exp(x))"])
def test_others_are_left_alone(text):
    assert of_multiples(lower([formula(text)], X)) is None
