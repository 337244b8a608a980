"""Repeated layers: equations that are derived by the same steps, but for names."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from sympy import Expr, Symbol

from derive.graph import Model, Role
from derive.render.names import ERROR
from derive.steps import Equation, Kind
from derive.trees import free_symbols, replaced

__all__ = ["repeats"]


def repeats(equations: Iterable[Equation], model: Model) -> dict[int, int]:
    """Map the number of each error or gradient to that of the earlier one whose steps it repeats.

    Two derivations repeat each other if they are equal once every quantity is known by its role and
    number of indices alone. Two gradients alike (W and V) are both worth deriving; of three, the
    later ones are not.
    """
    roles = _roles(model)
    alike: dict[Hashable, list[Equation]] = {}
    for equation in equations:
        if equation.kind in (Kind.ERROR, Kind.GRADIENT) and equation.steps:
            pattern = (equation.kind, *(_pattern(step.after, roles) for step in equation.steps))
            alike.setdefault(pattern, []).append(equation)
    return {
        later.number: first.number
        for first, *others in alike.values()
        if first.kind is Kind.ERROR or len(others) > 1
        for later in others
    }


def _roles(model: Model) -> dict[str, str]:
    """Map each name to what it is; names of one pattern become equal."""
    roles = {q.name: f"{_kind(q.role)}{len(q.sizes)}" for q in model.quantities}
    errors = {ERROR + d.quantity.name: "error" for d in model.definitions}
    return {**roles, **errors, **dict.fromkeys(model.activations, "activation")}


def _kind(role: Role) -> str:
    forward = (Role.FEATURES, Role.HIDDEN, Role.SCORES)
    return "forward" if role in forward else role.value


def _pattern(line: Expr, roles: dict[str, str]) -> Expr:
    """Return a line with names replaced by roles and every size by one."""
    place: dict[Expr, Expr] = {}
    for symbol in free_symbols(line):
        if isinstance(symbol, Symbol) and symbol.name in roles and not symbol.is_integer:
            place[symbol] = Symbol(roles[symbol.name], **symbol.assumptions0)
        elif isinstance(symbol, Symbol) and symbol.is_positive and symbol.is_integer:
            place[symbol] = Symbol("size", integer=True, positive=True)
    return replaced(line, place)
