"""sin(c·x + d) by quarter turns: c·x of two float64 has lost its fraction of a turn long before x is huge.

The zeros of sin πx are floats, at which c·x of two float64 is not whole turns.
"""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr, Integer, S

from codegen.scalar.quarter_turns import is_short
from codegen.scalar.terms import Terms

__all__ = ["linear", "of_multiples"]


def of_multiples(terms: Terms, short: bool = False) -> Terms | None:
    """Return the terms with every sine and cosine of c·x + d by quarter turns; None without.

    One of a choice between such is the choice of both. ``short`` leaves those of which 2c/π and 2d/π are
    not both one float64, and choices.
    """

    def enter(result: Terms, number: int, place: Mapping[int, int]) -> int | None:
        node = terms.nodes[number]
        if node.op not in ("sin", "cos"):
            return None
        return _turned(result, terms, node.op, node.args[0], place, short)

    return terms.changed(enter)


def _turned(
    result: Terms, terms: Terms, op: str, argument: int, place: Mapping[int, int], short: bool
) -> int | None:
    """Return a sine or cosine by quarter turns; None for what is no multiple."""
    node = terms.nodes[argument]
    if node.op == "select" and not short:
        condition, *branches = node.args
        turned = [_turned(result, terms, op, branch, place, short) for branch in branches]
        if turned == [None, None]:
            return None
        either = [
            result.add(op, place[branch]) if found is None else found
            for branch, found in zip(branches, turned, strict=True)
        ]
        return result.add("select", place[condition], *either)
    found = linear(terms, argument)
    if found is None or found[0] == 0 or (short and not all(map(is_short, found))):
        return None
    x, (c, d) = result.add("x"), (result.add("constant", value=part) for part in found)
    turned_x = result.add(f"{op}_multiple", x, c, d)
    if op == "cos" or found[1] != 0:
        return turned_x
    at_zero = x if found[0].is_positive else result.add("neg", x)  # its sign is lost in turns
    zero = result.add("eq", x, result.add("constant", value=Integer(0)))
    return result.add("select", zero, at_zero, turned_x)


def linear(terms: Terms, number: int) -> tuple[Expr, Expr] | None:
    """Return the c and d of an operation that is c·x + d; None for all others."""
    node = terms.nodes[number]
    if node.op == "x":
        return S.One, S.Zero
    if node.op == "constant":
        return S.Zero, node.number
    parts = [linear(terms, argument) for argument in node.args]
    if not parts or any(part is None for part in parts):
        return None
    (c, d), *others = [part for part in parts if part is not None]
    if node.op == "neg":
        return -c, -d
    if len(others) != 1:
        return None
    ((other, rest),) = others
    if node.op in ("add", "add_exact"):
        return c + other, d + rest
    if node.op in ("sub", "sub_exact"):
        return c - other, d - rest
    if node.op == "mul" and 0 in (c, other):
        return (c * rest, d * rest) if other == 0 else (other * d, rest * d)
    if node.op == "div" and other == 0:
        return c / rest, d / rest
    return None
