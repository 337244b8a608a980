"""g′ ends in the form that people know, equal to what the rules gave and no guess."""

import pytest
from sympy import Abs, Piecewise, Symbol, exp, sign, sqrt, tanh

from derive import derive
from derive.branches import branches
from derive.formula import X
from derive.gathered import gathered_cases, over_one_denominator
from derive.logistic_terms import in_logistic_terms
from derive.notation import Maximum, Sigmoid
from derive.render.statement import Presenter
from derive.render.unicode import to_text
from derive.steps import Kind

KNOWN = {
    "silu": "σ(x) (1 + x (1 − σ(x)))",
    "swish": "σ(β x) (1 + β x (1 − σ(β x)))",
    "quick_gelu": "σ(1.702 x) (1 + 1.702 x (1 − σ(1.702 x)))",
    "softplus": "σ(b x)",
    "mish": "x σ(x) (1 − tanh²(log(1 + exp(x)))) + tanh(log(1 + exp(x)))",
    "softsign": "1/(1 + |x|)²",
    "isru": "1/(1 + a x²)^(3/2)",
    "sigmoid": "g(x) (1 − g(x))",
    "tanh": "1 − g²(x)",
    "gelu": "½ + x exp(−x²/2) / √(2 π) + erf(x/√2) / 2",
    "poly_relu": "{a₁ + 2 a₂ x + 3 a₃ x² if x > 0, 0 otherwise}",
    "hard_mish": "{0 if x ≤ −2, x + 1 if x < 0, 1 otherwise}",
}


@pytest.mark.parametrize("name", KNOWN)
def test_the_derivative_is_written_as_in_the_books(name):
    made = derive("softmax(W g(x))", g=name)
    presenter = Presenter.proved(made)  # each line compared with the one before
    (_, slope) = presenter.statements(Kind.ACTIVATION)
    assert to_text(slope.right).replace("\n", " ") == KNOWN[name]


def test_so_does_the_derivative_in_what_is_learned():
    made = derive("softmax(W g(x))", g="swish", trainable=["beta"])
    *_, slope = Presenter.proved(made).statements(Kind.ACTIVATION)
    assert to_text(slope.right) == "x² σ(β x) (1 − σ(β x))"


def test_a_model_s_own_sigma_keeps_the_letter():
    for model in ("softmax(W σ(V f(x)))", "softmax(W g(U σ(V f(x))))"):
        bound = {"σ": "silu", **({"g": "silu"} if "g(" in model else {})}
        made = derive(model, **bound)
        assert not any(e.right.has(Sigmoid) for e in made.of_kind(Kind.ACTIVATION))


def test_what_has_no_power_of_one_plus_an_exponential_is_left():
    assert in_logistic_terms(X * exp(-(X**2)) + tanh(X)) is None


def test_what_stands_beside_a_logistic_function_is_not_expanded_into_it():
    made = derive(g="x*exp(-x**2/2)/(1 + exp(-x))")
    *_, slope = Presenter.proved(made).statements(Kind.ACTIVATION)
    assert to_text(slope.right).replace("\n", " ") == "exp(−x²/2) σ(x) (1 + x (1 − σ(x)) − x²)"


def test_cases_on_one_condition_are_gathered():
    a = Symbol("a", real=True)
    cases = Piecewise((1, X > 0), (0, True))
    assert gathered_cases(a * cases) == Piecewise((a, X > 0), (0, True), evaluate=False)
    assert gathered_cases(a * cases + Piecewise((1, a < X), (0, True))) is None


TANGLED = {
    "max(-1, min(1, x))": "{0 if x ≤ −1 or x ≥ 1, 1 otherwise}",
    "x*min(max(0, x/6 + 1/2), 1)": "{0 if x ≤ −3, x/3 + ½ if x ≤ 3, 1 otherwise}",
    "max(x, 0)**2": "{0 if x ≤ 0, 2 x otherwise}",
    "max(x, 0) + min(0, exp(x) - 1)": "{exp(x) if x ≤ 0, 1 otherwise}",
    "relu(x) - relu(-x)/3": "{⅓ if x ≤ 0, 1 otherwise}",
    "min(1, max(-1, x, 2*x))": "{0 if x ≤ −1, 1 if x ≤ 0, 2 if x < ½, 0 otherwise}",
}


@pytest.mark.parametrize("formula", TANGLED)
def test_cases_within_cases_become_cases_of_x(formula):
    made = derive(g=formula)
    *_, slope = Presenter.proved(made).statements(Kind.ACTIVATION)
    assert to_text(slope.right).replace("\n", " ") == TANGLED[formula]


def test_cases_without_rational_places_or_on_a_value_of_one_point_are_left():
    root = Piecewise((0, exp(-X) > X), (Maximum(X, 1), True), evaluate=False)
    assert branches(root) is None
    assert branches(sign(X) * Piecewise((1, X > -1), (0, True))) is None


def test_one_fraction_is_taken_only_where_it_is_much_shorter():
    assert over_one_denominator(1 + X / sqrt(1 + X**2)) is None
    below = 1 + Abs(X)
    assert over_one_denominator((below - X * sign(X)) / below**2) == below**-2
