"""What an expression is: the value of one entry, in index notation."""

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
    "Delta",
    "Entry",
    "Expression",
    "Further",
    "Number",
    "Operation",
    "Reduction",
    "Role",
    "Scalar",
    "entries",
    "free_indices",
    "rewritten",
    "walk",
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
    """A function of operands by name: + * / negate exp log; lowest, of none, is −∞."""

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


@dataclass(frozen=True)
class Further(Expression):
    """A reduction that goes on where earlier tiles left off; ``so_far`` is what they gave.

    Of a maximum that is the maximum; of a sum of exponentials less their largest, the sum, the
    maximum that they were shifted by, and that of now.
    """

    reduction: Reduction
    so_far: tuple[Expression, ...]


ZERO, ONE = Number(Fraction(0)), Number(Fraction(1))


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
