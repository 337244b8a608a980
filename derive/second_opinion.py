"""SymPy's own ``diff`` of L, written out entry by entry, as a second opinion on a gradient.

The network is written out in plain symbols at small sizes (at symbolic sizes SymPy's ``diff`` of
nested sums takes minutes), a line for each entry of each quantity; substituted into one another the
lines of a deep model are millions of terms. SymPy differentiates each line, and the chain rule sums
over the lines, forward from a parameter's entry to L. The activations stay opaque functions there;
g′ of a formula is proved on its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from sympy import Expr, Function, Integer, Symbol

from derive.activation_value import ActivationValue
from derive.arithmetic import Symbolic
from derive.numeric import Evaluator, Values
from derive.objective import Objective
from derive.steps import Equation

__all__ = ["SecondOpinion", "relative_difference"]

SMALLEST_SCALE = 1e-6  # below this a residual is measured absolutely: central differences end there


def relative_difference(one: np.ndarray, other: np.ndarray) -> float:
    """Return the largest difference over the larger side, infinite where a side is not a number."""
    difference = np.max(abs(one - other), initial=0)
    scale = max(np.max(abs(one), initial=0), np.max(abs(other), initial=0), SMALLEST_SCALE)
    residual = float(difference / scale)
    return float("inf") if np.isnan(residual) else residual


@dataclass(frozen=True)
class _Line:
    """One entry of one quantity: the derivative in each entry that it mentions, at the point."""

    symbol: Symbol
    slopes: dict[Symbol, object]


class SecondOpinion:
    """L of one objective written out at the sizes of a point, to be differentiated by SymPy."""

    def __init__(self, objective: Objective, point: Evaluator) -> None:
        self._point = point
        self._values: dict[Symbol, np.ndarray] = {}
        self._symbols: dict[str, np.ndarray] = {}
        self._lines: list[_Line] = []
        for quantity in objective.inputs:
            self._name(quantity.name, point.values.arrays[quantity.name])
        activations = {Symbol(name): _written_out(name) for name in objective.model.activations}
        for definition in objective.defined.values():
            arrays = {**self._symbols, "y": point.values.arrays["y"]}
            values = Values(point.values.sizes, arrays, point.values.gold, activations)
            written = Evaluator(objective, values, Symbolic()).array(
                definition.right, definition.indices, definition.quantity.sizes
            )
            numbers = [self._number(entry) for entry in written.reshape(-1)]
            named = self._name(definition.quantity.name, np.array(numbers).reshape(written.shape))
            for symbol, entry in zip(named.reshape(-1), written.reshape(-1), strict=True):
                mentioned = sorted(entry.free_symbols, key=str)
                slopes = {part: self._number(entry.diff(part)) for part in mentioned}
                self._lines.append(_Line(symbol, slopes))

    def residual(self, equation: Equation) -> float:
        """Compare a gradient's right-hand side, entry by entry, with SymPy's derivative of L."""
        parameter = equation.left.variable
        name = parameter.base.label.name if equation.indices else parameter.name
        (loss,) = self._symbols[equation.left.expression.name].reshape(-1)
        found = self._gradient(loss, self._symbols[name].reshape(-1))
        derived = self._point.array(equation.right, equation.indices, equation.quantity.sizes)
        return relative_difference(found.reshape(derived.shape), derived)

    def _gradient(self, loss: Symbol, parameters: np.ndarray) -> np.ndarray:
        """Return ∂L/∂ each of these symbols, by the chain rule over the lines up to L."""
        zero = self._point.arithmetic.number(Integer(0))
        one = self._point.arithmetic.number(Integer(1))
        slopes: dict[Symbol, np.ndarray] = {}
        for place, parameter in enumerate(parameters):
            slopes[parameter] = np.full(parameters.size, zero)
            slopes[parameter][place] = one
        nothing = np.full(parameters.size, zero)
        for line in self._lines:
            parts = [by * slopes[on] for on, by in line.slopes.items() if on in slopes]
            if parts:
                slopes[line.symbol] = sum(parts, nothing)
        return slopes.get(loss, nothing)

    def _name(self, name: str, numbers: np.ndarray) -> np.ndarray:
        """Give each entry of a quantity a symbol, whose value is this number."""
        numbers = np.asarray(numbers)
        symbols = [Symbol(f"{name}[{k}]", real=True) for k in range(numbers.size)]
        self._values |= dict(zip(symbols, numbers.reshape(-1), strict=True))
        self._symbols[name] = np.array(symbols, dtype=object).reshape(numbers.shape)
        return self._symbols[name]

    def _number(self, expression: Expr) -> object:
        values = {symbol: self._values[symbol] for symbol in expression.free_symbols}
        return self._point.arithmetic.scalar(expression, values, self._function).item()

    def _function(self, node: Expr) -> Callable[..., np.ndarray] | None:
        if not hasattr(node, "orders"):
            return None
        value = self._point.values.activations[node.symbol]
        return lambda *parts: value(node.orders, parts)


@cache
def _opaque(name: str, orders: tuple[int, ...]) -> type[Function]:
    """Return g, or a derivative of it, as a function that SymPy differentiates by ``fdiff``."""

    def fdiff(self: Function, argindex: int = 1) -> Expr:
        raised = tuple(order + (k == argindex - 1) for k, order in enumerate(orders))
        return _opaque(name, raised)(*self.args)

    members = {"fdiff": fdiff, "nargs": len(orders), "symbol": Symbol(name), "orders": orders}
    return type(name, (Function,), members)


def _written_out(name: str) -> ActivationValue:
    """Return g of SymPy expressions, g itself left opaque."""

    def value(orders: tuple[int, ...], parts: tuple[np.ndarray, ...]) -> np.ndarray:
        return np.frompyfunc(_opaque(name, orders), len(parts), 1)(*parts)

    return value
