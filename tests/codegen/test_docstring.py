"""A module's docstring calls what its activations depend on by the names of its equations."""

from __future__ import annotations

import pytest

from codegen.pages import module_docstring
from codegen.scalar.certificate import Row
from codegen.scalar.code import ScalarCode
from derive import derive
from derive.model import DEFAULT_MODEL

QUANTITIES = ("value", "∂/∂a", "∂/∂b", "∂²/∂x∂a", "∂²/∂a∂b", "∂²/∂a²")


@pytest.mark.parametrize(
    ("model", "head", "shown"),
    [
        (
            DEFAULT_MODEL,
            "a = 2 to begin with, trained (a_g below), b = 3 to begin with, trained\n",
            ("value", "∂/∂a_g", "∂/∂b", "∂²/∂x∂a_g", "∂²/∂a_g∂b", "∂²/∂a_g²"),
        ),
        (
            "softmax(W g(x))",
            "a = 2 to begin with, trained, b = 3 to begin with, trained\n",
            QUANTITIES,
        ),
    ],
)
def test_a_learned_parameter_has_one_name(model: str, head: str, shown: tuple[str, ...]) -> None:
    made = derive(model, {"a": 2, "b": 3}, g="a*tanh(b*x)", trainable=["a", "b"])
    rows = tuple(Row("float32", quantity, 0.5, 1.0, 7) for quantity in QUANTITIES)
    text = module_docstring(made, {"g": ScalarCode("", (), rows)}, {1: "a = V x"}, ())
    assert f"g(x) = a*tanh(b*x) with {head}" in text
    *_, table = text.split("\n\n")
    assert [line.split()[2] for line in table.splitlines()] == list(shown)


def test_a_constant_is_given_its_value_and_its_name() -> None:
    text = module_docstring(derive(g="elu"), {}, {1: "a = V x"}, ())
    assert "with a = 1 (a_g below)\n" in text
