"""``codegen.compile``, ``certify`` and ``bench`` as programs call them: what is given, and what is not."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import codegen
from codegen import plan
from codegen.recipe import Recipe
from derive.errors import InputError


@pytest.fixture(autouse=True)
def _no_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the recipe in the place of the module."""
    monkeypatch.setattr(plan, "module_of", lambda recipe: recipe)


@pytest.mark.parametrize(
    ("value", "text"),
    [(np.float32(1.1), "1.1"), (Fraction(1, 3), "1/3"), (Decimal("1.50"), "1.50"), (2, "2")],
)
def test_a_parameter_may_be_any_number(value: object, text: str) -> None:
    recipe = codegen.compile("softmax(W g(V x))", {"g.beta": value}, g="swish")  # type: ignore[dict-item]
    assert isinstance(recipe, Recipe)
    assert str(recipe.bindings["g.beta"]) == text
    assert len(recipe.hash) == 64


@pytest.mark.parametrize("value", [1j, None, True, np.array([1.5]), float("nan")])
def test_what_is_no_number_is_refused_before_the_work(value: object) -> None:
    with pytest.raises(InputError, match=r"give a|bound to None"):
        codegen.compile("softmax(W g(V x))", {"g.beta": value, "g": "swish"}).derivation()  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"trainable": None}, "trainable is None, expected a list of texts"),
        ({"l2": 3}, "l2 is 3, expected a text"),
        ({"dtype": 32}, "the dtype is 32"),
        ({"g": None}, "g is bound to None"),
    ],
)
def test_compile_names_the_argument(given: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        codegen.compile("softmax(W g(V x))", **{"g": "swish", **given})  # type: ignore[arg-type]


def test_names_are_those_of_the_module() -> None:
    """A trainable parameter was taken for its letters, and a Greek strength of L2 was not found."""
    recipe = codegen.compile("softmax(W g(V x))", g="swish", trainable="g.beta", l2="α")
    assert isinstance(recipe, Recipe)
    assert (recipe.trainable, recipe.l2) == (("g.beta",), "alpha")


@pytest.mark.parametrize("samples", [0, -1, 1.5, "5"])
def test_a_certificate_without_samples_is_none(samples: object) -> None:
    with pytest.raises(InputError, match=r"samples is .*, expected an integer from 1 on"):
        codegen.certify("tanh", samples=samples)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arguments", "given", "message"),
    [
        ((None,), {}, "the name is None, expected a text"),
        (("tanh", 3), {}, "entry that is 3, expected a text"),
        (("tanh",), {"rounds": 0}, "rounds is 0, expected an integer from 1 on"),
        (("tanh",), {"sizes": [10]}, "sizes has an entry that is 10, expected a text"),
        (("tanh",), {"sizes": "1-2"}, "the size '1-2' has 2 numbers"),
        (("tanh",), {"against": "tensorflow"}, "no peer is named 'tensorflow'"),
    ],
)
def test_bench_names_the_argument(arguments: tuple, given: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        codegen.bench(*arguments, **given)
