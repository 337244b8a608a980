"""A module with one thing wrong in it is not written, and the message names what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import codegen.functions
import codegen.verification
import generated.tanh
from codegen import generate
from codegen.comparison import compare_elementwise
from codegen.recipe import Recipe
from codegen.verification import verify
from derive.errors import VerificationError
from tests.codegen.plain import tanh_code

VALUE = "np.{}(math.tanh({} * x))"
RECIPE = Recipe(bindings={"g": "tanh"})
SABOTAGE = {
    "a gradient's sign": ("_gemm_tn(scale, err_s[", "_gemm_tn(-scale, err_s[", "∂L/∂W"),
    "an error left out": ("* err_z[b, i]", "* real(1)", "∂L/∂V"),
    "the slope": ("float64(1 * (1 - ", "float64(1.0001 * (1 - ", "g′ in float64"),
    "the value": (
        "np.float64(math.tanh(1 * x))",
        "np.float64(math.tanh(1.01 * x))",
        "g in float64",
    ),
    "the likelihood": ("L += (s_gold - top", "L += (s_gold", "L"),
    "one dtype": (
        "np.float32(math.tanh(1 * x))",
        "np.float32(math.tanh(1.01 * x))",
        "g in float32",
    ),
}


@pytest.mark.parametrize("fault", SABOTAGE)
def test_a_fault_is_found_and_named(fault: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(codegen.functions, "scalar_code", tanh_code)
    good, bad, name = SABOTAGE[fault]
    source = generate(RECIPE)
    assert good in source
    path = tmp_path / "sabotaged.py"
    path.write_text(source.replace(good, bad), encoding="utf-8")
    with pytest.raises(VerificationError, match="was not written") as raised:
        verify(path, RECIPE)
    assert name in str(raised.value)


def test_the_logarithm_is_compared_where_it_has_values() -> None:
    def module(slope: float) -> Any:
        def value_and_derivative(x: Any) -> tuple[Any, Any]:
            with np.errstate(invalid="ignore"):
                return np.log(x), slope / x

        return SimpleNamespace(value_and_derivative=value_and_derivative)

    recipe = Recipe(bindings={"g": "log(x)"}, dtypes=("float64",))
    given = recipe.derivation(), recipe
    compare_elementwise(module(1), *given, np.random.default_rng(0))
    with pytest.raises(VerificationError, match="g′ in float64"):
        compare_elementwise(module(1.01), *given, np.random.default_rng(0))


def _refused(which: Callable[[int], bool], monkeypatch: pytest.MonkeyPatch) -> None:
    """Verify a module whose comparison fails at those problems, by their number."""
    numbers = count()

    def compare(*given: Any) -> None:
        number = next(numbers)
        if which(number):
            raise VerificationError(f"{number} differs")

    monkeypatch.setattr(codegen.verification, "_compare", compare)
    verify(Path(generated.tanh.__file__), Recipe(bindings={"g": "tanh"}))


def test_differences_that_tell_nothing_at_one_problem_are_taken_at_another(monkeypatch) -> None:
    _refused(lambda number: number == 0, monkeypatch)
    with pytest.raises(VerificationError, match="0 differs"):
        _refused(lambda number: True, monkeypatch)
