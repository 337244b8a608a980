"""Fuse: order the statements, and do all row work between two rounds of products in one loop.

Products that can run run first, then every row statement that can, in one :class:`Rows`; inside
it, elementwise statements of one size share an inner loop. What is used in one loop only needs no
array.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from codegen.passes.indices import renamed, renamed_loop
from codegen.passes.names import free_index, names_of
from codegen.program import (
    Assign,
    Each,
    Entry,
    Program,
    Reduction,
    Role,
    Rows,
    Statement,
    Tiles,
    entries,
    reads,
    walk,
    writes,
)

__all__ = ["fuse"]


def fuse(program: Program) -> Program:
    """Return the program in loops over rows between products."""
    statements, sums = (_fused(part, program) for part in (program.statements, program.sums))
    return replace(program, statements=statements, sums=sums)


def _fused(part: Sequence[Statement], program: Program) -> tuple[Statement, ...]:
    statements: list[Statement] = []
    waiting = [_inside(statement, program) for statement in part]
    order = {id(statement): place for place, statement in enumerate(waiting)}
    while waiting:
        before = len(waiting)
        statements += _take(waiting, order, None)
        for leading in dict.fromkeys(_leading(s) for s in waiting if isinstance(s, Assign)):
            rows = _take(waiting, order, leading)
            if rows:
                statements.append(_loop(rows, leading, names_of(program)))
        if len(waiting) == before:
            raise ValueError(f"statements of {program.name} wait for each other")
    return tuple(statements)


def _inside(statement: Statement, program: Program) -> Statement:
    """Return a sweep over tiles with its own work fused."""
    if not isinstance(statement, Tiles):
        return statement
    scores, body = (_fused(part, program) for part in (statement.scores, statement.body))
    return replace(statement, scores=scores, body=body)


def _leads(statement: Statement) -> str | None:
    return _leading(statement) if isinstance(statement, Assign) else None


def _leading(statement: Assign) -> str:
    """Return the size of the loop around a statement; of a loss, that of what it reads."""
    for entry in (statement.target, *entries(statement.value)):
        if entry.indices and not isinstance(entry.indices[0], Entry):
            return entry.array.sizes[0]
    return ""


def _take(waiting: list[Statement], order: dict[int, int], size: str | None) -> list[Statement]:
    """Take out those that need no other waiting statement: of a loop's size, or products (None)."""
    taken: list[Statement] = []
    progress = True
    while progress:
        progress = False
        for statement in [s for s in waiting if _leads(s) == size]:
            others = [s for s in waiting if s is not statement]
            if not any(_must_follow(statement, other, order) for other in others):
                waiting.remove(statement)
                taken.append(statement)
                progress = True
    return taken


def _must_follow(later: Statement, earlier: Statement, order: dict[int, int]) -> bool:
    """Return whether one statement must wait for another: they share an array that one writes."""
    if _updates(later, earlier):
        return True
    if _updates(earlier, later) or order[id(earlier)] > order[id(later)]:
        return False
    return _conflict(later, earlier)


def _conflict(first: Statement, second: Statement) -> bool:
    written = {a.name for a in writes(first)}, {a.name for a in writes(second)}
    used = {a.name for a in reads(first)}, {a.name for a in reads(second)}
    return bool(written[0] & (written[1] | used[1]) or written[1] & used[0])


def _updates(statement: Statement, reader: Statement) -> bool:
    """Return whether a statement writes a gradient that may be what the reader reads."""
    updated = {array.of for array in writes(statement) if array.role is Role.GRADIENT}
    return bool(updated & {array.name for array in reads(reader)})


def _loop(statements: Sequence[Statement], size: str, taken: set[str]) -> Statement:
    """Return a loop over rows whose statements share inner loops where they can."""
    assigns = [statement for statement in statements if isinstance(statement, Assign)]
    leading = [_row_index(s) for s in assigns if _row_index(s)]
    within = set().union(*(_indices(s) for s in assigns)) - set(leading)
    row = free_index(next(iter(leading), "b"), taken | within)
    body: list[Statement] = []
    for statement in assigns:
        assign = renamed(statement, {_row_index(statement): row})
        inner = assign.target.indices[1:]
        if inner:
            others = _indices(assign) - {str(inner[0])}
            index = free_index(str(inner[0]), {*taken, row, *others})
            loop = Each(str(inner[0]), assign.target.array.sizes[1], (assign,))
            _join(body, renamed_loop(loop, index))
        else:
            body.append(assign)
    return Rows(row, size, tuple(body))


def _indices(statement: Assign) -> set[str]:
    """Return every name that is an index in a statement, bound by a reduction or not."""
    nodes = [*statement.targets, *walk(statement.value)]
    named = [i for node in nodes if isinstance(node, Entry) for i in node.indices]
    named += [node.index for node in nodes if isinstance(node, Reduction)]
    return {index for index in named if isinstance(index, str)}


def _row_index(statement: Assign) -> str:
    for entry in (statement.target, *entries(statement.value)):
        if entry.indices and isinstance(entry.indices[0], str):
            return entry.indices[0]
    return ""


def _join(body: list[Statement], new: Each) -> None:
    """Put an inner loop into an earlier one of its size, past statements that it does not touch."""
    for place in range(len(body) - 1, -1, -1):
        earlier = body[place]
        if isinstance(earlier, Each) and earlier.size == new.size:
            joined = renamed_loop(new, earlier.index)
            if _elementwise(earlier, joined):
                body[place] = replace(earlier, body=(*earlier.body, *joined.body))
                return
        if _conflict(new, earlier):
            break
    body.append(new)


def _elementwise(first: Each, second: Each) -> bool:
    """Return whether of what is shared each turn uses only the entry of that turn."""
    shared = {a.name for a in writes(first)} | {a.name for a in writes(second)}
    return all(
        entry.indices[1:] in ((), (first.index,))
        for loop in (first, second)
        for entry in _accesses(loop)
        if entry.array.name in shared
    )


def _accesses(statement: Statement) -> Iterator[Entry]:
    if isinstance(statement, (Rows, Each)):
        for inner in statement.body:
            yield from _accesses(inner)
    elif isinstance(statement, Assign):
        yield from statement.targets
        yield from entries(statement.value)
