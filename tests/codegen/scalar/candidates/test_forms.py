"""Every form of a formula is the same function, and each has the property it is there for."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import Rational, exp

from codegen.scalar.candidates.build import candidates
from codegen.scalar.candidates.divide import divided
from codegen.scalar.candidates.exponents import expanded, gather
from codegen.scalar.candidates.rescale import rescaled
from codegen.scalar.candidates.turns import scaled_turns
from codegen.scalar.lower import lower
from codegen.scalar.oracle import truth
from codegen.scalar.run import run
from codegen.scalar.terms import Terms
from codegen.scalar.write import written
from derive.formula import X, formula

FORMULAS = (
    "x*tanh(log(1+exp(x)))",
    "x*(1+erf(x/sqrt(2)))/2",
    "max(exp(-x**2), x*exp(-x))",
    "erf(tanh(x))",
    "tanh(sinh(x))",
    "(sqrt(1+x*x)-1)/x",
    "cos(3*x)/x**2",
    "(1-cos(x))/x",
    "x/(1+Abs(x)**(5/2))**(2/5)",
    "x**3*(1+exp(3*x))**(-2/3)",
    "log(1+exp(x+sqrt(Abs(x))))",
    "sqrt(Abs(erfc(2*x)+x+1))",
    "sqrt(1+tanh(exp(-Abs(x+1)))**2)",
    "erfc(max(x**2,2*x)-max(-x,0))",
    "tanh(x+1)/cosh(x/3)",
    "log(abs(min(x**2,1)))",
    "log2(1+exp(x**3-x**2))",
    "x*log(max(x,0))",
    "sqrt(abs(log(1+exp(x))-0.5))",
)
PLACES = np.array([-31.5, -2.25, -0.7, 0.3, 1.1, 4.5, 17.0])


def same(one: Terms, other: Terms, places: np.ndarray = PLACES) -> bool:
    return all(
        np.allclose(a.floats(), b.floats(), rtol=1e-15, atol=0)
        for a, b in zip(truth(one, places), truth(other, places), strict=True)
    )


def test_the_root_of_what_is_below_the_normal_range_is_not_0():
    typed = lower([formula("sqrt(log(1+exp(x)))")], X)
    for _, terms in candidates([formula("sqrt(log(1+exp(x)))")], X):
        for form in (terms, rescaled(terms)):
            assert form is None or same(typed, form, np.array([-1335.0, -900.0, -650.0]))


@pytest.mark.parametrize("text", FORMULAS)
def test_all_forms_are_the_same_function(text):
    typed = lower([formula(text)], X)
    for _, terms in candidates([formula(text)], X, wide=True):
        assert same(typed, terms)
        for change in (divided, rescaled, scaled_turns):
            changed = change(terms)
            assert changed is None or same(typed, changed)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x/(1+exp(-x))", ["decay", "growth"]),
        ("x**9/(1+exp(-x))", []),  # x⁹ e⁻ˣ may be far from 0 where e^−2x is beyond float64
        ("exp(-abs(x))", []),  # the sign of x is not that of an exponent
        ("x/(1+exp(-x)+exp(-sqrt(2)*x))", []),
    ],
)
def test_one_exponential_of_x_of_either_sign_serves_where_float64_has_room(text, words):
    typed = lower([formula(text)], X)
    found = {n: t for n, t in candidates([formula(text)], X, wide=True) if "signed" in n}
    assert list(found) == [f"rational in the {word}, signed" for word in words]
    for terms in found.values():
        assert not any(node.op == "abs" for node in terms.nodes)
        assert same(typed, terms, np.array([-103.0, -31.5, 0.0, 2.5, 300.0]))
        (far,) = truth(terms, np.array([-3e38, -3e3]))
        assert not far.floats().astype(np.float32).any()


def test_the_same_mathematics_typed_differently_has_one_form():
    texts = ("x/(1+exp(-x))", "x*(1+tanh(x/2))/2", "x*exp(x)/(exp(x)+1)", "x*(1-1/(1+exp(x)))")
    forms = [next(iter(candidates([formula(text)], X))) for text in texts]
    assert {name for name, _ in forms} == {"rational in the decay"}
    assert all(terms.nodes == forms[0][1].nodes for _, terms in forms)


def test_powers_of_a_number_are_exponentials_like_others():
    forms = dict(candidates([formula("2**x/(1+2**x) - 4**x/(1+2**x)**2")], X))
    terms = forms["rational in the decay"]  # nothing cancels in it: u/(1 + u)²
    assert [node.op for node in terms.nodes].count("exp") == 1
    assert "sub" not in {node.op for node in terms.nodes}
    assert same(lower([formula("2**x/(1+2**x)**2")], X), terms)


def test_dividing_in_turn_leaves_no_product_below():
    terms = divided(lower([formula("(x*cos(x)-sin(x))/x**2")], X))
    assert terms is not None
    assert all(terms.nodes[n.args[1]].op != "mul" for n in terms.nodes if n.op == "div")
    assert divided(lower([formula("x/2")], X)) is None


def test_a_turn_beyond_the_largest_float_is_still_right():
    typed, scaled = (
        change(lower([formula("sin(30*x)")], X)) for change in (lambda t: t, scaled_turns)
    )
    assert same(typed, scaled, np.array([1.7e308, -6e306, 1e100, 0.1]))
    assert scaled_turns(lower([formula("sin(x)")], X)) is None


def test_one_minus_cos_is_a_square():
    ops = [node.op for node in lower([formula("1 - cos(x)")], X).nodes]
    assert "cos" not in ops
    assert "sin" in ops


@pytest.mark.parametrize(
    "text", ["1 + sin(x)", "1 - sin(x)", "1 + 2*sin(3*x)*cos(3*x)", "x + sin(x)*cos(x)/2 - 1/4"]
)
def test_what_touches_0_where_a_sine_is_one_is_a_square(text):
    square = lower([formula(text)], X, careful=True)
    assert any(node.op == "mul" and len(set(node.args)) == 1 for node in square.nodes)
    assert same(square, lower([formula(text)], X))


def test_the_two_sides_of_a_condition_share_one_division() -> None:
    silu = formula("x/(1+exp(-x))", {})
    for form, terms in candidates([silu, silu.diff(X)], X):
        if form.startswith("rational"):
            divisions = [n for n in terms.needed() if terms.nodes[n].op == "div"]
            assert len(divisions) == 2  # one of the value, one of the derivative


def test_a_sum_in_an_exponent_stays_one_and_numbers_stay_numbers():
    text = "(x - 0.044715)/(1 + exp(0.044715 - x))"
    assert expanded(formula(text)).atoms(exp) == formula(text).atoms(exp)
    for _, found in candidates([formula("exp(x + 0.1)/(1 + exp(x))")], X):
        assert same(found, lower([formula("exp(x + 0.1)/(1 + exp(x))")], X))


def test_the_square_of_a_sum_may_stay_whole_in_an_exponent():
    forms = dict(candidates([exp(-((X - 7) ** 2)) * exp(X)], X))
    (whole,) = [terms for form, terms in forms.items() if "whole" in form]
    (value,) = run(written(whole, [0] * len(whole.nodes), "float64", ()), np.array([7.0]))
    assert abs(value / np.exp(7.0) - 1) < 1e-15
    assert not any("whole" in form for form, _ in candidates([exp(-(X**2)) * exp(X)], X))


def test_exponentials_whose_common_base_is_of_too_high_a_degree_have_two():
    near, apart = (gather([2 * X, number * X]) for number in (Rational(1, 2), Rational(851, 500)))
    assert near.bases == (X / 2,)
    assert set(apart.bases) == {2 * X, Rational(851, 500) * X}


@pytest.mark.parametrize(
    "text",
    [
        "(1+x**4)**(-1/4) - x**4*(1+x**4)**(-5/4)",
        "(1+Abs(x)**(5/2))**(-2/5) - Abs(x)**(5/2)*(1+Abs(x)**(5/2))**(-7/5)",
        "(2+exp(x))**(1/3) - exp(x)*(2+exp(x))**(-2/3)",
        "(1+x**2)**b - x**2*(1+x**2)**(b-1)",
    ],
)
def test_powers_of_one_base_cancel_exactly(text):
    _, terms = next(iter(candidates([formula(text)], X)))
    assert not any(terms.nodes[number].op == "sub" for number in terms.needed())
