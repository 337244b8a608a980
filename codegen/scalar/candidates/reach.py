"""a·x ≥ x for infinite x and for the least of all x: decided as for ordinary x on the same side of 0.

With trainable parameters the place where two sides meet is known to nobody, so that they are computed;
where both of them are infinite, or the same subnormal number, rounding would call that a tie.
"""

from __future__ import annotations

from sympy import Integer, Rational

from codegen.scalar.terms import GROWING, Terms

__all__ = ["within_range"]

WIDEST = {"float32": 100, "float64": 990}  # exponents, with room for a factor
EXPONENTS = {
    "float32": Integer(80),
    "float64": Integer(700),
}  # of which e^ is farther out than that
MOST_DEGREE = 16


def within_range(result: Terms, terms: Terms, number: int, dtype: str) -> int | None:
    """Return a comparison or sign of an x of which the sides keep within the range of floats.

    None where a side grows like a power of x too high for that.
    """
    needed = Terms(terms.nodes, (number,)).needed()
    degree = _degrees(terms, needed)[number]
    if not 0 < degree <= MOST_DEGREE:
        return None
    most = Integer(2 ** (WIDEST[dtype] // degree))
    x = _bounded(result, result.add("x"), most)
    x = _away_from_0(result, x, 1 / most)
    place: dict[int, int] = {}
    for each in needed:
        node = terms.nodes[each]
        again = [place[argument] for argument in node.args]
        if node.op in GROWING:
            again = [_bounded(result, again[0], EXPONENTS[dtype])]
        place[each] = x if node.op == "x" else result.add(node.op, *again, value=node.value)
    return place[number]


def _bounded(terms: Terms, value: int, most: Integer) -> int:
    """Return a value, or ±most where it is beyond."""
    high, low = (terms.add("constant", value=side * most) for side in (1, -1))
    below = terms.add("select", terms.add("lt", high, value), high, value)
    return terms.add("select", terms.add("lt", value, low), low, below)


def _away_from_0(terms: Terms, value: int, least: Rational) -> int:
    """Return a value, or ±least where it lies between that and 0."""
    zero = terms.add("constant", value=Integer(0))
    result = value
    for side in (1, -1):
        end = terms.add("constant", value=side * least)
        first, last = (zero, end) if side > 0 else (end, zero)
        inside = terms.add("and", terms.add("lt", first, value), terms.add("lt", value, last))
        result = terms.add("select", inside, end, result)
    return result


def _degrees(terms: Terms, numbers: list[int]) -> dict[int, int]:
    """Return for each operation the power of x in which it grows, where no exponential does."""
    degrees: dict[int, int] = {}
    for number in numbers:
        node = terms.nodes[number]
        inner = [degrees[argument] for argument in node.args]
        match node.op:
            case "x":
                degree = 1
            case "constant" | "parameter":
                degree = 0
            case "mul":
                degree = sum(inner)
            case _:
                degree = max(inner)
        degrees[number] = degree
    return degrees
