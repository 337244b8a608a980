"""What a statement is, and a program: a list of statements on named arrays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from codegen.program.expressions import ONE, ZERO, Array, Entry, Expression, entries

__all__ = [
    "Assign",
    "Densify",
    "Each",
    "Product",
    "Program",
    "Rows",
    "Statement",
    "Tiles",
    "Total",
    "flattened",
    "reads",
    "writes",
]


@dataclass(frozen=True)
class Statement:
    """One thing to do."""


@dataclass(frozen=True)
class Assign(Statement):
    """targets = value, for every value of the indices of the targets.

    Scalars add up over the examples: L += the value of each row.
    """

    targets: tuple[Entry, ...]
    value: Expression
    numbers: tuple[int, ...] = ()

    @property
    def target(self) -> Entry:
        return self.targets[0]


@dataclass(frozen=True)
class Product(Statement):
    """target ← α op(left) op(right) + β target, op transposing or not."""

    target: Array
    left: Array
    right: Array
    transposed: tuple[bool, bool]
    alpha: Expression = ONE
    beta: Expression = ZERO
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True)
class Total(Statement):
    """target ← α Σ source + β target: over rows (to a vector) or all entries (to a scalar)."""

    target: Array
    source: Array
    alpha: Expression = ONE
    beta: Expression = ZERO
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True)
class Densify(Statement):
    """target ← source, a sparse array, with its zeros."""

    target: Array
    source: Array


@dataclass(frozen=True)
class Each(Statement):
    """Do the body for every value of an index: the inner loop."""

    index: str
    size: str
    body: tuple[Assign, ...]


@dataclass(frozen=True)
class Rows(Statement):
    """Do the body for every example: the fused work between two products."""

    index: str
    size: str
    body: tuple[Statement, ...]


@dataclass(frozen=True)
class Tiles(Statement):
    """Do the body for one range of an index after another: the classes that fit into the cache.

    Of an array that has the size, the body sees the range alone; an entry picked by a label is
    read where the label lies in the range. What computes the ``scores`` is left out where they
    were kept since an earlier sweep.
    """

    size: str
    scores: tuple[Statement, ...]
    body: tuple[Statement, ...]

    @property
    def parts(self) -> tuple[Statement, ...]:
        """All statements in it, in order."""
        return (*self.scores, *self.body)


@dataclass(frozen=True)
class Program:
    """A kernel: what it is given, what it writes or returns, and how.

    The ``sums`` come after the statements: what adds up over the examples, an entry of a gradient
    independent of every other. ``apart`` names the parameters that have an update of their own,
    ``storage`` for each array that shares its memory with an earlier one that earlier one.
    """

    name: str
    inputs: tuple[Array, ...]
    outputs: tuple[Array, ...]
    statements: tuple[Statement, ...]
    scalars: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    storage: tuple[tuple[str, str], ...] = ()
    sums: tuple[Statement, ...] = ()

    def with_statements(self, statements: Iterator[Statement] | list[Statement]) -> Program:
        """Return the program with other statements."""
        return replace(self, statements=tuple(statements))

    @property
    def locals(self) -> tuple[Array, ...]:
        """Return the arrays that are neither given nor a result, in order of first use."""
        known = {array.name for array in (*self.inputs, *self.outputs)}
        found: dict[str, Array] = {}
        for statement in (*self.statements, *self.sums):
            for array in (*reads(statement), *writes(statement)):
                if array.name not in known:
                    found.setdefault(array.name, array)
        return tuple(found.values())

    def __str__(self) -> str:
        from codegen.pseudocode import program_text

        return program_text(self)


def _values(statement: Statement) -> Iterator[Expression]:
    if isinstance(statement, Assign):
        yield statement.value
        yield from (i for t in statement.targets for i in t.indices if isinstance(i, Entry))
    elif isinstance(statement, (Product, Total)):
        yield from (statement.alpha, statement.beta)


def _inside(statement: Rows | Each | Tiles) -> tuple[Statement, ...]:
    return statement.parts if isinstance(statement, Tiles) else statement.body


def reads(statement: Statement) -> tuple[Array, ...]:
    """Return the arrays that a statement reads, in order, each once."""
    found = [entry.array for value in _values(statement) for entry in entries(value)]
    if isinstance(statement, Product):
        found += [statement.left, statement.right]
    elif isinstance(statement, (Total, Densify)):
        found.append(statement.source)
    if isinstance(statement, (Product, Total)) and statement.beta != ZERO:
        found.append(statement.target)
    if isinstance(statement, (Rows, Each, Tiles)):
        found += [array for inner in _inside(statement) for array in reads(inner)]
    return tuple(dict.fromkeys(found))


def writes(statement: Statement) -> tuple[Array, ...]:
    """Return the arrays that a statement writes, in order, each once."""
    if isinstance(statement, Assign):
        return tuple(target.array for target in statement.targets)
    if isinstance(statement, (Product, Total, Densify)):
        return (statement.target,)
    if isinstance(statement, (Rows, Each, Tiles)):
        return tuple(dict.fromkeys(a for inner in _inside(statement) for a in writes(inner)))
    raise TypeError(f"no statement: {statement!r}")


def flattened(statements: Iterable[Statement]) -> Iterator[Statement]:
    """Yield the statements in order, those in loops and tiles instead of the loops and tiles."""
    for statement in statements:
        if isinstance(statement, (Rows, Each, Tiles)):
            yield from flattened(_inside(statement))
        else:
            yield statement
