"""a/s and b/s² as a·r and b·r², r = 1/s: several quotients by powers of one divisor by one division."""

from __future__ import annotations

from collections import Counter

from sympy import Integer

from codegen.scalar.terms import Terms

__all__ = ["by_reciprocals"]


def by_reciprocals(terms: Terms) -> Terms | None:
    """Return the terms with one division for each divisor that has several; None where none has."""
    quotients = [n for n in terms.needed() if terms.nodes[n].op == "div"]
    bases = Counter(_power(terms, terms.nodes[n].args[1])[0] for n in quotients)
    result = Terms()
    place: dict[int, int] = {}
    for number in terms.needed():
        node = terms.nodes[number]
        arguments = [place[argument] for argument in node.args]
        base, power = _power(terms, node.args[1]) if node.op == "div" else (number, 0)
        if bases[base] > 1 and power:
            one = result.add("constant", value=Integer(1))
            inverse = result.add("div", one, place[base])
            place[number], left = (
                (inverse, power - 1) if arguments[0] == one else (arguments[0], power)
            )
            for _ in range(left):
                place[number] = result.add("mul", place[number], inverse)
        else:
            place[number] = result.add(node.op, *arguments, value=node.value)
    shared = any(count > 1 for count in bases.values())
    return result.pruned(place[output] for output in terms.outputs) if shared else None


def _power(terms: Terms, number: int) -> tuple[int, int]:
    """Return the factor of which an operation is a power, and the exponent."""
    node = terms.nodes[number]
    if node.op != "mul":
        return number, 1
    (base, first), (other, second) = (_power(terms, argument) for argument in node.args)
    return (base, first + second) if base == other else (number, 1)
