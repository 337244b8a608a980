"""Accumulate gradients as BLAS does: dW ← scale·∂L/∂W + keep·dW.

Parameters that have an update of their own, biases beside an L2 term, have a keep of their own.
One kernel then serves all: keep = 0 overwrites, keep = 1 adds the next tile of examples, and with
dW = W and α = η the update W ← W + η ∂L/∂W needs no gradient in memory. As dW may be W, it is
written only after everything that reads W; :mod:`codegen.passes.fuse` keeps that order.
"""

from __future__ import annotations

from dataclasses import replace

from codegen.program import (
    ONE,
    ZERO,
    Assign,
    Expression,
    Operation,
    Product,
    Program,
    Role,
    Scalar,
    Statement,
    Total,
    writes,
)

__all__ = ["KEEP", "KEEP_REST", "SCALE", "accumulate"]

SCALE, KEEP, KEEP_REST = "scale", "keep", "keep_rest"


def accumulate(program: Program) -> Program:
    """Return the program with every gradient scaled and added to what is kept of what was there."""
    if not any(array.role is Role.GRADIENT for array in program.outputs):
        return program
    names = {array.name for array in (*program.inputs, *program.outputs, *program.locals)}
    wanted = (SCALE, KEEP, KEEP_REST) if program.apart else (SCALE, KEEP)
    scalars = tuple(name if name not in names else f"{name}_" for name in wanted)
    scale, keep, keep_rest = map(Scalar, (*scalars, scalars[-1])[:3])
    keeps = {
        array.name: keep_rest if array.of in program.apart else keep for array in program.outputs
    }
    statements = [
        _accumulating(statement, scale, keeps.get(writes(statement)[0].name, keep))
        for statement in program.statements
    ]
    return replace(program, statements=tuple(statements), scalars=scalars)


def _accumulating(statement: Statement, scale: Scalar, keep: Scalar) -> Statement:
    match statement:
        case Product(target=target) | Total(target=target) if target.role is Role.GRADIENT:
            return replace(
                statement,
                alpha=_scaled(scale, statement.alpha),
                beta=keep if statement.beta == ZERO else statement.beta,
            )
        case Assign((target,)) if target.array.role is Role.GRADIENT:
            return _assigning(statement, scale, keep)
    return statement


def _scaled(scale: Scalar, factor: Expression) -> Expression:
    return scale if factor == ONE else Operation("*", (scale, factor))


def _assigning(statement: Assign, scale: Scalar, keep: Scalar) -> Assign:
    """Return the elementwise remainder dW = dW + rest, or the whole dW = rest, scaled."""
    match statement.value:
        case Operation("+", (first, *rest)) if first == statement.target:
            value = rest[0] if len(rest) == 1 else Operation("+", tuple(rest))
            kept: Expression = first
        case value:
            kept = Operation("*", (keep, statement.target))
    return replace(statement, value=Operation("+", (kept, Operation("*", (scale, value)))))
