"""The update as BLAS takes it: W ← keep·W + scale·∂L/∂W, read off the derived equation.

With an L2 term the same reading serves ∂L_α/∂W = ∂L/∂W − α W, and parameters without one, biases say,
have a ``keep`` of their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from codegen.program import ONE, ZERO, Assign, Entry, Expression, Operation, Role, entries

__all__ = ["Update", "Updates", "updates"]


@dataclass(frozen=True)
class Update:
    """The factors of what is kept of a parameter and of its gradient."""

    keep: Expression
    scale: Expression


@dataclass(frozen=True)
class Updates:
    """The update of the first parameter and all like it, and that of those ``apart``, if any are."""

    first: Update
    rest: Update
    apart: tuple[str, ...] = ()


def updates(assignments: Iterable[Assign]) -> Updates:
    """Return the updates of the parameters; raise NotImplementedError if no kernel is known."""
    found = {assignment.target.array.name: _update(assignment) for assignment in assignments}
    first, *others = dict.fromkeys(found.values())
    if len(others) > 1 or any(other.scale != first.scale for other in others):
        raise NotImplementedError("parameters with so many different updates have no kernel")
    apart = tuple(name for name, update in found.items() if update != first)
    return Updates(first, others[0] if others else first, apart)


def _update(assignment: Assign) -> Update:
    match assignment.value:
        case Operation("+", terms):
            pass
        case term:
            terms = (term,)
    kept = [t for t in terms if assignment.target in entries(t)]
    moved = [t for t in terms if any(e.array.role is Role.GRADIENT for e in entries(t))]
    if len(moved) != 1 or len(kept) + len(moved) != len(terms):
        raise NotImplementedError(f"no kernel is known for the update {assignment.value}")
    keep = [_factor(term, assignment.target) for term in kept]
    gradient = next(e for e in entries(moved[0]) if e.array.role is Role.GRADIENT)
    return Update(_added(keep), _factor(moved[0], gradient))


def _added(factors: list[Expression]) -> Expression:
    if len(factors) < 2:
        return factors[0] if factors else ZERO
    return Operation("+", tuple(sorted(factors, key=lambda factor: factor != ONE)))


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
