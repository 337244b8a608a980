"""A formula text becomes a SymPy expression by a whitelist over Python's ast, without eval.

Python's parser only gives the shape of the text. Every node it may contain is translated by one
method of :class:`Reader`; any other is refused, with its place. Limits (:mod:`derive.limits`) are
checked before SymPy works anything out. SymPy's own cancellations are kept: they only fill a hole
or extend the domain (x/x = 1, exp(log(x)) = x).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from mpmath import mp
from sympy import Add, Expr, Mul, Pow, Symbol

from derive.budget import limited
from derive.cases import RELATIONS, CaseReader
from derive.errors import InputError, quoted
from derive.functions import CONSTANTS, FUNCTIONS
from derive.library import entries, entry
from derive.limits import MAGNITUDE, check_name, check_numbers
from derive.number import decimal
from derive.pointwise import evaluate
from derive.reading import Budget, X
from derive.spelling import did_you_mean
from derive.syntax import chain, is_not
from derive.vanishing import power

__all__ = ["X", "formula", "parameter", "suggestion"]

QUOTED = 30  # characters of a formula that a refusal repeats
INFINITE = {"inf", "nan", "oo", "zoo", "infinity", "NaN", "Infinity"}


def parameter(name: str) -> Symbol:
    """Return the symbol of an activation's parameter."""
    return Symbol(name, real=True)


def suggestion(name: str, known: Mapping[str, object] | set[str]) -> str:
    """Return ' (did you mean …?)' where a known name is close, else nothing."""
    return did_you_mean(name, known, cutoff=0.7)


@limited()
def formula(text: str, values: Mapping[str, Expr] | None = None) -> Expr:
    """Return the expression in X that a text writes down.

    ``values`` stand for names; any other name is a real parameter, ``Symbol(name, real=True)``.
    A case that such values rule out is not read at all, so that (exp(a*x) − 1)/a may stand beside
    a case for a = 0. Raises InputError, one sentence.
    """
    with mp.workdps(40):
        reader = Reader(text, {"x": X, **(values or {})}, Budget())
        return reader.expression(reader.tree)


class Reader(CaseReader):
    """Translate one text, in which some names have values."""

    def __init__(self, text: str, names: Mapping[str, Expr], budget: Budget) -> None:
        super().__init__(text, budget)
        self.names = names

    def expression(self, node: ast.AST) -> Expr:
        """Return the value that a node writes down."""
        method = VALUES.get(type(node))
        if method is None:
            raise self.refuse(node, self.problem(node))
        return method(self, node)

    def quoted(self, node: ast.AST) -> str:
        """Return what stands there as a refusal shows it."""
        return quoted(self.source(node), QUOTED)

    def problem(self, node: ast.AST) -> str:
        """Return what is wrong with a node that writes down no value."""
        seen = self.quoted(node)
        if isinstance(node, ast.Compare | ast.BoolOp) or is_not(node):
            return f"{seen} is a condition where a value is wanted: write 'a if condition else b'"
        if isinstance(node, ast.Tuple) and not node.elts:
            return f"{seen} holds nothing: write a value between the parentheses"
        if isinstance(node, ast.Tuple):
            return (
                f"{seen} has a comma outside a function's parentheses: write decimals with a point"
            )
        if isinstance(node, ast.Attribute):
            return f"{seen} has a dot after a name: a function is a bare name, such as exp(x)"
        return f"{seen} is not part of a formula: use numbers, names, + - * / ** and exp(x), …"

    def constant(self, node: ast.Constant) -> Expr:
        """A number means exactly the decimal that is written."""
        if type(node.value) not in {int, float}:
            raise self.refuse(node, f"{self.quoted(node)} is not a number")
        try:
            return check_numbers(decimal(self.source(node)))
        except InputError as error:
            raise self.refuse(node, str(error)) from None

    def name(self, node: ast.Name) -> Expr:
        """x, a constant, a value, or a parameter."""
        if node.id in self.names:
            return self.names[node.id]
        if node.id in CONSTANTS:
            return CONSTANTS[node.id]
        if node.id == "X":
            raise self.refuse(node, "the variable of a formula is a small x, not X")
        if node.id in INFINITE:
            raise self.refuse(node, f"{node.id} is not a number that a formula may contain")
        if node.id in FUNCTIONS or node.id == "Piecewise" or entry(node.id):
            raise self.refuse(node, f"{node.id} is a function: write {node.id}(x)")
        if node.id in RELATIONS:
            raise self.refuse(node, f"{node.id} is a comparison: write {node.id}(a, 0)")
        return parameter(check_name(node.id))

    def sum(self, node: ast.BinOp) -> Expr:
        """a + b − c …, however long."""
        terms = []
        for operator, term in chain(node, (ast.Add, ast.Sub)):
            value = self.expression(term)
            terms.append(-value if isinstance(operator, ast.Sub) else value)
        return self.build(node, Add, *terms)

    def product(self, node: ast.BinOp) -> Expr:
        """a * b / c …, however long."""
        factors = []
        for operator, factor in chain(node, (ast.Mult, ast.Div)):
            value = self.expression(factor)
            if isinstance(operator, ast.Div):
                if value.is_zero or (value.is_number and not evaluate(value)):
                    raise self.refuse(factor, f"{self.quoted(node)} divides by 0")
                value = self.build(factor, lambda below: Pow(below, -1), value)
            factors.append(value)
        return self.build(node, Mul, *factors)

    def power(self, node: ast.BinOp) -> Expr:
        """a ** b."""
        return self.raised(node, self.expression(node.left), self.expression(node.right))

    def raised(self, node: ast.AST, base: Expr, exponent: Expr) -> Expr:
        """Return base**exponent, refused before it is worked out if it is too large."""
        if base.is_number and not exponent.is_number and not evaluate(base) > 0:
            raise self.refuse(
                node,
                f"{self.quoted(node)} is no function of a real x, as only a number above 0 can be "
                "raised to any power: write abs(…), or cases",
            )
        if base.is_number and exponent.is_number and base != 0:
            size = evaluate(exponent) * mp.log10(abs(evaluate(base)))
            if abs(size) > MAGNITUDE:
                raise self.refuse(
                    node,
                    f"{self.quoted(node)} is beyond 1e±{MAGNITUDE}, the limit here",
                )
        if exponent.is_Rational and not base.is_number:
            try:
                check_numbers(Pow(Symbol("u"), exponent, evaluate=False))
            except InputError as error:
                raise self.refuse(node, str(error)) from None
        return self.build(node, power, base, exponent)

    def binary(self, node: ast.BinOp) -> Expr:
        """An operation of two values."""
        if isinstance(node.op, ast.Add | ast.Sub):
            return self.sum(node)
        if isinstance(node.op, ast.Mult | ast.Div):
            return self.product(node)
        if isinstance(node.op, ast.Pow):
            return self.power(node)
        if isinstance(node.op, ast.BitXor):
            raise self.refuse(node.right, "a power is written **, not ^")
        if isinstance(node.op, ast.BitAnd | ast.BitOr):
            raise self.refuse(node, f"{self.quoted(node)} is a condition where a value is wanted")
        raise self.refuse(
            node,
            f"{self.quoted(node)} has an operator that no formula has: use + - * / **",
        )

    def unary(self, node: ast.UnaryOp) -> Expr:
        """+ a, − a."""
        if not isinstance(node.op, ast.USub | ast.UAdd):
            raise self.refuse(node, self.problem(node))
        value = self.expression(node.operand)
        return value if isinstance(node.op, ast.UAdd) else self.build(node, lambda u: -u, value)

    def conditional(self, node: ast.IfExp) -> Expr:
        """a if condition else b."""
        return self.cases(node, [(node.body, node.test), (node.orelse, ast.Constant(True))])

    def call(self, node: ast.Call) -> Expr:
        """A function, Piecewise, or an activation of the library."""
        if not isinstance(node.func, ast.Name):
            raise self.refuse(node, f"write * between {self.quoted(node.func)} and the parenthesis")
        name = check_name(node.func.id)
        if name in self.names or name in CONSTANTS:
            raise self.refuse(
                node, f"{name} is not a function: write * between {name} and the parenthesis"
            )
        if any(isinstance(argument, ast.Starred) for argument in node.args):
            raise self.refuse(node, f"{name} takes plain arguments, without a star")
        if name == "Piecewise":
            return self.written_cases(node)
        if name in {"Eq", "Ne"}:
            raise self.refuse(node, f"{self.quoted(node)} is a condition where a value is wanted")
        found = FUNCTIONS.get(name)
        if found is None:
            return self.activation(node, name)
        if node.keywords:
            raise self.refuse(node, f"{name} takes no named arguments")
        count = len(node.args)
        if count < found.least or (found.most is not None and count > found.most):
            raise self.refuse(node, f"{name} takes {found.takes()}, not {count}")
        arguments = [self.expression(argument) for argument in node.args]
        if name in {"pow"}:
            return self.raised(node, *arguments)
        return self.build(node, found.build, *arguments)

    def activation(self, node: ast.Call, name: str) -> Expr:
        """An activation of the library, by its default parameters or name=value."""
        found = entry(name)
        if found is None:
            known = {*FUNCTIONS, *entries(), "Piecewise"}
            raise self.refuse(
                node,
                f"there is no function {quoted(name)}{suggestion(name, known)}: use exp, tanh … "
                "or an activation of the library",
            )
        if len(node.args) != 1:
            raise self.refuse(node, f"{name} takes 1 argument, not {len(node.args)}: {name}(x)")
        names: dict[str, Expr] = {**found.parameters, "x": self.expression(node.args[0])}
        for keyword in node.keywords:
            if keyword.arg is None or keyword.arg not in found.parameters:
                has = ", ".join(found.parameters) or "none"
                raise self.refuse(
                    node, f"{name} has no parameter {quoted(keyword.arg)}: it has {has}"
                )
            names[keyword.arg] = self.expression(keyword.value)
        try:
            reader = Reader(found.formula, names, self.budget)
            return reader.expression(reader.tree)
        except InputError as error:
            raise self.refuse(node, f"in {name}: {error}") from None


VALUES: dict[type, Callable[[Reader, Any], Expr]] = {
    ast.Constant: Reader.constant,
    ast.Name: Reader.name,
    ast.BinOp: Reader.binary,
    ast.UnaryOp: Reader.unary,
    ast.IfExp: Reader.conditional,
    ast.Call: Reader.call,
}
