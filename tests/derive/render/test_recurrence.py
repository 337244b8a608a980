"""Repeated layers share one formula, and only what is alike in every layer is stated."""

from __future__ import annotations

import pytest

from derive.render.recurrence import recurrences
from derive.render.statement import Presenter
from derive.render.unicode import to_text
from tests.derive.render.models import derivation

FIVE = "softmax(W5 g(W4 g(W3 g(W2 g(W1 f(x))))))"


def stated(model: str) -> list[str]:
    found = recurrences(Presenter(derivation(model)))
    return [f"{to_text(left)} = {to_text(right)}" for left, right in found]


def test_the_recurrence_is_that_of_the_lecture() -> None:
    assert stated(FIVE) == ["err(a⁽ˡ⁾) = (W⁽ˡ⁺¹⁾ᵀ err(a⁽ˡ⁺¹⁾)) ⊙ g′(a⁽ˡ⁾)"]
    assert stated(FIVE)[0] in derivation(FIVE).text()


@pytest.mark.parametrize("model", ["hidden", "residual", "softmax(U h(W g(V f(x))))"])
def test_nothing_is_stated_where_no_layers_repeat(model: str) -> None:
    assert stated(model) == []


def test_layers_with_different_activations_share_no_formula() -> None:
    assert stated("softmax(W5 g(W4 h(W3 g(W2 h(W1 f(x))))))") == []
