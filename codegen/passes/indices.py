"""Rename indices: loops that are joined run under one name."""

from __future__ import annotations

from dataclasses import replace

from codegen.program import Assign, Delta, Each, Entry, Expression, rewritten

__all__ = ["renamed", "renamed_loop"]


def renamed_loop(loop: Each, index: str) -> Each:
    """Return the loop with another index."""
    names = {loop.index: index}
    return Each(index, loop.size, tuple(renamed(statement, names) for statement in loop.body))


def renamed(statement: Assign, names: dict[str, str]) -> Assign:
    """Return the statement with other names for its indices."""

    def rule(node: Expression) -> Expression | None:
        match node:
            case Entry():
                return _renamed_entry(node, names)
            case Delta(left, right):
                return Delta(_renamed_index(left, names), _renamed_index(right, names))
        return None

    targets = tuple(_renamed_entry(target, names) for target in statement.targets)
    return replace(statement, targets=targets, value=rewritten(statement.value, rule))


def _renamed_entry(entry: Entry, names: dict[str, str]) -> Entry:
    return replace(entry, indices=tuple(_renamed_index(i, names) for i in entry.indices))


def _renamed_index(index: str | Entry, names: dict[str, str]) -> str | Entry:
    return names.get(index, index) if isinstance(index, str) else _renamed_entry(index, names)
