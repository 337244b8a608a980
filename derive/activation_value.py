"""The values of an activation and of its derivatives, for the numeric evaluator.

By central differences where a proof must not lean on the rules; by the rules, in float64, where a
user asks for a gradient.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from sympy import Expr, Symbol

from derive.activation import Activation
from derive.arithmetic import Arithmetic
from derive.calculus import derivative
from derive.formula import X
from derive.wide import wide_float64

__all__ = ["ActivationValue", "arguments", "by_differences", "by_rules"]

Array = np.ndarray
ActivationValue = Callable[[tuple[int, ...], tuple[Array, ...]], Array]


def arguments(activation: Activation) -> tuple[Symbol, ...]:
    """Return x and the trainable parameters, the arguments of the bound formula."""
    return (X, *(Symbol(name, real=True) for name in activation.trainable))


def by_differences(activation: Activation, arithmetic: Arithmetic) -> ActivationValue:
    """Return g and its derivatives by central differences of the formula alone."""
    symbols = arguments(activation)

    def value(orders: tuple[int, ...], parts: tuple[Array, ...]) -> Array:
        slot = next((k for k, order in enumerate(orders) if order), None)
        if slot is None:
            return arithmetic.scalar(activation.bound, dict(zip(symbols, parts, strict=True)))
        lower = tuple(order - (k == slot) for k, order in enumerate(orders))
        up, down = (
            value(lower, tuple(p + shift if k == slot else p for k, p in enumerate(parts)))
            for shift in (arithmetic.step, -arithmetic.step)
        )
        return (up - down) / (2 * arithmetic.step)

    return value


def by_rules(activation: Activation) -> ActivationValue:
    """Return g and its derivatives by the formulas that the rules derive."""
    symbols = arguments(activation)

    @cache
    def formula(orders: tuple[int, ...]) -> Expr:
        expression = activation.bound
        for symbol, order in zip(symbols, orders, strict=True):
            for _ in range(order):
                expression = derivative(expression, symbol)
        return expression

    def value(orders: tuple[int, ...], parts: tuple[Array, ...]) -> Array:
        return wide_float64(formula(orders), dict(zip(symbols, parts, strict=True)))

    return value
