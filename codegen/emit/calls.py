"""Which routines of the templates the statements of a module call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from codegen.program import (
    Assign,
    Densify,
    Further,
    Product,
    Program,
    Reduction,
    Statement,
    Total,
    flattened,
    reads,
    walk,
    writes,
)

__all__ = ["parameters_by_feature", "routines"]


def routines(programs: Iterable[Program]) -> dict[str, set[str]]:
    """Return the forms that are used of products, totals, reductions and non-zeros."""
    statements = [s for program in programs for s in (*program.statements, *program.sums)]
    return {
        "products": set(_products(statements)),
        "totals": set(_totals(statements)),
        "reductions": set(_reductions(statements)),
        "sparse_uses": set(_uses_of_non_zeros(statements)),
    }


def _products(statements: Sequence[Statement]) -> Iterator[str]:
    for statement in flattened(statements):
        if isinstance(statement, Product) and not _reads_non_zeros(statement):
            yield "".join("t" if flag else "n" for flag in statement.transposed)


def _reads_non_zeros(statement: Statement) -> bool:
    """Return whether a statement is a product with sparse features."""
    if not isinstance(statement, Product):
        return False
    return statement.left.sparse or statement.right.sparse


def _uses_of_non_zeros(statements: Sequence[Statement]) -> Iterator[str]:
    for statement in flattened(statements):
        if isinstance(statement, Densify):
            yield "densify"
        elif isinstance(statement, Product) and _reads_non_zeros(statement):
            gathers = statement.left.sparse and not statement.transposed[0]
            yield "gather" if gathers else "scatter_rows" if statement.left.sparse else "scatter"


def parameters_by_feature(programs: Iterable[Program], parameters: Sequence[str]) -> list[str]:
    """Return the parameters of which only what non-zeros name is used: in either order of memory."""
    named: set[str] = set()
    whole: set[str] = set()
    for program in programs:
        for statement in flattened((*program.statements, *program.sums)):
            used = {array.of or array.name for array in (*reads(statement), *writes(statement))}
            (named if _reads_non_zeros(statement) else whole).update(used)
    return [name for name in parameters if name in named - whole]


def _totals(statements: Sequence[Statement]) -> Iterator[str]:
    for statement in flattened(statements):
        if isinstance(statement, Total):
            yield "rows" if statement.target.sizes else "all"


def _reductions(statements: Sequence[Statement]) -> Iterator[str]:
    for statement in flattened(statements):
        if isinstance(statement, Assign):
            yield from (n.name for n in walk(statement.value) if isinstance(n, Reduction))
            if any(isinstance(n, Further) for n in walk(statement.value)):
                yield "further"
