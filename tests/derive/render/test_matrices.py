"""Matrix forms, and their transposes in the numerator layout, are equal as numbers."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import (
    DiagMatrix,
    HadamardProduct,
    MatAdd,
    MatMul,
    MatrixSymbol,
    OneMatrix,
    Transpose,
)
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction

from derive.render.matrices import MatrixTypesetter, as_jacobian
from derive.render.names import ERROR, Names
from derive.render.tex import to_latex
from derive.render.unicode import to_text
from derive.steps import Kind
from tests.derive.render.models import MODELS, derivation

SIZE = 3  # every size, so that only the order of factors can be wrong


def value(matrix, arrays: dict[str, np.ndarray]) -> np.ndarray:
    """Evaluate a matrix expression; any elementwise function is taken to be the cosine."""
    match matrix:
        case MatrixSymbol():
            return arrays[matrix.name]
        case OneMatrix():
            return np.ones(tuple(SIZE if str(side) != "1" else 1 for side in matrix.shape))
        case Transpose():
            return value(matrix.arg, arrays).T
        case DiagMatrix():
            return np.diag(value(matrix.args[0], arrays).ravel())
        case ElementwiseApplyFunction():
            return np.cos(value(matrix.expr, arrays))
        case HadamardProduct():
            result = value(matrix.args[0], arrays)
            for part in matrix.args[1:]:
                result = result * value(part, arrays)
            return result
        case MatAdd():
            return sum(value(part, arrays) for part in matrix.args)
        case MatMul():
            result = np.eye(1)
            for part in matrix.args:
                factor = value(part, arrays) if part.is_Matrix else np.eye(1) * float(part)
                result = result * factor if 1 in (result.size, factor.size) else result @ factor
            return result
    raise TypeError(type(matrix))


@pytest.mark.parametrize("name", MODELS)
def test_the_jacobian_is_the_transpose_with_errors_as_rows(name: str) -> None:
    rng = np.random.default_rng(0)
    for equation in derivation(name).of_kind(Kind.ERROR, Kind.GRADIENT):
        turned = as_jacobian(equation.matrix)
        assert turned.shape == tuple(reversed(equation.matrix.shape))
        columns, rows = {}, {}
        for symbol in equation.matrix.atoms(MatrixSymbol):
            shape = tuple(SIZE if str(side) != "1" else 1 for side in symbol.shape)
            columns[symbol.name] = rng.normal(size=shape)
            is_error = symbol.name.startswith(ERROR)
            rows[symbol.name] = columns[symbol.name].T if is_error else columns[symbol.name]
        expected = value(equation.matrix, columns).T
        np.testing.assert_allclose(value(turned, rows), expected, rtol=1e-12)


@pytest.mark.parametrize("name", MODELS)
def test_in_the_data_set_only_the_result_is_transposed(name: str) -> None:
    rng = np.random.default_rng(1)
    for equation in derivation(name).dataset.of_kind(Kind.GRADIENT):
        arrays = {
            symbol.name: rng.normal(size=[SIZE if str(side) != "1" else 1 for side in symbol.shape])
            for symbol in equation.matrix.atoms(MatrixSymbol)
        }
        turned = as_jacobian(equation.matrix, rows=True)
        np.testing.assert_allclose(value(turned, arrays), value(equation.matrix, arrays).T)


@pytest.mark.parametrize(
    ("name", "quantity", "text"),
    [
        ("hidden", "dW", "err(s) zᵀ"),
        ("hidden", "err_z", "Wᵀ err(s)"),
        ("hidden", "err_a", "err(z) ⊙ g′(a)"),
        ("hidden", "err_s", "e_{i*} − P"),
        ("residual", "s", "W r + c"),
        ("tied", "dV", None),
    ],
)
def test_matrix_forms_read_as_in_the_lecture(name: str, quantity: str, text: str | None) -> None:
    made = derivation(name)
    matrix = next(e.matrix for e in made.equations if e.quantity.name == quantity)
    shown = to_text(MatrixTypesetter(Names(made.model))(matrix))
    assert shown == text if text else " + " in shown


def test_shapes_stand_below_the_factors() -> None:
    made = derivation("hidden")
    matrix = next(e.matrix for e in made.equations if e.quantity.name == "err_z")
    latex = to_latex(MatrixTypesetter(Names(made.model), shapes=True)(matrix))
    assert latex == (
        r"\underbrace{W^{\top}}_{d \times m}\,\underbrace{\mathrm{err}(\mathbf{s})}_{m \times 1}"
    )
