"""A module with one thing wrong in it is not written, and the message names what is wrong."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import codegen.functions
from codegen import beside, generate, verification
from codegen.comparison import compare_elementwise
from codegen.recipe import Recipe
from codegen.store import import_plain
from codegen.verification import (
    Problem,
    _problem_with_a_value,
    compile_functions,
    random_problem,
    verify,
)
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


def test_compiled_gradients_are_compared_where_there_is_no_process_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codegen.functions, "scalar_code", tanh_code)
    monkeypatch.setattr(beside, "COMMAND", ("/no/such/program",))
    path = tmp_path / "compiled_differently.py"
    path.write_text(generate(RECIPE), encoding="utf-8")

    def twice(path: Path, problem: Problem) -> tuple[Any, ...]:
        found = import_plain(path).gradients(*problem.arguments, sample_weight=problem.weights)
        return (*found[:2], 2 * found[2])

    monkeypatch.setattr(verification, "compiled_gradients", twice)
    with pytest.raises(VerificationError, match="∂L/∂V compiled and as plain Python differ"):
        verify(path, RECIPE)


def test_activations_are_compiled_in_the_dtype_of_the_gradients(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: dict[str, Any] = {}

    def called_with(symbol: str) -> Any:
        return lambda *arrays: called.update({symbol: [array.dtype for array in arrays]})

    module = SimpleNamespace(
        value_and_derivative_g=called_with("g"), value_and_derivative_h=called_with("h")
    )
    monkeypatch.setattr(verification, "import_file", lambda name, path: module)
    bindings = {"g": "swish", "h": "tanh"}
    recipe = Recipe("softmax(W g(V h(U x)))", bindings, trainable=("g.beta",))
    compile_functions(tmp_path, recipe, np.dtype(np.float32))
    assert called == {"g": [np.float32] * 2, "h": [np.float32]}


@pytest.mark.parametrize("domain", [1, -1])
def test_a_module_is_verified_where_it_has_values(domain: int) -> None:
    def log_likelihood(W: Any, V: Any, X: Any, y: Any) -> float:
        return float(np.log(domain * X @ V.T).sum() + W.sum())

    module, recipe = SimpleNamespace(log_likelihood=log_likelihood), Recipe(bindings={"g": "tanh"})
    problem = random_problem(recipe.derivation(), np.random.default_rng(0))
    with np.errstate(invalid="ignore"):
        found = _problem_with_a_value(module, problem, recipe)  # type: ignore[arg-type]
    assert np.isfinite(log_likelihood(*found.arguments))


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
