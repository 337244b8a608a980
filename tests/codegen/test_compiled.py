"""The gradients as Numba compiles them: compared with the plain ones, compiled in parts by two processes."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

import codegen.functions
from codegen import beside, compiled, generate
from codegen.compiled import compile_functions, compile_sums
from codegen.random_problem import Problem, random_problem
from codegen.recipe import Recipe
from codegen.store import import_plain
from codegen.verification import verify
from derive.errors import VerificationError
from tests.codegen.plain import tanh_code

RECIPE = Recipe(bindings={"g": "tanh"})


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(codegen.functions, "scalar_code", tanh_code)
    path = tmp_path / "compiled_in_parts.py"
    path.write_text(generate(RECIPE), encoding="utf-8")
    return path


@pytest.fixture
def plain(path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = import_plain(path)
    monkeypatch.setattr(compiled, "import_file", lambda name, path: module)
    return module


def called(module: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Have a module note which of its kernels are called."""
    found: list[str] = []

    def noting(name: str, function: Any) -> Any:
        def noted(*arguments: Any) -> Any:
            found.append(name)
            return function(*arguments)

        return noted

    for name, function in list(vars(module).items()):
        named = name in ("_add_gradients", "_errors", "_fill_g_value_and_derivative")
        if named or name.startswith(("_gemm_n", "_targets", "_maximum", "_sum_beyond")):
            monkeypatch.setattr(module, name, noting(name, function))
    return found


def test_compiled_gradients_are_compared_where_there_is_no_process_for_them(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beside, "COMMAND", ("/no/such/program",))
    monkeypatch.setattr(beside, "RESTING", [])

    def twice(path: Path, problem: Problem) -> tuple[Any, ...]:
        found = import_plain(path).gradients(*problem.arguments, sample_weight=problem.weights)
        return (*found[:2], 2 * found[2])

    monkeypatch.setattr(compiled, "compiled_gradients", twice)
    with pytest.raises(VerificationError, match="∂L/∂V compiled and as plain Python differ"):
        verify(path, RECIPE)


def test_one_process_compiles_what_errors_call(path, plain, monkeypatch) -> None:
    found = called(plain, monkeypatch)
    compile_functions(path, RECIPE, np.dtype(np.float32))
    expected = {"_gemm_nn", "_gemm_nt", "_maximum", "_sum_beyond_1"}
    assert set(found) == expected | {"_fill_g_value_and_derivative"}


def test_the_other_compiles_sums_and_no_errors(path, plain, monkeypatch) -> None:
    problem = random_problem(RECIPE.derivation(), np.random.default_rng(0))
    expected = plain.gradients(*problem.arguments)
    names = {name: vars(plain)[name] for name in ("_FORMS", "_errors_by")}
    found = called(plain, monkeypatch)
    compile_sums(path, problem)
    assert found == ["_targets_fit", "_targets_fit", "_add_gradients"]
    monkeypatch.undo()
    assert {name: vars(plain)[name] for name in names} == names
    assert np.array_equal(plain.gradients(*problem.arguments)[1], expected[1])


def test_activations_are_compiled_in_the_dtype_of_the_gradients(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: dict[str, Any] = {}

    def called_with(symbol: str) -> Any:
        return lambda *arrays: called.update({symbol: [array.dtype for array in arrays]})

    module = SimpleNamespace(
        value_and_derivative_g=called_with("g"), value_and_derivative_h=called_with("h")
    )
    monkeypatch.setattr(compiled, "import_file", lambda name, path: module)
    bindings = {"g": "swish", "h": "tanh"}
    recipe = Recipe("softmax(W g(V h(U x)))", bindings, trainable=("g.beta",))
    compile_functions(tmp_path, recipe, np.dtype(np.float32))
    assert called == {"g": [np.float32] * 2, "h": [np.float32]}
