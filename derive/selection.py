"""The part of a derivation that the gradients of some parameters need."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sympy import Expr

from derive.errors import InputError
from derive.notation import Activated
from derive.spelling import did_you_mean
from derive.steps import Equation, Kind
from derive.trees import free_symbols

__all__ = ["check_parameters", "needed"]

ALWAYS = (Kind.FORWARD, Kind.PROBABILITIES, Kind.LOSS)


def check_parameters(wanted: Iterable[str], known: Collection[str]) -> None:
    """Raise InputError if one of the wanted parameters is none of the known."""
    for name in map(str, wanted):
        if name not in known:
            raise InputError(
                f"the model has no parameter {name}{did_you_mean(name, known)}: its parameters are "
                f"{', '.join(known)}"
            )


def needed(equations: Collection[Equation], parameters: Collection[str]) -> tuple[Equation, ...]:
    """Return, in order, what the gradients of these parameters are made of, and their updates.

    The forward pass and the loss always stay; an error stays where a gradient that stays mentions
    it, directly or through other errors.
    """
    gradients = {f"d{name}" for name in parameters}
    kept = {
        equation.quantity.name
        for equation in equations
        if equation.kind is Kind.GRADIENT and equation.quantity.name in gradients
    }
    while True:
        mentioned = {
            symbol.name
            for equation in equations
            if equation.kind in (Kind.GRADIENT, Kind.ERROR) and equation.quantity.name in kept
            for symbol in free_symbols(equation.right)
        }
        more = {
            equation.quantity.name
            for equation in equations
            if equation.kind is Kind.ERROR and equation.quantity.name in mentioned - kept
        }
        if not more:
            break
        kept |= more
    staying = [e for e in equations if e.kind in ALWAYS or _is_kept(e, kept, parameters)]
    applied = {_applied(node) for e in staying for node in e.right.atoms(Activated)}
    return tuple(
        equation
        for equation in equations
        if equation in staying
        or (equation.kind is Kind.ACTIVATION and _applied(equation.left) in applied)
    )


def _is_kept(equation: Equation, kept: Collection[str], parameters: Collection[str]) -> bool:
    if equation.kind is Kind.UPDATE:
        return equation.quantity.name in parameters
    if equation.kind is Kind.PENALISED:
        return not equation.steps or _differentiated(equation) in parameters
    return equation.kind in (Kind.ERROR, Kind.GRADIENT) and equation.quantity.name in kept


def _differentiated(equation: Equation) -> str:
    variable = equation.left.variable
    return str(variable.base.label.name if equation.indices else variable.name)


def _applied(node: Expr) -> tuple[str, tuple[int, ...]]:
    return node.symbol.name, node.orders
