"""Shrink: what is used in one loop only, at its index, needs no array; a scalar does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from codegen.program import (
    Array,
    Assign,
    Each,
    Entry,
    Expression,
    Program,
    Rows,
    Statement,
    reads,
    rewritten,
    writes,
)

__all__ = ["shrink"]

Place = tuple[int, int]  # of a statement: which loop over rows, which statement in it


def shrink(program: Program) -> Program:
    """Return the program with scalars for arrays whose every use is in one loop, at its index."""
    places = _places(program)
    scalars = {
        array.name: replace(array, sizes=())
        for array in program.locals
        if _fits(array, places[array.name])
    }

    def rule(node: Expression) -> Expression | None:
        match node:
            case Entry(array) if array.name in scalars:
                return Entry(scalars[array.name])
        return None

    statements, sums = (
        tuple(_mapped(statement, rule) for statement in part)
        for part in (program.statements, program.sums)
    )
    return replace(program, statements=statements, sums=sums)


def _places(program: Program) -> dict[str, set[Place]]:
    """Map each array to where it is used; what is not in a loop over rows is at a place below 0."""
    places: dict[str, set[Place]] = {}
    for outer, statement in enumerate((*program.statements, *program.sums)):
        fused = isinstance(statement, Rows)
        parts = statement.body if isinstance(statement, Rows) else (statement,)
        for inner, part in enumerate(parts):
            for array in (*reads(part), *writes(part)):
                places.setdefault(array.name, set()).add((outer if fused else -1 - outer, inner))
    return places


def _fits(array: Array, places: set[Place]) -> bool:
    """Return whether a value of the row, or of a turn of one inner loop, is enough."""
    loops = {outer for outer, _ in places}
    one_loop = len(loops) == 1 and min(loops) >= 0
    return one_loop and (len(array.sizes) == 1 or (len(array.sizes) == 2 and len(places) == 1))


def _mapped(statement: Statement, rule: Callable[[Expression], Expression | None]) -> Statement:
    match statement:
        case Rows():
            return replace(statement, body=tuple(_mapped(inner, rule) for inner in statement.body))
        case Each():
            return replace(statement, body=tuple(_assign(inner, rule) for inner in statement.body))
        case Assign():
            return _assign(statement, rule)
    return statement


def _assign(statement: Assign, rule: Callable[[Expression], Expression | None]) -> Assign:
    targets = tuple(rule(target) or target for target in statement.targets)
    entries = tuple(target for target in targets if isinstance(target, Entry))
    return replace(statement, targets=entries, value=rewritten(statement.value, rule))
