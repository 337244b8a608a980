"""From derived equations to a program: the only door from SymPy to the IR.

One :class:`~codegen.program.Assign` an equation, entry by entry; nothing is decided here about
loops, libraries or memory. What is not known raises :class:`LoweringError`, so that no kernel is
ever made from half an equation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction

from sympy import (
    Add,
    Expr,
    Indexed,
    KroneckerDelta,
    Mul,
    Pow,
    Rational,
    Sum,
    Symbol,
    exp,
    expand_mul,
    log,
)

from codegen.program import (
    ONE,
    Applied,
    Array,
    Assign,
    Delta,
    Entry,
    Expression,
    Number,
    Operation,
    Reduction,
    Role,
    Scalar,
    rewritten,
)
from derive import graph
from derive.derivation import LEARNING_RATE
from derive.notation import Activated, Partial
from derive.steps import Equation

__all__ = ["LoweringError", "lower", "lower_penalty", "lower_update"]

ROLES = {
    graph.Role.FEATURES: Role.FEATURES,
    graph.Role.LABELS: Role.LABELS,
    graph.Role.WEIGHTS: Role.WEIGHTS,
    graph.Role.PARAMETER: Role.PARAMETER,
    graph.Role.ACTIVATION_PARAMETER: Role.PARAMETER,
    graph.Role.GRADIENT: Role.GRADIENT,
    graph.Role.LOSS: Role.LOSS,
}


class LoweringError(NotImplementedError):
    """An expression that no kernel is known for; the message shows it and its equation."""


def lower(equations: Iterable[Equation], inputs: Iterable[graph.Quantity]) -> tuple[Assign, ...]:
    """Return one assignment an equation, in the same order; the inputs are given, not defined."""
    arrays = {quantity.name: _array(quantity) for quantity in inputs}
    assignments = []
    for equation in equations:
        array = _array(equation.quantity)
        if array.role is Role.GRADIENT:
            array = replace(array, of=_differentiated(equation.left, arrays))
        try:
            value = _Lowering(arrays).expression(equation.right)
        except LoweringError as error:
            raise LoweringError(f"equation ({equation.number}): {error}") from None
        arrays[array.name] = array
        target = Entry(array, tuple(index.name for index in equation.indices))
        assignments.append(Assign((target,), value, (equation.number,)))
    return tuple(assignments)


def _array(quantity: graph.Quantity) -> Array:
    return Array(quantity.name, _sizes(quantity), ROLES.get(quantity.role, Role.LOCAL))


def _differentiated(left: Partial, arrays: Mapping[str, Array]) -> str:
    """Return the name of the parameter in ∂L/∂parameter, or in the change of that."""
    changed, by = (
        str(node.base.label.name if isinstance(node, Indexed) else node.name) for node in left.args
    )
    return (changed in arrays and arrays[changed].of) or by


def _sizes(quantity: graph.Quantity) -> tuple[str, ...]:
    return tuple(size.name for size in quantity.sizes)


class _Lowering:
    """Lower expressions over the arrays that are known so far."""

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self.arrays = arrays

    def expression(self, node: Expr) -> Expression:
        """Return the expression in the IR; raise LoweringError on what it does not know."""
        for kind, method in self._methods:
            if isinstance(node, kind):
                return method(self, node)
        raise LoweringError(f"no kernel is known for {node} ({type(node).__name__})")

    def _entry(self, node: Indexed) -> Expression:
        return Entry(self._known(node.base.label), tuple(self._index(i) for i in node.indices))

    def _symbol(self, node: Symbol) -> Expression:
        return Entry(self._known(node))

    def _known(self, label: Symbol) -> Array:
        if label.name not in self.arrays:
            raise LoweringError(f"{label} is used before it is computed")
        return self.arrays[label.name]

    def _index(self, node: Expr) -> str | Entry:
        if isinstance(node, Symbol):
            return str(node.name)
        entry = self.expression(node)
        if isinstance(entry, Entry) and entry.array.role is Role.LABELS:
            return entry
        raise LoweringError(f"{node} is no index")

    def _number(self, node: Rational) -> Expression:
        return Number(Fraction(int(node.p), int(node.q)))

    def _add(self, node: Add) -> Expression:
        return Operation("+", tuple(self.expression(term) for term in node.as_ordered_terms()))

    def _mul(self, node: Mul) -> Expression:
        """Return a product, its negative, or a quotient, as it would be written."""
        numerator, denominator = [], []
        for factor in node.as_ordered_factors():
            if isinstance(factor, Pow) and factor.exp.is_Integer and factor.exp < 0:
                denominator += [self.expression(factor.base)] * int(-factor.exp)
            else:
                numerator.append(self.expression(factor))
        negative = numerator[:1] == [Number(Fraction(-1))]
        value = _product(numerator[1:] if negative else numerator)
        if denominator:
            value = Operation("/", (value, _product(denominator)))
        return Operation("negate", (value,)) if negative else value

    def _power(self, node: Pow) -> Expression:
        if node.exp.is_Integer and node.exp > 0:
            return _product([self.expression(node.base)] * int(node.exp))
        if node.exp == -1:
            return Operation("/", (ONE, self.expression(node.base)))
        raise LoweringError(f"no kernel is known for the power {node}")

    def _exponential(self, node: exp) -> Expression:
        return Operation("exp", (self.expression(node.args[0]),))

    def _logarithm(self, node: log) -> Expression:
        return Operation("log", (self.expression(node.args[0]),))

    def _delta(self, node: KroneckerDelta) -> Expression:
        first, second = (self._index(argument) for argument in node.args[:2])
        return Delta(second, first) if isinstance(first, Entry) else Delta(first, second)

    def _activated(self, node: Activated) -> Expression:
        return Applied(
            node.symbol.name,
            node.orders,
            self.expression(node.argument),
            tuple(self.expression(parameter) for parameter in node.parameters),
        )

    def _sum(self, node: Sum) -> Expression:
        value = self.expression(node.function)
        for limit in node.limits:
            index, first, last = limit
            if first != 1:
                raise LoweringError(f"a sum begins at 1, not at {first}, in {node}")
            value = Reduction("sum", index.name, last.name, value)
        return value

    _methods = (
        (Indexed, _entry),
        (Symbol, _symbol),
        (Rational, _number),
        (Add, _add),
        (Mul, _mul),
        (exp, _exponential),
        (log, _logarithm),
        (Pow, _power),
        (KroneckerDelta, _delta),
        (Activated, _activated),
        (Sum, _sum),
    )


def _product(factors: list[Expression]) -> Expression:
    if not factors:
        return ONE
    return factors[0] if len(factors) == 1 else Operation("*", tuple(factors))


def lower_update(
    equation: Equation, arrays: Mapping[str, Array], strength: str | None = None
) -> Assign:
    """Return W ← W + η ∂L/∂W as an assignment, ∂L/∂W being an entry of the gradient of W.

    With an L2 term of that strength the right side may have α W in it, too.
    """
    gradients = {array.of: array for array in arrays.values() if array.role is Role.GRADIENT}
    lowering = _Lowering(arrays)
    target = lowering.expression(equation.left)
    slopes = {
        node: Symbol(f"slope {place}")
        for place, node in enumerate(equation.right.atoms(Partial))
        if node.variable == equation.left
    }
    scalars = {LEARNING_RATE.name: Scalar("learning_rate")}
    if strength is not None:
        scalars[strength] = Scalar(strength)
    stand_ins = {name: Array(name, ()) for name in (*scalars, *(s.name for s in slopes.values()))}
    right = expand_mul(equation.right.xreplace(slopes))
    value = _Lowering({**arrays, **stand_ins}).expression(right)
    if not isinstance(target, Entry):
        raise LoweringError(f"equation ({equation.number}) updates no parameter")
    gradient = replace(target, array=gradients[target.array.name])

    def named(node: Expression) -> Expression | None:
        if isinstance(node, Entry) and node.array.name in stand_ins:
            return scalars.get(node.array.name, gradient)
        return None

    return Assign((target,), rewritten(value, named), (equation.number,))


def lower_penalty(equation: Equation, arrays: Mapping[str, Array], strength: str) -> Expression:
    """Return L_α = L − α/2 Σ ‖W‖² as an expression of L, of α and of the parameters."""
    loss = next(array for array in arrays.values() if array.role is Role.LOSS)
    known = {**arrays, strength: Array(strength, ())}
    scalars = {strength: Scalar(strength), loss.name: Scalar(loss.name)}

    def named(node: Expression) -> Expression | None:
        return scalars.get(node.array.name) if isinstance(node, Entry) else None

    return rewritten(_Lowering(known).expression(equation.right), named)
