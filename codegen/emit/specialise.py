"""Write scalar functions again for arguments of which bounds are known: what these decide is left out.

Comparisons are decided, choices follow, and what is then multiplied by 1 or never read goes. No rounding
changes: the new function has the bits of the other one.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Sequence
from copy import copy

import numpy as np

from codegen.emit.counts import functions_in
from codegen.emit.folding import Folding, Value, is_single
from codegen.emit.scalar_text import function_text
from codegen.emit.span import Span

__all__ = ["Specialiser", "limit_text"]


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
        single = is_single(name)
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
            self.known[key] = name, Span(single=is_single(name))
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


class _Body(Folding):
    """The statements of a function for arguments of which something is known."""

    def __init__(
        self, every: Specialiser, function: ast.FunctionDef, arguments: tuple[Value, ...]
    ) -> None:
        values = dict(zip((a.arg for a in function.args.args), arguments, strict=True))
        super().__init__(every, values, is_single(function.name))
        self.function = function
        assigned = [n.id for n in ast.walk(function) if isinstance(n, ast.Name) and _is_stored(n)]
        self.once = {
            n for n in (*assigned, *self.values) if assigned.count(n) + (n in self.values) == 1
        }
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


def _is_stored(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def _is_plain(node: ast.expr, once: set[str]) -> bool:
    """Return whether a name may stand for this: a number, or a name that never changes."""
    return isinstance(node, ast.Constant) or (isinstance(node, ast.Name) and node.id in once)


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
