"""Operations on balls as Python functions without a loop: the truth is asked for at a million points.

``outputs`` computes only the branches that are taken; ``every`` computes all operations, those on the
other side of a condition too, and gives nan where an operation has no value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flint import arb, ctx

from codegen.scalar.balls import OPERATIONS, NoValueError, constant
from codegen.scalar.terms import Node, Terms

__all__ = ["Straight", "straight"]

INFIX = {
    "add": "+", "sub": "-", "add_exact": "+", "sub_exact": "-", "mul": "*", "and": "and", "or": "or",
}  # fmt: skip


@dataclass
class Straight:
    """The operations of terms, compiled; each function takes x and the parameters."""

    terms: Terms
    numbers: dict[int, list[Any]] = field(default_factory=dict)
    _alone: dict[int, Terms] = field(default_factory=dict)
    _outputs: Callable[..., tuple[Any, ...]] | None = None
    _every: Callable[..., tuple[Any, ...]] | None = None

    def outputs(self, x: arb, parameters: Mapping[str, float]) -> tuple[arb, ...]:
        """Return the outputs at the precision that is set; raises as the operations do."""
        if self._outputs is None:
            lines = list[str]()
            known = dict[int, str]()
            results = [_emit(self.terms, n, known, lines, 1) for n in self.terms.outputs]
            self._outputs = _function(lines, results, OPERATIONS)
        return self._outputs(x, parameters, self._constants())

    def alone(self, place: int) -> Terms:
        """Return the terms of one output, the same ones each time, so that they are compiled once."""
        if place not in self._alone:
            self._alone[place] = self.terms.alone(place)
        return self._alone[place]

    def every(self, x: arb, parameters: Mapping[str, float]) -> tuple[Any, ...]:
        """Return the balls and truth values of all operations, nan for what has no value."""
        if self._every is None:
            lines = [
                f" v{number} = {_text(node, [f'v{a}' for a in node.args], number)}"
                for number, node in enumerate(self.terms.nodes)
            ]
            results = [f"v{number}" for number in range(len(self.terms.nodes))]
            operations = {name: _or_nan(operation) for name, operation in OPERATIONS.items()}
            self._every = _function(lines, results, operations)
        return self._every(x, parameters, self._constants())

    def _constants(self) -> list[Any]:
        if ctx.prec not in self.numbers:
            self.numbers[ctx.prec] = [
                constant(node.number) if node.op == "constant" else None
                for node in self.terms.nodes
            ]
        return self.numbers[ctx.prec]


def straight(terms: Terms) -> Straight:
    """Return the compiled operations, the same ones as long as the terms do not grow."""
    found = terms.compiled
    if not isinstance(found, Straight) or (len(found.terms.nodes), found.terms.outputs) != (
        len(terms.nodes),
        terms.outputs,
    ):
        copied = Terms(list(terms.nodes), terms.outputs, otherwise=terms.otherwise)
        found = terms.compiled = Straight(copied)
    return found


def _emit(terms: Terms, number: int, known: dict[int, str], lines: list[str], depth: int) -> str:
    """Add the lines that compute an operation, those of a branch only inside it; return its name."""
    if number in known:
        return known[number]
    node, indent = terms.nodes[number], " " * depth
    name = f"v{number}"
    if node.op == "select":
        condition, *branches = node.args
        asked = _emit(terms, condition, known, lines, depth)
        for word, branch in zip((f"if {asked}:", "else:"), branches, strict=True):
            lines.append(indent + word)
            value = _emit(terms, branch, dict(known), lines, depth + 1)
            lines.append(f"{indent} {name} = {value}")
    else:
        arguments = [_emit(terms, a, known, lines, depth) for a in node.args]
        lines.append(f"{indent}{name} = {_text(node, arguments, number)}")
    known[number] = name
    return name


def _text(node: Node, arguments: list[str], number: int) -> str:
    if node.op == "x":
        return "x"
    if node.op == "constant":
        return f"constants[{number}]"
    if node.op == "parameter":
        return f"arb(parameters[{str(node.value)!r}])"
    if node.op == "select":
        return f"{arguments[1]} if {arguments[0]} else {arguments[2]}"
    if node.op in INFIX:
        return f" {INFIX[node.op]} ".join(arguments)
    if node.op in ("neg", "not"):
        return f"{'-' if node.op == 'neg' else 'not '}{arguments[0]}"
    return f"{node.op}_({', '.join(arguments)})"


def _function(
    lines: list[str], results: list[str], operations: Mapping[str, Callable[..., Any]]
) -> Callable[..., tuple[Any, ...]]:
    text = "\n".join(["def function(x, parameters, constants):", *lines])
    names: dict[str, Any] = {"arb": arb, **{f"{name}_": f for name, f in operations.items()}}
    exec(compile(f"{text}\n return ({', '.join(results)},)", "<operations>", "exec"), names)
    return names["function"]


def _or_nan(operation: Callable[..., Any]) -> Callable[..., Any]:
    def tried(*arguments: Any) -> Any:
        try:
            return operation(*arguments)
        except NoValueError:
            return arb.nan()

    return tried
