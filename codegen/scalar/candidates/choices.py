"""A product with a choice of 0, as max(x, 0)·e^x has, as the choice of a product: 0·∞ does not come about."""

from __future__ import annotations

from codegen.scalar.terms import Terms

__all__ = ["chosen_last"]


def chosen_last(terms: Terms) -> Terms | None:
    """Return the terms with products inside of choices between something and 0; None where there is none."""
    result = Terms()
    place: dict[int, int] = {}
    changed = False

    def multiplied(op: str, first: int, second: int) -> int:
        nonlocal changed
        for a, b, order in ((first, second, 1), (second, first, -1)):
            node = result.nodes[a]
            if node.op != "select" or (order < 0 and op == "div"):
                continue
            condition, *branches = node.args
            if not any(result.nodes[branch].value == 0 for branch in branches):
                continue
            changed = True
            inside = [
                branch if result.nodes[branch].value == 0 else multiplied(op, *(branch, b)[::order])
                for branch in branches
            ]
            return result.add("select", condition, *inside)
        for a, b in ((first, second), (second, first)):
            if op == "mul" and result.nodes[a].value == 1:
                return b
        return result.add(op, first, second)

    for number in terms.needed():
        node = terms.nodes[number]
        arguments = [place[argument] for argument in node.args]
        if node.op in ("mul", "div"):
            place[number] = multiplied(node.op, *arguments)
        else:
            place[number] = result.add(node.op, *arguments, value=node.value)
    return result.pruned(place[output] for output in terms.outputs) if changed else None
