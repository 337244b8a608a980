"""a/s and b/s² as a·r and b·r², r = 1/s: several quotients by powers of one divisor by one division."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from sympy import Integer

from codegen.scalar.terms import Terms

__all__ = ["by_reciprocals"]


def by_reciprocals(terms: Terms) -> Terms | None:
    """Return the terms with one division for each divisor that has several; None where none has."""
    quotients = [n for n in terms.needed() if terms.nodes[n].op == "div"]
    bases = Counter(_power(terms, terms.nodes[n].args[1])[0] for n in quotients)

    def enter(result: Terms, number: int, place: Mapping[int, int]) -> int | None:
        node = terms.nodes[number]
        if node.op != "div":
            return None
        base, power = _power(terms, node.args[1])
        if bases[base] == 1:
            return None
        one, quotient = result.add("constant", value=Integer(1)), place[node.args[0]]
        inverse = result.add("div", one, place[base])
        if quotient == one:
            quotient, power = inverse, power - 1
        for _ in range(power):
            quotient = result.add("mul", quotient, inverse)
        return quotient

    return terms.changed(enter)


def _power(terms: Terms, number: int) -> tuple[int, int]:
    """Return the factor of which an operation is a power, and the exponent."""
    node = terms.nodes[number]
    if node.op != "mul":
        return number, 1
    (base, first), (other, second) = (_power(terms, argument) for argument in node.args)
    return (base, first + second) if base == other else (number, 1)
