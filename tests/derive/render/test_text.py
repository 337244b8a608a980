"""The text in a terminal: model, two terms of L, rules, cases, matrix form, data set, update."""

from __future__ import annotations

import pytest

from derive import derive
from derive.render.options import Options
from derive.render.text import text
from derive.steps import lines
from tests.derive.render.models import MODELS, derivation

HIDDEN = [
    "P(y | x) = softmax(W g(V f(x)))",
    "V     d × n  weights: d hidden units, n features",
    "a_k = Σ_j V_kj f_j",
    "L = log P(y = i* | x)",
    "= s · e_{i*} − log Σ_j exp(s) · e_j",
    "∂L/∂W_ij = Σ_k err(s)_k ∂s_k/∂W_ij",
    "by cases  z_j (1 − P_i)  if i = i*",
    "−z_j P_i       if i ≠ i*",
    "matrix    ∂L/∂W = err(s) zᵀ    m × d",
    "matrix    err(z) = Wᵀ err(s)    d × 1",
    "matrix    err(a) = err(z) ⊙ g′(a)    d × 1",
    "matrix    ∂L/∂V = err(a) f(x)ᵀ    d × n",
    "∂L/∂W = Eᵀ Z",
    "∂L/∂V = Aᵀ X",
    "W ← W + η ∂L/∂W",
]


@pytest.mark.parametrize("line", HIDDEN)
def test_the_lecture_s_formulas_are_there(line: str) -> None:
    assert line in text(derivation("hidden"))


def test_every_rule_that_is_shown_is_named() -> None:
    made = derivation("hidden")
    shown = text(made)
    for equation in made.equations:
        for step in lines(equation.steps):
            assert f"[{step.rule.name}]" in shown


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("detail", ["brief", "lecture", "full"])
def test_every_model_has_its_text(name: str, detail) -> None:
    shown = text(derivation(name), Options(detail=detail))
    for parameter in derivation(name).model.parameters:
        gradient = text(derivation(name), Options(part=f"gradient:{parameter.name}"))
        assert f"∂L/∂{parameter.name[0]}" in gradient
    assert not any(artefact in shown for artefact in ("Sum(", "Indexed", "**", "Lambda", "Dummy"))


def test_the_negative_log_likelihood_is_minimised() -> None:
    shown = text(derivation("hidden"), Options(sign="negative"))
    assert "J = −log P(y = i* | x)" in shown
    assert "matrix    err(s) = P − e_{i*}" in shown
    assert "W ← W − η ∂J/∂W" in shown
    assert "∂L" not in shown


def test_jacobians_are_shown_in_the_numerator_layout() -> None:
    shown = text(derivation("hidden"), Options(layout="numerator"))
    assert "matrix    ∂L/∂W = z err(s)    d × m" in shown
    assert "matrix    err(a) = err(z) diag(g′(a))    1 × d" in shown
    assert "W ← W + η (∂L/∂W)ᵀ" in shown


def test_errors_may_be_called_delta() -> None:
    shown = text(derivation("hidden"), Options(names="delta"))
    assert "matrix    ∂L/∂W = δ_s zᵀ" in shown
    assert "[i = i*] − P_i" in shown
    assert "err(" not in shown


def test_a_repeated_layer_is_derived_once_and_instantiated() -> None:
    shown = text(derivation("deep"))
    assert "[as (" in shown
    assert "[as (" not in text(derivation("deep"), Options(detail="full"))
    assert "[as (" not in text(derivation("hidden"))


def test_the_values_of_an_activation_s_parameters_are_said_beside_its_formula() -> None:
    model, parts = "softmax(W h(U g(V x)))", Options(part="activation")
    bound = {"g": "x*tanh(b*x)/a", "g.a": "1/3", "g.b": "2.5", "h": "x*tanh(a*x)", "h.a": "4"}
    shown = text(derive(model, bound, trainable=["h.a"]), parts)
    assert "In g, a_g is 1/3 and b is 2.5.\n" in shown
    assert "In h, a is 4 to begin with.\n" in shown
    assert "In g" not in text(derive(g="tanh"), parts)
