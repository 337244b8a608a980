"""a/(b·c) as (a/b)/c: the product may leave the range of floats where the quotient does not."""

from __future__ import annotations

from codegen.scalar.terms import Terms

__all__ = ["divided"]


def divided(terms: Terms) -> Terms | None:
    """Return the terms with every divisor that is a product divided by in turn; None where there is none."""
    result = Terms()
    place: dict[int, int] = {}
    changed = False

    def divide(above: int, below: int) -> int:
        nonlocal changed
        node = terms.nodes[below]
        if node.op != "mul":
            return result.add("div", above, place[below])
        changed = True
        for factor in node.args:
            above = divide(above, factor)
        return above

    for number in terms.needed():
        node = terms.nodes[number]
        if node.op == "div":
            place[number] = divide(place[node.args[0]], node.args[1])
        else:
            place[number] = result.add(node.op, *(place[a] for a in node.args), value=node.value)
    return result.pruned(place[output] for output in terms.outputs) if changed else None
