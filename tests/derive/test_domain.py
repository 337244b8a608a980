"""A formula without a real value is refused where it is bound, by all commands alike."""

import pytest
from sympy import Piecewise, Rational, exp, log, sqrt

from derive import derive
from derive.activation import activation
from derive.domain import part_without_values
from derive.errors import InputError
from derive.formula import X


@pytest.mark.parametrize(
    "formula",
    [
        sqrt(X),
        log(-X),
        sqrt(X - 10**30),
        sqrt(X) * sqrt(-X),
        sqrt(Rational(1, 10**8) - (X - Rational(3, 4)) ** 2),
        exp(exp(exp(exp(exp(exp(X)))))),
        Piecewise((log(X), X > 0), (X, True)),
        Piecewise((X, X**2 >= 0), (log(-1 - X**2), True)),
    ],
)
def test_one_real_value_is_enough(formula):
    assert part_without_values(formula) is None


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("sqrt(-1-x**2)", "'sqrt(-1-x**2)' has"),
        ("log(-x**2)", "'log(-x**2)' has"),
        ("log(-exp(x))", "'log(-exp(x))' has"),
        ("log(log(-exp(x)**2))", "'log(-exp(2*x))' in"),
        ("log(x) + log(-x)", "'log(x) + log(-x)' has"),
        ("x if x < 0 else log(-cosh(x))", "'log(-cosh(x))' in"),
        ("x if x < 0 else log(x - 1) + log(-x)", "'log(-x) + log(x - 1)' in"),
        ("max(log(-exp(x)), x)", "'log(-exp(x))' in"),
        ("sqrt(-a - x**2)", "'sqrt(-a - x**2)' has"),
    ],
)
def test_a_formula_or_a_part_without_a_real_value_is_refused(text, part):
    with pytest.raises(InputError, match="no real value at any number") as caught:
        activation(text, {"a": 1} if "a -" in text else {})
    assert str(caught.value).startswith(part)


def test_a_value_of_a_parameter_may_give_it_real_values():
    assert activation("sqrt(-a - x**2)", {"a": -1}).parameters == {"a": -1}


def test_a_formula_with_values_at_hardly_any_number_is_bad_input_not_a_failed_proof():
    with pytest.raises(InputError, match="no number at any of"):
        derive("softmax(W g(V f(x)))", g="sqrt(x)*sqrt(-x)").verify()
