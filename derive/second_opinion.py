"""SymPy's own ``diff`` of the fully substituted L, as a second opinion on a gradient.

The network is written out entry by entry in plain symbols at small sizes (at symbolic sizes SymPy's
``diff`` of nested sums takes minutes), differentiated by SymPy, and evaluated at the point. The
activations stay opaque functions there; g′ of a formula is proved on its own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from sympy import Expr, Function, Symbol

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


class SecondOpinion:
    """L of one objective written out at the sizes of a point, to be differentiated by SymPy."""

    def __init__(self, objective: Objective, point: Evaluator) -> None:
        self._point = point
        self._values: dict[Symbol, np.ndarray] = {}
        self._symbols: dict[str, np.ndarray] = {}
        arrays: dict[str, np.ndarray] = {}
        for quantity in objective.inputs:
            numbers = np.asarray(point.values.arrays[quantity.name])
            names = [Symbol(f"{quantity.name}{k}", real=True) for k in range(numbers.size)]
            self._values |= dict(zip(names, numbers.reshape(-1), strict=True))
            arrays[quantity.name] = np.array(names, dtype=object).reshape(numbers.shape)
        self._symbols = dict(arrays)
        arrays["y"] = point.values.arrays["y"]
        activations = {Symbol(name): _written_out(name) for name in objective.model.activations}
        values = Values(point.values.sizes, arrays, point.values.gold, activations)
        written = Evaluator(objective, values, Symbolic()).forward()
        self._losses: dict[Expr, Expr] = {
            loss.quantity.at(): written.array(loss.right, (), ()).item()
            for loss in (objective.loss, objective.penalty)
            if loss is not None
        }

    def residual(self, equation: Equation) -> float:
        """Compare a gradient's right-hand side, entry by entry, with SymPy's derivative of L."""
        parameter = equation.left.variable
        name = parameter.base.label.name if equation.indices else parameter.name
        symbols = self._symbols[name]
        loss = self._losses[equation.left.expression]
        found = [self._number(loss.diff(symbol)) for symbol in symbols.reshape(-1)]
        derived = self._point.array(equation.right, equation.indices, equation.quantity.sizes)
        return relative_difference(np.array(found).reshape(derived.shape), derived)

    def _number(self, expression: Expr) -> object:
        return self._point.arithmetic.scalar(expression, self._values, self._function).item()

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
