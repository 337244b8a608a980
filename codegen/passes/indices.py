"""Rename indices: loops that are joined run under one name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from codegen.program import Assign, Delta, Each, Entry, Expression, rewritten

__all__ = ["renamed", "renamed_expression", "renamed_loop"]


def renamed_loop(loop: Each, index: str) -> Each:
    """Return the loop with another index."""
    names = {loop.index: index}
    return Each(index, loop.size, tuple(renamed(statement, names) for statement in loop.body))


def renamed(statement: Assign, names: Mapping[str, str]) -> Assign:
    """Return the statement with other names for its indices."""
    targets = tuple(_renamed_entry(target, names) for target in statement.targets)
    return replace(statement, targets=targets, value=renamed_expression(statement.value, names))


def renamed_expression(node: Expression, names: Mapping[str, str | Entry]) -> Expression:
    """Return the expression with other indices."""

    def rule(part: Expression) -> Expression | None:
        match part:
            case Entry():
                return _renamed_entry(part, names)
            case Delta(left, right):
                return Delta(_renamed_index(left, names), _renamed_index(right, names))
        return None

    return rewritten(node, rule)


def _renamed_entry(entry: Entry, names: Mapping[str, str | Entry]) -> Entry:
    return replace(entry, indices=tuple(_renamed_index(i, names) for i in entry.indices))


def _renamed_index(index: str | Entry, names: Mapping[str, str | Entry]) -> str | Entry:
    return names.get(index, index) if isinstance(index, str) else _renamed_entry(index, names)
