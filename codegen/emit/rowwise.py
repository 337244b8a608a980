"""g of a whole row in one call: z[b] = g(a[b]) in the place of a loop over z[b, k] = g(a[b, k]).

A function of a row chooses for its blocks whether all x are near, and is compiled once for all kernels.
"""

from __future__ import annotations

from dataclasses import replace

from codegen.derivatives import member
from codegen.program import Applied, Assign, Each, Entry, Statement

__all__ = ["function_of", "is_of_row", "parted"]


def function_of(node: Applied) -> str | None:
    """Return the name of the elementwise function that computes g, g′ or both; None for others."""
    if node.paired:
        return f"{node.symbol}_value_and_derivative"
    if sum(node.orders) > 1 or any(node.orders[1:]):
        return None
    return f"{node.symbol}_{member(node.orders).function}"


def parted(loop: Each) -> tuple[Statement, ...]:
    """Return a loop over a row in parts: g of the row by a call, and loops between.

    Nothing is returned where there is no call, or where a value of an entry passes from one part to
    another without an array.
    """
    parts: list[list[Assign]] = [[]]
    calls: list[Assign] = []
    for statement in loop.body:
        if _is_call(statement, loop.index):
            calls.append(_of_row(statement))
            parts.append([])
        else:
            parts[-1].append(statement)
    if not calls or any(loop.index not in entry.indices for s in loop.body for entry in s.targets):
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


def _is_call(statement: Assign, index: str) -> bool:
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
        and function_of(value) is not None
    )


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
