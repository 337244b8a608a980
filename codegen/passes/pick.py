"""Pick the entry that a δ selects: Σ_j δ(j, y_b) s[b, j] becomes s[b, y_b], read once a row."""

from __future__ import annotations

from dataclasses import replace

from codegen.passes.names import fresh, names_of
from codegen.program import (
    Array,
    Assign,
    Delta,
    Entry,
    Expression,
    Operation,
    Program,
    Reduction,
    Statement,
    rewritten,
    writes,
)

__all__ = ["pick"]


def pick(program: Program) -> Program:
    """Return the program with every sum over a δ replaced by a row scalar, named and read at once.

    At once, that is where the array is complete: a later statement may overwrite its memory.
    """
    taken = names_of(program)
    found: dict[Entry, Entry] = {}

    def rule(node: Expression) -> Expression | None:
        picked = _picked(node)
        if picked is None:
            return None
        if picked not in found:
            name = fresh(f"{picked.array.name}_gold", taken)
            found[picked] = Entry(Array(name, picked.array.sizes[:1]), picked.indices[:1])
        return found[picked]

    statements: list[Statement] = [
        replace(s, value=rewritten(s.value, rule)) if isinstance(s, Assign) else s
        for s in program.statements
    ]
    for picked, target in found.items():
        complete = [n for n, s in enumerate(statements) if picked.array in writes(s)]
        statements.insert(max(complete, default=-1) + 1, Assign((target,), picked))
    return program.with_statements(statements)


def _picked(node: Expression) -> Entry | None:
    """Return the entry that a sum of δ times an entry selects, or None."""
    if not (isinstance(node, Reduction) and isinstance(node.body, Operation)):
        return None
    deltas = [f for f in node.body.operands if isinstance(f, Delta) and f.left == node.index]
    others = [f for f in node.body.operands if f not in deltas]
    if node.body.name != "*" or len(deltas) != 1 or len(others) != 1:
        return None
    gold, entry = deltas[0].right, others[0]
    if not isinstance(entry, Entry) or entry.indices[1:] != (node.index,):
        return None
    return replace(entry, indices=(entry.indices[0], gold))
