"""Contract: turn sums of products into matrix products, and sums over examples into totals.

Σ_k A[b, k] B[i, k] is a :class:`Product` whatever stands transposed in it; several of them, as
where a parameter is used twice, add up in place (β = 1), and what is no sum is added last. A
factor that is not an entry of a matrix as it stands gets a name of its own first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from codegen.passes.names import fresh, names_of
from codegen.program import (
    ONE,
    ZERO,
    Array,
    Assign,
    Entry,
    Expression,
    Number,
    Operation,
    Product,
    Program,
    Reduction,
    Role,
    Statement,
    Total,
    entries,
    free_indices,
)

__all__ = ["ContractionError", "contract"]


class ContractionError(NotImplementedError):
    """A sum that is no product of two matrices; the message shows it."""


def contract(program: Program) -> Program:
    """Return the program with every sum over more than a row as a Product or a Total."""
    examples = _examples(program)
    taken = names_of(program)
    statements: list[Statement] = []
    for statement in program.statements:
        if isinstance(statement, Assign):
            statements += _contracted(statement, examples, taken)
        else:
            statements.append(statement)
    return program.with_statements(statements)


def _examples(program: Program) -> str:
    """Return the size that counts the examples: the features' first."""
    roles = {Role.FEATURES: 0, Role.LABELS: 1, Role.WEIGHTS: 2, Role.LOCAL: 3}
    led = [array for array in program.inputs if array.role in roles and array.sizes]
    return min(led, key=lambda array: roles[array.role]).sizes[0]


def _contracted(statement: Assign, examples: str, taken: set[str]) -> Iterator[Statement]:
    target, terms = statement.target, _terms(statement.value)
    if target.array.role is Role.LOSS:
        yield from _per_row(statement, examples)
        return
    is_row_scalar = target.array.sizes == (examples,)
    sums = [] if is_row_scalar else [term for term in terms if term.reductions]
    if not sums:
        yield statement
        return
    beta: Number = ZERO
    for term in sums:
        yield from _sum_of_products(target, term, beta, statement.numbers, examples, taken)
        beta = ONE
    rest = [term.source for term in terms if not term.reductions]
    if rest:
        yield replace(statement, value=Operation("+", (target, *rest)))


def _per_row(statement: Assign, examples: str) -> Iterator[Statement]:
    """Yield L += each example's share for L = Σ_b …."""
    for term in _terms(statement.value):
        match term.source:
            case Reduction("sum", _, size, body) if size == examples:
                yield replace(statement, value=body)
            case _:
                raise ContractionError(f"{term.source} is not a sum over examples")


@dataclass(frozen=True)
class _Term:
    """A term: its number, the sums around its body, outermost first, the factors of the body."""

    source: Expression
    alpha: Fraction
    reductions: tuple[tuple[str, str], ...]
    factors: tuple[Expression, ...]


def _terms(value: Expression) -> list[_Term]:
    match value:
        case Operation("+", operands):
            return [_term(operand) for operand in operands]
    return [_term(value)]


def _term(source: Expression) -> _Term:
    alpha, reductions, node = Fraction(1), [], [source]
    factors: list[Expression] = []
    while node:
        match node.pop(0):
            case Operation("negate", (inner,)):
                alpha = -alpha
                node.insert(0, inner)
            case Operation("*", operands):
                node[:0] = operands
            case Number(number):
                alpha *= number
            case Reduction("sum", index, size, body) if not (factors or node):
                reductions.append((index, size))
                node.insert(0, body)
            case other:
                factors.append(other)
    return _Term(source, alpha, tuple(reductions), tuple(factors))


def _sum_of_products(
    target: Entry,
    term: _Term,
    beta: Number,
    numbers: tuple[int, ...],
    examples: str,
    taken: set[str],
) -> Iterator[Statement]:
    alpha = Number(term.alpha)
    names = _Naming(
        target.array.name, {**_sizes_of(target), **dict(term.reductions)}, examples, taken
    )
    rows = {index for index, size in term.reductions if size == examples}
    if len(target.indices) < 2:
        kept = (*rows, *(i for i, _ in term.reductions if i not in rows), *map(str, target.indices))
        source, before = names.matrix(term.factors, kept)
        yield from before
        yield Total(target.array, source.array, alpha, beta, numbers)
        return
    if len(term.reductions) != 1:
        raise ContractionError(f"{term.source} is no product of two matrices")
    (summed, _), (row, column) = term.reductions[0], target.indices
    left = [f for f in term.factors if column not in free_indices(f)]
    right = [f for f in term.factors if column in free_indices(f)]
    if any(row in free_indices(factor) for factor in right):
        raise ContractionError(f"{term.source} is no product of two matrices")
    first, before = names.matrix(tuple(left), (str(row), summed))
    yield from before
    second, before = names.matrix(tuple(right), (summed, str(column)))
    yield from before
    transposed = (first.indices[0] == summed, second.indices[-1] == summed)
    yield Product(target.array, first.array, second.array, transposed, alpha, beta, numbers)


def _sizes_of(entry: Entry) -> dict[str, str]:
    return {str(i): size for i, size in zip(entry.indices, entry.array.sizes, strict=True)}


@dataclass(frozen=True)
class _Naming:
    """Gives a product of factors a name where it is not an entry of a matrix as it stands."""

    base: str
    sizes: dict[str, str]
    examples: str
    taken: set[str]

    def matrix(
        self, factors: tuple[Expression, ...], indices: tuple[str, ...]
    ) -> tuple[Entry, list[Statement]]:
        """Return an entry with just these indices, in either order, and what computes it."""
        match factors:
            case (Entry() as entry,) if set(entry.indices) == set(indices):
                return entry, []
        sizes = {**self.sizes}
        for factor in factors:
            for entry in entries(factor):
                sizes.update(_sizes_of(entry))
        ordered = tuple(sorted(indices, key=lambda index: sizes[index] != self.examples))
        name = fresh(f"{self.base}_terms", self.taken)
        target = Entry(Array(name, tuple(sizes[index] for index in ordered)), ordered)
        value = factors[0] if len(factors) == 1 else Operation("*", factors)
        return target, [Assign((target,), value if factors else ONE)]
