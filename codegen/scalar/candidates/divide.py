"""a/(b·c) as (a/b)/c, a·(u·u) as (a·u)·u: products that overflow or underflow early."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from codegen.scalar.terms import Terms

__all__ = ["divided", "multiplied"]


def divided(terms: Terms) -> Terms | None:
    """Return the terms with every divisor that is a product divided by in turn; None where there is none."""
    return _in_turn(terms, "div", lambda below: terms.nodes[below].op == "mul")


def multiplied(terms: Terms) -> Terms | None:
    """Return the terms with every factor that is a power of decays multiplied by in turn; None without."""
    return _in_turn(
        terms, "mul", lambda factor: terms.nodes[factor].op == "mul" and _decays(terms, factor)
    )


def _in_turn(terms: Terms, op: str, applies: Callable[[int], bool]) -> Terms | None:
    """Return the terms with every operation by a product to which that applies done factor by factor."""

    def enter(result: Terms, number: int, place: Mapping[int, int]) -> int | None:
        def done(first: int, second: int) -> int:
            if not applies(second):
                return result.add(op, first, place[second])
            for factor in terms.nodes[second].args:
                first = done(first, factor)
            return first

        node = terms.nodes[number]
        if node.op != op:
            return None
        first, second = node.args
        if op == "mul" and applies(first):
            first, second = second, first
        return done(place[first], second)

    return terms.changed(enter)


def _decays(terms: Terms, number: int) -> bool:
    """Return whether an operation is an exponential, a choice between one and 1, or a product of such."""
    node = terms.nodes[number]
    if node.op == "mul":
        return all(_decays(terms, factor) for factor in node.args)
    if node.op == "select":
        return all(_decays(terms, each) or terms.nodes[each].value == 1 for each in node.args[1:])
    return node.op == "exp"
