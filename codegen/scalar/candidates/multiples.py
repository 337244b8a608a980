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

    ``short`` leaves those of which 2c/π and 2d/π are not both one float64.
    """

    def enter(result: Terms, number: int, _: Mapping[int, int]) -> int | None:
        node = terms.nodes[number]
        found = linear(terms, node.args[0]) if node.op in ("sin", "cos") else None
        if found is None or found[0] == 0 or (short and not all(map(is_short, found))):
            return None
        x, (c, d) = result.add("x"), (result.add("constant", value=part) for part in found)
        turned = result.add(f"{node.op}_multiple", x, c, d)
        if node.op == "cos" or found[1] != 0:
            return turned
        at_zero = x if found[0].is_positive else result.add("neg", x)  # its sign is lost in turns
        zero = result.add("eq", x, result.add("constant", value=Integer(0)))
        return result.add("select", zero, at_zero, turned)

    return terms.changed(enter)


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
