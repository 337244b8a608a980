"""Arithmetic of float32 amid float64 in float64 too, where its arguments are converted anyway."""

from __future__ import annotations

from collections.abc import Sequence

from codegen.scalar.terms import COMPARISONS, GIVEN, Node, Terms

__all__ = ["widened"]

CHEAP = ("add", "sub", "mul", "neg", "abs", "select")


def widened(terms: Terms, levels: Sequence[int]) -> tuple[int, ...]:
    """Return the levels, the first of which is float32, with no conversion of what need not be of it.

    1 + x of a float32 that float64 arithmetic takes is a sum of float64 where x is one as well.
    """
    needed = terms.needed()
    takers: dict[int, list[int]] = {number: [] for number in needed}
    wide = dict[int, bool]()  # what is computed in float64, as what takes such numbers is
    for number in needed:
        node = terms.nodes[number]
        for argument in node.args:
            takers[argument].append(number)
        wide[number] = node.op not in GIVEN and (
            levels[number] > 0 or any(wide[argument] for argument in node.args)
        )

    def is_there(number: int, taker: int) -> bool:
        """Return whether a float64 of an operation is there, whether or not this one takes it."""
        given = terms.nodes[number].op == "constant"
        return given or wide[number] or any(wide[k] for k in takers[number] if k != taker)

    def may(number: int, taker: int | None = None) -> bool:
        """Return whether an operation may be of float64, as all are that take it, or will be."""
        node = terms.nodes[number]
        if node.op not in CHEAP or number in terms.outputs:
            return False
        served = (
            wide[k] and terms.nodes[k].op not in COMPARISONS for k in takers[number] if k != taker
        )
        return all(served) and all(is_there(k, number) or may(k, number) for k in _numbers(node))

    result = list(levels)
    for number in reversed(needed):
        if not wide[number] and may(number):
            pending = [number]
            while pending:
                here = pending.pop()
                result[here], wide[here] = 1, True
                pending += [k for k in _numbers(terms.nodes[here]) if not is_there(k, here)]
    return tuple(result)


def _numbers(node: Node) -> tuple[int, ...]:
    """Return the arguments that are numbers."""
    return node.args[1:] if node.op == "select" else node.args
