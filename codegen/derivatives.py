"""Which scalar function gives which derivative of an activation, and at which place.

g, g′ and g″ have functions of their own; those in trainable parameters come together, as tuples:
``parameter_derivatives`` gives ∂g/∂β of every β, ``derivative_parameter_derivatives`` ∂g′/∂β, and
``second_parameter_derivatives`` the ∂²g/∂β∂γ of all pairs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from derive.partials import Orders, orders_of, slots_of

__all__ = ["Member", "functions_of_order", "member", "written"]

NAMES = ("value", "derivative", "second_derivative")
OF_PARAMETERS = ("parameter_derivatives", "second_parameter_derivatives")


@dataclass(frozen=True)
class Member:
    """A derivative as a function gives it: alone, or at a place of a tuple."""

    function: str
    place: int | None = None

    def of(self, symbol: str, arguments: str) -> str:
        """Return the call that gives it."""
        call = f"{symbol}_{self.function}({arguments})"
        return call if self.place is None else f"{call}[{self.place}]"


def member(orders: Orders) -> Member:
    """Return the function of these orders, whose total is 2 at most."""
    name = _function(orders)
    if not any(orders[1:]):
        return Member(name)
    return Member(name, functions_of_order(len(orders) - 1, sum(orders))[name].index(orders))


def functions_of_order(count: int, total: int) -> dict[str, list[Orders]]:
    """Map each function of derivatives of a total order, with ``count`` parameters, to what it gives."""
    found: dict[str, list[Orders]] = {}
    for orders in orders_of(count, total):
        found.setdefault(_function(orders), []).append(orders)
    return found


def written(symbol: str, orders: Orders, parameters: Sequence[str]) -> str:
    """Return how a derivative is written: g″, and ∂²g/∂x∂β of orders (1, 1)."""
    if not any(orders[1:]):
        return symbol + ("", "′", "″")[orders[0]]
    square = ("", "", "²")
    below = zip(("x", *parameters), orders, strict=True)
    names = "".join(f"∂{name}{square[order]}" for name, order in below if order)
    return f"∂{square[sum(orders)]}{symbol}/{names}"


def _function(orders: Orders) -> str:
    match slots_of(orders):
        case [0, 0]:
            return NAMES[2]
        case [0, _]:
            return f"{NAMES[1]}_{OF_PARAMETERS[0]}"
        case [] | [0]:
            return NAMES[sum(orders)]
        case [_] | [_, _]:
            return OF_PARAMETERS[sum(orders) - 1]
    raise ValueError(f"a derivative of orders {orders} has no function: two are derived")
