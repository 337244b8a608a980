"""Bindings reach the activation they name, and one that nothing uses is refused."""

from __future__ import annotations

import pytest
from sympy import Rational

from derive import InputError
from derive.activation import activation
from derive.bindings import split_arguments
from derive.model import DEFAULT_MODEL, parse_model

GATED = "softmax(W (g(U f(x)) * h(V f(x))))"
TISH = "x*tanh(log(1 + exp(b*x))/b)"


@pytest.mark.parametrize(
    ("arguments", "text", "bindings"),
    [
        ([], None, {}),
        (["g=mish"], None, {"g": "mish"}),
        (["softmax(W x)"], "softmax(W x)", {}),
        ([DEFAULT_MODEL, "g=tanh", "g.beta=1.5"], DEFAULT_MODEL, {"g": "tanh", "g.beta": "1.5"}),
        (["g=tanh", DEFAULT_MODEL], DEFAULT_MODEL, {"g": "tanh"}),
        (["z = g(V x); softmax(W z)"], "z = g(V x); softmax(W z)", {}),
        (["z=softmax(W x)"], "z=softmax(W x)", {}),
        (["g=x if x==0 else 1"], None, {"g": "x if x==0 else 1"}),
        (["g==2"], "g==2", {}),
        (["σ=tanh"], None, {"sigma": "tanh"}),
        (["g = tanh"], None, {"g": "tanh"}),
        (["g="], None, {"g": ""}),
        (["W f(x)"], "W f(x)", {}),
        (["1=2"], "1=2", {}),
    ],
)
def test_arguments_are_a_model_or_bindings(
    arguments: list[str], text: str | None, bindings: dict[str, str]
) -> None:
    assert split_arguments(arguments) == (text, bindings)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["softmax(W x)", "softmax(V x)"], "both read as models"),
        (["g", "tanh"], "'g' and 'tanh' are both read as models"),
        (["g=tanh", "g=relu"], "g is bound twice"),
        (["σ=tanh", "sigma=relu"], "sigma is bound twice"),
    ],
)
def test_two_models_or_two_bindings_of_one_name_are_refused(
    arguments: list[str], says: str
) -> None:
    with pytest.raises(InputError, match=says):
        split_arguments(arguments)


def test_an_unbound_letter_stays_abstract_and_a_library_name_does_not() -> None:
    model = parse_model("softmax(W g(V silu(U φ(T sigma_2(S x)))))")
    assert {name: found and found.name for name, found in model.activations.items()} == {
        "g": None,
        "silu": "silu",
        "phi": None,
        "sigma_2": None,
    }


@pytest.mark.parametrize("value", ["tanh", "x*tanh(x)", activation("mish")])
def test_a_symbol_is_bound_to_a_name_a_formula_or_an_activation(value: object) -> None:
    bound = parse_model(DEFAULT_MODEL, {"g": value}).activations["g"]  # type: ignore[dict-item]
    assert bound is not None
    assert bound.expression == activation(value).expression  # type: ignore[arg-type]


def test_a_binding_may_rename_a_library_activation() -> None:
    bound = parse_model("softmax(W silu(V x))", {"silu": "tanh"}).activations["silu"]
    assert bound is not None
    assert bound.name == "tanh"


@pytest.mark.parametrize("key", ["g.b", "b"])
@pytest.mark.parametrize("value", ["1.5", 1.5])
def test_a_parameter_is_bound_by_its_full_or_bare_name_exactly(key: str, value: object) -> None:
    bound = parse_model(DEFAULT_MODEL, {"g": TISH, key: value}).activations["g"]  # type: ignore[dict-item]
    assert bound is not None
    assert dict(bound.parameters) == {"b": Rational(3, 2)}


def test_a_bare_name_reaches_the_only_activation_that_bears_it() -> None:
    model = parse_model(GATED, {"g": "tanh", "h": TISH, "b": "2"})
    assert model.activations["h"] is not None
    assert dict(model.activations["h"].parameters) == {"b": 2}


def test_a_greek_letter_and_its_name_are_one() -> None:
    model = parse_model("softmax(W σ(V x))", {"sigma": "x*β", "σ.beta": 2}, ["beta"])
    assert model.parameters[-1].name == "beta"


@pytest.mark.parametrize(
    ("bindings", "trainable", "says"),
    [
        ({"h": "tanh"}, (), "h=tanh is of no use"),
        ({"h.b": "1"}, (), "no activation 'h'"),
        ({"beta": "1"}, (), "beta=1 is of no use"),
        ({"g": "tahn"}, (), "did you mean tanh?"),
        ({"g": "x*"}, (), "g=x*: "),
        ({"g": ""}, (), "g=: the formula is empty"),
        ({"g": 2}, (), "binds an activation to a number"),
        ({"g": TISH}, (), "parameter b without a value"),
        ({"g": TISH, "b": "no"}, (), "'no'"),
        ({"g": TISH, "b": "1", "g.b": "1"}, (), "g.b is bound twice"),
        ({"g": "elu", "g.alpah": "1"}, (), "the activation g has the parameters"),
        ({"g": "tanh", "g.b": "1"}, (), "the activation g has no parameters"),
        ({"g.b": "1"}, (), "g is abstract"),
        ({"W": "1"}, (), "names a matrix or vector"),
        ({}, ("g.b",), "trainable g.b is of no use"),
        ({"g": "tanh"}, ("b",), "trainable b is of no use"),
        ({"σ": "tanh", "sigma": "relu"}, (), "sigma is bound twice"),
    ],
)
def test_a_binding_of_no_use_is_refused(
    bindings: dict[str, str], trainable: tuple[str, ...], says: str
) -> None:
    with pytest.raises(InputError) as caught:
        parse_model(DEFAULT_MODEL, bindings, trainable)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_model_without_activations_binds_nothing() -> None:
    with pytest.raises(InputError, match="it has no activations, so leave the binding out"):
        parse_model("softmax(W x)", {"g": "tanh"})


def test_a_bare_name_of_two_owners_is_refused_with_both() -> None:
    with pytest.raises(InputError, match=r"g\.b or h\.b"):
        parse_model(GATED, {"g": TISH, "h": TISH, "b": "1"})
    with pytest.raises(InputError, match=r"g\.b or h\.b"):
        parse_model(GATED, {"g": TISH, "h": TISH, "g.b": "1", "h.b": "1"}, ["b"])


def test_a_bare_name_that_a_vector_bears_is_refused() -> None:
    with pytest.raises(InputError, match=r"names a matrix or vector .* write g\.b$"):
        parse_model("softmax(W g(V x + b))", {"g": TISH, "b": "1"})
