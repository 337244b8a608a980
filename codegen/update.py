"""The update as BLAS takes it: W ← keep·W + scale·∂L/∂W, read off the derived equation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from codegen.program import ONE, ZERO, Assign, Entry, Expression, Operation, Role, entries

__all__ = ["Update", "update"]


@dataclass(frozen=True)
class Update:
    """The factors of what is kept of a parameter and of its gradient."""

    keep: Expression
    scale: Expression


def update(assignments: Iterable[Assign]) -> Update:
    """Return the one update of all parameters; raise NotImplementedError if there is no such."""
    found = {_update(assignment) for assignment in assignments}
    if len(found) != 1:
        raise NotImplementedError("parameters with different updates have no kernel")
    return found.pop()


def _update(assignment: Assign) -> Update:
    match assignment.value:
        case Operation("+", terms):
            kept = [t for t in terms if assignment.target in entries(t)]
            moved = [t for t in terms if any(e.array.role is Role.GRADIENT for e in entries(t))]
            if len(kept) <= 1 and len(moved) == 1 and len(kept) + len(moved) == len(terms):
                keep = _factor(kept[0], assignment.target) if kept else ZERO
                gradient = next(e for e in entries(moved[0]) if e.array.role is Role.GRADIENT)
                return Update(keep, _factor(moved[0], gradient))
    raise NotImplementedError(f"no kernel is known for the update {assignment.value}")


def _factor(term: Expression, entry: Entry) -> Expression:
    """Return what an entry is multiplied by in a term that is linear in it."""
    match term:
        case Entry() if term == entry:
            return ONE
        case Operation("negate", (inner,)):
            return Operation("negate", (_factor(inner, entry),))
        case Operation("*", factors) if factors.count(entry) == 1:
            rest = tuple(factor for factor in factors if factor != entry)
            return rest[0] if len(rest) == 1 else Operation("*", rest)
    raise NotImplementedError(f"{term} is not a multiple of {entry}")
