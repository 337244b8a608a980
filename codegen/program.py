"""The intermediate representation: a program is a list of statements on named arrays.

Lowering gives one :class:`Assign` an equation, in index notation. Passes turn sums of products
into :class:`Product`, sums over examples into :class:`Total`, and what is left into loops over
rows (:class:`Rows`, :class:`Each`). Nodes are frozen and compared by value; ``str()`` of a program
reads like pseudocode, each line with the number of the equation that it computes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from enum import Enum
from fractions import Fraction
from typing import Any

__all__ = [
    "ONE",
    "ZERO",
    "Applied",
    "Array",
    "Assign",
    "Delta",
    "Densify",
    "Each",
    "Entry",
    "Expression",
    "Number",
    "Operation",
    "Product",
    "Program",
    "Reduction",
    "Role",
    "Rows",
    "Scalar",
    "Statement",
    "Total",
    "entries",
    "free_indices",
    "reads",
    "rewritten",
    "walk",
    "writes",
]


class Role(Enum):
    """What an array is to the caller of a kernel."""

    FEATURES = "features"
    LABELS = "labels"
    WEIGHTS = "weights"
    PARAMETER = "parameter"
    GRADIENT = "gradient"
    LOSS = "loss"
    RESULT = "result"
    LOCAL = "local"


@dataclass(frozen=True)
class Array:
    """A named array; its sizes are names. No sizes: a scalar. A gradient is ``of`` a parameter.

    A ``sparse`` one is given by its non-zeros, row by row.
    """

    name: str
    sizes: tuple[str, ...]
    role: Role = Role.LOCAL
    of: str = ""
    sparse: bool = False


@dataclass(frozen=True)
class Expression:
    """The value of one entry."""

    def __str__(self) -> str:
        from codegen.pseudocode import expression_text

        return expression_text(self)


@dataclass(frozen=True)
class Number(Expression):
    """An exact number."""

    value: Fraction


@dataclass(frozen=True)
class Scalar(Expression):
    """A scalar argument of the kernel, such as the factor of a gradient that is added."""

    name: str


@dataclass(frozen=True)
class Entry(Expression):
    """An entry of an array; an index is a name, or an entry of labels."""

    array: Array
    indices: tuple[str | Entry, ...] = ()


@dataclass(frozen=True)
class Delta(Expression):
    """1 where the two indices are equal, else 0."""

    left: str | Entry
    right: str | Entry


@dataclass(frozen=True)
class Operation(Expression):
    """A function of operands by name: + * / negate exp log."""

    name: str
    operands: tuple[Expression, ...]


@dataclass(frozen=True)
class Applied(Expression):
    """An activation or a derivative of it; ``orders`` as in :class:`derive.notation.Activated`.

    With ``paired`` the value is the pair g, g′ in one pass.
    """

    symbol: str
    orders: tuple[int, ...]
    argument: Expression
    parameters: tuple[Expression, ...] = ()
    paired: bool = False


@dataclass(frozen=True)
class Reduction(Expression):
    """The sum or the maximum of the body over an index that runs through a size."""

    name: str
    index: str
    size: str
    body: Expression


ZERO, ONE = Number(Fraction(0)), Number(Fraction(1))


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


def _children(node: Expression) -> Iterator[Expression]:
    for field in fields(node):
        value = getattr(node, field.name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, Expression):
                yield item


def walk(node: Expression) -> Iterator[Expression]:
    """Yield the expression and everything in it."""
    yield node
    for child in _children(node):
        yield from walk(child)


def entries(node: Expression) -> Iterator[Entry]:
    """Yield the entries that an expression reads."""
    return (part for part in walk(node) if isinstance(part, Entry))


def free_indices(node: Expression) -> frozenset[str]:
    """Return the indices of an expression that no reduction in it binds."""
    if isinstance(node, Reduction):
        return free_indices(node.body) - {node.index}
    own: tuple[str | Entry, ...] = ()
    if isinstance(node, Entry):
        own = node.indices
    elif isinstance(node, Delta):
        own = (node.left, node.right)
    names = frozenset(index for index in own if isinstance(index, str))
    return names.union(*(free_indices(child) for child in _children(node)))


def rewritten(node: Expression, rule: Callable[[Expression], Expression | None]) -> Expression:
    """Return the expression with each node replaced, root first, that the rule answers for."""
    answer = rule(node)
    if answer is not None:
        return answer
    changes: dict[str, Any] = {}
    for field in fields(node):
        value = getattr(node, field.name)
        if isinstance(value, Expression):
            changes[field.name] = rewritten(value, rule)
        elif isinstance(value, tuple):
            changes[field.name] = tuple(
                rewritten(item, rule) if isinstance(item, Expression) else item for item in value
            )
    return replace(node, **changes)


def _values(statement: Statement) -> Iterator[Expression]:
    if isinstance(statement, Assign):
        yield statement.value
        yield from (i for t in statement.targets for i in t.indices if isinstance(i, Entry))
    elif isinstance(statement, (Product, Total)):
        yield from (statement.alpha, statement.beta)


def reads(statement: Statement) -> tuple[Array, ...]:
    """Return the arrays that a statement reads, in order, each once."""
    found = [entry.array for value in _values(statement) for entry in entries(value)]
    if isinstance(statement, Product):
        found += [statement.left, statement.right]
    elif isinstance(statement, (Total, Densify)):
        found.append(statement.source)
    if isinstance(statement, (Product, Total)) and statement.beta != ZERO:
        found.append(statement.target)
    if isinstance(statement, (Rows, Each)):
        found += [array for inner in statement.body for array in reads(inner)]
    return tuple(dict.fromkeys(found))


def writes(statement: Statement) -> tuple[Array, ...]:
    """Return the arrays that a statement writes, in order, each once."""
    if isinstance(statement, Assign):
        return tuple(target.array for target in statement.targets)
    if isinstance(statement, (Product, Total, Densify)):
        return (statement.target,)
    if isinstance(statement, (Rows, Each)):
        return tuple(dict.fromkeys(a for inner in statement.body for a in writes(inner)))
    raise TypeError(f"no statement: {statement!r}")
