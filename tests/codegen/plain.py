"""Generated modules as plain Python: not compiled, and with scalar code that is quick to make."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest

import codegen.functions
from codegen import generate
from codegen.recipe import Recipe
from codegen.scalar import ScalarCode
from codegen.store import import_plain
from derive.activation import Activation

__all__ = ["import_plain", "plain_module", "tanh_code"]


def tanh_code(symbol: str, activation: Activation, dtypes: Sequence[str]) -> ScalarCode:
    """Return code for tanh(βx), β the trainable parameter if there is one, else 1."""
    beta = "".join(f", {name}" for name in activation.trainable)
    slope = activation.trainable[0] if activation.trainable else "1"
    parts = []
    for dtype in dtypes:
        t = f"math.tanh({slope} * x)"
        bodies = {
            "value": f"np.{dtype}({t})",
            "derivative": f"np.{dtype}({slope} * (1 - {t} ** 2))",
            "value_and_derivative": f"np.{dtype}({t}), np.{dtype}({slope} * (1 - {t} ** 2))",
        }
        if activation.trainable:
            bodies["parameter_derivatives"] = f"(np.{dtype}(x * (1 - {t} ** 2)),)"
        parts += [
            f"@scalar\ndef {symbol}_{quantity}_{dtype}(x{beta}):\n    return {body}\n"
            for quantity, body in bodies.items()
        ]
    return ScalarCode("\n\n".join(parts), ())


def plain_module(recipe: Recipe, folder: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the module of a recipe whose activations are all tanh, as plain Python."""
    monkeypatch.setattr(codegen.functions, "scalar_code", tanh_code)
    path = folder / f"plain_{recipe.hash[:12]}.py"
    path.write_text(generate(recipe), encoding="utf-8")
    return import_plain(path)
