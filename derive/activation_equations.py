"""The equations of an activation: g(x) = its formula, then g′(x) and each ∂g/∂β by steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sympy import Expr, Symbol, Tuple

from derive.activation import Activation
from derive.backprop import DEFINITION, DIFFERENTIATE
from derive.calculus import resolve, rewrite
from derive.conditions import substitute
from derive.formula import X
from derive.graph import Model, Quantity, Role
from derive.notation import Activated, Partial
from derive.own_terms import in_own_terms
from derive.steps import Equation, Kind, Rule, Step
from derive.subgradient import repaired_derivative

__all__ = ["activation_equations"]

OWN_TERMS = Rule("in terms of g", "the derivative needs no more than the value already computed")
SUBGRADIENT = Rule(
    "choice at the break point",
    "where g is continuous, the derivative chosen lies between the two one-sided ones",
)


def activation_equations(model: Model) -> Iterator[Equation]:
    """Yield g, g′ and ∂g/∂β for each activation of the model that is bound to a formula."""
    for name, activation in model.activations.items():
        if activation is None:
            continue
        learned = [Symbol(quantity, real=True) for quantity in model.trainable(name).values()]
        renamed = dict(zip(activation.symbols, learned, strict=True))
        formula = activation.expression.xreplace(renamed)
        value = Activated(Symbol(name), Tuple(*[0] * (1 + len(learned))), X, *learned)
        yield _equation(name, value, formula, ())
        for slot, variable in enumerate((X, *learned)):
            steps = list(_rules_replayed(value, formula, variable))
            if variable == X:
                steps += _finished(activation, value, steps[-1].after, renamed)
            yield _equation(name, value.raised(slot), steps[-1].after, tuple(steps))


def _rules_replayed(value: Activated, formula: Expr, variable: Expr) -> Iterator[Step]:
    start = Partial(value, variable)
    yield (step := rewrite(start, {start: Partial(formula, variable)}, DEFINITION))
    result, substeps = resolve(step.after)
    yield Step(DIFFERENTIATE, step.after, result, (step.after,), substeps)


def _finished(
    activation: Activation, value: Activated, slope: Expr, renamed: Mapping[Symbol, Symbol]
) -> Iterator[Step]:
    """Yield what remains after the rules: the choice at break points, or the form people know."""
    own = substitute(slope, {quantity: symbol for symbol, quantity in renamed.items()})
    chosen = repaired_derivative(activation, own)
    if chosen != own:
        yield Step(SUBGRADIENT, slope, substitute(chosen, renamed), (slope,))
    elif not activation.parameters:
        known = in_own_terms(activation.expression, slope, value)
        if known is not None:
            yield Step(OWN_TERMS, slope, known, (slope,))


def _equation(name: str, left: Activated, right: Expr, steps: tuple[Step, ...]) -> Equation:
    quantity = Quantity(name + "'" * sum(left.orders), (), Role.HIDDEN)
    return Equation(0, Kind.ACTIVATION, quantity, (), left, right, steps)
