"""A module for PyTorch is written only if its derivatives, the second ones too, are what they should be."""

from __future__ import annotations

from pathlib import Path

import pytest

import codegen
from codegen.recipe import Recipe
from derive.errors import VerificationError
from tests.codegen.peers import peer

peer("torch")


def test_a_wrong_second_derivative_is_named(tmp_path: Path) -> None:
    from codegen.torch.verification import verify

    recipe = Recipe(bindings={"g": "tanh"}, dtypes=("float32",), target="torch")
    text, right = codegen.generate(recipe), "+ _g_second_derivative("
    assert right in text
    path = tmp_path / "module_for_torch.py"
    path.write_text(text.replace(right, "- _g_second_derivative("), encoding="utf-8")
    with pytest.raises(VerificationError, match="the second derivatives of loss and finite"):
        verify(path, recipe)


@pytest.mark.parametrize(
    ("name", "g"),
    [
        ("domain", "log(x)"),
        ("kink", "max(x, 0)**1.25"),
        ("kinks", "abs(sin(9*x))"),
        ("waves", "sin(20*x)"),
    ],
)
def test_a_domain_kinks_and_steep_waves_are_verified(name: str, g: str, tmp_path: Path) -> None:
    from codegen.torch.verification import verify

    recipe = Recipe(bindings={"g": g}, dtypes=("float32",), target="torch")
    path = tmp_path / f"{name}_for_torch.py"  # by which PyTorch knows its operators
    path.write_text(codegen.generate(recipe), encoding="utf-8")
    verify(path, recipe)
