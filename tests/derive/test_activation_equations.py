"""The equations of an activation: g, g′ and ∂g/∂β, each proved, also where it has break points."""

import pytest

from derive import derive
from derive.steps import Kind

KINKED = "Piecewise((x - b, x < b), (5*x - 5*b, x > b), (0, True))"


def test_two_activations_may_learn_parameters_of_one_name_where_a_kink_moves_with_them():
    derivation = derive(
        "softmax(W h(g(V x)))", {"g.b": 1.5, "h.b": 2}, trainable=["g.b", "h.b"], g=KINKED, h=KINKED
    )
    assert [q.name for q in derivation.model.parameters] == ["W", "V", "b_g", "b_h"]
    for name in ("g", "h"):
        right = derivation.equation(f"{name}'").right
        assert {symbol.name for symbol in right.free_symbols} == {"x", f"b_{name}"}
    derivation.verify(trials=1)


@pytest.mark.parametrize(
    ("formula", "last"),
    [
        ("1/(1 + exp(-x))", "in terms of g"),
        ("sign(x)*log(1 + abs(x))", "choice at the break point"),
        ("max(x, 0)", "differentiate"),
        ("hypot(x, min(x, 0))", "choice at the break point"),
    ],
)
def test_the_derivative_ends_with_the_form_people_know_or_the_choice_at_a_break(formula, last):
    (equation,) = (e for e in derive(g=formula).of_kind(Kind.ACTIVATION) if e.steps)
    assert equation.steps[-1].rule.name == last
