"""Scalar code, the Python that Numba compiles, as JAX: the same operations in the same order.

Each function keeps its name and its lines. What differs is how an operation is asked for: ``select`` is
``jnp.where``, a branch chooses among arrays, and a sum with a constant passes ``kept``, as XLA
adds up constants; so does a quotient that is divided again, as XLA makes a / (b·c) of (a / b) / c,
and a root that divides, as it makes a·rsqrt(b) of a / √b, which errs by 2.5 ULP.
``fma`` is a product and a sum, except where the two may cancel: there one of its arguments is negated,
and it is worked out to the last bit. A negated constant is short, so that whole numbers times it are
exact, but for π/2.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path

import codegen.vectormath
from codegen.vectormath import sources
from codegen.vectormath.extract import MODULES

__all__ = ["operations", "translated"]

FUNCTIONS = {
    "copysign": "copysign",
    "floor": "floor",
    "isnan": "isnan",
    "rint": "round",
    "sqrt": "sqrt",
}
CASTS = {"float32": "f32", "float64": "f64"}
WORDS = ("uint32", "uint64")
INTEGERS = (
    "MANTISSA",
    "BIAS",
    "BITS",
    "FOLD",
    "MASK",
    "uint",
    "bits_",
)  # what sums of bits mention
FORMATTED = (
    (re.compile(r"(\de)\+(\d)"), r"\1\2"),
    (re.compile(r"(\d) \*\* (\d)"), r"\1**\2"),
    (re.compile(r"-(\d[\d.]*\*\*\d+)"), r"-(\1)"),
)  # numbers and their powers, as formatters write them
LONG = ("HALF_PI_HIGH", "HALF_PI_1")  # the first words of π/2, of all bits
POLYNOMIAL, WIDE, SINGLE = "polynomial", "wide", "f32"  # families, told by the ends of names


def translated(functions: str, requires: Iterable[str]) -> str:
    """Return the text of scalar functions with all that they call, for JAX."""
    definitions: dict[str, ast.stmt] = dict(_functions(_arithmetic()))
    ours = frozenset(definitions)
    for node in ast.parse(f"{sources(requires)}\n\n{functions}").body:
        name = _name(node)
        if name not in ours and not _is_for_numba(node):
            definitions[name] = _for_jax(node)
    wanted = _needed(definitions, [_name(node) for node in ast.parse(functions).body])
    nodes = [node for name, node in definitions.items() if name in wanted]
    parts = [ast.unparse(nodes[0])]
    for before, node in pairwise(nodes):
        constants = isinstance(before, ast.Assign) and isinstance(node, ast.Assign)
        parts += ["\n" if constants else "\n\n\n", ast.unparse(node)]
    text = "".join(parts) + "\n"
    for written, formatted in FORMATTED:
        text = written.sub(formatted, text)
    return text


def operations(source: str, name: str) -> int:
    """Return how many operations a function of translated source takes, all that it calls counted."""
    functions = _functions(source)

    @cache
    def count(name: str) -> int:
        total = 0
        for node in ast.walk(functions[name]):
            match node:
                case ast.BinOp() | ast.Compare() | ast.Call(func=ast.Attribute()):
                    total += 1
                case ast.Call(func=ast.Name(id=called)) if called in functions:
                    total += count(called)
        return total

    return count(name)


def _arithmetic() -> str:
    return (Path(__file__).parent / "arithmetic.py").read_text(encoding="utf-8")


def _functions(text: str) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}


def _name(node: ast.stmt) -> str:
    """Return what a statement defines."""
    match node:
        case ast.FunctionDef(name=name) | ast.Assign(targets=[ast.Name(id=name)]):
            return name
    raise TypeError(f"no JAX for {ast.unparse(node)}")


def _is_for_numba(node: ast.stmt) -> bool:
    """Return whether a definition says how Numba types, lowers or decorates a function."""
    name = _name(node)
    if isinstance(node, ast.Assign):
        return name in ("scalar", "beyond", "f32")
    return name.startswith("_") or name == "select"


def _needed(definitions: Mapping[str, ast.stmt], roots: Iterable[str]) -> set[str]:
    wanted: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name not in wanted:
            wanted.add(name)
            names = {n.id for n in ast.walk(definitions[name]) if isinstance(n, ast.Name)}
            waiting += names & definitions.keys()
    return wanted


def _for_jax(node: ast.stmt) -> ast.stmt:
    if not isinstance(node, ast.FunctionDef):
        return node
    node.decorator_list = []
    family = POLYNOMIAL if node.name in _polynomials() else node.name.rsplit("_", 1)[-1]
    _Expressions(family).visit(node)
    node.body = _straight(node.body, {argument.arg for argument in node.args.args})
    return ast.fix_missing_locations(node)


@cache
def _polynomials() -> frozenset[str]:
    folder = Path(codegen.vectormath.__file__).parent
    return frozenset(
        name
        for module in MODULES
        if module.endswith(".polynomials")
        for name in _functions((folder / f"{module.replace('.', '/')}.py").read_text("utf-8"))
    )


class _Expressions(ast.NodeTransformer):
    """Write the expressions of a function of one family as JAX has them."""

    def __init__(self, family: str) -> None:
        self.family = family
        self.kinds: dict[str, str] = {}  # of names: quotient or root

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        plain = self.family == POLYNOMIAL or _is_constant(node) or _is_of_integers(node)
        constant = _is_constant(node.left) or _is_constant(node.right)
        self.generic_visit(node)
        if isinstance(node.op, ast.Div):
            if self._kind(node.left) == "quotient":
                node.left = _call("kept", node.left)
            if self._kind(node.right):
                node.right = _call("kept", node.right)
        keeps = isinstance(node.op, ast.Add | ast.Sub) and constant and not plain
        return _call("kept", node) if keeps else node

    def visit_Assign(self, node: ast.Assign) -> ast.Assign:
        self.generic_visit(node)
        kind = self._kind(node.value)
        if kind:
            self.kinds |= dict.fromkeys(_stored([node]), kind)
        return node

    def _kind(self, node: ast.expr) -> str | None:
        """Return what an expression is or names: a quotient, but not of numbers, or a square root."""
        match node:
            case ast.Name(id=name):
                return self.kinds.get(name)
            case ast.BinOp(op=ast.Div()) if not _is_constant(node):
                return "quotient"
            case ast.Call(func=ast.Attribute(attr="sqrt")):
                return "root"
        return None

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        self.generic_visit(node)
        return _not(node.operand) if isinstance(node.op, ast.Not) else node

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        self.generic_visit(node)
        if _is_constant(node.value):  # a table, which arrays of places choose from
            node.value = _call("jnp.asarray", node.value)
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        constant = _is_constant(node)
        self.generic_visit(node)
        match node.func:
            case ast.Name(id="select"):
                return _call("jnp.where", *node.args)
            case ast.Name(id="fma"):
                return self._fma(*node.args)
            case ast.Name(id="f32") if constant:
                return _call("np.float32", *node.args)
            case ast.Attribute(value=ast.Name(id="np" | "math"), attr=name) if not constant:
                if name in FUNCTIONS:
                    return _call(f"jnp.{FUNCTIONS[name]}", *node.args)
                if name in CASTS:
                    return _call(CASTS[name], *node.args)
                if name in WORDS:  # as its operands are
                    return node.args[0]
                raise TypeError(f"no JAX for {ast.unparse(node)}")
        return node

    def _fma(self, a: ast.expr, b: ast.expr, c: ast.expr) -> ast.expr:
        negated = [part.operand for part in (a, b, c) if isinstance(part, ast.UnaryOp)]
        cancels = not all(map(_is_constant, negated)) and self.family not in (POLYNOMIAL, WIDE)
        if cancels or any(ast.unparse(part).startswith(LONG) for part in negated):
            return _call("fma_f32" if self.family == SINGLE else "fma", a, b, c)
        total = ast.BinOp(ast.BinOp(a, ast.Mult(), b), ast.Add(), c)
        return total if self.family == POLYNOMIAL else _call("kept", total)


def _is_constant(node: ast.expr) -> bool:
    """Return whether an expression is a number: written, named in capitals, or made of such."""
    match node:
        case ast.Constant(value=int() | float()):
            return True
        case ast.Name(id=name):
            return name.isupper()
        case ast.UnaryOp(operand=inner):
            return _is_constant(inner)
        case ast.BinOp(left=left, right=right):
            return _is_constant(left) and _is_constant(right)
        case ast.Attribute(value=ast.Name(id="np"), attr="inf" | "nan"):
            return True
        case ast.Call(func=ast.Name(id="f32"), args=[inner]):
            return _is_constant(inner)
        case ast.Call(func=ast.Attribute(value=ast.Name(id="np"), attr=kind), args=[inner]):
            return kind in (*CASTS, *WORDS) and _is_constant(inner)
    return False


def _is_of_integers(node: ast.BinOp) -> bool:
    """Return whether a sum is one of bits."""
    text = ast.unparse(node)
    return "float_f" not in text and any(word in text for word in INTEGERS)


def _call(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.parse(name, mode="eval").body, list(arguments), [])


def _not(condition: ast.expr) -> ast.UnaryOp:
    return ast.UnaryOp(ast.Invert(), condition)


def _later(value: ast.expr) -> ast.Lambda:
    return ast.Lambda(ast.arguments([], [], None, [], [], None, []), value)


def _straight(body: list[ast.stmt], known: set[str]) -> list[ast.stmt]:
    """Return the body of a function with its branches as choices among arrays.

    ``known`` names what has a value before it.
    """
    done: list[ast.stmt] = []
    for place, node in enumerate(body):
        match node:
            case ast.If(body=[ast.Return(value=here)], orelse=[]):
                (last,) = body[place + 1 :]
                if not isinstance(last, ast.Return) or here is None or last.value is None:
                    raise TypeError(f"no JAX for {ast.unparse(last)}")
                choice = _call("branch", node.test, _later(here), _later(last.value))
                return [*done, ast.Return(choice)]
            case ast.If(orelse=[]):
                done += _changed(node, known)
            case _:
                done.append(node)
                known = known | _stored([node])
    return done


def _stored(statements: list[ast.stmt]) -> set[str]:
    """Return the names that are given a value."""
    nodes = (node for statement in statements for node in ast.walk(statement))
    return {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def _changed(node: ast.If, known: set[str]) -> list[ast.stmt]:
    """Return ``if wanted: a = …`` as a function of what changes, called where it is wanted."""
    given = ", ".join(sorted(_stored(node.body) & known))
    changed = ast.parse(f"def changed({given}):\n    return {given}").body[0]
    if not isinstance(changed, ast.FunctionDef):
        raise TypeError("a definition defines a function")
    changed.body = [*node.body, *changed.body]
    same, other = (ast.parse(text, mode="eval").body for text in (given, f"changed({given})"))
    target = ast.parse(f"{given} = 0").body[0]
    if not isinstance(target, ast.Assign):
        raise TypeError("an assignment assigns")
    target.value = _call("branch", _not(node.test), _later(same), _later(other))
    return [changed, target]
