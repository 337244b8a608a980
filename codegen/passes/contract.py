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
    walk,
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
        for part in _apart(target, term):
            yield from _sum_of_products(target, part, beta, statement.numbers, examples, taken)
            beta = ONE
    rest = [term.expression for term in terms if not term.reductions]
    if rest:
        yield replace(statement, value=Operation("+", (target, *rest)))


def _per_row(statement: Assign, examples: str) -> Iterator[Statement]:
    """Yield L += each example's share for L = Σ_b …."""
    match statement.value:
        case Operation("+", operands):
            values = operands
        case value:
            values = (value,)
    for value in values:
        match value:
            case Reduction("sum", _, size, body) if size == examples:
                yield replace(statement, value=body)
            case _:
                raise ContractionError(f"{value} is not a sum over examples")


@dataclass(frozen=True)
class _Term:
    """A term: its number, the sums around its body, outermost first, the factors of the body."""

    alpha: Fraction = Fraction(1)
    reductions: tuple[tuple[str, str], ...] = ()
    factors: tuple[Expression, ...] = ()

    @property
    def expression(self) -> Expression:
        """The term as it is computed."""
        value = _product(self.factors)
        for index, size in reversed(self.reductions):
            value = Reduction("sum", index, size, value)
        if abs(self.alpha) != 1:
            value = _product((Number(abs(self.alpha)), value))
        return Operation("negate", (value,)) if self.alpha < 0 else value

    def times(self, other: _Term) -> _Term:
        """Return the product, all of whose sums stand outside: c Σ_b F(b) = Σ_b c F(b)."""
        theirs = other.factors
        if any(index in free_indices(f) for index, _ in other.reductions for f in self.factors):
            raise ContractionError(f"an index of {other.expression} stands beside it, too")
        if any(index in free_indices(f) for index, _ in self.reductions for f in theirs):
            raise ContractionError(f"an index of {self.expression} stands beside it, too")
        return _Term(
            self.alpha * other.alpha, self.reductions + other.reductions, self.factors + theirs
        )


def _terms(value: Expression) -> list[_Term]:
    """Return the terms of a value; a sum that has a Σ in it is multiplied out, others are factors."""
    match value:
        case Operation("+", operands):
            return [term for operand in operands for term in _terms(operand)]
    return _multiplied_out(value)


def _multiplied_out(value: Expression) -> list[_Term]:
    match value:
        case Operation("negate", (inner,)):
            return [replace(term, alpha=-term.alpha) for term in _multiplied_out(inner)]
        case Number(number):
            return [_Term(number)]
        case Operation("*", operands):
            terms = [_Term()]
            for operand in operands:
                more = _multiplied_out(operand)
                terms = [term.times(other) for term in terms for other in more]
            return terms
        case Operation("+") if any(isinstance(part, Reduction) for part in walk(value)):
            return _terms(value)
        case Reduction("sum", index, size, body):
            return [
                replace(term, reductions=((index, size), *term.reductions))
                for term in _multiplied_out(body)
            ]
    return [_Term(factors=(value,))]


def _product(factors: tuple[Expression, ...]) -> Expression:
    if not factors:
        return ONE
    return factors[0] if len(factors) == 1 else Operation("*", factors)


def _apart(target: Entry, term: _Term) -> Iterator[_Term]:
    """Yield a term in parts, none with a sum of entries of different rows and columns as a factor."""
    for place, factor in enumerate(term.factors):
        match factor:
            case Operation("+", operands) if len(target.indices) == 2 and (
                free_indices(factor) >= set(target.indices)
            ):
                others = term.factors[:place], term.factors[place + 1 :]
                for operand in operands:
                    for part in _multiplied_out(operand):
                        factors = (*others[0], *part.factors, *others[1])
                        yield from _apart(
                            target, replace(term, alpha=term.alpha * part.alpha, factors=factors)
                        )
                return
    yield term


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
    if len(target.indices) + len(term.reductions) > 2 and len(target.indices) < 2:
        term, before = _product_first(target, term, names, examples)
        yield from before
    if len(target.indices) < 2:
        kept = (*rows, *(i for i, _ in term.reductions if i not in rows), *map(str, target.indices))
        source, before = names.matrix(term.factors, kept)
        yield from before
        yield Total(target.array, source.array, alpha, beta, numbers)
        return
    if len(term.reductions) != 1:
        raise ContractionError(f"{term.expression} is no product of two matrices")
    (summed, _), (row, column) = term.reductions[0], target.indices
    left = [f for f in term.factors if column not in free_indices(f)]
    right = [f for f in term.factors if column in free_indices(f)]
    if any(row in free_indices(factor) for factor in right):
        raise ContractionError(f"{term.expression} is no product of two matrices")
    first, before = names.matrix(tuple(left), (str(row), summed))
    yield from before
    second, before = names.matrix(tuple(right), (summed, str(column)))
    yield from before
    transposed = (first.indices[0] == summed, second.indices[-1] == summed)
    yield Product(target.array, first.array, second.array, transposed, alpha, beta, numbers)


def _product_first(
    target: Entry, term: _Term, names: _Naming, examples: str
) -> tuple[_Term, list[Statement]]:
    """Return Σ_b Σ_k F(b, k) G(k, i) as Σ_b of a product of F and G, and what computes that."""
    inner = [(index, size) for index, size in term.reductions if size != examples]
    rows = [(index, size) for index, size in term.reductions if size == examples]
    own = {str(index) for index in target.indices}
    right = tuple(f for f in term.factors if free_indices(f) & own)
    left = tuple(f for f in term.factors if not free_indices(f) & own)
    mixed = any(index in free_indices(f) for index, _ in rows for f in right)
    if len(inner) != 1 or len(rows) != 1 or len(own) != 1 or mixed:
        raise ContractionError(f"{term.expression} is no sum over the rows of a product")
    array = Array(fresh(f"{names.base}_rows", names.taken), (rows[0][1], *target.array.sizes))
    entry = Entry(array, (rows[0][0], *target.indices))
    one = replace(term, alpha=Fraction(1), reductions=tuple(inner), factors=(*left, *right))
    made = _sum_of_products(entry, one, ZERO, (), examples, names.taken)
    return replace(term, reductions=tuple(rows), factors=(entry,)), list(made)


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
        return target, [Assign((target,), _product(factors))]
