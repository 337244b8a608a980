"""The L2 term: L_α and its gradients come out of the rules, are numbered, and are proved."""

import pytest
from sympy import Symbol

from derive import InputError, VerificationError, derive, rules
from derive.cli import main
from derive.notation import Partial
from derive.steps import Kind

MODELS = [
    ("softmax(W f(x))", {}),
    ("softmax(W g(V f(x) + b) + c)", {}),
    ("z = g(V x); softmax(W (z + h(U z)))", {"g": "swish", "g.beta": 1.5}),
    ("softmax(W g(V^T g(V f(x))))", {"g": "tanh"}),
]


def penalised(derivation):
    return {e.quantity.name: e for e in derivation.of_kind(Kind.PENALISED)}


@pytest.mark.parametrize(("model", "bindings"), MODELS)
def test_every_line_of_the_l2_term_is_proved(model, bindings) -> None:
    learned = ["g.beta"] if "g.beta" in bindings else []
    derivation = derive(model, bindings, trainable=learned, l2="alpha")
    derivation.verify(trials=1)
    checked = {check.what for check in derivation.checks(1) if check.equation.steps}
    assert "SymPy's diff of L" in checked


def test_matrices_decay_and_biases_do_not() -> None:
    found = penalised(derive("softmax(W g(V f(x) + b))", l2="alpha"))
    alpha = Symbol("alpha", real=True)
    for name in ("W", "V", "b"):
        equation = found[f"dL_alpha_d{name}"]
        entry = equation.left.variable
        known = Partial(Symbol("L", real=True), entry)
        assert equation.right == (known if name == "b" else known - alpha * entry)


def test_the_updates_ascend_what_is_penalised_and_other_numbers_stay() -> None:
    plain, with_term = derive("softmax(W f(x))"), derive("softmax(W f(x))", l2="decay")
    (update,) = with_term.of_kind(Kind.UPDATE)
    (slope,) = update.right.atoms(Partial)
    assert slope.expression.name == "L_decay"
    assert with_term.equations[: len(plain.equations) - 1] == plain.equations[:-1]
    numbers = [equation.number for equation in with_term.equations]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_wrong_power_rule_is_found_in_the_l2_term(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = next(k for k, (rule, _) in rules.TABLE.items() if rule is rules.POWER)
    rule, right = rules.TABLE[kind]
    wrong = (rule, lambda node, variable: -right(node, variable))
    monkeypatch.setitem(rules.TABLE, kind, wrong)
    with pytest.raises(VerificationError, match="power rule"):
        derive("softmax(W f(x))", l2="alpha").verify()


def test_a_part_of_the_parameters_keeps_their_equations_alone() -> None:
    derivation = derive("softmax(W g(V f(x)))", l2="alpha").with_respect_to("W")
    assert set(penalised(derivation)) == {"L_alpha", "dL_alpha_dW"}
    assert len(list(derivation.dataset.of_kind(Kind.UPDATE))) == 1


@pytest.mark.parametrize(
    ("model", "name", "words"),
    [
        ("softmax(W x + alpha)", "alpha", "an alpha of its own|a alpha of its own"),
        ("softmax(W x)", "A", "cannot name the strength"),
        ("softmax(W x)", "", "cannot name the strength"),
        ("softmax(W x)", "ﬁ", "cannot name the strength"),  # which Python reads as fi
        ("softmax(W x)", "a b", "cannot name the strength"),
        ("softmax(W x)", "a" * 200, "cannot name the strength"),
        ("softmax(W x)", "y", "is reserved, it is the labels"),
        ("softmax(W x)", "err_s", "is reserved, it is the error"),
    ],
)
def test_a_name_that_cannot_be_is_one_sentence(model, name, words) -> None:
    with pytest.raises(InputError, match=words):
        derive(model, l2=name)


@pytest.mark.parametrize(("letter", "name"), [("α", "alpha"), ("λ", "lambda")])
def test_a_greek_letter_is_its_name_as_in_a_model(letter: str, name: str) -> None:
    assert derive("softmax(W x)", l2=letter).equations == derive("softmax(W x)", l2=name).equations


def test_it_is_told_in_text_and_latex(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["softmax(W f(x))", "--l2", "alpha", "--part", "penalty"]) == 0
    text = capsys.readouterr().out
    assert "L_α = L − ½ α Σ_k Σ_j W²_kj" in text
    assert "matrix    ∂L_α/∂W = ∂L/∂W − α W    m × n" in text
    assert (
        main(["softmax(W f(x))", "--l2", "alpha", "--part", "penalty", "--sign", "negative"]) == 0
    )
    assert "∂J_α/∂W = ∂J/∂W + α W" in capsys.readouterr().out
    assert main(["softmax(W f(x))", "--l2", "alpha", "--to", "latex"]) == 0
    latex = capsys.readouterr().out
    assert r"\frac{\partial \mathcal{L}}{\partial W_{ij}} - \alpha\,W_{ij}" in latex
    assert r"W &\leftarrow W + \eta\,\frac{\partial \mathcal{L}_{\alpha}}{\partial W}" in latex
