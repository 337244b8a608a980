"""Bounds on every operation, whatever x and the parameters are: which of two terms is the larger one."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from sympy import Expr

from codegen.scalar.literals import literal
from codegen.scalar.terms import Node, Terms

__all__ = ["Range", "larger", "ranges"]

Range = tuple[float, float]
EVERY: Range = (-math.inf, math.inf)
ROUNDING = 1 + 2.0**-20  # more than whatever is computed is beyond its bounds

# Where a function rises, its values at the ends of a range; where it does not, the range of its values
RISING: dict[str, Callable[[float], float]] = {
    "exp": lambda a: math.exp(min(a, 709.0)) if a < math.inf else a,
    "tanh": math.tanh,
    "atan": math.atan,
    "erf": math.erf,
    "sqrt": lambda a: math.sqrt(max(a, 0.0)),
}
BOUNDED: dict[str, Range] = {
    "sin": (-1.0, 1.0),
    "cos": (-1.0, 1.0),
    "erfc": (0.0, 2.0),
    "sign": (-1.0, 1.0),
    "cosh": (1.0, math.inf),
}


def ranges(terms: Terms) -> list[Range]:
    """Return the least and the largest value of each operation; comparisons have those of no number."""
    found: list[Range] = []
    for node in terms.nodes:
        found.append(_range(node, [found[argument] for argument in node.args]))
    return found


def larger(known: Sequence[Range], terms: Terms, a: int, b: int) -> bool:
    """Return whether |a| ≥ |b| always, in binary exponents of what is computed too."""
    low, high = known[a]
    least, most = max(low, -high, 0.0), max(abs(end) for end in known[b])
    rounding = 1.0 if terms.nodes[a].op == "constant" else ROUNDING
    return least > 0 and most * rounding <= least and most < math.inf


def _range(node: Node, inner: list[Range]) -> Range:
    match node.op:
        case "constant" if isinstance(node.value, Expr):
            value = literal(node.value)[0]
            return EVERY if math.isnan(value) else (value, value)
        case "neg":
            return -inner[0][1], -inner[0][0]
        case "abs":
            (low, high), *_ = inner
            return max(low, -high, 0.0), max(-low, high)
        case "select":
            return min(low for low, _ in inner[1:]), max(high for _, high in inner[1:])
        case "add" | "add_exact":
            return _sum(inner[0], inner[1])
        case "sub" | "sub_exact":
            low, high = inner[1]
            return _sum(inner[0], (-high, -low))
        case "mul" if node.args[0] == node.args[1]:
            most = max(abs(end) for end in inner[0])
            least = max(inner[0][0], -inner[0][1], 0.0)
            return least * least, most * most
        case "mul":
            ends = [0.0 if 0.0 in (a, b) else a * b for a in inner[0] for b in inner[1]]
            return min(ends), max(ends)
    if node.op in RISING:
        low, high = (RISING[node.op](end) for end in inner[0])
        return low, high
    return BOUNDED.get(node.op, EVERY)


def _sum(a: Range, b: Range) -> Range:
    low, high = a[0] + b[0], a[1] + b[1]
    return (-math.inf if math.isnan(low) else low), (math.inf if math.isnan(high) else high)
