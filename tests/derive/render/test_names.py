"""Display names are one notion for all forms, and never collide."""

from __future__ import annotations

import pytest

from derive import InputError, derive
from derive.model import DEFAULT_MODEL
from derive.render.names import Names
from derive.render.options import Options
from derive.render.tex import to_latex
from derive.render.unicode import to_text
from tests.derive.render.models import derivation


@pytest.mark.parametrize(
    ("name", "text", "latex"),
    [
        ("a1", "a⁽¹⁾", r"\mathbf{a}^{(1)}"),
        ("W1", "W⁽¹⁾", "W^{(1)}"),
        ("err_z2", "err(z⁽²⁾)", r"\mathrm{err}(\mathbf{z}^{(2)})"),
        ("f", "f(x)", r"f(\mathbf{x})"),
        ("b3", "b⁽³⁾", r"\mathbf{b}^{(3)}"),
    ],
)
def test_automatic_names_become_superscripts(name: str, text: str, latex: str) -> None:
    names = Names(derivation("deep").model)
    assert (to_text(names.whole(name)), to_latex(names.whole(name))) == (text, latex)


@pytest.mark.parametrize(
    ("name", "text", "latex"),
    [
        ("g", "g", "g"),
        ("h1", "h₁", "h_1"),
        ("phi2", "φ₂", r"\varphi_2"),
        ("relu6", "relu6", r"\mathrm{relu6}"),
        ("quick_gelu", "quick_gelu", r"\mathrm{quick\_gelu}"),
    ],
)
def test_labels_of_functions_are_lowered_and_words_stay(name: str, text: str, latex: str) -> None:
    shown = Names(derivation("hidden").model).activation(name)
    assert (to_text(shown), to_latex(shown)) == (text, latex)


def test_a_numbered_function_keeps_its_number_beside_its_prime() -> None:
    made = derive("softmax(W h1(V f(x)))", h1="tanh")
    assert "h₁′(x)" in made.text(part="activation")
    assert "h'_1(x)" in made.latex(part="activation")


@pytest.mark.parametrize(
    ("parameter", "text", "latex"),
    [
        ("a", "a_g", "a_g"),
        ("t_out", "t_out", r"t_{\mathrm{out}}"),
        ("a_out", "a_out", r"a_{\mathrm{out}}"),
        ("err_z", "err_z_g", r"\mathrm{err\_z\_g}"),
    ],
)
def test_what_an_activation_learns_is_called_as_in_code(parameter, text, latex) -> None:
    formula = f"tanh({parameter}*x)"
    made = derive(DEFAULT_MODEL, {parameter: 1}, g=formula, trainable=[parameter])
    name = made.model.parameters[-1].name
    assert name == text
    for rows in (False, True):
        shown = Names(made.model, rows=rows).whole(name)
        assert (to_text(shown), to_latex(shown)) == (text, latex)


@pytest.mark.parametrize("trainable", [(), ["a"]])
def test_a_parameter_of_an_activation_is_told_from_a_vector(trainable: list[str]) -> None:
    made = derive(DEFAULT_MODEL, g="elu", trainable=trainable)
    for rename, name in (({}, "a_g"), ({"a_g": "alpha"}, "α"), ({"a": "u"}, "a_g")):
        shown = made.text(part="activation", rename=rename)
        assert f"{name} (exp(x) − 1) otherwise" in shown
        assert f"In g, {name} is 1" in shown


def test_what_is_called_alike_in_two_activations_is_told_apart() -> None:
    bound = {"g": "tanh(b*x)", "h": "sin(b*x)", "g.b": 2, "h.b": 3}
    made = derive("softmax(W g(V h(x)))", bound)
    shown = made.text(part="activation")
    assert "tanh(b_g x)" in shown
    assert "sin(b_h x)" in shown
    made.verify()


def test_the_data_set_uses_the_lecture_s_capitals() -> None:
    names = Names(derivation("hidden").model, rows=True)
    shown = {
        name: to_text(names.whole(name)) for name in ("err_s", "err_a", "z", "a", "err_z", "X")
    }
    assert shown == {
        "err_s": "E", "err_a": "A", "z": "Z", "a": "a(X)", "err_z": "err(Z)", "X": "X"
    }  # fmt: skip


def test_capitals_of_the_data_set_avoid_the_parameters() -> None:
    made = derive("softmax(Z g(A f(x)) + E f(x))")
    names = Names(made.model, rows=True)
    everything = [q.name for q in made.model.quantities if q.name != "f"]
    everything += [f"err_{definition.quantity.name}" for definition in made.model.definitions]
    shown = [to_text(names.whole(name)) for name in everything]
    assert len(set(shown)) == len(shown)


def test_letters_of_the_lecture_give_way_to_the_model_s() -> None:
    made = derive("softmax(Y g(B f(x) + b) + J f(x))")
    shown = made.text()
    assert "E = T − P" in shown
    assert "a(X) = X Bᵀ + 1 bᵀ              N × d" in shown
    assert "Y ← Y − η ∂Q/∂Y" in made.text(sign="negative")


def test_names_may_be_exchanged() -> None:
    names = Names(derivation("hidden").model, Options(rename={"V": "W", "W": "V"}))
    assert (to_text(names.whole("V")), to_text(names.whole("W"))) == ("W", "V")


@pytest.mark.parametrize(
    ("rename", "message"),
    [
        ({"V": "W"}, "'W' already names W"),
        ({"Q": "U"}, "nothing is named 'Q'"),
        ({"V": "a b"}, "is no name for V"),
        ({"V": "L"}, "already names the log-likelihood"),
        ({"V": "%"}, "is no name"),
    ],
)
def test_a_bad_renaming_is_answered_by_one_sentence(rename: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        Names(derivation("hidden").model, Options(rename=rename))
    assert str(caught.value).count("\n") == 0
