"""An output of x and parameters that is one function of one variable: g(x; p) = p^r h(x p^q).

c·erf(b x) is c·h(b x), √(x² + a²) − a is a·h(x/a). What serves h, a series with numbers for coefficients,
then serves g whatever the parameters are. The powers are looked for by trying: two sides at high precision
are the same number or not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray
from sympy import Integer

from codegen.scalar.settled import settled
from codegen.scalar.terms import Terms

__all__ = ["Similarity", "similarity"]

INSIDE = (0, 1, -1, 2, -2)
OUTSIDE = (0, 1, -1, 2, -2, 3, -3)
PRECISION = 250
AGREED = 120  # bits
PLACES = (0.40625, -0.71875, 1.84375, -3.15625)  # of x
SETTINGS = (1.0, 0.78125, 1.34375)  # times a parameter's default


@dataclass(frozen=True)
class Similarity:
    """For each parameter the sign that it has, and the powers of its size inside and outside of h."""

    powers: Mapping[str, tuple[int, int, int]]
    terms: Terms  # h of x

    def inside(self, terms: Terms) -> int:
        """Return the operation x p^q, the variable of h."""
        return self._times(terms, terms.add("x"), 1, 0)

    def outside(self, terms: Terms, result: int, order: int = 0) -> int:
        """Return the operation p^r h for a result h, with p^q to the power of an order beside it."""
        return self._times(terms, result, order, 1)

    def _times(self, terms: Terms, number: int, inside: int, outside: int) -> int:
        above, below = list[int](), list[int]()
        for name, (sign, q, r) in self.powers.items():
            size = terms.add("parameter", value=name)
            if sign < 0:
                size = terms.add("neg", size)
            power = inside * q + outside * r
            (above if power > 0 else below).extend([size] * abs(power))
        for op, sizes in (("mul", above), ("div", below)):
            if sizes:
                whole = sizes[0]
                for size in sizes[1:]:
                    whole = terms.add("mul", whole, size)
                number = terms.add(op, number, whole)
        return number

    def at(
        self, points: NDArray[np.float64], parameters: Mapping[str, NDArray[np.float64]]
    ) -> NDArray[np.float64]:
        """Return x p^q at each point."""
        with np.errstate(all="ignore"):
            result = points.copy()
            for name, (_, inside, _) in self.powers.items():
                result = result * np.abs(parameters[name]) ** float(inside)
        return result


def similarity(terms: Terms, output: int, defaults: Mapping[str, float]) -> Similarity | None:
    """Return how an output of terms is a function of one variable; None where it is not seen to be."""
    here = Terms(terms.nodes, (output,))
    used = {str(here.nodes[n].value) for n in here.needed() if here.nodes[n].op == "parameter"}
    powers = dict[str, tuple[int, int, int]]()
    for name, default in defaults.items():
        if name not in used:
            powers[name] = 1, 0, 0
        elif default == 0 or (found := _powers(here, name, defaults)) is None:
            return None
        else:
            powers[name] = 1 if default > 0 else -1, *found
    units = {name: sign for name, (sign, _, _) in powers.items()}
    return Similarity(powers, _with(here, units))


def _powers(terms: Terms, name: str, defaults: Mapping[str, float]) -> tuple[int, int] | None:
    """Return q and r with g(x; p) = |p|^r g(x |p|^q; ±1) for a parameter p, whatever the others are."""
    fitting = sorted(product(INSIDE, OUTSIDE), key=lambda pair: abs(pair[0]) + abs(pair[1]))
    before, ctx.prec = ctx.prec, PRECISION
    try:
        for x, setting in product(PLACES, SETTINGS):
            given = {each: value * setting for each, value in defaults.items()}
            size, unit = arb(abs(given[name])), 1.0 if given[name] > 0 else -1.0
            value = _value(terms, arb(x), given)
            if value is None:
                return None
            if size == 1:
                continue
            left = list[tuple[int, int]]()
            others = {
                inside: _value(terms, arb(x) * size**inside, given | {name: unit})
                for inside in {inside for inside, _ in fitting}
            }
            for inside, outside in fitting:
                other = others[inside]
                if other is not None and _same(value, size**outside * other):
                    left.append((inside, outside))
            fitting = left
        return fitting[0] if fitting else None
    finally:
        ctx.prec = before


def _value(terms: Terms, x: arb, given: Mapping[str, float]) -> arb | None:
    (ball,) = settled(terms, x, given, AGREED + 20)
    return ball if ball is not None and ball.is_finite() else None


def _same(a: arb, b: arb) -> bool:
    return bool(abs(a - b) <= abs(a) * arb(2) ** -AGREED)


def _with(terms: Terms, values: Mapping[str, float]) -> Terms:
    """Return the terms with whole numbers in the place of parameters."""

    def enter(result: Terms, number: int, _: Mapping[int, int]) -> int | None:
        node = terms.nodes[number]
        if node.op != "parameter":
            return None
        return result.add("constant", value=Integer(values[str(node.value)]))

    return terms.rebuilt(enter)
