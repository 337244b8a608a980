"""sin(c·x) where c·x is beyond the largest float: sin(2⁶⁴ (c·y)) of y = 2^−64 x."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Integer, Rational

from codegen.scalar.terms import Terms

__all__ = ["scaled_turns"]

HUGE = Integer(2) ** 900
SCALE = Rational(1, 2**64)


def scaled_turns(terms: Terms) -> Terms | None:
    """Return the terms with every sine and cosine of a multiple scaled where it is huge; None without."""

    def enter(result: Terms, number: int, place: Mapping[int, int]) -> int | None:
        node = terms.nodes[number]
        if node.op not in ("sin", "cos") or terms.nodes[node.args[0]].op != "mul":
            return None
        first, second = terms.nodes[node.args[0]].args
        if terms.nodes[first].op != "constant":
            first, second = second, first
        if terms.nodes[first].op != "constant":
            return None
        huge, scale, zero = (result.add("constant", value=v) for v in (HUGE, SCALE, Integer(0)))
        beyond = result.add("le", huge, result.add("abs", place[second]))
        # 0 where it is not huge, which costs nothing
        small = result.add("mul", result.add("select", beyond, place[second], zero), scale)
        turns = result.add(f"{node.op}_scaled", result.add("mul", place[first], small))
        ordinary = result.add("select", beyond, zero, place[second])
        turned = result.add(node.op, result.add("mul", place[first], ordinary))
        return result.add("select", beyond, turns, turned)

    return terms.changed(enter)
