"""What every reader of a formula's syntax tree shares: its place in the text, and the limits."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from mpmath import mp
from sympy import Basic, Expr, S, Symbol

from derive.budget import tick
from derive.errors import InputError, quoted
from derive.limits import (
    HEIGHT,
    MAGNITUDE,
    SIZE,
    TOWER,
    WORK,
    check_numbers,
    check_text,
    towers,
)
from derive.pointwise import evaluate
from derive.syntax import parsed

__all__ = ["Budget", "TextReader", "X"]

X = Symbol("x", real=True)
NOT_REAL = {S.ImaginaryUnit, S.ComplexInfinity, S.NaN, S.Infinity, S.NegativeInfinity}


class Budget:
    """What one formula may cost in all, library functions included: nodes, and nodes worked on."""

    def __init__(self) -> None:
        self.left = WORK
        self.known: dict[Basic, tuple[int, int]] = {}

    def spend(self, *parts: Basic) -> None:
        """Refuse to build on these parts if together they are too large, or too much was built."""
        measures = [self.measure(part) for part in parts]
        together = 1 + sum(size for size, _ in measures)
        self.left -= together
        if together > SIZE:
            raise InputError(
                f"the formula has more than {SIZE} parts once its functions are written out, the "
                f"limit is {SIZE}: nest fewer of them"
            )
        if any(height > HEIGHT for _, height in measures):
            raise InputError(
                f"the formula is nested more than {HEIGHT} deep once its functions are written "
                "out, the limit: nest fewer of them"
            )
        if self.left < 0:
            raise InputError(
                f"the parts of the formula have more than {WORK} parts in all, the limit: nest "
                "fewer functions"
            )

    def measure(self, node: Basic) -> tuple[int, int]:
        """Return the nodes of an expression, shared ones counted each time, and its height."""
        if node not in self.known:
            parts = [self.measure(part) for part in node.args]
            size = 1 + sum(size for size, _ in parts)
            self.known[node] = size, 1 + max((height for _, height in parts), default=0)
        return self.known[node]


class TextReader:
    """A text, its syntax tree, and how a value is built from others within the limits."""

    def __init__(self, text: str, budget: Budget) -> None:
        self.text = check_text(text)
        self.tree = parsed(self.text)
        self.budget = budget

    def refuse(self, node: ast.AST, problem: str) -> InputError:
        """Return the error for a node: the problem, and where it is."""
        place = len(self.text.encode()[: getattr(node, "col_offset", 0)].decode()) + 1
        return InputError(f"{problem} (character {place} of {quoted(self.text)})")

    def source(self, node: ast.AST) -> str:
        """Return the text of a node."""
        return ast.get_source_segment(self.text, node) or ""

    def build(self, node: ast.AST, make: Callable[..., Expr], *parts: Expr) -> Expr:
        """Return make(*parts), within the limits before and after."""
        tick()
        self.budget.spend(*parts)
        try:
            result = check_numbers(make(*parts))
        except InputError as error:
            raise self.refuse(node, str(error)) from None
        self.budget.spend(result)
        if not NOT_REAL.isdisjoint(_top(result)):
            raise self.refuse(node, f"{quoted(self.source(node), 30)} has no finite real value")
        for part in (result, *result.args):
            if isinstance(part, Expr) and part.is_number and not part.is_Rational:
                self.check_constant(node, part)
        return result

    def check_constant(self, node: ast.AST, constant: Expr) -> None:
        """Refuse a constant that is not real, or beyond the limits."""
        if towers(constant) > TOWER:
            raise self.refuse(
                node,
                f"{quoted(self.source(node), 30)} is a constant of more than {TOWER} powers within "
                "each other, the limit: type its value",
            )
        value = evaluate(constant)
        if not mp.isfinite(value):
            raise self.refuse(node, f"{quoted(self.source(node), 30)} has no finite real value")
        if value and abs(mp.log10(abs(value))) > MAGNITUDE:
            raise self.refuse(
                node,
                f"{quoted(self.source(node), 30)} is beyond 1e±{MAGNITUDE}, the limit of a constant",
            )


def _top(expression: Expr) -> Iterator[Basic]:
    """Yield the top three levels, where alone something new can have come up."""
    yield expression
    for part in expression.args:
        yield part
        yield from part.args
