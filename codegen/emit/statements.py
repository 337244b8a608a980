"""The statements of a program as lines of Python, generic in dtype.

Names are those of the mathematics. What an inner loop reads of the row alone (its label, its
weight) is read once before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from codegen.emit.expressions import ExpressionWriter
from codegen.passes.names import fresh, names_of
from codegen.program import (
    Array,
    Assign,
    Densify,
    Each,
    Product,
    Program,
    Role,
    Rows,
    Statement,
    Total,
    entries,
    reads,
    writes,
)

__all__ = ["ERRORS", "EXAMPLES", "SHARE", "Kernel", "kernel", "sums_kernel"]

EXAMPLES = "B"  # the size that counts examples, in the equations
ERRORS = "errors"  # what is called the kernel that comes before the sums of another
SHARE = ("share", "shares")  # which share of the rows of each gradient, of how many
INDENT = "    "


@dataclass(frozen=True)
class Kernel:
    """A program, or its sums, as Python: arguments, memory, the lines of its body, and result.

    ``prologue`` is the beginning of the body, before the first statement.
    """

    arguments: tuple[str, ...]
    memory: tuple[Array, ...]
    body: tuple[str, ...]
    prologue: tuple[str, ...]
    returned: str = ""


def kernel(program: Program, comments: Mapping[int, str], results: set[str]) -> Kernel:
    """Return the statements of a program as Python; ``comments`` are the equations by number.

    ``results`` names the outputs that are arrays of the caller; the others are returned.
    """
    writer = _Writer(program, comments)
    written = {array for statement in program.statements for array in writes(statement)}
    arguments = [array.name for array in program.inputs]
    arguments += [a.name for a in program.outputs if a in written and a.name in results]
    return writer.kernel(tuple(arguments), program.statements)


def sums_kernel(program: Program, comments: Mapping[int, str]) -> Kernel:
    """Return the sums of a program as Python: a share of the rows of each gradient.

    The shares are of the same sizes whatever is summed, and no entry is in two of them.
    """
    writer = _Writer(program, comments, shared=True)
    read = {array for statement in program.sums for array in reads(statement)}
    arguments = [  # the features tell the dtype and how many examples there are
        array.name for array in program.inputs if array in read or array.role is Role.FEATURES
    ]
    arguments += program.scalars
    arguments += [array.name for array in program.outputs if array.role is Role.GRADIENT]
    found = writer.kernel(tuple(arguments), program.sums)
    return Kernel((*found.arguments, *SHARE), (), found.body, found.prologue)


@dataclass
class _Writer:
    program: Program
    comments: Mapping[int, str]
    shared: bool = False
    told: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.taken = {*names_of(self.program), "real", "memory", "first", "last", *SHARE}
        arrays = (*self.program.inputs, *self.program.outputs, *self.program.locals)
        names = dict.fromkeys(size for array in arrays for size in array.sizes)
        self.sizes = {n: fresh("batch" if n == EXAMPLES else n, self.taken) for n in names}
        scalars = {
            array: fresh(f"{array.name}_0", self.taken)
            for array in self.program.inputs
            if array.role is Role.PARAMETER and not array.sizes
        }
        self.expressions = ExpressionWriter(scalars)

    @property
    def memory(self) -> tuple[Array, ...]:
        """Return the arrays that own memory which the caller provides."""
        sharing = {name for name, _ in self.program.storage}
        return tuple(a for a in self.program.locals if a.sizes and a.name not in sharing)

    def kernel(self, arguments: tuple[str, ...], statements: tuple[Statement, ...]) -> Kernel:
        """Return the statements as Python, after the names that they use."""
        lines = list(self.lines(statements, 0))
        owned = list(self._owned(lines))
        written = {array for statement in statements for array in writes(statement)}
        loss = next((array.name for array in written if array.role is Role.LOSS), "")
        begun = [f"{loss} = 0.0"] if loss else []
        prologue = (*self._prologue([*owned, *lines]), *owned, *begun)
        if self.memory:
            arguments += ("memory",)
        return Kernel(arguments, self.memory, (*prologue, *lines), prologue, loss)

    def _prologue(self, lines: list[str]) -> Iterator[str]:
        """Yield what the lines need of the arguments: the dtype, sizes, scalars."""
        features = next(a for a in self.program.inputs if a.role is Role.FEATURES)
        if _mentions(lines, "real"):
            values = f"{features.name}.values" if features.sparse else features.name
            yield f"real = {values}.dtype.type"
        for size, name in self.sizes.items():
            if _mentions(lines, name):
                array, axis = self._having(size)
                yield f"{name} = {array.name}.shape[{axis}]"
        for array, name in self.expressions.scalars.items():
            if _mentions(lines, name):
                yield f"{name} = {array.name}[0]"

    def _owned(self, lines: list[str]) -> Iterator[str]:
        """Yield where the arrays are that the lines use: in memory, or in that of a result."""
        for place, array in enumerate(self.memory):
            sharing = [name for name, owner in self.program.storage if owner == array.name]
            names = [n for n in (*reversed(sharing), array.name) if _mentions(lines, n)]
            rows = f"[:{self.sizes[EXAMPLES]}]" if array.sizes[0] == EXAMPLES else ""
            if names:
                yield f"{' = '.join(names)} = memory[{place}]{rows}"
        for name, owner in self.program.storage:
            if owner not in {array.name for array in self.memory} and _mentions(lines, name):
                yield f"{name} = {owner}"

    def _having(self, size: str) -> tuple[Array, int]:
        for array in self.program.inputs:
            if size in array.sizes:
                return array, array.sizes.index(size)
        raise ValueError(f"no input has the size {size}")

    def lines(self, statements: tuple[Statement, ...], depth: int) -> Iterator[str]:
        """Yield the lines of statements, each after the equation it computes, told once."""
        for statement in statements:
            for number in getattr(statement, "numbers", ()):
                if number not in self.told and number in self.comments:
                    self.told.add(number)
                    yield f"{INDENT * depth}# ({number})  {self.comments[number]}"
            if self.shared and depth == 0:
                yield from self._share(statement)
            elif isinstance(statement, (Rows, Each)):
                length = self.sizes[statement.size]
                yield f"{INDENT * depth}for {statement.index} in range({length}):"
                if isinstance(statement, Rows):
                    yield from self._hoist(statement, depth + 1)
                yield from self.lines(statement.body, depth + 1)
                if isinstance(statement, Rows):
                    self.expressions.named.clear()
            else:
                yield f"{INDENT * depth}{self._simple(statement)}"

    def _share(self, statement: Statement) -> Iterator[str]:
        """Yield the lines of a sum: for some rows of its target, or, of a scalar, in one share."""
        (target,) = writes(statement)
        if not target.sizes:
            yield f"if {SHARE[0]} == 0:"
            yield f"{INDENT}{self._simple(statement)}"
            return
        yield f"first, last = _share({target.name}.shape[0], {', '.join(SHARE)})"
        if isinstance(statement, Rows):
            yield f"for {statement.index} in range(first, last):"
            yield from self.lines(statement.body, 1)
        else:
            yield self._simple(statement, "[first:last]")

    def _hoist(self, rows: Rows, depth: int) -> Iterator[str]:
        """Read once what every inner loop of a row needs of labels and weights."""
        found = dict.fromkeys(
            entry
            for statement in _flat(rows)
            for entry in entries(statement.value)
            if entry.array.role in (Role.LABELS, Role.WEIGHTS) and entry.indices == (rows.index,)
        )
        for entry in found:
            name = fresh(f"{entry.array.name}_{rows.index}", set(self.taken))
            yield f"{INDENT * depth}{name} = {self.expressions.entry(entry)}"
            self.expressions.named[entry] = name

    def _simple(self, statement: Statement, rows: str = "") -> str:
        """Return the line of a statement; ``rows`` is the subscript of some rows of its target."""
        text, entry = self.expressions.text, self.expressions.entry
        match statement:
            case Assign(targets, value):
                names = ", ".join(entry(target) for target in targets)
                sign = "+=" if targets[0].array.role is Role.LOSS else "="
                return f"{names} {sign} {text(value)}"
            case Product(left=left, right=right) if left.sparse or right.sparse:
                return self._by_non_zeros(statement)
            case Product(target, left, right, transposed, alpha, beta):
                kind = "".join("t" if flag else "n" for flag in transposed)
                chosen = rows and (f"[:, {rows[1:]}" if transposed[0] else rows)
                operands = f"{left.name}{chosen}, {right.name}, {text(beta)}"
                return f"_gemm_{kind}({text(alpha)}, {operands}, {target.name}{rows})"
            case Total(target, source, alpha, beta):
                name = "_add_rows" if target.sizes else "_add_all"
                chosen = rows and f"[:, {rows[1:]}"
                operands = f"{text(alpha)}, {source.name}{chosen}, {text(beta)}"
                return f"{name}({operands}, {target.name}{rows})"
            case Densify(target, source):
                return f"_csr_densify({source.name}, {target.name})"
        raise TypeError(f"no statement: {statement!r}")

    def _by_non_zeros(self, product: Product) -> str:
        """Return a product with sparse features; the other matrix is seen with a row for each."""
        text = self.expressions.text
        alpha, beta = text(product.alpha), text(product.beta)
        target, left, right = (a.name for a in (product.target, product.left, product.right))
        if product.left.sparse and not product.transposed[0]:
            by_feature = right + (".T" if product.transposed[1] else "")
            return f"_csr_gather({alpha}, {left}, {by_feature}, {beta}, {target})"
        if product.left.sparse:
            return f"_csr_scatter_rows({alpha}, {left}, {right}, {beta}, {target}, first, last)"
        return f"_csr_scatter({alpha}, {right}, {left}, {beta}, {target}.T, first, last)"


def _mentions(lines: list[str], name: str) -> bool:
    return any(re.search(rf"\b{re.escape(name)}\b", line.split("# (")[0]) for line in lines)


def _flat(statement: Statement) -> Iterator[Assign]:
    if isinstance(statement, (Rows, Each)):
        for inner in statement.body:
            yield from _flat(inner)
    elif isinstance(statement, Assign):
        yield statement
