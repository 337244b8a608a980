"""Shrink: what is used in one loop only, at its index, needs no array; a scalar does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
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
    Tiles,
    reads,
    rewritten,
    writes,
)

__all__ = ["shrink"]


def shrink(program: Program) -> Program:
    """Return the program with scalars for arrays whose every use is in one loop, at its index."""
    scalars = {
        array.name: replace(array, sizes=()) for array in program.locals if _fits(array, program)
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


def _loops(statements: Iterable[Statement]) -> Iterator[Statement]:
    """Yield the loops over rows, and what is in none."""
    for statement in statements:
        if isinstance(statement, Tiles):
            yield from _loops(statement.parts)
        else:
            yield statement


def _fits(array: Array, program: Program) -> bool:
    """Return whether no value goes from one loop to another, or from turn to turn of an inner one."""
    for loop in _loops((*program.statements, *program.sums)):
        parts = loop.body if isinstance(loop, Rows) else (loop,)
        using = [part for part in parts if array in reads(part) or array in writes(part)]
        if not using:
            continue
        if not isinstance(loop, Rows) or not _begins_with(array, using[0]):
            return False
        if len(array.sizes) == 2 and len(using) > 1:
            return False
    return len(array.sizes) in (1, 2)


def _begins_with(array: Array, part: Statement) -> bool:
    """Return whether the first use of an array in a statement, or in a turn of it, writes it."""
    for statement in part.body if isinstance(part, Each) else (part,):
        if array in reads(statement):
            return False
        if array in writes(statement):
            return True
    return False


def _mapped(statement: Statement, rule: Callable[[Expression], Expression | None]) -> Statement:
    match statement:
        case Tiles(scores=scores, body=body):
            return replace(
                statement,
                scores=tuple(_mapped(inner, rule) for inner in scores),
                body=tuple(_mapped(inner, rule) for inner in body),
            )
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
