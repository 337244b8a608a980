"""The equations of an activation: g(x) = its formula, then g′(x), each ∂g/∂β and g″(x) by steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sympy import Expr, Symbol, Tuple

from derive.activation import Activation
from derive.backprop import DEFINITION, DIFFERENTIATE
from derive.calculus import derivative, resolve, rewrite
from derive.conditions import substitute
from derive.formula import X
from derive.gathered import gathered_cases, over_one_denominator
from derive.graph import Model, Quantity, Role
from derive.logistic_terms import in_logistic_terms
from derive.notation import Activated, Partial
from derive.own_terms import in_own_terms
from derive.steps import Equation, Kind, Rule, Step
from derive.subgradient import repaired_derivative, second_derivative

__all__ = ["activation_equations", "second_derivative_equations"]

OWN_TERMS = Rule("in terms of g", "the derivative needs no more than the value already computed")
GATHER = Rule("by cases", "gather what holds in each case")
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
        for slot, variable in enumerate((X, *named.renamed.values())):
            steps = list(_rules_replayed(named.value, named.formula, variable))
            if variable == X:
                steps += _finished(named, steps[-1].after, model)
            yield named.equation(named.value.raised(slot), steps[-1].after, tuple(steps))


def second_derivative_equations(model: Model) -> Iterator[Equation]:
    """Yield g″ for each activation of the model that is bound to a formula."""
    for named in _bound(model):
        by_rules = derivative(named.formula, X)
        slope = named.shown(repaired_derivative(named.activation, named.own(by_rules)))
        steps = list(_rules_replayed(named.value.raised(0), slope, X))
        own = named.own(steps[-1].after)
        chosen = second_derivative(named.activation, named.own(slope), own)
        if chosen != own:
            before = steps[-1].after
            steps.append(Step(SUBGRADIENT, before, named.shown(chosen), (before,)))
        left = named.value.raised(0).raised(0)
        yield named.equation(left, steps[-1].after, tuple(steps))


@dataclass(frozen=True)
class _Named:
    """An activation as the model names it: its symbol, and the quantities that its parameters are."""

    name: str
    activation: Activation
    renamed: Mapping[Symbol, Symbol]

    @property
    def formula(self) -> Expr:
        return self.activation.expression.xreplace(dict(self.renamed))

    @property
    def value(self) -> Activated:
        learned = self.renamed.values()
        return Activated(Symbol(self.name), Tuple(*[0] * (1 + len(learned))), X, *learned)

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
            learned = [Symbol(quantity, real=True) for quantity in model.trainable(name).values()]
            renamed = dict(zip(activation.symbols, learned, strict=True))
            yield _Named(name, activation, renamed)


def _rules_replayed(value: Activated, formula: Expr, variable: Expr) -> Iterator[Step]:
    start = Partial(value, variable)
    yield (step := rewrite(start, {start: Partial(formula, variable)}, DEFINITION))
    result, substeps = resolve(step.after)
    yield Step(DIFFERENTIATE, step.after, result, (step.after,), substeps)


def _finished(named: _Named, slope: Expr, model: Model) -> Iterator[Step]:
    """Yield what remains after the rules: the choice at break points, or the form people know."""
    own = named.own(slope)
    chosen = repaired_derivative(named.activation, own)
    if mended := chosen != own:
        yield Step(SUBGRADIENT, slope, named.shown(chosen), (slope,))
        slope = named.shown(chosen)
    if (gathered := gathered_cases(slope)) is not None:
        yield Step(GATHER, slope, gathered, (slope,))
        slope = gathered
    if mended:
        return
    known = [(over_one_denominator(slope), TOGETHER)]
    if not named.activation.parameters:
        known.append((in_own_terms(named.activation.expression, slope, named.value), OWN_TERMS))
    if LOGISTIC_NAMES.isdisjoint(model.activations):
        known.append((in_logistic_terms(slope), LOGISTIC))
    forms = [(form, rule) for form, rule in known if form is not None]
    if forms:
        form, rule = min(forms, key=lambda pair: int(pair[0].count_ops()))
        yield Step(rule, slope, form, (slope,))
