"""Write scalar functions again for arguments of which bounds are known: what these decide is left out.

Comparisons are decided, choices follow, and what is then multiplied by 1 or never read goes. No rounding
changes: the new function has the bits of the other one.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Sequence
from copy import copy
from typing import Any

import numpy as np

from codegen.emit.counts import functions_in
from codegen.emit.scalar_text import function_text
from codegen.emit.span import Span, combined, error_of, holds, joined, split

__all__ = ["TWINS", "Specialiser", "limit_text"]

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


def limit_text(limit: float) -> str:
    """Return a power of two as it is written in Python: 512, 2.0**100."""
    power = math.frexp(limit)[1] - 1
    return str(int(limit)) if power < 20 else f"2.0**{power}"


class Specialiser:
    """Writes functions again for arguments of which something is known."""

    def __init__(self, source: str) -> None:
        self.functions, self.constants = functions_in(source), _constants(source)
        self._begin()

    def anew(self) -> Specialiser:
        """Return one for the same source that has written nothing."""
        other = copy(self)
        other._begin()
        return other

    def _begin(self) -> None:
        self.known: dict[tuple[str, tuple[Value, ...]], tuple[str | int, Value]] = {}
        self.written: dict[str, str] = {}  # the name of each by its text without a name
        self.copies: list[str] = []
        self.twins: set[str] = set()
        self.limits: dict[str, float] = {}

    def near(self, name: str, limit: float) -> str:
        """Return the name of a function for |x| ≤ limit: a new one, or the same where nothing changes."""
        arguments = self.functions[name].args.args
        single = _is_single(name)
        x = Span(-limit, limit, single)
        self.limits[name] = limit
        found, _ = self.called(name, (x, *(Span(single=single) for _ in arguments[1:])))
        return name if isinstance(found, int) else found

    def text(self) -> str:
        """Return the functions that were written, those that are called first."""
        return "\n\n\n".join(self.copies)

    def called(self, name: str, arguments: tuple[Value, ...]) -> tuple[str | int, Value]:
        """Return the name of a function for such arguments, and what is known of its result.

        A number in the place of a name is that of the argument that the function would return.
        """
        key = name, arguments
        if key not in self.known:
            self.known[key] = name, Span(single=_is_single(name))
            body = _Body(self, self.functions[name], arguments)
            if body.straight:
                self.known[key] = self._found(name, body), body.result
        return self.known[key]

    def _found(self, name: str, body: _Body) -> str | int:
        if not body.changed:
            return name
        place = body.returned_argument()
        return self._named(name, body) if place is None else place

    def _named(self, name: str, body: _Body) -> str:
        where = f" for |x| ≤ {limit_text(self.limits[name])}" if name in self.limits else ""
        text = body.text("_", where)
        if text not in self.written:
            stem, _, kind = name.rpartition("_")
            name, others = f"{stem}_near_{kind}", 1
            while name in self.functions or name in self.written.values():
                others += 1
                name = f"{stem}_near_{others}_{kind}"
            self.written[text] = name
            self.copies.append(body.text(name, where))
        return self.written[text]


class _Body:
    """The statements of a function for arguments of which something is known."""

    def __init__(
        self, every: Specialiser, function: ast.FunctionDef, arguments: tuple[Value, ...]
    ) -> None:
        self.every, self.function = every, function
        self.values = dict(zip((a.arg for a in function.args.args), arguments, strict=True))
        self.instead: dict[str, ast.expr] = {}  # a name that stands for another one or a number
        assigned = [n.id for n in ast.walk(function) if isinstance(n, ast.Name) and _is_stored(n)]
        self.once = {
            n for n in (*assigned, *self.values) if assigned.count(n) + (n in self.values) == 1
        }
        self.mixed = _is_single(function.name)  # with float64 beside float32
        self.changed = False
        self.result: Value = None
        self.statements: list[ast.stmt] = []
        self.straight = self._statements(function.body)
        self._drop_what_nobody_reads()

    def text(self, name: str, where: str) -> str:
        """Return the function under a name, with a docstring that says where it holds."""
        docstring = (ast.get_docstring(self.function) or "").removesuffix(".")
        return function_text(name, self.function.args, f"{docstring}{where}.", self.statements)

    def returned_argument(self) -> int | None:
        """Return the place of the argument that is all that is left of the function."""
        match self.statements:
            case [ast.Return(ast.Name(name))]:
                return next(
                    (k for k, a in enumerate(self.function.args.args) if a.arg == name), None
                )
        return None

    def _statements(self, body: Sequence[ast.stmt]) -> bool:
        """Go through statements to what is returned; return whether no branch is left among them."""
        for place, statement in enumerate(body):
            if isinstance(statement, ast.If):
                _, taken = self.visit(statement.test)
                if not isinstance(taken, bool):
                    return False
                self.changed = True
                branch = statement.body if taken else statement.orelse
                return self._statements([*branch, *body[place + 1 :]])
            self._statement(statement)
            if isinstance(statement, ast.Return):
                return True
        return False

    def _statement(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.Expr):  # the docstring
            return
        assert isinstance(statement, ast.Assign | ast.Return), ast.unparse(statement)
        assert statement.value is not None
        node, value = self.visit(statement.value)
        if isinstance(statement, ast.Return):
            self.result = value
            self.statements.append(ast.Return(node))
            return
        (target,) = statement.targets
        if isinstance(target, ast.Name):
            self.values[target.id] = value
            self.instead.pop(target.id, None)
            if self.changed and _is_plain(node, self.once):
                self.instead[target.id] = node
                return
            if isinstance(node, ast.Name) and node.id == target.id:
                return
        else:
            assert isinstance(target, ast.Tuple)
            parts = value if isinstance(value, tuple) else (None,) * len(target.elts)
            for part, known in zip(target.elts, parts, strict=True):
                assert isinstance(part, ast.Name)
                self.values[part.id] = known
                self.instead.pop(part.id, None)
        self.statements.append(ast.Assign([target], node, lineno=0))

    def _drop_what_nobody_reads(self) -> None:
        wanted = set[str]()
        kept: list[ast.stmt] = []
        for statement in reversed(self.statements):
            names = [n for n in ast.walk(statement) if isinstance(n, ast.Name)]
            stored = {n.id for n in names if _is_stored(n)}
            if isinstance(statement, ast.Assign) and not stored & wanted:
                continue
            wanted = (wanted - stored) | {n.id for n in names if not _is_stored(n)}
            kept.append(statement)
        self.statements = kept[::-1]

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
                        Span(single=_is_single(once)),
                    )
                return node, Span(single=_is_single(twin))
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


def _is_single(name: str) -> bool:
    """Return whether a function by its name is one of float32."""
    return name.endswith(("_f32", "_float32"))


def _is_stored(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def _is_plain(node: ast.expr, once: set[str]) -> bool:
    """Return whether a name may stand for this: a number, or a name that never changes."""
    return isinstance(node, ast.Constant) or (isinstance(node, ast.Name) and node.id in once)


def _is_one(value: Value, other: Value, mixed: bool) -> bool:
    """Return whether a value is 1, in the dtype of the other factor; ``mixed`` if there are two."""
    if not isinstance(value, Span) or not value.is_only(1.0):
        return False
    return other.single == value.single if isinstance(other, Span) else not mixed


def _constants(source: str) -> dict[str, Span]:
    """Return the numbers that the source gives a name."""
    found = {}
    for statement in ast.parse(source).body:
        match statement:
            case ast.Assign([ast.Name(name)], ast.Constant(float() as value)):
                found[name] = Span(value, value)
            case ast.Assign([ast.Name(name)], ast.Call(ast.Name("f32"), [argument])):
                number = float(np.float32(ast.literal_eval(argument)))
                found[name] = Span(number, number, single=True)
            case ast.Assign(
                [ast.Name(name)], ast.UnaryOp(ast.USub(), ast.Constant(float() as value))
            ):
                found[name] = Span(-value, -value)
    return found


def _unary(operator: ast.unaryop, value: Value) -> Value:
    if isinstance(value, bool):
        return not value if isinstance(operator, ast.Not) else None
    if isinstance(value, Span) and isinstance(operator, ast.USub):
        return Span(-value.high, -value.low, value.single)
    return None
