"""Pair g with g′: where both are wanted at the same argument, compute them in one pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from codegen.passes.names import fresh, names_of
from codegen.program import (
    Applied,
    Array,
    Assign,
    Entry,
    Expression,
    Program,
    Statement,
    rewritten,
    walk,
)

__all__ = ["pair"]


@dataclass(frozen=True)
class _Pair:
    """Where g and g′ of an argument are kept, with the indices of that argument."""

    value: Entry
    derivative: Entry

    def at(self, indices: tuple[str | Entry, ...], *, derivative: bool) -> Entry:
        return replace(self.derivative if derivative else self.value, indices=indices)


def pair(program: Program) -> Program:
    """Return the program with value and derivative computed together at the first use of either."""
    wanted = _wanted(program)
    taken = names_of(program)
    known: dict[tuple[str, str], _Pair] = {}
    statements: list[Statement] = []
    for statement in program.statements:
        if isinstance(statement, Assign):
            statements += _paired(statement, wanted, known, taken)
        else:
            statements.append(statement)
    return program.with_statements(statements)


def _applications(node: Expression) -> Iterator[tuple[tuple[str, str], Applied]]:
    """Yield each g or g′ of an entry, with the names of g and of the entry's array."""
    for part in walk(node):
        match part:
            case Applied(symbol, (0 | 1, *others), Entry() as argument) if not any(others):
                yield (symbol, argument.array.name), part


def _wanted(program: Program) -> set[tuple[str, str]]:
    """Return for which g and arrays both value and derivative are wanted."""
    orders: dict[tuple[str, str], set[int]] = {}
    for statement in program.statements:
        if isinstance(statement, Assign):
            for key, node in _applications(statement.value):
                orders.setdefault(key, set()).add(node.orders[0])
    return {key for key, found in orders.items() if len(found) == 2}


def _paired(
    statement: Assign,
    wanted: set[tuple[str, str]],
    known: dict[tuple[str, str], _Pair],
    taken: set[str],
) -> Iterator[Statement]:
    for key, node in _applications(statement.value):
        if key not in wanted or key in known:
            continue
        argument = node.argument
        assert isinstance(argument, Entry)
        whole = statement.value == node and not node.orders[0]
        prime = Array(
            fresh(f"{node.symbol}_prime_{argument.array.name}", taken), argument.array.sizes
        )
        if whole:
            value = statement.target
        else:
            name = fresh(f"{node.symbol}_{argument.array.name}", taken)
            value = Entry(Array(name, argument.array.sizes), argument.indices)
        known[key] = _Pair(value, Entry(prime, argument.indices))
        both = replace(node, orders=(0, *node.orders[1:]), paired=True)
        targets = (value, Entry(prime, argument.indices))
        yield Assign(targets, both, statement.numbers if whole else ())
        if whole:
            return

    def stored(node: Expression) -> Expression | None:
        match node:
            case Applied(symbol, (0 | 1, *others), Entry() as argument, paired=False):
                found = known.get((symbol, argument.array.name))
                if found is not None and not any(others):
                    return found.at(argument.indices, derivative=bool(node.orders[0]))
        return None

    yield replace(statement, value=rewritten(statement.value, stored))
