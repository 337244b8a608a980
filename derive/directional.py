"""How every quantity changes along a direction, and with it the Hessian-vector product.

Move each parameter and the features along a direction of their own shape, W + τ Ẇ and X + τ Ẋ.
Every quantity then changes at a rate q̇ = ∂q/∂τ, by the chain rule over what its equation mentions:

    q̇ = Σ_u Σ_k ∂q/∂u_k u̇_k

Applied to the forward pass, to the errors and to the gradients in turn this gives, last, the change
of ∂L/∂W: the Hessian times the direction, for the price of one more pass (B. A. Pearlmutter, Fast
Exact Multiplication by the Hessian, Neural Computation 6, 1994). The rules are those of every other
derivative; where an activation is differentiated twice, g″ comes up by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from sympy import Add, Dummy, Expr, Sum, Symbol

from derive.backprop import CHAIN, CONTRACT, DIFFERENTIATE, FOLD, error_of_features, tidied
from derive.calculus import resolve
from derive.graph import Quantity
from derive.matrix import matrix_form
from derive.notation import Partial
from derive.objective import Objective
from derive.steps import Equation, Kind, Rule, Step
from derive.sums import contract, fold, rename_bound
from derive.trees import free_symbols

__all__ = ["change_equations", "change_of", "with_changes"]

TIME = Symbol("tau", real=True)
DIFFERENTIATED = (Kind.FORWARD, Kind.PROBABILITIES, Kind.ERROR, Kind.GRADIENT)


def change_of(quantity: Quantity) -> Quantity:
    """Return the quantity q̇: how fast q changes, for an input the direction itself."""
    return replace(quantity, name=f"dot_{quantity.name}")


def with_changes(objective: Objective, equations: tuple[Equation, ...]) -> tuple[Equation, ...]:
    """Return the equations, the error at the features, and the changes of all, numbered on."""
    backward = [e for e in equations if e.kind in (*DIFFERENTIATED, Kind.LOSS)]
    first = [*backward, replace(error_of_features(objective), number=len(equations) + 1)]
    changes = change_equations(objective, first)
    numbered = (replace(e, number=k) for k, e in enumerate(changes, len(equations) + 2))
    return (*first, *numbered)


def change_equations(objective: Objective, equations: Sequence[Equation]) -> Iterator[Equation]:
    """Yield q̇ for every quantity that the equations give, L apart, in their order."""
    inputs = (objective.model.features, *objective.model.parameters)
    moving = {Symbol(q.name, real=True): q for q in inputs}
    for equation in equations:
        if equation.kind in DIFFERENTIATED:
            steps = tuple(_steps(objective, equation, moving))
            right = steps[-1].after
            yield replace(
                equation,
                quantity=change_of(equation.quantity),
                left=Partial(equation.quantity.at(*equation.indices), TIME),
                right=right,
                steps=steps,
                matrix=matrix_form(right, equation.indices, equation.quantity.sizes),
            )
            moving[Symbol(equation.quantity.name, real=True)] = equation.quantity


def _steps(
    objective: Objective, equation: Equation, moving: Mapping[Symbol, Quantity]
) -> Iterator[Step]:
    left = Partial(equation.quantity.at(*equation.indices), TIME)
    mentioned = [q for label, q in moving.items() if label in free_symbols(equation.right)]
    line = rename_bound(Add(*(_share(equation.right, quantity) for quantity in mentioned)))
    yield Step(CHAIN, left, line, (left,))
    after, substeps = resolve(line)
    yield Step(DIFFERENTIATE, line, after, tuple(line.atoms(Partial)), substeps)
    inner: tuple[tuple[Rule, Callable[[Expr, Sequence[Symbol]], Expr]], ...] = (
        (CONTRACT, contract),
        (FOLD, lambda body, free: fold(body, objective.probabilities)),
    )
    for rule, rewriting in inner:
        line, after = after, rename_bound(_inside(after, equation.indices, rewriting))
        if after != line:
            yield Step(rule, line, after)
    yield from tidied(after, equation.indices, objective)


def _share(right: Expr, quantity: Quantity) -> Expr:
    """Return Σ_k ∂right/∂u_k u̇_k."""
    at = tuple(Dummy(integer=True) for _ in quantity.sizes)
    limits = [(k, 1, last) for k, last in zip(at, quantity.sizes, strict=True)]
    rate = Partial(right, quantity.at(*at)) * change_of(quantity).at(*at)
    return Sum(rate, *reversed(limits)) if limits else rate


def _inside(
    expression: Expr,
    free: Sequence[Symbol],
    rewriting: Callable[[Expr, Sequence[Symbol]], Expr],
) -> Expr:
    """Rewrite what stands under each outermost Σ, whose own indices are fixed there."""
    if isinstance(expression, Add):
        return Add(*(_inside(term, free, rewriting) for term in expression.args))
    if isinstance(expression, Sum):
        fixed = (*free, *(limit[0] for limit in expression.limits))
        return Sum(rewriting(expression.function, fixed), *expression.limits)
    return rewriting(expression, free)
