"""Expressions of scalar code again for names of which bounds are known: what these decide is folded."""

from __future__ import annotations

import ast
import math
from typing import Any, Protocol

from codegen.emit.span import Span, combined, error_of, holds, joined, split

__all__ = ["TWINS", "Folding", "Functions", "Value", "is_single"]

# y·2ⁿ in one factor where 2ⁿ is a normal number: its name, the shift whose excess is n, most |n|
TWINS = {
    "scale_f64": ("scale_once_f64", "SHIFT_F64", 1020),
    "scale_f32": ("scale_once_f32", "SHIFT_F32", 124),
}
# what an operation leaves beside its rounded result is an error of that rounding
EXACT = {"two_sum": ast.Add, "fast_two_sum": ast.Add, "two_product": ast.Mult}
# (high, low) or (high, low, power) → the same with 1 ≤ |high| < 2, or 0 with a very small power
SPLITS = ("split_far", "settle_far")
Value = Span | bool | tuple[Any, ...] | None  # what is known; None for nothing


class Functions(Protocol):
    """The functions and constants of a source, and what is written of them for bounds."""

    functions: dict[str, ast.FunctionDef]
    constants: dict[str, Span]
    twins: set[str]  # of functions that serve in the place of others

    def called(self, name: str, arguments: tuple[Value, ...]) -> tuple[str | int, Value]:
        """Return the name of a function for such arguments, or the place of the one that it returns."""


class Folding:
    """Goes through expressions; ``changed`` tells whether anything was decided.

    ``values`` are what is known of names, ``instead`` what stands for a name; ``mixed`` is for code with
    float64 beside float32.
    """

    def __init__(self, every: Functions, values: dict[str, Value], mixed: bool) -> None:
        self.every, self.values, self.mixed = every, values, mixed
        self.instead: dict[str, ast.expr] = {}  # another name, or a number
        self.changed = False

    def visit(self, node: ast.expr) -> tuple[ast.expr, Value]:
        """Return an expression for these arguments, and what is known of it."""
        match node:
            case ast.Name(name):
                if name in self.instead:
                    return self.visit(self.instead[name])
                return node, self.values.get(name, self.every.constants.get(name))
            case ast.Attribute(ast.Name("np"), "inf"):
                return node, Span(math.inf, math.inf)
            case ast.Constant(bool() as truth):
                return node, truth
            case ast.Constant(int() | float() as number):
                return node, Span(number, number)
            case ast.Tuple(parts):
                found = [self.visit(part) for part in parts]
                nodes = [part for part, _ in found]
                return ast.Tuple(nodes, ast.Load()), tuple(value for _, value in found)
            case ast.UnaryOp(operator, operand):
                inner, value = self.visit(operand)
                return ast.UnaryOp(operator, inner), _unary(operator, value)
            case ast.BinOp(left, operator, right):
                return self._binary(self.visit(left), operator, self.visit(right))
            case ast.Compare(left, [operator], [right]):
                return self._compared(self.visit(left), operator, self.visit(right))
            case ast.Call(function, arguments, []):
                return self._call(function, [self.visit(argument) for argument in arguments])
            case ast.Subscript(inner, ast.Constant(int() as place)):
                whole, value = self.visit(inner)
                part = value[place] if isinstance(value, tuple) else None
                return ast.Subscript(whole, node.slice, ast.Load()), part
        return node, None

    def _fold(self, node: ast.expr, value: Value) -> tuple[ast.expr, Value]:
        self.changed = True
        return node, value

    def _binary(
        self, left: tuple[ast.expr, Value], operator: ast.operator, right: tuple[ast.expr, Value]
    ) -> tuple[ast.expr, Value]:
        (a, x), (b, y) = left, right
        for (_, known), other in ((left, right), (right, left)):
            if isinstance(known, bool) and isinstance(operator, ast.BitAnd | ast.BitOr):
                decisive = known == isinstance(operator, ast.BitOr)
                return self._fold(ast.Constant(known), known) if decisive else self._fold(*other)
            if isinstance(operator, ast.Mult) and _is_one(known, other[1], self.mixed):
                return self._fold(*other)
        node = ast.BinOp(a, operator, b)
        if isinstance(x, Span) and isinstance(y, Span):
            return node, combined(operator, x, y)
        return node, None

    def _compared(
        self, left: tuple[ast.expr, Value], operator: ast.cmpop, right: tuple[ast.expr, Value]
    ) -> tuple[ast.expr, Value]:
        (a, x), (b, y) = left, right
        if isinstance(x, Span) and isinstance(y, Span):
            decided = holds(operator, x, y)
            if isinstance(operator, ast.Eq) and x.finite and ast.unparse(a) == ast.unparse(b):
                decided = True
            if decided is not None:
                return self._fold(ast.Constant(decided), decided)
        return ast.Compare(a, [operator], [b]), None

    def _call(
        self, function: ast.expr, arguments: list[tuple[ast.expr, Value]]
    ) -> tuple[ast.expr, Value]:
        name = ast.unparse(function)
        nodes, values = [node for node, _ in arguments], tuple(value for _, value in arguments)
        node: ast.expr = ast.Call(function, nodes, [])
        match name, values:
            case "select", (bool() as condition, _, _):
                return self._fold(*arguments[1 if condition else 2])
            case "select", (_, Span() as chosen, Span() as otherwise):
                return node, joined(chosen, otherwise)
            case "fma", (x, y, z):
                for known, (other, span) in ((x, arguments[1]), (y, arguments[0])):
                    if _is_one(known, span, self.mixed):
                        return self._fold(*self._binary((other, span), ast.Add(), arguments[2]))
                if isinstance(x, Span) and isinstance(y, Span) and isinstance(z, Span):
                    return node, combined(ast.Add(), combined(ast.Mult(), x, y), z)
            case "abs", (Span() as inner,):
                least = max(inner.low, -inner.high, 0.0)
                return node, Span(least, max(-inner.low, inner.high), inner.single)
            case "np.float64" | "f32" | "np.float32", (Span() as inner,):
                return node, Span(inner.low, inner.high, name != "np.float64")
            case twin, (_, Span() as shifted) if twin in TWINS:
                once, shift, most = TWINS[twin]
                middle = self.every.constants[shift].low
                if -most <= shifted.low - middle and shifted.high - middle <= most:
                    self.every.twins.add(once)
                    return self._fold(
                        ast.Call(ast.Name(once, ast.Load()), nodes, []),
                        Span(single=is_single(once)),
                    )
                return node, Span(single=is_single(twin))
            case exact, (Span() as x, Span() as y) if exact in EXACT:
                whole = combined(EXACT[exact](), x, y)
                return node, (whole, error_of(whole))
            case known, _ if known in self.every.functions:
                again, result = self.every.called(name, values)
                if known in SPLITS:
                    high, _, power = (*values, Span(0.0, 0.0))[:3]
                    result = split(high, power)
                self.changed |= again != name
                if isinstance(again, int):
                    return nodes[again], result
                return ast.Call(ast.Name(again, ast.Load()), nodes, []), result
        return node, None


def is_single(name: str) -> bool:
    """Return whether a function by its name is one of float32."""
    return name.endswith(("_f32", "_float32"))


def _is_one(value: Value, other: Value, mixed: bool) -> bool:
    """Return whether a value is 1, in the dtype of the other factor; ``mixed`` if there are two."""
    if not isinstance(value, Span) or not value.is_only(1.0):
        return False
    return other.single == value.single if isinstance(other, Span) else not mixed


def _unary(operator: ast.unaryop, value: Value) -> Value:
    if isinstance(value, bool):
        return not value if isinstance(operator, ast.Not) else None
    if isinstance(value, Span) and isinstance(operator, ast.USub):
        return Span(-value.high, -value.low, value.single)
    return None
