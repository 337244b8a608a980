"""The statements of a program as lines of Python, generic in dtype.

Names are those of the mathematics. What an inner loop reads of the row alone (its label, its
weight) is read once before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from codegen.emit.expressions import ExpressionWriter
from codegen.emit.rowwise import function_of, is_of_row, parted
from codegen.passes.names import fresh, names_of
from codegen.program import (
    Applied,
    Array,
    Assign,
    Densify,
    Each,
    Entry,
    Product,
    Program,
    Role,
    Rows,
    Statement,
    Tiles,
    Total,
    entries,
    flattened,
    reads,
    writes,
)

__all__ = ["EXAMPLES", "KEPT", "ROW", "SHARE", "Body", "StatementWriter"]

EXAMPLES = "B"  # the size that counts examples, in the equations
SHARE = ("share", "shares")  # which share of the rows of each gradient, of how many
KEPT, ROW = "kept", "row"  # where scores are kept, if they are; the first of these rows in there
OWN_NAMES = ("real", "memory", "first", "last", "classes", "start", "stop", KEPT, ROW)
INDENT = "    "


@dataclass(frozen=True)
class Body:
    """The beginning of a kernel, before its first statement; its statements; what it returns."""

    prologue: tuple[str, ...]
    lines: tuple[str, ...]
    returned: str


@dataclass
class StatementWriter:
    """Writes the statements of a program, or, ``shared``, its sums in shares."""

    program: Program
    comments: Mapping[int, str]
    shared: bool = False
    told: set[int] = field(default_factory=set)
    sweep: Tiles | None = None  # that is being written

    def __post_init__(self) -> None:
        self.taken = {*names_of(self.program), *OWN_NAMES, *SHARE}
        arrays = (*self.program.inputs, *self.program.outputs, *self.program.locals)
        names = dict.fromkeys(size for array in arrays for size in array.sizes)
        self.sizes = {n: fresh("batch" if n == EXAMPLES else n, self.taken) for n in names}
        scalars = {
            array: fresh(f"{array.name}_0", self.taken)
            for array in self.program.inputs
            if array.role is Role.PARAMETER and not array.sizes
        }
        self.expressions = ExpressionWriter(scalars)
        tiles = [s for s in (*self.program.statements, *self.program.sums) if isinstance(s, Tiles)]
        self.tiled = tiles[0].size if tiles else ""
        self.kept = {
            array.name
            for sweep in tiles
            for statement in sweep.scores
            for array in writes(statement)
            if any(array in reads(part) for part in sweep.body)
        }

    @property
    def memory(self) -> tuple[Array, ...]:
        """Return the arrays that own memory which the caller provides."""
        sharing = {name for name, _ in self.program.storage}
        return tuple(a for a in self.program.locals if a.sizes and a.name not in sharing)

    def body(self, statements: tuple[Statement, ...]) -> Body:
        """Return the statements as Python, after the names that they use."""
        lines = list(self.lines(statements, 0))
        owned = list(self._owned(lines))
        written = {array for statement in statements for array in writes(statement)}
        loss = next((array.name for array in written if array.role is Role.LOSS), "")
        begun = [f"{loss} = 0.0"] if loss else []
        prologue = (*self._prologue([*owned, *lines]), *owned, *begun)
        return Body(prologue, tuple(lines), loss)

    def _prologue(self, lines: list[str]) -> Iterator[str]:
        """Yield what the lines need of the arguments: the dtype, sizes, scalars."""
        features = next(a for a in self.program.inputs if a.role is Role.FEATURES)
        if _mentions(lines, "real"):
            values = f"{features.name}.values" if features.sparse else features.name
            yield f"real = {values}.dtype.type"
        for size, name in self.sizes.items():
            if size != self.tiled and _mentions(lines, name):
                array, axis = self._having(size)
                yield f"{name} = {array.name}.shape[{axis}]"
        for array, name in self.expressions.scalars.items():
            if _mentions(lines, name):
                yield f"{name} = {array.name}[0]"

    def _owned(self, lines: list[str]) -> Iterator[str]:
        """Yield where the arrays are that the lines use: in memory, or in that of a result."""
        widths: list[str] = []  # of tiles: all alike
        for place, array in enumerate(self.memory):
            sharing = [name for name, owner in self.program.storage if owner == array.name]
            names = [n for n in (*reversed(sharing), array.name) if _mentions(lines, n)]
            rows = f"[:{self.sizes[EXAMPLES]}]" if array.sizes[0] == EXAMPLES else ""
            if names and self._is_tile(array):
                widths.append(f"classes = memory[{place}].shape[1]")
            elif names:
                yield f"{' = '.join(names)} = memory[{place}]{rows}"
        for name, owner in self.program.storage:
            if owner not in {array.name for array in self.memory} and _mentions(lines, name):
                yield f"{name} = {owner}"
        yield from widths[:1]

    def _is_tile(self, array: Array) -> bool:
        """Return whether an array has a row an example of a range of classes."""
        return array.sizes[1:] == (self.tiled,)

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
            elif isinstance(statement, Tiles):
                yield from self._tiles(statement, depth)
            elif isinstance(statement, Each) and (parts := parted(statement)):
                yield from self.lines(parts, depth)
            elif isinstance(statement, (Rows, Each)):
                length = self.sizes[statement.size]
                yield f"{INDENT * depth}for {statement.index} in range({length}):"
                if isinstance(statement, Rows):
                    yield from self._hoist(statement, depth + 1)
                yield from self.lines(statement.body, depth + 1)
                if isinstance(statement, Rows):
                    self.expressions.named.clear()
            elif self.sweep and (label := _label_that_picks(statement)):
                found = f"0 <= {self.expressions.entry(label)} < {self.sizes[self.tiled]}"
                yield f"{INDENT * depth}if {found}:"
                yield f"{INDENT * (depth + 1)}{self._simple(statement)}"
            else:
                yield f"{INDENT * depth}{self._simple(statement)}"

    def _share(self, statement: Statement) -> Iterator[str]:
        """Yield the lines of a sum: for some rows of its target, or, of a scalar, in one share."""
        if isinstance(statement, Tiles):
            yield from self._tiles(statement, 0)
            return
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

    def _tiles(self, sweep: Tiles, depth: int) -> Iterator[str]:
        """Yield a loop over ranges of classes, in a share of them where sums are shared."""
        having, axis = self._having(sweep.size)
        classes = f"{having.name}.shape[{axis}]"
        margin, inner = INDENT * depth, INDENT * (depth + 1)
        if self.shared:
            yield f"first, last = _share(-(-{classes} // classes), {', '.join(SHARE)})"
            every = f"range(first * classes, min(last * classes, {classes}), classes)"
        else:
            every = f"range(0, {classes}, classes)"
        yield f"{margin}for start in {every}:"
        yield f"{inner}stop = min(start + classes, {classes})"
        yield f"{inner}{self.sizes[sweep.size]} = stop - start"
        self.expressions.tiles = {
            array.name: fresh(f"{array.name}_tile", set(self.taken))
            for array in (*reads(sweep), *writes(sweep))
            if array.role in (Role.PARAMETER, Role.GRADIENT) and sweep.size in array.sizes
        }
        self.sweep = sweep
        scores = list(self.lines(sweep.scores, depth + 2))
        lines = list(self.lines(sweep.body, depth + 1))
        for array in dict.fromkeys((*reads(sweep), *writes(sweep))):
            if array.name in self.expressions.tiles:
                ranges = "start:stop" if array.sizes[0] == sweep.size else ":, start:stop"
                yield f"{inner}{self.expressions.tiles[array.name]} = {array.name}[{ranges}]"
        for line in self._tile_arrays([*scores, *lines]):
            yield f"{inner}{line}"
        if scores:
            yield f"{inner}if {KEPT}.shape[0] == 0:"
            yield from scores
        yield from lines
        self.sweep, self.expressions.tiles = None, {}

    def _tile_arrays(self, lines: list[str]) -> Iterator[str]:
        """Yield where the arrays of a tile are: in memory, scores where they are kept."""
        columns, rows = self.sizes[self.tiled], self.sizes[EXAMPLES]
        for place, array in enumerate(self.memory):
            sharing = [name for name, owner in self.program.storage if owner == array.name]
            names = [n for n in (*reversed(sharing), array.name) if _mentions(lines, n)]
            if not names or not self._is_tile(array):
                continue
            own = f"memory[{place}]" + (f"[{SHARE[0]} * {rows} :]" if self.shared else "")
            if self.kept & set(names):
                row = "0" if self.shared else ROW
                where = f"_kept_tile({own}, {KEPT}, start, {row}, {rows}, {columns})"
            else:
                where = f"_tile({own}, {rows}, {columns})"
            yield f"({names[-1]},) = {where}"
            if len(names) > 1:
                yield " = ".join(names)

    def _hoist(self, rows: Rows, depth: int) -> Iterator[str]:
        """Read once what every inner loop of a row needs of labels, weights and other loops."""
        written = writes(rows)
        found = dict.fromkeys(
            entry
            for statement in flattened((rows,))
            if isinstance(statement, Assign)
            for entry in entries(statement.value)
            if entry.indices == (rows.index,) and entry.array not in written
        )
        for entry in found:
            name = fresh(f"{entry.array.name}_{rows.index}", set(self.taken))
            counted = " - start" if entry.array.role is Role.LABELS and self.sweep else ""
            yield f"{INDENT * depth}{name} = {self.expressions.entry(entry)}{counted}"
            self.expressions.named[entry] = name

    def _simple(self, statement: Statement, rows: str = "") -> str:
        """Return the line of a statement; ``rows`` is the subscript of some rows of its target."""
        text, entry, name = self.expressions.text, self.expressions.entry, self.expressions.name
        match statement:
            case Assign(targets, Applied() as value) if is_of_row(statement):
                outs = ", ".join(map(entry, targets))
                parameters = "".join(f", {p.array.name}" for p in entries(value) if not p.indices)
                argument = text(value.argument)
                return f"_fill_{function_of(value)}({argument}{parameters}, {outs})"
            case Assign(targets, value):
                names = ", ".join(entry(target) for target in targets)
                sign = "+=" if targets[0].array.role is Role.LOSS else "="
                return f"{names} {sign} {text(value)}"
            case Product(left=left, right=right) if left.sparse or right.sparse:
                return self._by_non_zeros(statement)
            case Product(target, left, right, transposed, alpha, beta):
                kind = "".join("t" if flag else "n" for flag in transposed)
                chosen = rows and (f"[:, {rows[1:]}" if transposed[0] else rows)
                operands = f"{name(left)}{chosen}, {name(right)}, {text(beta)}"
                return f"_gemm_{kind}({text(alpha)}, {operands}, {name(target)}{rows})"
            case Total(target, source, alpha, beta):
                routine = "_add_rows" if target.sizes else "_add_all"
                chosen = rows and f"[:, {rows[1:]}"
                operands = f"{text(alpha)}, {name(source)}{chosen}, {text(beta)}"
                return f"{routine}({operands}, {name(target)}{rows})"
            case Densify(target, source):
                return f"_csr_densify({source.name}, {target.name})"
        raise TypeError(f"no statement: {statement!r}")

    def _by_non_zeros(self, product: Product) -> str:
        """Return a product with sparse features; the other matrix is seen with a row for each."""
        text = self.expressions.text
        alpha, beta = text(product.alpha), text(product.beta)
        arrays = (product.target, product.left, product.right)
        target, left, right = map(self.expressions.name, arrays)
        rows = f"0, {self.sizes[self.tiled]}" if self.sweep else "first, last"
        if product.left.sparse and not product.transposed[0]:
            by_feature = right + (".T" if product.transposed[1] else "")
            return f"_csr_gather({alpha}, {left}, {by_feature}, {beta}, {target})"
        if product.left.sparse:
            return f"_csr_scatter_rows({alpha}, {left}, {right}, {beta}, {target}, {rows})"
        return f"_csr_scatter({alpha}, {right}, {left}, {beta}, {target}.T, {rows})"


def _label_that_picks(statement: Statement) -> Entry | None:
    """Return the label by which a statement picks an entry; None for others."""
    match statement:
        case Assign(value=Entry(indices=(_, Entry() as label))):
            return label
    return None


def _mentions(lines: list[str], name: str) -> bool:
    return any(re.search(rf"\b{re.escape(name)}\b", line.split("# (")[0]) for line in lines)
