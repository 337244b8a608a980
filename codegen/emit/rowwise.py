"""g of a whole row in one call: z[b] = g(a[b]) in the place of a loop over z[b, k] = g(a[b, k]).

A function of a row chooses for its blocks whether all x are near, and is compiled once for all kernels.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from codegen.program import Applied, Assign, Each, Entry, Statement

__all__ = ["function_of", "is_of_row", "parted"]


def function_of(node: Applied) -> str | None:
    """Return the name of the elementwise function that computes g, g′ or both; None for others."""
    if node.paired:
        return f"{node.symbol}_value_and_derivative"
    names = {0: "value", 1: "derivative"}
    order, *others = node.orders
    return f"{node.symbol}_{names[order]}" if order in names and not any(others) else None


def parted(loop: Each, rowwise: Collection[str]) -> tuple[Statement, ...]:
    """Return a loop over a row in parts: g of the row by a call, and loops between.

    ``rowwise`` names the functions that are called so. Nothing is returned where there is no
    call, or where a value of an entry passes from one part to another without an array.
    """
    parts: list[list[Assign]] = [[]]
    calls: list[Assign] = []
    for statement in loop.body:
        if _is_call(statement, loop.index, rowwise):
            calls.append(_of_row(statement))
            parts.append([])
        else:
            parts[-1].append(statement)
    if not calls or any(not _is_kept(entry, loop.index) for s in loop.body for entry in s.targets):
        return ()
    found: list[Statement] = []
    for part, call in zip(parts, [*calls, None], strict=True):
        found += [replace(loop, body=tuple(part))] if part else []
        found += [call] if call else []
    return tuple(found)


def is_of_row(statement: Assign) -> bool:
    """Return whether a statement is g of a row at once."""
    target = statement.target
    return isinstance(statement.value, Applied) and len(target.indices) < len(target.array.sizes)


def _is_call(statement: Assign, index: str, rowwise: Collection[str]) -> bool:
    value = statement.value
    if not isinstance(value, Applied) or not isinstance(value.argument, Entry):
        return False
    indices = value.argument.indices
    return (
        len(indices) == 2
        and indices[1] == index
        and isinstance(indices[0], str)
        and all(target.indices == indices for target in statement.targets)
        and all(isinstance(p, Entry) and not p.indices for p in value.parameters)
        and function_of(value) in rowwise
    )


def _is_kept(entry: Entry, index: str) -> bool:
    """Return whether an entry is one of an array that outlasts its turn of the loop."""
    return index in entry.indices


def _of_row(statement: Assign) -> Assign:
    value = statement.value
    assert isinstance(value, Applied)
    assert isinstance(value.argument, Entry)
    return replace(
        statement,
        targets=tuple(map(_row, statement.targets)),
        value=replace(value, argument=_row(value.argument)),
    )


def _row(entry: Entry) -> Entry:
    return replace(entry, indices=entry.indices[:1])
