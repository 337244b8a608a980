"""Float64 where parts of a formula leave its range: beside the mathematics."""

import math

import numpy as np
import pytest
from sympy import S, Symbol

from derive import derive
from derive.activation import activation
from derive.calculus import derivative
from derive.formula import X
from derive.wide import wide_float64


@pytest.mark.parametrize(
    ("text", "x", "value", "slope"),
    [
        ("log(1+exp(x))", 800.0, 800, 1),
        ("log(1+exp(x))", -800.0, 0, 0),
        ("log(1+exp(x))", -50.0, math.exp(-50), math.exp(-50)),  # 1 + e⁻⁵⁰ is 1
        ("exp(x)/(1+exp(x))", 800.0, 1, 0),
        ("exp(-x)*log(1+exp(x))", -2000.0, 1, 0),  # which takes 868 digits
        ("tanh(log(1+exp(x))/x)", 800.0, math.tanh(1), 0),  # finite, and 1, if exp(x) is infinite
        ("sign(exp(x))*x", -800.0, -800, 1),  # as is 0, if exp(x) is 0
        ("x*(1-tanh(x))*exp(2*x)", 800.0, 1600, 2),
        ("x*tanh(log(1+exp(x)))", 1e300, 1e300, 1),
        ("exp(exp(x))/(1+exp(exp(x)))", 800.0, 1, 0),
        ("x*(1 + erf(pi*x))", 800.0, 1600, 2),
    ],
)
def test_where_a_part_overflows_or_is_lost_the_value_is_that_of_the_mathematics(
    text, x, value, slope
):
    g = activation(text).bound
    points = np.array([0.5, x])
    for formula, wanted in ((g, value), (derivative(g, X), slope)):
        found = wide_float64(formula, {X: points})
        assert found[1] == pytest.approx(wanted, rel=1e-13, abs=1e-300)
        assert found[0] == pytest.approx(float(formula.subs(X, S.Half)), rel=1e-13)


def test_no_point_of_ordinary_size_is_computed_anew(monkeypatch):
    monkeypatch.setattr("derive.wide._in_digits", None)
    g = activation("mish").bound
    assert np.isfinite(wide_float64(derivative(g, X), {X: np.linspace(-15, 15, 1000)})).all()


def test_what_the_mathematics_has_no_value_for_stays_so():
    g = activation("x**3").bound
    assert wide_float64(g, {X: np.array([1e300, -1e300])}).tolist() == [math.inf, -math.inf]
    b = Symbol("b", real=True)
    shape = wide_float64(X / b, {X: np.ones((2, 1)), b: np.zeros(3)}).shape
    assert shape == (2, 3)


@pytest.mark.parametrize("batch", [None, 3])
def test_a_gradient_has_numbers_where_an_activation_overflows(batch):
    derivation = derive("softmax(W g(V f(x)))", g="log(1+exp(x))")
    derivation = derivation if batch is None else derivation.dataset
    W = np.array([[1e-3, 2], [2e-3, -1]])
    V = np.array([[800.0], [-800.0]])
    shape = () if batch is None else (batch,)
    found = derivation.gradient("V").evaluate(
        W=W, V=V, x=np.ones((*shape, 1)), y=np.zeros(shape, int)
    )
    error = 1 / (1 + math.exp(-0.8))  # 1 − P of the gold class, where z is (800, 0)
    wanted = (batch or 1) * error * -1e-3
    np.testing.assert_allclose(found.ravel(), [wanted, 0], rtol=1e-13, atol=1e-300)
