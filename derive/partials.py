"""An activation and its first and second derivatives, in x and in its trainable parameters.

Each is named by its orders, as those of :class:`derive.notation.Activated` are: with one trainable β,
(1, 0) is g′, (0, 1) is ∂g/∂β, (1, 1) is ∂g′/∂β. Orders commute, so that each stands here once.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations_with_replacement

from sympy import Expr

from derive.activation import Activation
from derive.calculus import derivative
from derive.formula import X
from derive.subgradient import filled, repaired_derivative, second_derivative

__all__ = ["Orders", "orders_of", "partials", "slots_of"]

Orders = tuple[int, ...]


def orders_of(count: int, total: int) -> Iterator[Orders]:
    """Yield the orders of the derivatives of that total order: x first, then ``count`` parameters."""
    for slots in combinations_with_replacement(range(1 + count), total):
        yield tuple(slots.count(slot) for slot in range(1 + count))


def slots_of(orders: Orders) -> tuple[int, ...]:
    """Return what is differentiated for, each as often as it is: (1, 0, 1) gives (0, 2)."""
    return tuple(slot for slot, order in enumerate(orders) for _ in range(order))


def partials(activation: Activation) -> dict[Orders, Expr]:
    """Map orders up to a total of 2 to g and its derivatives, as chosen at break points of x."""
    slope = repaired_derivative(activation)
    variables = (X, *activation.symbols)
    first = (slope, *(derivative(activation.bound, parameter) for parameter in activation.symbols))
    found = {}
    for total in range(3):
        for orders in orders_of(len(activation.symbols), total):
            match slots_of(orders):
                case ():
                    found[orders] = filled(activation)
                case (slot,):
                    found[orders] = first[slot]
                case (0, 0):
                    found[orders] = second_derivative(activation, slope)
                case (one, other):
                    found[orders] = derivative(first[one], variables[other])
    return found
