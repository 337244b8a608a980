"""sin(c·x) where c·x is beyond the largest float: sin(2⁶⁴ (c·y)) of y = 2^−64 x."""

from __future__ import annotations

from sympy import Integer, Rational

from codegen.scalar.terms import Terms

__all__ = ["scaled_turns"]

HUGE = Integer(2) ** 900
SCALE = Rational(1, 2**64)


def scaled_turns(terms: Terms) -> Terms | None:
    """Return the terms with every sine and cosine of a multiple scaled where it is huge; None without."""
    result = Terms()
    place: dict[int, int] = {}
    changed = False
    for number in terms.needed():
        node = terms.nodes[number]
        place[number] = result.add(node.op, *(place[a] for a in node.args), value=node.value)
        if node.op not in ("sin", "cos") or terms.nodes[node.args[0]].op != "mul":
            continue
        first, second = terms.nodes[node.args[0]].args
        if terms.nodes[first].op != "constant":
            first, second = second, first
        if terms.nodes[first].op != "constant":
            continue
        changed = True
        huge, scale, zero = (result.add("constant", value=v) for v in (HUGE, SCALE, Integer(0)))
        beyond = result.add("le", huge, result.add("abs", place[second]))
        # 0 where it is not huge, which costs nothing
        small = result.add("mul", result.add("select", beyond, place[second], zero), scale)
        turns = result.add(f"{node.op}_scaled", result.add("mul", place[first], small))
        ordinary = result.add("select", beyond, zero, place[second])
        turned = result.add(node.op, result.add("mul", place[first], ordinary))
        place[number] = result.add("select", beyond, turns, turned)
    return result.pruned(place[output] for output in terms.outputs) if changed else None
