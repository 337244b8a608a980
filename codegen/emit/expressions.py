"""Expressions as Python, generic in dtype.

A number is written ``real(0.5)``, where ``real`` is the dtype of the features: a bare Python number
would promote float32. What stands before a loop has names of its own there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from codegen.derivatives import member
from codegen.emit.rowwise import function_of
from codegen.program import (
    Applied,
    Array,
    Delta,
    Entry,
    Expression,
    Further,
    Number,
    Operation,
    Reduction,
    Scalar,
)

__all__ = ["ExpressionWriter", "scalar_text"]

REDUCTIONS = {
    "sum": "_sum",
    "sum_beyond_1": "_sum_beyond_1",
    "max": "_maximum",
    "argmax": "_argmax",
}


@dataclass
class ExpressionWriter:
    """Writes expressions; ``scalars`` and ``named`` are the names of what was read before.

    ``tiles`` are the names of arrays' parts in a range of classes.
    """

    scalars: Mapping[Array, str] = field(default_factory=dict)
    named: dict[Entry, str] = field(default_factory=dict)
    tiles: dict[str, str] = field(default_factory=dict)

    def text(self, node: Expression, level: int = 0) -> str:
        """Return an expression; ``level`` is how tightly its surroundings bind (+ 1, * 2, − 3)."""
        match node:
            case Number(value):
                number = str(value) if value.denominator == 1 else repr(float(value))
                return f"real({number})"
            case Scalar(name):
                return name
            case Entry():
                return self.entry(node)
            case Delta():
                return self._chosen(node, "real(1)")
            case Operation("*", (Delta() as delta, factor)):
                return self._chosen(delta, self.text(factor))
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
            case Further(Reduction("max") as largest, (so_far,)):
                return f"max({self.text(so_far)}, {self.text(largest)})"
            case Further(Reduction(body=Entry(array, (*row, _))), so_far):
                at = ", ".join(self._index(i) for i in row)
                operands = ", ".join(self.text(part) for part in so_far)
                return f"_sum_further({array.name}[{at}], {operands})"
        raise TypeError(f"no Python for {node}")

    def _chosen(self, delta: Delta, text: str) -> str:
        return f"({text} if {self._index(delta.left)} == {self._index(delta.right)} else real(0))"

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
            case Operation("lowest", ()):
                return "-np.inf"
            case Operation(name, (operand,)):
                return f"_{name}({self.text(operand)})"
        return f"({text})" if binding is not None and binding < level else text

    def _applied(self, node: Applied) -> str:
        arguments = ", ".join(self.text(part) for part in (node.argument, *node.parameters))
        if node.paired:
            return f"_{function_of(node)}({arguments})"
        return member(node.orders).of(f"_{node.symbol}", arguments)

    def entry(self, node: Entry) -> str:
        if node in self.named:
            return self.named[node]
        if node.array in self.scalars:
            return self.scalars[node.array]
        name = self.name(node.array)
        if not node.indices:
            return name
        return f"{name}[{', '.join(self._index(i) for i in node.indices)}]"

    def name(self, array: Array) -> str:
        """Return what an array is called, or its part in a tile."""
        return self.tiles.get(array.name, array.name)

    def _index(self, index: str | Entry) -> str:
        return index if isinstance(index, str) else self.entry(index)


def scalar_text(node: Expression) -> str:
    """Return an expression of scalars alone, and of sums of squares."""
    return ExpressionWriter().text(node)


def _is(node: Expression, name: str) -> bool:
    return isinstance(node, Operation) and node.name == name
