"""Expressions as trees: what a derivation asks of them again and again, remembered.

SymPy keeps its sums and products, but works out the assumptions of an entry W_ij, or the limits of
a Σ, each time that one is written, and writes a Σ anew to say which symbols are free in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from sympy import Basic, Expr, Indexed, Sum

__all__ = ["free_symbols", "is_number", "rebuilt", "replaced"]

NONE: frozenset[Basic] = frozenset()


def replaced(expression: Expr, place: Mapping[Expr, Expr]) -> Expr:
    """Return the expression with the keys of place replaced; a part that recurs is visited once."""
    known: dict[Basic, Basic] = dict(place)

    def visit(node: Basic) -> Basic:
        if node not in known:
            known[node] = rebuilt(node, tuple(visit(part) for part in node.args))
        return known[node]

    return visit(expression)


def rebuilt(node: Basic, parts: tuple[Basic, ...]) -> Basic:
    """Return the node with these parts in place of its own."""
    if all(new is old for new, old in zip(parts, node.args, strict=True)):
        return node
    return _built(node.func, parts)


@lru_cache(maxsize=8192)
def _built(function: type[Basic], parts: tuple[Basic, ...]) -> Basic:
    return function(*parts)


@lru_cache(maxsize=8192)
def free_symbols(expression: Basic) -> frozenset[Basic]:
    """Return the free symbols of index notation, as SymPy does: of W_ij, itself and W, i, j."""
    if isinstance(expression, Sum):
        found = free_symbols(expression.function)
        for index, *bounds in reversed(expression.limits):
            found = (found - {index}).union(*(free_symbols(bound) for bound in bounds))
        return found
    if expression.args and not isinstance(expression, Indexed):
        return NONE.union(*(free_symbols(part) for part in expression.args))
    return frozenset(expression.free_symbols)


def is_number(expression: Expr) -> bool:
    """Return whether the expression has a value of its own, without a symbol."""
    return not free_symbols(expression) and bool(expression.is_number)
