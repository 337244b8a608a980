"""A product with a choice of 0, as max(x, 0)·e^x has, as the choice of a product: 0·∞ does not come about."""

from __future__ import annotations

from collections.abc import Mapping

from codegen.scalar.terms import Terms

__all__ = ["chosen_last"]


def chosen_last(terms: Terms) -> Terms | None:
    """Return the terms with products inside of choices between something and 0; None where there is none."""

    def enter(result: Terms, number: int, place: Mapping[int, int]) -> int | None:
        node = terms.nodes[number]
        if node.op not in ("mul", "div"):
            return None
        return _multiplied(result, node.op, *(place[argument] for argument in node.args))

    return terms.changed(enter)


def _multiplied(terms: Terms, op: str, first: int, second: int) -> int:
    """Return a product or quotient, of each branch where a factor is a choice of 0."""
    for a, b, order in ((first, second, 1), (second, first, -1)):
        node = terms.nodes[a]
        if node.op != "select" or (order < 0 and op == "div"):
            continue
        condition, *branches = node.args
        if any(terms.nodes[branch].value == 0 for branch in branches):
            inside = [_of_branch(terms, op, branch, b, order) for branch in branches]
            return terms.add("select", condition, *inside)
    return terms.add(op, first, second)


def _of_branch(terms: Terms, op: str, branch: int, other: int, order: int) -> int:
    """Return a branch of 0 as it is, and a product or quotient of another one, in this order or the other."""
    if terms.nodes[branch].value == 0:
        return branch
    if op == "mul" and terms.nodes[branch].value == 1:
        return other
    if op == "mul" and terms.nodes[other].value == 1:
        return branch
    first, second = (branch, other)[::order]
    return _multiplied(terms, op, first, second)
