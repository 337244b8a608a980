"""The L2 term: L_α = L − α/2 Σ ‖W‖² over the weight matrices, differentiated by the same rules.

L_α is a definition like any other that mentions L, whose gradient is known by then; bias vectors and
parameters of activations are left alone (Krogh and Hertz 1992). Its numbered equations are what
``--l2`` adds, and what the updates of such a derivation ascend.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from keyword import iskeyword

from sympy import Add, Expr, Integer, Mul, Rational, Sum, Symbol

from derive.backprop import CONTRACT, DEFINITION, DIFFERENTIATE
from derive.calculus import resolve, rewrite
from derive.errors import InputError, quoted
from derive.graph import Definition, Model, Quantity, Role
from derive.language.naming import check_reserved
from derive.language.tokens import tokenize
from derive.notation import Partial
from derive.objective import LOSS, Objective
from derive.rules import TABLE
from derive.steps import Equation, Kind, Step
from derive.sums import contract, index, rename_bound

__all__ = ["gradient_target", "penalty_equations", "with_l2"]


def with_l2(objective: Objective, strength: str | None) -> Objective:
    """Return the objective with L_α beside L, α being a number of that name; None: as it is."""
    if strength is None:
        return objective
    model = objective.model
    name = _name(strength, model)
    alpha = Quantity(name, (), Role.STRENGTH)
    squares = [_square(parameter) for parameter in model.parameters if len(parameter.sizes) == 2]
    right = LOSS.at() + Mul(Rational(-1, 2), alpha.at(), Add(*squares))
    penalised = Quantity(f"{LOSS.name}_{name}", (), Role.LOSS)
    return replace(objective, strength=alpha, penalty=Definition(penalised, (), right))


def _name(strength: str, model: Model) -> str:
    """Return the name as models have it; InputError for what could not name a vector there."""
    try:
        token, *rest = tokenize(strength)
    except InputError:
        rest = []
    if [end.kind for end in rest] != ["end"] or token.kind != "name" or not token.text[0].islower():
        raise InputError(f"{quoted(strength)} cannot name the strength of the L2 term: type alpha")
    name = token.text
    if not iskeyword(name):  # a slide may have λ, whose name is a word of Python
        check_reserved(token)
    taken = {quantity.name for quantity in model.quantities} | set(model.activations)
    if name in taken or f"{LOSS.name}_{name}" in taken:
        raise InputError(
            f"the model has a {name} of its own: give the strength of the L2 term another "
            "name, such as decay"
        )
    return name


def _square(matrix: Quantity) -> Expr:
    """Return Σ_ij W_ij²."""
    i, j = index("i"), index("j")
    rows, columns = matrix.sizes
    return Sum(matrix.at(i, j) ** 2, (j, Integer(1), columns), (i, Integer(1), rows))


def gradient_target(parameter: Quantity) -> tuple[Symbol, ...]:
    """Return the free indices i, j of a parameter's entries."""
    return tuple(index(name) for name, _ in zip("ij", parameter.sizes, strict=False))


def penalty_equations(objective: Objective) -> Iterator[Equation]:
    """Yield L_α and its gradients with respect to every parameter, by steps; nothing without it."""
    penalty = objective.penalty
    if penalty is None:
        return
    right = rename_bound(penalty.right)
    yield Equation(0, Kind.PENALISED, penalty.quantity, (), penalty.quantity.at(), right)
    for parameter in objective.model.parameters:
        indices = gradient_target(parameter)
        left = Partial(penalty.quantity.at(), parameter.at(*indices))
        steps = tuple(_steps(left, penalty.right, indices))
        name = f"d{penalty.quantity.name}_d{parameter.name}"
        quantity = replace(parameter, name=name, role=Role.GRADIENT)
        yield Equation(0, Kind.PENALISED, quantity, indices, left, steps[-1].after, steps)


def _steps(left: Partial, definition: Expr, indices: tuple[Symbol, ...]) -> Iterator[Step]:
    step = rewrite(left, {left: Partial(definition, left.variable)}, DEFINITION)
    yield step
    rule, differentiate = TABLE[Add]  # L is a number here that depends on every parameter
    step = rewrite(step.after, {step.after: differentiate(definition, left.variable)}, rule)
    yield step
    known = Partial(LOSS.at(), left.variable)
    line, substeps = resolve(step.after, known=(known,))
    yield Step(DIFFERENTIATE, step.after, line, tuple(step.after.atoms(Partial)), substeps)
    after = rename_bound(contract(line, indices))
    if after != line:
        yield Step(CONTRACT, line, after)
