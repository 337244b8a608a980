"""Sparsify: read the features by their non-zeros wherever they stand in a product.

X Vᵀ gathers the columns of V that a row of X names, and Aᵀ X scatters a row's errors to them, so
that the work grows with the non-zeros and not with the number of features. What uses X otherwise,
entry by entry, reads a tile of its rows with their zeros.
"""

from __future__ import annotations

from dataclasses import replace

from codegen.passes.names import fresh, names_of
from codegen.program import (
    Array,
    Assign,
    Densify,
    Entry,
    Expression,
    Product,
    Program,
    Role,
    Statement,
    Total,
    reads,
    rewritten,
)

__all__ = ["sparsify"]


def sparsify(program: Program) -> Program:
    """Return the program for features that are given by their non-zeros."""
    features = next(array for array in program.inputs if array.role is Role.FEATURES)
    sparse = replace(features, sparse=True)
    dense = Array(fresh(f"{features.name}_dense", names_of(program)), features.sizes)
    statements: list[Statement] = []
    filled = False
    for statement in program.statements:
        if features not in reads(statement):
            statements.append(statement)
        elif isinstance(statement, Product) and _is_by_non_zeros(statement, features):
            statements.append(_reading(statement, features, sparse))
        else:
            if not filled:
                statements.append(Densify(dense, sparse))
                filled = True
            statements.append(_reading(statement, features, dense))
    inputs = tuple(sparse if array == features else array for array in program.inputs)
    return replace(program, inputs=inputs, statements=tuple(statements))


def _is_by_non_zeros(product: Product, features: Array) -> bool:
    """Return whether it is X B, X Bᵀ, Xᵀ A or Aᵀ X: a row of the result or of A for each of X's."""
    match product:
        case Product(left=left, right=right) if left == right:
            return False
        case Product(left=left, transposed=(turned, other_turned)) if left == features:
            return not (turned and other_turned)
        case Product(transposed=transposed):
            return transposed == (True, False)
    return False


def _reading(statement: Statement, features: Array, instead: Array) -> Statement:
    """Return the statement with another array in place of the features."""

    def rule(node: Expression) -> Expression | None:
        match node:
            case Entry(array, indices) if array == features:
                return Entry(instead, indices)
        return None

    match statement:
        case Assign(value=value):
            return replace(statement, value=rewritten(value, rule))
        case Product(left=left, right=right):
            return replace(
                statement,
                left=instead if left == features else left,
                right=instead if right == features else right,
            )
        case Total():
            return replace(statement, source=instead)
    raise TypeError(f"no statement that reads features: {statement!r}")
