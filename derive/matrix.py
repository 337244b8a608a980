"""From index form to matrix form, by what the indices do and not by a list of known answers.

A product of entries is a little network: an index that is summed and shared by two matrices is a
matrix product, a shared free index an elementwise product ⊙, a free pair an outer product, a lone
index under a Σ or a missing one a product with the vector of ones. Vectors are columns; a function
applied to entries is SymPy's ``ElementwiseApplyFunction`` over a Lambda in x.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from sympy import (
    Add,
    DiagMatrix,
    Expr,
    HadamardProduct,
    Identity,
    Indexed,
    Integer,
    KroneckerDelta,
    Lambda,
    MatAdd,
    MatMul,
    MatrixExpr,
    MatrixSymbol,
    Mul,
    OneMatrix,
    Sum,
    Symbol,
    Transpose,
)
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction

from derive.notation import Activated
from derive.trees import free_symbols

__all__ = ["ONE_HOT", "ONE_HOT_ROWS", "matrix_form"]

ARGUMENT = Symbol("x", real=True)
ONE_HOT = "e_{i^*}"  # the one-hot vector of the gold label
ONE_HOT_ROWS = "Y"  # one-hot rows, one for each example


class _NoMatrixFormError(Exception):
    """The expression is no product of matrices: an index is shared by three of them, say."""


@dataclass(frozen=True)
class _Piece:
    """A matrix whose entry at [row, column] is the factor; None for an index it has not."""

    matrix: MatrixExpr
    row: Symbol | None
    column: Symbol | None

    @property
    def axes(self) -> tuple[Symbol, ...]:
        return tuple(axis for axis in (self.row, self.column) if axis is not None)

    @property
    def transposed(self) -> _Piece:
        return _Piece(_transpose(self.matrix), self.column, self.row)

    def led_by(self, row: Symbol | None) -> _Piece:
        """Return the same factor with this index as its row."""
        return self if self.row == row else self.transposed


def matrix_form(
    expression: Expr, indices: Sequence[Symbol], sizes: Sequence[Symbol]
) -> MatrixExpr | None:
    """Return the matrix with these entries (at most two free indices), or None."""
    if len(indices) > 2:
        return None
    free = tuple(indices)
    try:
        return _form(expression, free, dict(zip(free, sizes, strict=True)))
    except _NoMatrixFormError:
        return None


Sizes = Mapping[Symbol, Expr]


def _form(expression: Expr, axes: tuple[Symbol, ...], sizes: Sizes) -> MatrixExpr:
    """Return the matrix over the axes (row, column), broadcast where the expression lacks one."""
    if isinstance(expression, Add):
        return MatAdd(*(_form(term, axes, sizes) for term in _ordered(expression.args)))
    return _term(expression, axes, sizes)


def _term(expression: Expr, axes: tuple[Symbol, ...], sizes: Sizes) -> MatrixExpr:
    scalars: list[Expr] = []
    pieces: list[_Piece] = []
    for factor in _ordered(Mul.make_args(expression)):
        if isinstance(factor, Sum):
            inner = {**sizes, **{k: last for k, _, last in factor.limits}}
            pieces.extend(_contracted(factor, inner))
        elif _indices(factor, sizes):
            pieces.append(_piece(factor, sizes))
        elif factor.has(Sum):
            raise _NoMatrixFormError
        else:
            scalars.append(factor)
    matrix = _combine(pieces, axes, sizes)
    scalar = Mul(*scalars)
    return matrix if scalar == 1 else MatMul(scalar, matrix)


def _contracted(expression: Sum, sizes: Sizes) -> list[_Piece]:
    """Return the factors that remain when the bound indices of a Σ are contracted."""
    bound = [limit[0] for limit in expression.limits]
    body = expression.function
    if isinstance(body, Add):
        free = tuple(k for k in _indices(body, sizes) if k not in bound)
        terms = [_form(Sum(term, *expression.limits), free, sizes) for term in body.args]
        return [_as_piece(MatAdd(*terms), free)]
    coefficient = Mul(*(f for f in Mul.make_args(body) if not _indices(f, sizes)))
    if coefficient != 1:
        raise _NoMatrixFormError
    pieces = []
    for factor in _ordered(Mul.make_args(body)):
        if isinstance(factor, Sum):
            inner = {**sizes, **{k: last for k, _, last in factor.limits}}
            pieces.extend(_contracted(factor, inner))
        else:
            pieces.append(_piece(factor, sizes))
    for k in bound:
        pieces = _eliminate(k, pieces, sizes)
    return pieces


def _as_piece(matrix: MatrixExpr, axes: tuple[Symbol, ...]) -> _Piece:
    row, column = (*axes, None, None)[:2]
    return _Piece(matrix, row, column)


def _eliminate(k: Symbol, pieces: list[_Piece], sizes: Sizes) -> list[_Piece]:
    """Sum over the index k the product of all pieces that have it."""
    kept = [piece for piece in pieces if k not in piece.axes]
    vectors = [piece.led_by(k).matrix for piece in pieces if piece.axes == (k,)]
    matrices = _merged([piece for piece in pieces if k in piece.axes and len(piece.axes) == 2])
    weight = reduce(_hadamard, vectors) if vectors else None
    ones = OneMatrix(sizes[k], 1)
    if not matrices:
        if len(vectors) == 2:
            scalar = MatMul(_transpose(vectors[0]), vectors[1])
        else:
            scalar = MatMul(_transpose(ones), weight if weight is not None else ones)
        return [*kept, _Piece(scalar, None, None)]
    if len(matrices) == 1:
        (only,) = matrices
        left = only.transposed if only.row == k else only
        product = MatMul(left.matrix, weight if weight is not None else ones)
        return [*kept, _Piece(product, left.row, None)]
    if len(matrices) == 2:
        left, right = matrices
        left = left.transposed if left.row == k else left
        right = right.led_by(k)
        middle = [DiagMatrix(weight)] if weight is not None else []
        product = MatMul(left.matrix, *middle, right.matrix)
        return [*kept, _Piece(product, left.row, right.column)]
    raise _NoMatrixFormError


def _merged(matrices: list[_Piece]) -> list[_Piece]:
    """Multiply elementwise the matrices that stand on the same pair of indices."""
    groups: dict[frozenset[Symbol], _Piece] = {}
    for piece in matrices:
        axes = frozenset(piece.axes)
        if axes in groups:
            first = groups[axes]
            groups[axes] = replace(
                first, matrix=_hadamard(first.matrix, piece.led_by(first.row).matrix)
            )
        else:
            groups[axes] = piece
    return list(groups.values())


def _combine(pieces: list[_Piece], axes: tuple[Symbol, ...], sizes: Sizes) -> MatrixExpr:
    """Multiply the pieces into one matrix over the axes."""
    row, column = (*axes, None, None)[:2]
    numbers = [piece.matrix for piece in pieces if not piece.axes]
    if row is None:
        if len(numbers) != len(pieces) or len(numbers) > 1:
            raise _NoMatrixFormError
        return next(iter(numbers), OneMatrix(1, 1))
    if numbers:
        raise _NoMatrixFormError
    if column is None:
        if not pieces:
            return OneMatrix(sizes[row], 1)
        return reduce(_hadamard, (piece.led_by(row).matrix for piece in pieces))
    down = [piece.led_by(row).matrix for piece in pieces if piece.axes == (row,)]
    across = [piece.led_by(column).matrix for piece in pieces if piece.axes == (column,)]
    whole = [piece.led_by(row).matrix for piece in pieces if len(piece.axes) == 2]
    left = reduce(_hadamard, down) if down else None
    right = reduce(_hadamard, across) if across else None
    if not whole:
        left = left if left is not None else OneMatrix(sizes[row], 1)
        right = right if right is not None else OneMatrix(sizes[column], 1)
        return MatMul(left, _transpose(right))
    matrix = reduce(_hadamard, whole)
    if left is not None:
        matrix = MatMul(DiagMatrix(left), matrix)
    return MatMul(matrix, DiagMatrix(right)) if right is not None else matrix


def _piece(factor: Expr, sizes: Sizes) -> _Piece:
    """Return one factor as a matrix over the indices it has."""
    if isinstance(factor, Indexed):
        return _array(factor, sizes)
    if isinstance(factor, KroneckerDelta):
        return _delta(factor, sizes)
    axes = _indices(factor, sizes)
    if len(axes) > 2:
        raise _NoMatrixFormError
    if isinstance(factor, Add | Mul):
        return _as_piece(_form(factor, axes, sizes), axes)
    inner, function = _elementwise(factor, sizes)
    piece = _as_piece(_form(inner, axes, sizes), axes)
    return replace(piece, matrix=ElementwiseApplyFunction(function, piece.matrix))


def _elementwise(factor: Expr, sizes: Sizes) -> tuple[Expr, Lambda]:
    """Split f(u) into its one argument with indices and the function x ↦ f(x)."""
    if isinstance(factor, Activated):
        function = Activated(factor.symbol, factor.args[1], ARGUMENT, *factor.parameters)
        return factor.argument, Lambda(ARGUMENT, function)
    inner = [part for part in factor.args if _indices(part, sizes)]
    if len(inner) != 1:
        raise _NoMatrixFormError
    (argument,) = inner
    parts = [ARGUMENT if part == argument else part for part in factor.args]
    return argument, Lambda(ARGUMENT, factor.func(*parts))


def _array(entry: Indexed, sizes: Sizes) -> _Piece:
    name = entry.base.label.name
    shape = [sizes[k] if k in sizes else _unknown() for k in entry.indices]
    if len(shape) > 2 or len(set(entry.indices)) < len(shape):
        raise _NoMatrixFormError
    return _as_piece(MatrixSymbol(name, *(*shape, Integer(1))[:2]), tuple(entry.indices))


def _unknown() -> Expr:
    raise _NoMatrixFormError


def _delta(delta: KroneckerDelta, sizes: Sizes) -> _Piece:
    """Return e_{i*} for δ_{i,i*}, one-hot rows Y for δ_{i,y_b}, the identity for a free pair."""
    known = [k for k in delta.args if k in sizes]
    if len(known) == 2:
        return _Piece(Identity(sizes[known[0]]), *known)
    (k,) = known
    (other,) = set(delta.args) - {k}
    if isinstance(other, Indexed):
        (b,) = other.indices
        return _Piece(MatrixSymbol(ONE_HOT_ROWS, sizes[b], sizes[k]), b, k)
    return _Piece(MatrixSymbol(ONE_HOT, sizes[k], 1), k, None)


def _indices(expression: Expr, sizes: Sizes) -> tuple[Symbol, ...]:
    """Return the indices with a size that are free in the expression, in the order of sizes."""
    return tuple(k for k in sizes if k in free_symbols(expression))


def _ordered(factors: Sequence[Expr]) -> list[Expr]:
    """Order as a lecturer writes: errors first, then arrays, functions of them last; + before −."""

    def rank(factor: Expr) -> tuple[bool, bool, bool, bool, str]:
        array = isinstance(factor, Indexed)
        error = array and factor.base.label.name.startswith("err_")
        return (
            factor.could_extract_minus_sign(),
            not (error or isinstance(factor, KroneckerDelta)),
            not array,
            not isinstance(factor, Sum),
            str(factor),
        )

    return sorted(factors, key=rank)


def _transpose(matrix: MatrixExpr) -> MatrixExpr:
    """Transpose, pushed down to the named matrices: (V Xᵀ)ᵀ is X Vᵀ."""
    if isinstance(matrix, Transpose):
        return matrix.arg
    if isinstance(matrix, MatMul):
        return MatMul(*(_transpose(factor) for factor in reversed(matrix.args)))
    if isinstance(matrix, MatAdd | HadamardProduct):
        return matrix.func(*(_transpose(part) for part in matrix.args))
    if isinstance(matrix, ElementwiseApplyFunction):
        return ElementwiseApplyFunction(matrix.function, _transpose(matrix.expr))
    if isinstance(matrix, DiagMatrix | Identity):
        return matrix
    if isinstance(matrix, OneMatrix):
        return OneMatrix(*reversed(matrix.shape))
    return Transpose(matrix) if isinstance(matrix, MatrixExpr) else matrix


def _hadamard(left: MatrixExpr, right: MatrixExpr) -> MatrixExpr:
    return HadamardProduct(left, right)
