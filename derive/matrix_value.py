"""Compute a matrix form with matrices, to hold it against the index form."""

from __future__ import annotations

from functools import reduce

import numpy as np
from sympy import (
    DiagMatrix,
    Dummy,
    Expr,
    HadamardProduct,
    Identity,
    Integer,
    MatAdd,
    MatMul,
    MatrixExpr,
    MatrixSymbol,
    OneMatrix,
    Transpose,
)
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction

from derive.matrix import ONE_HOT, ONE_HOT_ROWS
from derive.numeric import Evaluator
from derive.objective import GOLD, LABELS
from derive.sums import EXAMPLES

__all__ = ["matrix_value"]

Array = np.ndarray
ENTRY = (Dummy("row"), Dummy("column"))  # the axes of what a function is applied to, entry by entry


def matrix_value(matrix: Expr, point: Evaluator) -> Array:
    """Return a matrix form's value as a 2-D array; vectors are columns, numbers 1 × 1."""
    if not isinstance(matrix, MatrixExpr):
        return point.array(matrix, (), ()).reshape(1, 1)
    if isinstance(matrix, MatrixSymbol):
        return _named(matrix, point)
    if isinstance(matrix, OneMatrix | Identity):
        shape = [point.length(size) for size in matrix.shape]
        return np.ones(shape, int) if isinstance(matrix, OneMatrix) else np.eye(*shape, dtype=int)
    if isinstance(matrix, ElementwiseApplyFunction):
        (argument,) = matrix.function.variables
        inner = matrix_value(matrix.expr, point)
        spread = point.holding({argument.name: inner}, {argument.name: ENTRY})
        sizes = tuple(map(Integer, inner.shape))
        return spread.array(matrix.function.expr, ENTRY, sizes)
    parts = [matrix_value(part, point) for part in matrix.args]
    if isinstance(matrix, Transpose):
        return parts[0].T
    if isinstance(matrix, MatAdd):
        return reduce(np.add, parts)
    if isinstance(matrix, HadamardProduct):
        return reduce(np.multiply, parts)
    if isinstance(matrix, DiagMatrix):
        return np.diag(parts[0].reshape(-1))
    if isinstance(matrix, MatMul):
        scalars = [p for p, arg in zip(parts, matrix.args, strict=True) if not arg.is_Matrix]
        factors = [p for p, arg in zip(parts, matrix.args, strict=True) if arg.is_Matrix]
        product = reduce(np.dot, factors)
        return reduce(np.multiply, [scalar.item() for scalar in scalars], product)
    raise TypeError(f"no value for {type(matrix).__name__} in {matrix}")


def _named(symbol: MatrixSymbol, point: Evaluator) -> Array:
    shape = [point.length(size) for size in symbol.shape]
    if symbol.name == ONE_HOT:
        return np.eye(shape[0], dtype=int)[:, [point.values.gold[GOLD] - 1]]
    if symbol.name == ONE_HOT_ROWS and symbol.shape[0] == EXAMPLES:
        labels = point.values.arrays[LABELS.name]
        return np.eye(shape[1], dtype=int)[labels - 1]
    return np.asarray(point.values.arrays[symbol.name]).reshape(shape)
