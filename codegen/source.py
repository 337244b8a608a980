"""The statements of a program as lines of Python, generic in dtype.

Names are those of the mathematics. A number is written ``real(0.5)``, where ``real`` is the dtype
of the features: a bare Python number would promote float32. What an inner loop reads of the row
alone (its label, its weight) is read once before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from codegen.passes.names import fresh, names_of
from codegen.program import (
    Applied,
    Array,
    Assign,
    Delta,
    Each,
    Entry,
    Expression,
    Number,
    Operation,
    Product,
    Program,
    Reduction,
    Role,
    Rows,
    Scalar,
    Statement,
    Total,
    entries,
)

__all__ = ["EXAMPLES", "Kernel", "kernel", "scalar_text"]

EXAMPLES = "B"  # the size that counts examples, in the equations
INDENT = "    "
REDUCTIONS = {
    "sum": "_sum",
    "sum_beyond_1": "_sum_beyond_1",
    "max": "_maximum",
    "argmax": "_argmax",
}


@dataclass(frozen=True)
class Kernel:
    """A program as Python: its arguments and memory, and the lines of its body.

    ``prologue`` is the beginning of the body, before the first statement.
    """

    program: Program
    arguments: tuple[str, ...]
    memory: tuple[Array, ...]
    sizes: Mapping[str, str]
    body: tuple[str, ...]
    prologue: tuple[str, ...]


def kernel(program: Program, comments: Mapping[int, str], results: set[str]) -> Kernel:
    """Return the program as Python; ``comments`` are the equations by number.

    ``results`` names the outputs that are arrays of the caller; the others are returned.
    """
    writer = _Writer(program, comments)
    arguments = [array.name for array in program.inputs] + list(program.scalars)
    arguments += [array.name for array in program.outputs if array.name in results]
    memory = writer.memory
    prologue = tuple(writer.prologue())
    body = (*prologue, *writer.lines(program.statements, 0))
    return Kernel(program, tuple(arguments), memory, writer.sizes, body, prologue)


def scalar_text(node: Expression) -> str:
    """Return an expression of scalars alone."""
    return _Writer(Program("", (), (), ()), {}).text(node)


@dataclass
class _Writer:
    program: Program
    comments: Mapping[int, str]
    told: set[int] = field(default_factory=set)
    hoisted: dict[Entry, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.taken = {*names_of(self.program), "real", "memory"}
        arrays = (*self.program.inputs, *self.program.outputs, *self.program.locals)
        names = dict.fromkeys(size for array in arrays for size in array.sizes)
        self.sizes = {n: fresh("batch" if n == EXAMPLES else n, self.taken) for n in names}
        self.scalars = {
            array: fresh(f"{array.name}_0", self.taken)
            for array in self.program.inputs
            if array.role is Role.PARAMETER and not array.sizes
        }

    @property
    def memory(self) -> tuple[Array, ...]:
        """Return the arrays that own memory which the caller provides."""
        sharing = {name for name, _ in self.program.storage}
        return tuple(a for a in self.program.locals if a.sizes and a.name not in sharing)

    def prologue(self) -> Iterator[str]:
        """Yield the lines before the first statement: sizes, memory, scalars."""
        features = next(a for a in self.program.inputs if a.role is Role.FEATURES)
        yield f"real = {features.name}.dtype.type"
        for name in self._sizes_used():
            array, axis = self._having(name)
            yield f"{self.sizes[name]} = {array.name}.shape[{axis}]"
        for place, array in enumerate(self.memory):
            shared = [name for name, owner in self.program.storage if owner == array.name]
            owners = " = ".join([*reversed(shared), array.name])
            rows = f"[:{self.sizes[EXAMPLES]}]" if array.sizes[0] == EXAMPLES else ""
            yield f"{owners} = memory[{place}]{rows}"
        for name, owner in self.program.storage:
            if owner not in {array.name for array in self.memory}:
                yield f"{name} = {owner}"
        for array, name in self.scalars.items():
            yield f"{name} = {array.name}[0]"
        for array in self.program.outputs:
            if array.role is Role.LOSS:
                yield f"{array.name} = 0.0"

    def _sizes_used(self) -> list[str]:
        used = [EXAMPLES] if self.memory else []
        pending = list(self.program.statements)
        while pending:
            statement = pending.pop(0)
            if isinstance(statement, (Rows, Each)):
                used.append(statement.size)
                pending[:0] = statement.body
        return list(dict.fromkeys(used))

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
            if isinstance(statement, (Rows, Each)):
                length = self.sizes[statement.size]
                yield f"{INDENT * depth}for {statement.index} in range({length}):"
                if isinstance(statement, Rows):
                    yield from self._hoist(statement, depth + 1)
                yield from self.lines(statement.body, depth + 1)
                if isinstance(statement, Rows):
                    self.hoisted.clear()
            else:
                yield f"{INDENT * depth}{self._simple(statement)}"

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
            yield f"{INDENT * depth}{name} = {self._entry(entry)}"
            self.hoisted[entry] = name

    def _simple(self, statement: Statement) -> str:
        match statement:
            case Assign(targets, value):
                names = ", ".join(self._entry(target) for target in targets)
                sign = "+=" if targets[0].array.role is Role.LOSS else "="
                return f"{names} {sign} {self.text(value)}"
            case Product(target, left, right, transposed, alpha, beta):
                kind = "".join("t" if flag else "n" for flag in transposed)
                operands = f"{self.text(alpha)}, {left.name}, {right.name}, {self.text(beta)}"
                return f"_gemm_{kind}({operands}, {target.name})"
            case Total(target, source, alpha, beta):
                name = "_add_rows" if target.sizes else "_add_all"
                operands = f"{self.text(alpha)}, {source.name}, {self.text(beta)}"
                return f"{name}({operands}, {target.name})"
        raise TypeError(f"no statement: {statement!r}")

    def text(self, node: Expression, level: int = 0) -> str:
        """Return an expression; ``level`` is how tightly its surroundings bind (+ 1, * 2, − 3)."""
        match node:
            case Number(value):
                number = str(value) if value.denominator == 1 else repr(float(value))
                return f"real({number})"
            case Scalar(name):
                return name
            case Entry():
                return self._entry(node)
            case Delta(left, right):
                return f"(real(1) if {self._index(left)} == {self._index(right)} else real(0))"
            case Operation():
                return self._operation(node, level)
            case Applied():
                return self._applied(node)
            case Reduction(
                "sum",
                i,
                _,
                Reduction("sum", j, _, Operation("*", (Entry(array, axes) as one, two))),
            ) if one == two and {*axes} == {i, j}:
                return f"_sum_of_squares({array.name})"
            case Reduction(name, index, _, Entry(array, (*row, last))) if last == index:
                at = ", ".join(self._index(i) for i in row)
                return f"{REDUCTIONS[name]}({array.name}[{at}])"
        raise TypeError(f"no Python for {node}")

    def _operation(self, node: Operation, level: int) -> str:
        binding = {"+": 1, "*": 2, "/": 2, "negate": 3}.get(node.name)
        match node:
            case Operation("+", (first, *rest)):
                text = self.text(first, 1)
                for term in rest:
                    match term:
                        case Operation("negate", (positive,)):
                            text += f" - {self.text(positive, 2)}"
                        case _:
                            text += f" + {self.text(term, 2 if _is(term, '+') else 1)}"
            case Operation("*" | "/" as sign, operands):
                first, *rest = operands
                text = self.text(first, 2) + "".join(f" {sign} {self.text(o, 3)}" for o in rest)
            case Operation("negate", (operand,)):
                text = f"-{self.text(operand, 3)}"
            case Operation("log" | "log1p" as function, (operand,)):
                return f"math.{function}({self.text(operand)})"
            case Operation(name, (operand,)):
                return f"_{name}({self.text(operand)})"
        return f"({text})" if binding is not None and binding < level else text

    def _applied(self, node: Applied) -> str:
        arguments = ", ".join(self.text(part) for part in (node.argument, *node.parameters))
        symbol = f"_{node.symbol}"
        if node.paired:
            return f"{symbol}_value_and_derivative({arguments})"
        position = next((n for n, order in enumerate(node.orders[1:]) if order), None)
        if sum(node.orders) > 1:
            raise TypeError(f"no Python for {node}: a second derivative")
        if position is not None:
            return f"{symbol}_parameter_derivatives({arguments})[{position}]"
        return f"{symbol}_{'derivative' if node.orders[0] else 'value'}({arguments})"

    def _entry(self, node: Entry) -> str:
        if node in self.hoisted:
            return self.hoisted[node]
        if node.array in self.scalars:
            return self.scalars[node.array]
        if not node.indices:
            return node.array.name
        return f"{node.array.name}[{', '.join(self._index(i) for i in node.indices)}]"

    def _index(self, index: str | Entry) -> str:
        return index if isinstance(index, str) else self._entry(index)


def _is(node: Expression, name: str) -> bool:
    return isinstance(node, Operation) and node.name == name


def _flat(statement: Statement) -> Iterator[Assign]:
    if isinstance(statement, (Rows, Each)):
        for inner in statement.body:
            yield from _flat(inner)
    elif isinstance(statement, Assign):
        yield statement
