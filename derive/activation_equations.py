"""The equations of an activation: g(x) = its formula, then g′(x), each ∂g/∂β and g″(x) by steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sympy import Expr, Symbol, Tuple

from derive.activation import Activation
from derive.backprop import DEFINITION, DIFFERENTIATE
from derive.calculus import derivative, resolve, rewrite
from derive.conditions import substitute
from derive.formula import X, parameter
from derive.gathered import gathered_cases, over_one_denominator
from derive.graph import Model, Quantity, Role
from derive.logistic_terms import in_logistic_terms
from derive.moduli import without_signs
from derive.notation import Activated, Partial
from derive.own_terms import in_own_terms
from derive.partials import orders_of, slots_of
from derive.steps import Equation, Kind, Rule, Step
from derive.subgradient import repaired_derivative, second_derivative

__all__ = ["activation_equations", "second_derivative_equations"]

GATHER = Rule("by cases", "gather what holds in each case")
MODULUS = Rule("u sign(u) = |u|", "like powers of u and |u| are gathered")
TOGETHER = Rule("one fraction", "over one denominator, terms cancel")
LOGISTIC = Rule("logistic function", "σ(u) is short for 1/(1 + e^(−u))")
LOGISTIC_NAMES = {"sigma", "σ"}  # where the model itself means something by σ
SUBGRADIENT = Rule(
    "choice at the break point",
    "where g is continuous, the derivative chosen lies between the two one-sided ones",
)


def activation_equations(model: Model) -> Iterator[Equation]:
    """Yield g, g′ and ∂g/∂β for each activation of the model that is bound to a formula."""
    for named in _bound(model):
        yield named.equation(named.value, named.formula, ())
        for slot, variable in enumerate((X, *named.learned)):
            steps = list(_rules_replayed(named.value, named.formula, variable))
            steps += _finished(named, steps[-1].after, model, chosen=variable == X)
            yield named.equation(named.value.raised(slot), steps[-1].after, tuple(steps))


def second_derivative_equations(model: Model) -> Iterator[Equation]:
    """Yield g″ for each activation of the model that is bound to a formula.

    With trainable parameters also ∂g′/∂β and the second derivatives in these.
    """
    for named in _bound(model):
        variables = (X, *named.learned)
        first = [derivative(named.formula, variable) for variable in variables]
        first[0] = named.shown(repaired_derivative(named.activation, named.own(first[0])))
        for orders in orders_of(len(named.learned), 2):
            one, other = slots_of(orders)
            slope, value = first[one], named.value.raised(one)
            steps = list(_rules_replayed(value, slope, variables[other]))
            if one == other == 0:
                steps += _choice(named, slope, steps[-1].after)
            yield named.equation(value.raised(other), steps[-1].after, tuple(steps))


def _choice(named: _Named, slope: Expr, curvature: Expr) -> Iterator[Step]:
    """Yield what is chosen for g″ at break points, if it is not what the rules give there."""
    own = named.own(curvature)
    chosen = second_derivative(named.activation, named.own(slope), own)
    if chosen != own:
        yield Step(SUBGRADIENT, curvature, named.shown(chosen), (curvature,))


@dataclass(frozen=True)
class _Named:
    """An activation as the model names it: its symbol, those of its parameters, those learned."""

    name: str
    activation: Activation
    renamed: Mapping[Symbol, Symbol]
    learned: tuple[Symbol, ...]

    @property
    def formula(self) -> Expr:
        return self.activation.expression.xreplace(dict(self.renamed))

    @property
    def value(self) -> Activated:
        orders = Tuple(*[0] * (1 + len(self.learned)))
        return Activated(Symbol(self.name), orders, X, *self.learned)

    def own(self, expression: Expr) -> Expr:
        """Return an expression in the activation's own names of its parameters."""
        return substitute(expression, {shown: own for own, shown in self.renamed.items()})

    def shown(self, expression: Expr) -> Expr:
        """Return an expression in the model's names."""
        return substitute(expression, self.renamed)

    def equation(self, left: Activated, right: Expr, steps: tuple[Step, ...]) -> Equation:
        quantity = Quantity(self.name + "'" * sum(left.orders), (), Role.HIDDEN)
        return Equation(0, Kind.ACTIVATION, quantity, (), left, right, steps)


def _bound(model: Model) -> Iterator[_Named]:
    for name, activation in model.activations.items():
        if activation is not None:
            labels = model.labels[name].items()
            renamed = {parameter(own): parameter(label) for own, label in labels}
            learned = tuple(renamed[own] for own in activation.symbols)
            yield _Named(name, activation, renamed, learned)


def _rules_replayed(value: Activated, formula: Expr, variable: Expr) -> Iterator[Step]:
    start = Partial(value, variable)
    yield (step := rewrite(start, {start: Partial(formula, variable)}, DEFINITION))
    result, substeps = resolve(step.after)
    yield Step(DIFFERENTIATE, step.after, result, (step.after,), substeps)


def _own_terms(symbol: str) -> Rule:
    return Rule(
        f"in terms of {symbol}", "the derivative needs no more than the value already computed"
    )


def _finished(named: _Named, slope: Expr, model: Model, *, chosen: bool) -> Iterator[Step]:
    """Yield what remains after the rules: the choice at break points, or the form people know."""
    own = named.own(slope)
    repaired = repaired_derivative(named.activation, own) if chosen else own
    if mended := repaired != own:
        yield Step(SUBGRADIENT, slope, named.shown(repaired), (slope,))
        slope = named.shown(repaired)
    if (gathered := gathered_cases(slope)) is not None:
        yield Step(GATHER, slope, gathered, (slope,))
        slope = gathered
    if mended:
        return
    if (gathered := without_signs(slope)) is not None:
        yield Step(MODULUS, slope, gathered, (slope,))
        slope = gathered
    known = [(over_one_denominator(slope), TOGETHER)]
    if not named.activation.parameters:
        own_terms = in_own_terms(named.activation.expression, slope, named.value)
        known.append((own_terms, _own_terms(named.name)))
    if LOGISTIC_NAMES.isdisjoint(model.activations):
        known.append((in_logistic_terms(slope), LOGISTIC))
    forms = [(form, rule) for form, rule in known if form is not None]
    if forms:
        form, rule = min(forms, key=lambda pair: int(pair[0].count_ops()))
        yield Step(rule, slope, form, (slope,))
