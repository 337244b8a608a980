"""Errors and gradients of an objective, by the chain rule over its graph of named quantities.

For every quantity q, root first: ∂L/∂q is the sum over everything that uses q of that thing's error
times its local derivative. What the graph looks like (a chain, gates, a skip, a parameter used
twice) makes no difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count

from sympy import Add, Dummy, Expr, Mul, Sum, Symbol

from derive.calculus import resolve, rewrite
from derive.graph import Definition, Quantity, Role
from derive.matrix import matrix_form
from derive.notation import Partial
from derive.objective import EXAMPLE, Objective
from derive.steps import Equation, Kind, Rule, Step
from derive.sums import EXAMPLES, collect, contract, fold, index, rename_bound
from derive.trees import free_symbols, replaced

__all__ = [
    "CHAIN",
    "CONTRACT",
    "DIFFERENTIATE",
    "FOLD",
    "equations",
    "error_of",
    "error_of_features",
    "gradient_of",
    "instantiate",
    "tidied",
]

CHAIN = Rule(
    "chain rule",
    "L feels a change only through what uses it: add up error × local derivative over those",
)
DEFINITION = Rule("definition", "write what it is defined as")
DIFFERENTIATE = Rule("differentiate", "apply the differentiation rules to every ∂")
CONTRACT = Rule("δ selects", "Σ_k δ_kp F(k) has one term that is not 0: F(p)")
FOLD = Rule("definition of P", "exp(s_i)/Σ_j exp(s_j) is the probability P_i")
COLLECT = Rule("common factor", "factor out what all terms share", minor=True)


def error_of(quantity: Quantity) -> Quantity:
    """Return the quantity err(q) = ∂L/∂q of a hidden quantity q."""
    return replace(quantity, name=f"err_{quantity.name}", role=Role.ERROR)


def gradient_of(parameter: Quantity) -> Quantity:
    """Return the quantity ∂L/∂W of a parameter W."""
    return replace(parameter, name=f"d{parameter.name}", role=Role.GRADIENT)


def instantiate(definition: Definition, indices: tuple[Expr, ...]) -> Expr:
    """Return the right-hand side at these indices, its bound indices fresh, so that none is
    captured.
    """
    right = definition.right
    bound = {limit[0]: Dummy(integer=True) for s in right.atoms(Sum) for limit in s.limits}
    at = dict(zip(definition.indices, indices, strict=True))
    return replaced(replaced(right, bound), at)


def equations(objective: Objective) -> tuple[Equation, ...]:
    """Return the numbered equations: forward, P, L, then errors and gradients, root first."""
    return tuple(
        replace(equation, number=number)
        for number, equation in zip(count(1), _equations(objective), strict=False)
    )


def error_of_features(objective: Objective) -> Equation:
    """Return the equation of the error at the features, which whatever computes them asks for."""
    return _derived(objective, objective.model.features, Kind.ERROR)


def _equations(objective: Objective) -> Iterator[Equation]:
    for definition in objective.definitions:
        yield _defining(objective, definition)
    done: set[str] = set()
    for definition in reversed(objective.model.definitions):
        if _learns(objective, definition.quantity):
            yield _derived(objective, definition.quantity, Kind.ERROR)
        done.add(definition.quantity.name)
        for parameter in objective.model.parameters:
            users = {user.quantity.name for user in objective.consumers(parameter)}
            if users <= done and parameter.name not in done:
                done.add(parameter.name)
                yield _derived(objective, parameter, Kind.GRADIENT)


def _learns(objective: Objective, quantity: Quantity) -> bool:
    """Return whether a parameter lies upstream: otherwise nobody asks for its error."""
    upstream = free_symbols(objective.defined[Symbol(quantity.name, real=True)].right)
    parameters = {Symbol(p.name, real=True) for p in objective.model.parameters}
    return bool(upstream & parameters) or any(
        _learns(objective, objective.defined[label].quantity)
        for label in upstream & objective.defined.keys()
    )


def _defining(objective: Objective, definition: Definition) -> Equation:
    """State a definition as it is: nothing is derived."""
    kind = {Role.LOSS: Kind.LOSS, Role.PROBABILITIES: Kind.PROBABILITIES}.get(
        definition.quantity.role, Kind.FORWARD
    )
    right = rename_bound(definition.right)
    matrix = None
    if kind is Kind.FORWARD:
        matrix = matrix_form(right, definition.indices, definition.quantity.sizes)
    return Equation(
        number=0,
        kind=kind,
        quantity=definition.quantity,
        indices=definition.indices,
        left=definition.quantity.at(*definition.indices),
        right=right,
        matrix=matrix,
    )


def _derived(objective: Objective, quantity: Quantity, kind: Kind) -> Equation:
    """Derive ∂L/∂quantity by steps."""
    indices = _target_indices(quantity)
    left = Partial(objective.loss.quantity.at(), quantity.at(*indices))
    steps = tuple(_steps(objective, quantity, left, indices))
    right = steps[-1].after
    name = error_of if kind is Kind.ERROR else gradient_of
    return Equation(
        number=0,
        kind=kind,
        quantity=name(quantity),
        indices=indices,
        left=left,
        right=right,
        steps=steps,
        matrix=matrix_form(right, indices, quantity.sizes),
    )


def _target_indices(quantity: Quantity) -> tuple[Symbol, ...]:
    """Return the free indices of a quantity's entries: i, or i and j, after b where rows are
    examples.
    """
    lead = (EXAMPLE,) if quantity.sizes[:1] == (EXAMPLES,) else ()
    return (
        *lead,
        *(index(name) for name, _ in zip("ij", quantity.sizes[len(lead) :], strict=False)),
    )


def _steps(
    objective: Objective, quantity: Quantity, left: Expr, indices: tuple[Symbol, ...]
) -> Iterator[Step]:
    line = left
    users = list(objective.consumers(quantity))
    if users != [objective.loss]:
        step = rewrite(line, {line: _chain_rule(users, quantity.at(*indices))}, CHAIN)
        yield step
        line = step.after
    place = {
        node: Partial(
            instantiate(_definition(objective, node.expression), _at(node)), node.variable
        )
        for node in line.atoms(Partial)
    }
    step = rewrite(line, place, DEFINITION)
    yield step
    line, substeps = resolve(step.after)
    yield Step(DIFFERENTIATE, step.after, line, tuple(step.after.atoms(Partial)), substeps)
    yield from tidied(line, indices, objective)


def tidied(line: Expr, indices: tuple[Symbol, ...], objective: Objective) -> Iterator[Step]:
    """Yield the steps from a line without ∂ to the form that is read: what δ selects, P, factors."""
    tidy: tuple[tuple[Rule, Callable[[Expr], Expr]], ...] = (
        (CONTRACT, lambda e: contract(e, indices)),
        (FOLD, lambda e: fold(e, objective.probabilities)),
        (COLLECT, collect),
    )
    for rule, rewriting in tidy:
        after = rename_bound(rewriting(line))
        if after != line:
            yield Step(rule, line, after)
            line = after


def _chain_rule(users: list[Definition], variable: Expr) -> Expr:
    """Return Σ over the users u, and over their entries, of err(u) ∂u/∂variable."""
    terms = []
    for user in users:
        at = tuple(Dummy(integer=True) for _ in user.indices)
        limits = [(k, 1, last) for k, last in zip(at, user.quantity.sizes, strict=True)]
        product = Mul(error_of(user.quantity).at(*at), Partial(user.quantity.at(*at), variable))
        terms.append(Sum(product, *reversed(limits)))
    return Add(*terms)


def _definition(objective: Objective, entry: Expr) -> Definition:
    label = entry.base.label if entry.args else entry
    return objective.defined[label]


def _at(node: Partial) -> tuple[Expr, ...]:
    return tuple(getattr(node.expression, "indices", ()))
